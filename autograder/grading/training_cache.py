"""What the trainings of a submission gave, kept between runs: bytes that a kernel wrote for itself, handed back unread.

They belong to the student, the assignment and the answers as they were handed in: nobody else's kernel gets them, and
nor does another submission of the same student, so that what a notebook can do is done by the code that is in it.
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

from autograder.course.migration import SEED
from autograder.course.notebooks import Notebook

NAME = re.compile(r"[0-9a-f]{64}")
MOST_BYTES = 64 * 2**20  # of one submission
COURSE_BYTES = 4 * 2**30  # of all of them; the oldest go first


@dataclass(frozen=True)
class SubmissionTrainings:
    """The folder with what one submission's trainings gave; `fresh` ignores what is there."""

    folder: Path
    fresh: bool = False

    def seed(self, otherwise: int) -> int:
        """Return where the random numbers began when these trainings were remembered, if that was noted."""
        try:
            return int((self.folder / SEED).read_text())
        except (OSError, ValueError):
            return otherwise

    def lay_out(self, descriptor: int, owner: tuple[int, int] | None) -> None:
        """Copy what there is into an open folder of a kernel that has not begun, to belong to its user."""
        files = sorted(file for file in self.folder.glob("*") if NAME.fullmatch(file.name))
        for file in [] if self.fresh else files:
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
    """Return the bytes of a file in a student's folder; None for a link, a FIFO, or a file that is too large."""
    opened = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=descriptor)
    with open(opened, "rb") as stream:
        status = os.fstat(opened)
        if not stat.S_ISREG(status.st_mode) or status.st_size > most:
            return None
        return stream.read(most)


@dataclass(frozen=True)
class TrainingCache:
    """The folder of all remembered trainings of a course; `fresh` ignores what is there."""

    folder: Path
    fresh: bool = False

    def of(self, assignment: str, student: str, notebook: Notebook, only: bool = True) -> SubmissionTrainings:
        """Return the part of a submission, by the text of its answers; `only`: the assignment has no other notebook."""
        digest = hashlib.sha256()
        for cell in notebook.cells:
            if cell.solution and cell.is_code:
                digest.update(f"{cell.grade_id}\0{len(cell.source)}\0{cell.source}".encode(errors="surrogatepass"))
        place = self.folder / assignment / student
        return SubmissionTrainings((place if only else place / notebook.name) / digest.hexdigest(), self.fresh)

    def prune(self, most: int = COURSE_BYTES) -> None:
        """Remove what was written longest ago, until the rest is small enough."""
        with contextlib.suppress(OSError):  # another run is at it
            files = [file for file in self.folder.rglob("*") if file.is_file() and NAME.fullmatch(file.name)]
            sizes: dict[Path, int] = {}
            for file in files:
                sizes[file.parent] = sizes.get(file.parent, 0) + file.stat().st_size
            taken = sum(sizes.values())
            for folder in sorted(sizes, key=lambda folder: folder.stat().st_mtime):
                if taken <= most:
                    return
                taken -= sizes[folder]
                shutil.rmtree(folder, ignore_errors=True)


def kernel_seed(seed_key: bytes, assignment: str, student: str) -> int:
    """Return where the random numbers of a student's kernel begin: the same each time, so that a regrade is the same."""
    text = f"\0{assignment}\0{student}".encode(errors="surrogatepass")
    return int.from_bytes(hashlib.sha256(seed_key + text).digest()[:4], "big")
