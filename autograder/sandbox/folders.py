"""Removes and measures folders that a student's program could write to.

Nothing in such a folder is trusted. A student may nest folders a thousand levels deep, take away permissions, or leave
links to files of the grader.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import subprocess
from pathlib import Path

from autograder.records import MAX_FILES


def remove(folder: Path) -> None:
    """Remove a folder and everything below it, inaccessible folders too; it follows no link and raises no error."""
    with contextlib.suppress(OSError, RecursionError):
        for _, folders, _, descriptor in os.fwalk(folder, follow_symlinks=False):
            for name in folders:
                with contextlib.suppress(OSError):
                    if stat.S_ISDIR(os.stat(name, dir_fd=descriptor, follow_symlinks=False).st_mode):
                        os.chmod(name, 0o700, dir_fd=descriptor)
    with contextlib.suppress(RecursionError):
        shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():  # it is nested too deeply for Python's rmtree
        for command in (["chmod", "-R", "u+rwX", "--"], ["rm", "-rf", "--one-file-system", "--"]):
            with contextlib.suppress(OSError):
                subprocess.run([*command, str(folder)], check=False, stderr=subprocess.DEVNULL)


def disk_usage(folder: int) -> tuple[int, int]:
    """Return the bytes and the number of entries below an open folder; links are not followed.

    Counting stops beyond `MAX_FILES` entries. A folder that is nested too deeply counts as one with too many entries.
    """
    used_bytes = entries = 0
    with contextlib.suppress(OSError):
        try:
            for _, folders, files, descriptor in os.fwalk(".", dir_fd=folder, follow_symlinks=False):
                entries += len(folders) + len(files)
                if entries > MAX_FILES:
                    break
                for name in files:
                    with contextlib.suppress(OSError):
                        used_bytes += os.stat(name, dir_fd=descriptor, follow_symlinks=False).st_blocks * 512
        except RecursionError:
            entries = MAX_FILES + 1
    return used_bytes, entries
