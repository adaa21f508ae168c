"""Opens files in folders that belong to students, who can put anything there at any time."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def opened(file: Path | str, folder: int | None = None) -> Iterator[tuple[BinaryIO | None, os.stat_result]]:
    """Open a file for reading, and give the stream and the status of what was opened.

    `folder`: the descriptor of the folder that `file` is in, for a name instead of a path.

    The stream is None for a folder, a FIFO or a device. No link is followed: it could lead to a file that only the
    grader can read. Nothing waits for a writer: a FIFO could block the grader. The status belongs to the open file, so
    it stays true when the student changes the folder. Raises OSError for a link or a socket, or when there is no file.
    """
    descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    try:
        status = os.fstat(descriptor)
        if stat.S_ISREG(status.st_mode):
            with open(descriptor, "rb", closefd=False) as stream:
                yield stream, status
        else:
            yield None, status
    finally:
        os.close(descriptor)
