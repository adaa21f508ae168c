"""Keeps the cached trainings of a submission between runs, so that a regrade need not train again.

Theory of operation. The files were written by the student's own kernel. The grader never interprets them: it copies
them back into the next kernel for the same student, assignment and answers. Nobody else's kernel gets them, so a
student cannot hand a trained model to another one. A different submission of the same student does not get them either,
so the code in a notebook is what produced its models. `autograder/inside/training_cache.py` writes and reads the files.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from autograder import plain_files
from autograder.course.migration import SEED
from autograder.course.notebooks import Notebook

NAME = re.compile(r"[0-9a-f]{64}")
MOST_BYTES = 64 * 2**20  # of one submission: a student cannot fill the disk
COURSE_BYTES = 4 * 2**30  # of all of them; the oldest go first


@dataclass(frozen=True)
class SubmissionTrainings:
    """The folder with the cached trainings of one submission; `fresh` ignores existing entries."""

    folder: Path
    fresh: bool = False

    def seed(self, otherwise: int) -> int:
        """Return the seed with which these trainings were made if it was recorded, else `otherwise`."""
        try:
            return int((self.folder / SEED).read_text())
        except (OSError, ValueError):
            return otherwise

    def lay_out(self, descriptor: int, owner: tuple[int, int] | None) -> None:
        """Copy the files into an open folder of a kernel that does not run yet, and give them to the kernel's user."""
        files = sorted(file for file in self.folder.glob("*") if NAME.fullmatch(file.name))
        for file in [] if self.fresh else files:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            with open(os.open(file.name, flags, 0o600, dir_fd=descriptor), "wb") as out:
                out.write(file.read_bytes())
                if owner:
                    os.fchown(out.fileno(), *owner)

    def collect(self, descriptor: int) -> None:
        """Copy the new files of a kernel that has ended; an existing entry is not replaced, unless `fresh` is set."""
        with contextlib.suppress(OSError):  # the student removed the folder, or the disk is full: it trains again
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
            for other in self.folder.parent.glob("*"):  # entries of an earlier submission
                shutil.rmtree(other, ignore_errors=True)
            self.folder.mkdir(parents=True, mode=0o700)
        descriptor, part = tempfile.mkstemp(dir=self.folder, prefix=".")
        with open(descriptor, "wb") as out:
            out.write(content)
        Path(part).replace(target)


def _plain_file(descriptor: int, name: str, most: int) -> bytes | None:
    """Return the bytes of a file in a student's folder; None for anything else, and for a file above `most` bytes."""
    try:
        with plain_files.opened(name, descriptor) as (stream, status):
            return None if stream is None or status.st_size > most else stream.read(most)
    except OSError:
        return None


@dataclass(frozen=True)
class TrainingCache:
    """The folder of all cached trainings of a course; `fresh` ignores existing entries."""

    folder: Path
    fresh: bool = False

    def of(self, assignment: str, student: str, notebook: Notebook, only: bool = True) -> SubmissionTrainings:
        """Return the part of a submission, found by its answers; `only`: it is the only notebook of the assignment."""
        digest = hashlib.sha256()
        for cell in notebook.cells:
            if (cell.solution or cell.added) and cell.is_code:
                digest.update(f"{cell.grade_id}\0{len(cell.source)}\0{cell.source}".encode(errors="surrogatepass"))
        place = self.folder / assignment / student
        return SubmissionTrainings((place if only else place / notebook.name) / digest.hexdigest(), self.fresh)

    def prune(self, most: int = COURSE_BYTES) -> None:
        """Remove the oldest entries until the rest is at most `most` bytes large."""
        with contextlib.suppress(OSError):  # another run is changing the folder
            files = [file for file in self.folder.rglob("*") if file.is_file() and NAME.fullmatch(file.name)]
            sizes: dict[Path, int] = {}
            for file in files:
                sizes[file.parent] = sizes.get(file.parent, 0) + file.stat().st_size
            used_bytes = sum(sizes.values())
            for folder in sorted(sizes, key=lambda folder: folder.stat().st_mtime):
                if used_bytes <= most:
                    return
                used_bytes -= sizes[folder]
                shutil.rmtree(folder, ignore_errors=True)


def kernel_seed(seed_key: bytes, assignment: str, student: str) -> int:
    """Return the seed of a student's kernel; it is the same in every run, so that a regrade gives the same results."""
    text = f"\0{assignment}\0{student}".encode(errors="surrogatepass")
    return int.from_bytes(hashlib.sha256(seed_key + text).digest()[:4], "big")
