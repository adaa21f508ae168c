"""A student's file is opened only when it is one, and every descriptor is closed again."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from autograder.plain_files import opened


def test_a_file_is_read_with_its_status_by_path_and_by_name(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"text")
    with opened(tmp_path / "a") as (stream, status):
        assert stream is not None and stream.read() == b"text" and status.st_size == 4
    folder = os.open(tmp_path, os.O_RDONLY)
    with opened("a", folder) as (stream, _):
        assert stream is not None and stream.read(2) == b"te"
    os.close(folder)


def test_folders_and_fifos_have_no_stream_and_links_and_sockets_do_not_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket ends at 107 characters
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "link").symlink_to("/etc/hostname")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for name in ("folder", "fifo"):
        with opened(tmp_path / name) as (stream, _):
            assert stream is None
    for name in ("link", "socket", "missing"):
        with pytest.raises(OSError, match=name), opened(tmp_path / name):
            pass
    with pytest.raises(ZeroDivisionError), opened(tmp_path / "folder"):
        1 / 0  # noqa: B018
    assert len(list(Path("/proc/self/fd").iterdir())) == before
