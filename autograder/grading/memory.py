"""What the trainings of a submission gave, kept between runs: bytes that a kernel wrote for itself, handed back to it unread.

They belong to the student, the assignment and the answers as they were handed in: nobody else's kernel gets them, and nor
does another submission of the same student, so that what a notebook can do is done by the code that is in it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from autograder.course.layout import Course
from autograder.course.notebooks import Notebook

NAME = re.compile(r"[0-9a-f]{64}")
MOST_BYTES = 64 * 2**20  # of one submission
COURSE_BYTES = 4 * 2**30  # of all of them; the oldest go first


@dataclass(frozen=True)
class Memory:
    """The folder with what one submission's trainings gave; `fresh` ignores what is there."""

    folder: Path
    fresh: bool = False

    def lay_out(self, descriptor: int, owner: tuple[int, int] | None) -> None:
        """Copy what there is into an open folder of a kernel that has not begun, to belong to its user."""
        for file in [] if self.fresh else sorted(each for each in self.folder.glob("*") if NAME.fullmatch(each.name)):
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            with open(os.open(file.name, flags, 0o600, dir_fd=descriptor), "wb") as out:
                out.write(file.read_bytes())
                if owner:
                    os.fchown(out.fileno(), *owner)

    def collect(self, descriptor: int) -> None:
        """Keep what a kernel that has ended wrote; what is known already stays as it was first written."""
        with contextlib.suppress(OSError):  # a folder that the student took away, a disk that is full: trained again
            left = MOST_BYTES - sum(file.stat().st_size for file in self.folder.glob("*"))
            for name in sorted(os.listdir(descriptor)):
                target = self.folder / name
                if not NAME.fullmatch(name) or (target.exists() and not self.fresh):
                    continue
                if (content := _plain_file(descriptor, name, left)) is not None:
                    left -= len(content)
                    self._write(target, content)

    def _write(self, target: Path, content: bytes) -> None:
        if not self.folder.is_dir():
            for other in self.folder.parent.glob("*"):  # of an earlier submission
                shutil.rmtree(other, ignore_errors=True)
            self.folder.mkdir(parents=True, mode=0o700)
        descriptor, made = tempfile.mkstemp(dir=self.folder, prefix=".")
        with open(descriptor, "wb") as out:
            out.write(content)
        Path(made).replace(target)


def _plain_file(descriptor: int, name: str, most: int) -> bytes | None:
    """The bytes of a file in a student's folder: no link to what only we can read, no FIFO that never ends, nothing endless."""
    opened = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=descriptor)
    with open(opened, "rb") as stream:
        status = os.fstat(opened)
        if not stat.S_ISREG(status.st_mode) or status.st_size > most:
            return None
        return stream.read(most)


def memory_of(course: Course, assignment: str, student: str, notebook: Notebook, fresh: bool = False) -> Memory:
    """The memory of a submission, by the text of its answers."""
    digest = hashlib.sha256()
    for cell in notebook.cells:
        if cell.solution and cell.is_code:
            digest.update(f"{cell.grade_id}\0{len(cell.source)}\0{cell.source}".encode(errors="surrogatepass"))
    return Memory(_root(course) / assignment / student / digest.hexdigest(), fresh)


def kernel_seed(course: Course, assignment: str, student: str) -> int:
    """Where the random numbers of a student's kernel begin: the same each time, so that grading again gives the same again."""
    text = f"\0{assignment}\0{student}".encode(errors="surrogatepass")
    return int.from_bytes(hashlib.sha256(course.secret() + text).digest()[:4], "big")


def prune(course: Course, most: int = COURSE_BYTES) -> None:
    """Remove the memories that were written longest ago, until the rest is small enough."""
    with contextlib.suppress(OSError):  # another run is at it
        folders = [folder for folder in _root(course).glob("*/*/*") if folder.is_dir()]
        sizes = {folder: sum(file.stat().st_size for file in folder.iterdir()) for folder in folders}
        taken = sum(sizes.values())
        for folder in sorted(folders, key=lambda each: each.stat().st_mtime):
            if taken <= most:
                return
            taken -= sizes[folder]
            shutil.rmtree(folder, ignore_errors=True)


def _root(course: Course) -> Path:
    return course.data / "memory"
