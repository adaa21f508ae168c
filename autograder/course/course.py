"""A course directory of nbgrader: where things are in it, and its assignments as values."""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import hmac
import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path

from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.course import migration, reading, settings
from autograder.course.assignment import Assignment, ServedDataset
from autograder.errors import CourseError
from autograder.records import Submission

CONFIG = "nbgrader_config.py"


@dataclass(frozen=True)
class Course:
    """One nbgrader course directory."""

    root: Path
    config: Config

    @classmethod
    def open(cls, root: Path) -> Course:
        """Read the course in `root`; raises CourseError when there is none.

        A folder that is laid out as by version 0.1 is brought into today's layout first.
        """
        root = root.resolve()
        file = root / CONFIG
        if not file.is_file():
            raise CourseError(
                f"{root} is not a course folder: it has no {CONFIG}; go to one, name it with --course DIR, or make one "
                "with `autograder init DIR`"
            )
        try:
            config = PyFileConfigLoader(CONFIG, path=str(root)).load_config()
        except Exception as error:  # the file is Python of the instructor's: it can raise anything
            raise CourseError(f"{file} cannot be read: {type(error).__name__}: {error}") from error
        course = cls(root, config)
        migration.migrate(root, course.source)
        return course

    # --- where things are ---------------------------------------------------------------------------------------------

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
        """Settings, registry of datasets, hidden checks, answers, people."""
        return self.root / "course_data"

    @property
    def checks(self) -> Path:
        """Hidden checks, a folder for each assignment."""
        return self.data / "checks"

    @property
    def answers(self) -> Path:
        """Answers that prove the checks, a folder for each assignment."""
        return self.data / "answers"

    @property
    def state(self) -> Path:
        """Everything that a course writes about people, or keeps secret; never committed."""
        return self.data / "state"

    @property
    def store(self) -> Path:
        """Verified datasets."""
        return self.state / "store"

    @property
    def reports(self) -> Path:
        """Staff reports, one JSON file per submission."""
        return self.state / "reports"

    @property
    def trainings(self) -> Path:
        """What trainings of submissions gave, kept for a regrade."""
        return self.state / "trainings"

    # --- what is in it ------------------------------------------------------------------------------------------------

    def settings(self) -> settings.CourseSettings:
        """Read course_data/assignments.toml; raises CourseError when it cannot be understood."""
        return settings.read(self.data / settings.FILE)

    def assignments(self) -> list[str]:
        """Return the names of all assignments in source/, sorted."""
        if not self.source.is_dir():
            return []
        return sorted(folder.name for folder in self.source.iterdir() if list(folder.glob("*.ipynb")))

    def assignment(self, name: str) -> Assignment:
        """Read an assignment, or return it as it was read last when no file of it has changed since.

        Raises CourseError that lists everything that is wrong with it, or names the nearest assignment.
        """
        self.require(name)
        return reading.read(self.places(name))

    def require(self, name: str) -> str:
        """Return the name of an assignment that is there; raises CourseError with the nearest name for another one."""
        known = self.assignments()
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
            guess = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known) or 'none'}"
            raise CourseError(f"no assignment {name} in {self.source}; {guess}")
        return name

    def places(self, name: str) -> reading.Places:
        """Return where the parts of an assignment are."""
        return reading.Places(
            name=name,
            source=self.source / name,
            checks=self.checks / name,
            data=self.data,
            store=self.store,
            secret=self.secret(),
            seed_key=self.seed_key(name),
        )

    def served(self) -> tuple[ServedDataset, ...]:
        """Return the datasets of the store as kernels can load them."""
        return reading.served(self.data, self.store, self.secret(), self.settings().withhold)

    def submissions(self, assignment: Assignment) -> list[Submission]:
        """Return what was handed in for an assignment, sorted by student; an empty folder is a submission too."""
        folders = sorted(self.submitted.glob(f"*/{assignment.name}"))
        return [self._submission(folder) for folder in folders if folder.is_dir()]

    def submission(self, assignment: Assignment, student: str) -> Submission:
        """Return the submission of one student, handed in or not."""
        return self._submission(self.submitted / student / assignment.name)

    def _submission(self, folder: Path) -> Submission:
        return Submission(folder.parent.name, folder.name, folder, _timestamp(folder))

    # --- the secret ---------------------------------------------------------------------------------------------------

    def secret(self) -> bytes:
        """Return the course's 32-byte secret, made at first use and readable by its owner alone."""
        file = self.state / "secrets" / "seed"
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # two processes may come here at once: whole from the first moment, and only one of them wins
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

    def seed_key(self, assignment: str) -> bytes:
        """Return the key from which random inputs of an assignment are drawn: it does not give the secret away."""
        return hmac.new(self.secret(), f"assignment {assignment}".encode(), hashlib.sha256).digest()


def _timestamp(folder: Path) -> str:
    """Return nbgrader's timestamp of a submission, or nothing; reads at most 100 characters and follows no link."""
    file = folder / "timestamp.txt"
    if file.is_symlink() or not file.is_file():
        return ""
    with open(file, errors="replace") as lines:
        return lines.read(100).strip()
