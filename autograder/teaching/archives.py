"""Collects hand-ins from the archive that a learning platform gives for an assignment: Moodle, ILIAS or Canvas.

The names in such an archive say who handed in what:

- Moodle: `Marie Curie_4711_assignsubmission_file_/week_1.ipynb`, or the same as one file name without the folder
- ILIAS: `Curie_Marie_mcurie_4711/week_1.ipynb`, below folders with the name of the exercise
- Canvas: `curiemarie_LATE_4711_90210_week_1.ipynb`
- anything else: a folder or a file that begins with the name, the e-mail address or the number of somebody

People are found by the roster. The archive may come from anywhere: sizes are counted while it is read, and no path in
it is used as a path on this machine.
"""

from __future__ import annotations

import datetime
import hashlib
import re
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePosixPath

from autograder.course import roster, timestamps
from autograder.course.assignment import Assignment
from autograder.course.course import Course
from autograder.course.roster import Person
from autograder.errors import CourseError, printable

MAX_ENTRIES = 100_000
MAX_FILES = 500  # of one person
MAX_BYTES = 500 * 2**20  # of one person
MAX_TOTAL = 8 * 2**30  # of the archive
MAX_DEPTH = 6
NEVER = {".py", ".pyc", ".pth", ".so", ".html", ".svg"}  # files that staff's programs might run or show
PASSED_OVER = {"__MACOSX", ".DS_Store", ".ipynb_checkpoints"}
MOODLE = re.compile(r"(?P<who>.+?)_\d+_assignsubmission_[a-z]+_?(?P<file>.*)")
CANVAS = re.compile(r"(?P<who>[^_]+?)(?:_LATE)?_\d+_\d+_(?P<file>.+)")
ILIAS = re.compile(r"(?P<last>.+?)_(?P<first>.+?)_(?P<login>[^_]+)_\d+")
FIRST_WORDS = re.compile(r"(?P<who>[^_]+)_(?P<file>.+)")


class Became(StrEnum):
    """What became of the hand-in of one person."""

    NEW = "new"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"
    NEWER_HERE = "a newer one is here"
    TOO_LARGE = "too large"


@dataclass(frozen=True)
class Collected:
    """What an archive held: `people` by account name, and what could not be placed, in words."""

    people: dict[str, Became]
    unknown: tuple[str, ...]
    roster_problems: tuple[str, ...] = ()


@dataclass
class _HandIn:
    files: dict[str, zipfile.ZipInfo] = field(default_factory=dict)

    @property
    def time(self) -> datetime.datetime | None:
        """When the newest file was changed, in the time zone of this machine; None where the archive does not say."""
        times = [info.date_time for info in self.files.values() if info.date_time[0] > 1980]
        try:
            return datetime.datetime(*max(times)).astimezone() if times else None
        except ValueError:
            return None


def collect(course: Course, assignment: Assignment, archive: Path) -> Collected:
    """Copy the hand-ins of an archive into submitted/, and return what became of them.

    A person's hand-in is replaced only by a newer or a different one of the same time; running it again changes
    nothing. Raises CourseError when the archive or the roster cannot be read.
    """
    people, problems = roster.read_as_far_as_possible(course.data / roster.ROSTER)
    known = Known(people)
    became: dict[str, Became] = {}
    try:
        with zipfile.ZipFile(archive) as opened:
            if len(opened.infolist()) > MAX_ENTRIES:
                raise CourseError(f"{archive} has more than {MAX_ENTRIES:,} entries: is it the right file?")
            hand_ins, unknown = _sorted_by_person(opened.infolist(), known)
            budget = _Budget(MAX_TOTAL)
            for name, hand_in in sorted(hand_ins.items()):
                target = course.submitted / name / assignment.name
                became[name] = _take(opened, hand_in, target, budget)
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise CourseError(f"{archive} cannot be read as a zip archive: {error}") from error
    return Collected(became, tuple(unknown), tuple(problems))


class Known:
    """The people of a roster, by everything under which an archive may name them."""

    def __init__(self, people: Iterable[Person]) -> None:
        self._by_key: dict[str, set[str]] = {}
        for person in people:
            words = person.full_name.split()
            turned = [" ".join(words[-1:] + words[:-1]), " ".join(words[1:] + words[:1])]  # Berg, Eve van der
            texts = [person.name, person.email, person.email.partition("@")[0], person.full_name, *turned]
            for text in [*texts, person.number]:
                for key in {roster.plain(text), roster.spelled_out(text)} - {""}:
                    self._by_key.setdefault(key, set()).add(person.name)

    def find(self, text: str) -> str | None:
        """Return the account of the only person with this name, address or number; None when there is not one."""
        found = self._by_key.get(roster.plain(text), set()) | self._by_key.get(roster.spelled_out(text), set())
        return next(iter(found)) if len(found) == 1 else None

    def owner(self, label: str) -> tuple[str | None, str]:
        """Return whose a folder or file in an archive is, and what is left of its name for the file."""
        # the numbers in these names are the platform's own, and could be the university's number of somebody else
        if moodle := MOODLE.fullmatch(label):
            return self.find(moodle["who"]), moodle["file"]
        canvas, ilias = CANVAS.fullmatch(label), ILIAS.fullmatch(label)
        if canvas and (found := self.find(canvas["who"])):
            return found, canvas["file"]
        if ilias and (found := self.find(ilias["login"]) or self.find(f"{ilias['first']} {ilias['last']}")):
            return found, ""
        stem = PurePosixPath(label).stem
        if found := self.find(label) or self.find(stem):
            return found, "" if found == self.find(label) else label
        words = FIRST_WORDS.fullmatch(label)
        found = self.find(words["who"]) if words else None
        return found, words["file"] if words and found else ""


