"""The time of a submission is read from anything that names one; anything else stops nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from nbgrader.utils import parse_utc

from autograder.course.timestamps import FILE, of_folder

WHEN = "2026-11-20 10:00:00.000000 UTC"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"2026-11-20 10:00:00.123456 UTC\n", "2026-11-20 10:00:00.123456 UTC"),
        (b"2026-11-20 10:00:00 UTC", "2026-11-20 10:00:00 UTC"),
        ("2026-11-20 10:00:00 UTC".encode("utf-16"), "2026-11-20 10:00:00 UTC"),
        (b"\xef\xbb\xbf2026-11-20 10:00:00 UTC", "2026-11-20 10:00:00 UTC"),
        (b"2026-11-20T11:00:00+01:00", WHEN),
        (b"2026-11-20T10:00:00Z", WHEN),
        (b"2026-11-20 11:00:00 +0100", WHEN),
        (b"2026-11-20 11:00 Europe/Berlin", WHEN),
        (b"2026-11-20 10:00:00", WHEN),
        (b"1795168800", "2026-11-20 10:00:00.000000 UTC"),
        (b"1795168800.25", "2026-11-20 10:00:00.000000 UTC"),
    ],
)
def test_a_time_is_read(content: bytes, expected: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(content)
    assert of_folder(tmp_path) == (expected, "")
    assert parse_utc(expected).isoformat()[:16] == "2026-11-20T10:00"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"handed in by mail",
        b"05.11.2026",
        b"11/05/2026 10:00",
        b"2026-11-20 10:00:00 CET",
        b"2026-02-30 10:00:00 UTC",
        b"2026-11-20 25:00:00 UTC",
        b"2026-11-20 10:00:00 No/Where",
        b"9999-12-31 23:59:59 -2359",
        b"0001-01-01 00:00:00 +2359",
        b"\xff\xfe\x00\xd8",
        b"\x80" * 1000,
        b"9" * 1000,
        b"\0" * 10,
    ],
)
def test_anything_else_is_the_files_own_time_with_a_note(content: bytes, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(content)
    os.utime(tmp_path / FILE, (1795168800, 1795168800))
    when, note = of_folder(tmp_path)
    assert when == WHEN and "could not be read" in note and WHEN in note
    parse_utc(when)


def test_no_file_a_folder_and_a_pipe_stop_nothing(tmp_path: Path) -> None:
    assert of_folder(tmp_path) == ("", "")
    os.mkfifo(tmp_path / FILE)
    assert "could not be read" in of_folder(tmp_path)[1]
    (tmp_path / "other" / FILE).mkdir(parents=True)
    assert "could not be read" in of_folder(tmp_path / "other")[1]
    (tmp_path / "link").mkdir()
    (tmp_path / "link" / FILE).symlink_to("/etc/hostname")
    assert of_folder(tmp_path / "link") == ("", "")
