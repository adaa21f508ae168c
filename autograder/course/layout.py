"""Where things are in a course folder, as nbgrader_config.py and course_data/assignments.toml say."""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import os
import secrets
import tempfile
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.errors import CourseError
from autograder.records import Limits, Submission

CONFIG = "nbgrader_config.py"
OFF, VISIBLE, FULL = "off", "visible", "full"
PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class OnSubmission:
    """Whether a submission is answered as it arrives: not, with the tests that students see, or with the whole feedback.

    `attempts`: how many answers a student gets; `wait_minutes`: the least time between two of them.
    """

    answer: str = OFF
    attempts: int = 3
    wait_minutes: float = 10.0

    def __post_init__(self) -> None:
        if self.answer not in (OFF, VISIBLE, FULL):
            raise ValueError(f'answer is "{OFF}", "{VISIBLE}" or "{FULL}", not {self.answer!r}')
        if not (type(self.attempts) is int and self.attempts > 0 and self.wait_minutes >= 0):
            raise ValueError("attempts is a whole number from 1, wait_minutes a number from 0")

    @property
    def rule(self) -> str:
        """What students are told about it, a sentence; nothing when it is off."""
        if self.answer == OFF:
            return ""
        what = "get your points and the whole feedback" if self.answer == FULL else "are told which of the visible tests pass"
        if self.attempts == 1:
            return f"The first time you hand in, you {what}, at once."
        apart = f", {self.wait_minutes:g} minutes or more apart" if self.wait_minutes else ""
        return f"When you hand in, you {what}, at once: up to {self.attempts} times{apart}."