def _names_somebody(label: str) -> bool:
    """Return whether a name has the form in which a platform names somebody, in the roster or not."""
    return any(pattern.fullmatch(label) for pattern in (MOODLE, CANVAS, ILIAS))


def _sorted_by_person(entries: Sequence[zipfile.ZipInfo], known: Known) -> tuple[dict[str, _HandIn], list[str]]:
    """Return the entries of each person by account name, and who could not be found."""
    hand_ins: dict[str, _HandIn] = {}
    unknown: dict[str, None] = {}
    for entry in entries:
        parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
        if entry.is_dir() or not parts or set(parts) & PASSED_OVER or not _is_plain(entry):
            continue
        for depth, part in enumerate(parts[:MAX_DEPTH]):
            owner, rest = known.owner(part)
            if owner:
                inside = [*([rest] if rest and depth == len(parts) - 1 else []), *parts[depth + 1 :]]
                name = "/".join(inside) or part
                hand_in = hand_ins.setdefault(owner, _HandIn())
                if _is_safe(name):
                    hand_in.files[name] = entry
                break
        else:
            labels = [part for part in parts if _names_somebody(part)]
            unknown[printable((labels or [entry.filename])[0])[:120]] = None
    return hand_ins, list(unknown)


def _is_plain(entry: zipfile.ZipInfo) -> bool:
    """Return whether an entry is a file: a link in an archive could lead to any file of this machine."""
    kind = stat.S_IFMT(entry.external_attr >> 16)
    return kind in (0, stat.S_IFREG)


def _is_safe(name: str) -> bool:
    path = PurePosixPath(name)
    strange = path.is_absolute() or ".." in path.parts or "\0" in name or len(path.parts) > MAX_DEPTH
    return not strange and path.suffix.lower() not in NEVER and len(name.encode(errors="replace")) < 200


@dataclass
class _Budget:
    left: int


def _take(archive: zipfile.ZipFile, hand_in: _HandIn, target: Path, budget: _Budget) -> Became:
    """Copy the files of one person in place of what is there, unless that is the same or newer."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=".collect-", dir=target.parent))
    try:
        left = MAX_BYTES
        for name, entry in list(hand_in.files.items())[: MAX_FILES + 1]:
            left = _unpack(archive, entry, part / name, min(left, budget.left))
            if left < 0 or len(hand_in.files) > MAX_FILES:
                return Became.TOO_LARGE
        budget.left -= MAX_BYTES - left
        if hand_in.time:
            moment = hand_in.time.astimezone(datetime.UTC)
            (part / timestamps.FILE).write_text(moment.strftime(timestamps.NBGRADER) + "\n")
        part.chmod(0o755)
        if not target.is_dir():
            part.rename(target)
            return Became.NEW
        if _digest(target) == _digest(part):
            return Became.UNCHANGED
        here, _ = timestamps.of_folder(target)
        there, _ = timestamps.of_folder(part)
        if here > there:
            return Became.NEWER_HERE
        old = target.with_name(f".old-{target.name}")
        shutil.rmtree(old, ignore_errors=True)
        target.rename(old)
        part.rename(target)
        shutil.rmtree(old, ignore_errors=True)
        return Became.REPLACED
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, most: int) -> int:
    """Write one file, and return how many of `most` bytes are left; below 0 when it is larger, however it is packed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with archive.open(entry) as packed, open(target, "wb") as out:
            while block := packed.read(min(2**20, most + 1)):
                most -= len(block)
                if most < 0:
                    return most
                out.write(block)
    except (zlib.error, zipfile.BadZipFile, EOFError):  # this file is damaged: what could be read is handed in
        return most
    return most


def _digest(folder: Path) -> str:
    """Return a fingerprint of the files in a folder, without the time at which they were handed in."""
    digest = hashlib.sha256()
    for file in _files(folder):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(folder)}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    left_out = {timestamps.FILE, "submission_secret.txt"}  # the exchange writes these
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.is_symlink() and file.name not in left_out:
            yield file
