"""Keeps the cached trainings of a submission between runs, so that a regrade need not train again.

Theory of operation. An entry was written by the student's own kernel. The grader reads it as plain data, within limits,
and stores what it has read, in a form of its own and with a signature: a file that does not describe a training is not
kept. The next kernel for the same student, assignment and answers gets the entries that were there when the run began,
so a notebook that runs twice in one run meets the same files. Nobody else's kernel gets them, so a student cannot hand
a trained model to another one. A different submission of the same student does not get them either, so the code in a
notebook is what produced its models. `autograder/inside/training_cache.py` writes and reads the files.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from autograder import plain_files, wire
from autograder.course import signatures
from autograder.course.migration import SEED
from autograder.course.notebooks import Notebook
from autograder.course.signatures import NAME

MOST_BYTES = 64 * 2**20  # of one submission: a student cannot fill the disk
COURSE_BYTES = 4 * 2**30  # of all of them; the oldest go first
PLAIN = (bool, int, float, str, type(None))


@dataclass(frozen=True)
class SubmissionTrainings:
    """The folder with the cached trainings of one submission; `fresh` ignores existing entries.

    `key` signs the entries. `begun_with` are the names of the entries that were there when the run began: the others
    come from a kernel of this run.
    """

    folder: Path
    fresh: bool = False
    key: bytes = b""
    begun_with: frozenset[str] = frozenset()

    def begun(self) -> SubmissionTrainings:
        """Return the same trainings for a run that begins now, with the entries that are there."""
        return replace(
            self, begun_with=frozenset(file.name for file in self.folder.glob("*") if NAME.fullmatch(file.name))
        )

    def seed(self, otherwise: int) -> int:
        """Return the seed with which these trainings were made if it was recorded, else `otherwise`."""
        try:
            return int((self.folder / SEED).read_text())
        except (OSError, ValueError):
            return otherwise

    def lay_out(self, descriptor: int, owner: tuple[int, int] | None) -> None:
        """Copy the entries into an open folder of a kernel that does not run yet, and hand them to its user."""
        for name in [] if self.fresh else sorted(self.begun_with):
            content = self._read(name)
            if content is None:
                continue
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            with open(os.open(name, flags, 0o600, dir_fd=descriptor), "wb") as out:
                out.write(content)
                if owner:
                    os.fchown(out.fileno(), *owner)

    def collect(self, descriptor: int) -> None:
        """Store the new entries of a kernel that has ended; existing ones are only replaced if `fresh` is set."""
        with contextlib.suppress(OSError):  # the student removed the folder, or the disk is full: it trains again
            left = MOST_BYTES - sum(file.stat().st_size for file in self.folder.glob("*"))
            for name in sorted(os.listdir(descriptor)):
                target = self.folder / name
                if not NAME.fullmatch(name) or (target.exists() and not self.fresh):
                    continue
                content = _plain_file(descriptor, name, left - signatures.SIZE)
                if content is not None and (entry := read_entry(content)) is not None:
                    left -= len(entry) + signatures.SIZE
                    self._write(target, signatures.signed(self.key, name, entry))

    def lend(self, other: SubmissionTrainings) -> None:
        """Copy the entries and the seed to another submission: staff's own answers need not train again."""
        for file in self.folder.glob("*"):
            if NAME.fullmatch(file.name) and (content := self._read(file.name)) is not None:
                other._write(other.folder / file.name, signatures.signed(other.key, file.name, content))
            elif file.name == SEED:
                other._write(other.folder / SEED, file.read_bytes())

    def _read(self, name: str) -> bytes | None:
        """Return the content of an entry; None when it is missing or not signed by this course."""
        try:
            return signatures.verified(self.key, name, (self.folder / name).read_bytes())
        except OSError:
            return None

    def _write(self, target: Path, content: bytes) -> None:
        if not self.folder.is_dir():
            for other in self.folder.parent.glob("*"):  # entries of an earlier submission
                shutil.rmtree(other, ignore_errors=True)
            self.folder.mkdir(parents=True, mode=0o700)
        descriptor, part = tempfile.mkstemp(dir=self.folder, prefix=".")
        with open(descriptor, "wb") as out:
            out.write(content)
        Path(part).replace(target)


def read_entry(content: bytes) -> bytes | None:
    """Return a cached training as the grader writes it; None for anything that does not describe a training.

    Unknown parts, weights that are not finite, and lists longer than the number of epochs are refused.
    """
    try:
        entry = wire.decode(content, MOST_BYTES)
        if not isinstance(entry, dict) or set(entry) != set(PARTS):
            return None
        if not all(describes(entry[name]) for name, describes in PARTS.items()):
            return None
        if any(len(values) > len(entry["epoch"]) for values in entry["record"].values()):
            return None
        return wire.encode(entry)
    except wire.WireError:
        return None


def _is_plain(value: Any) -> bool:
    return isinstance(value, dict) and all(type(name) is str and type(item) in PLAIN for name, item in value.items())


def _is_weights(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(array, np.ndarray) and array.dtype.kind in "biuf" and bool(np.isfinite(array).all())
        for array in value
    )


def _is_record(value: Any) -> bool:
    return isinstance(value, dict) and all(
        type(name) is str and isinstance(values, list) and all(type(one) is float for one in values)
        for name, values in value.items()
    )


# The parts of an entry, as `store` in autograder/inside/training_cache.py writes them.
PARTS: dict[str, Callable[[Any], bool]] = {
    "variables": _is_weights,
    "params": _is_plain,
    "epoch": lambda value: isinstance(value, list) and all(type(number) is int for number in value),
    "record": _is_record,
    "callbacks": lambda value: isinstance(value, list) and all(map(_is_plain, value)),
    "stopped": lambda value: type(value) is bool,
    "world": lambda value: isinstance(value, dict),
}


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

    def of(
        self, assignment: str, student: str, notebook: Notebook, seed_key: bytes, only: bool = True
    ) -> SubmissionTrainings:
        """Return the part of a submission, found by its answers; `only`: it is the only notebook of the assignment.

        `seed_key` is the assignment's.
        """
        digest = hashlib.sha256()
        for cell in notebook.cells:
            if (cell.solution or cell.added) and cell.is_code:
                digest.update(f"{cell.grade_id}\0{len(cell.source)}\0{cell.source}".encode(errors="surrogatepass"))
        of_student = Path(assignment, student)
        place = (of_student if only else of_student / notebook.name) / digest.hexdigest()
        return SubmissionTrainings(self.folder / place, self.fresh, signatures.key_of(seed_key, place)).begun()

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