@dataclass(frozen=True)
class Course:
    """One nbgrader course directory."""

    root: Path
    config: Config

    @classmethod
    def open(cls, root: Path) -> Course:
        """Read the course in `root`; CourseError when there is none."""
        root = root.resolve()
        file = root / CONFIG
        if not file.is_file():
            raise CourseError(f"{root} is not a course folder: it has no {CONFIG}; go to one, or name it with --course DIR")
        try:
            config = PyFileConfigLoader(CONFIG, path=str(root)).load_config()
        except Exception as error:  # the file is Python of the instructor's: it can raise anything
            raise CourseError(f"{file} cannot be read: {type(error).__name__}: {error}") from error
        return cls(root, config)

    def _setting(self, section: str, name: str, default: str) -> str:
        value = self.config[section].get(name, default) if section in self.config else default
        return str(value)

    def _folder(self, name: str) -> Path:
        return self.root / self._setting("CourseDirectory", f"{name}_directory", name)

    @property
    def id(self) -> str:
        """Nbgrader's name of the course."""
        return self._setting("CourseDirectory", "course_id", "")

    @property
    def db_url(self) -> str:
        """SQLAlchemy address of the gradebook."""
        return self._setting("CourseDirectory", "db_url", f"sqlite:///{self.root / 'gradebook.db'}")

    @property
    def source(self) -> Path:
        """Hand-written notebooks with solutions."""
        return self._folder("source")

    @property
    def release(self) -> Path:
        """Generated notebooks for students."""
        return self._folder("release")

    @property
    def submitted(self) -> Path:
        """What students handed in."""
        return self._folder("submitted")

    @property
    def autograded(self) -> Path:
        """Graded notebooks, for staff."""
        return self._folder("autograded")

    @property
    def feedback(self) -> Path:
        """Pages for students."""
        return self._folder("feedback")

    @property
    def data(self) -> Path:
        """Registry, settings, store and secrets."""
        return self.root / "course_data"

    @property
    def store(self) -> Path:
        """Verified datasets."""
        return self.data / "store"

    @property
    def reports(self) -> Path:
        """Staff reports, one JSON file per submission."""
        return self.data / "reports"

    def checks(self, assignment: str) -> Path:
        """The folder of the hidden checks: the course's own if it has them, else those of the installed package."""
        own = self.root / "autograder" / "checks" / assignment
        return own if own.is_dir() else PACKAGE / "checks" / assignment

    def assignments(self) -> list[str]:
        """Names of all assignments in source/, sorted."""
        if not self.source.is_dir():
            return []
        return sorted(folder.name for folder in self.source.iterdir() if list(folder.glob("*.ipynb")))

    def assignment(self, name: str) -> str:
        """The name itself when there is such an assignment; CourseError with the nearest names otherwise."""
        known = self.assignments()
        if name in known:
            return name
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
        guess = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known) or 'none'}"
        raise CourseError(f"no assignment {name} in {self.source}; {guess}")

    def source_notebook(self, assignment: str) -> Path:
        """The one notebook of an assignment."""
        found = sorted((self.source / self.assignment(assignment)).glob("*.ipynb"))
        if len(found) != 1:
            raise CourseError(f"{self.source / assignment} has {len(found)} notebooks; an assignment is one notebook")
        return found[0]

    def submissions(self, assignment: str) -> list[Submission]:
        """What was handed in for an assignment, sorted by student; a folder without the notebook is a submission too."""
        name = self.source_notebook(assignment).name
        found = []
        for folder in sorted(self.submitted.glob(f"*/{assignment}")):
            if folder.is_dir():
                found.append(Submission(folder.parent.name, assignment, folder / name, _timestamp(folder)))
        return found

    def limits(self, assignment: str) -> Limits:
        """The limits of an assignment: the defaults, overridden in course_data/assignments.toml."""
        names = {each.name for each in fields(Limits)}
        chosen = {key: value for key, value in self._settings(assignment).items() if key not in ("datasets", "on_submission")}
        unknown = sorted(set(chosen) - names)
        if unknown:
            raise CourseError(
                f"{self.data / 'assignments.toml'}: [{assignment}] has no setting {unknown[0]}; there are: {', '.join(sorted(names))}, datasets, on_submission"
            )
        try:
            return Limits(**chosen)
        except (TypeError, ValueError) as error:
            raise CourseError(f"{self.data / 'assignments.toml'}: [{assignment}]: {error}") from error

    def on_submission(self, assignment: str) -> OnSubmission:
        """The policy of an assignment for submissions as they arrive: `[ASSIGNMENT.on_submission]` in course_data/assignments.toml."""
        try:
            return OnSubmission(**self._settings(assignment).get("on_submission", {}))
        except (TypeError, ValueError) as error:
            raise CourseError(f"{self.data / 'assignments.toml'}: [{assignment}.on_submission]: {error}") from error

    def minimum_isolation(self) -> str:
        """The isolation level below which this course is not graded: `isolation` in course_data/assignments.toml."""
        return str(self._all_settings().get("isolation", "namespaces"))

    def datasets(self, assignment: str) -> tuple[str, ...]:
        """Names of the datasets that an assignment needs."""
        return tuple(self._settings(assignment).get("datasets", ()))

    def withheld(self) -> tuple[str, ...]:
        """Names of the datasets of which some rows are withheld from kernels: `withhold` in course_data/assignments.toml."""
        return tuple(self._all_settings().get("withhold", ()))

    def _settings(self, assignment: str) -> dict[str, Any]:
        return dict(self._all_settings().get(assignment, {}))

    def _all_settings(self) -> dict[str, Any]:
        file = self.data / "assignments.toml"
        try:
            return tomllib.loads(file.read_text()) if file.is_file() else {}
        except tomllib.TOMLDecodeError as error:
            raise CourseError(f"{file}: {error}") from error

    def secret(self) -> bytes:
        """The course's 32-byte secret, made at first use and readable by its owner alone."""
        file = self.data / "secrets" / "seed"
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not file.exists():  # two workers may come here at once: whole from the first moment, and only one of them wins
            descriptor, made = tempfile.mkstemp(dir=file.parent)
            with open(descriptor, "wb") as out:
                out.write(secrets.token_bytes(32))
            with contextlib.suppress(FileExistsError):
                os.link(made, file)
            Path(made).unlink()
        value = file.read_bytes()
        if len(value) != 32:
            raise CourseError(f"{file} is damaged; remove it to make a new one (checks then draw new inputs)")
        return value


def fingerprint(*files: Path) -> str:
    """SHA-256 over the names and contents of files."""
    digest = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        digest.update(f"{file.name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _timestamp(folder: Path) -> str:
    """Nbgrader's timestamp of a submission, or nothing; at most 100 characters are read and links are not followed."""
    file = folder / "timestamp.txt"
    if file.is_symlink() or not file.is_file():
        return ""
    with open(file, errors="replace") as lines:
        return lines.read(100).strip()
