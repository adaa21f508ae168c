"""Writes an assignment's checks into files that pytest can collect, once per process and version of the assignment."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from autograder.course.assignment import Assignment

PREFIX = "ag-checks-"
_folders: dict[str, Path] = {}


def folder_of_checks(assignment: Assignment) -> Path:
    """Return a private folder with an assignment's checks; written at first use and removed when the process ends."""
    folder = _folders.get(assignment.version)
    if folder is None or not folder.is_dir():
        _remove_at_exit()
        # only this user may read it: the checks are hidden
        folder = Path(tempfile.mkdtemp(prefix=PREFIX)) / assignment.name
        for name, text in assignment.checks.files:
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        _folders[assignment.version] = folder
    return folder


@cache
def _remove_at_exit() -> None:
    """Remove the folders when this process ends."""
    atexit.register(_remove)


def _remove() -> None:
    for folder in _folders.values():
        shutil.rmtree(folder.parent, ignore_errors=True)
    _folders.clear()
