"""Opens an nbgrader course directory: where its parts are, and its assignments and submissions as values."""

from __future__ import annotations

import contextlib
import difflib
import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path

from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.course import migration, reading, settings, signatures, timestamps
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
        """Open the course in `root`. Raises CourseError when there is none, or its configuration cannot be read.

        A folder in the layout of version 0.1 is moved to today's layout first.
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
        except Exception as error:  # the file is the instructor's Python: it can raise anything
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
        """The name of the course in nbgrader."""
        return self._setting("CourseDirectory", "course_id", "")

    @property
    def db_url(self) -> str:
        """The SQLAlchemy URL of the gradebook."""
        return self._setting("CourseDirectory", "db_url", f"sqlite:///{self.root / 'gradebook.db'}")

    @property
    def source(self) -> Path:
        """The folder of the instructor's notebooks, with solutions."""
        return self._folder("source")

    @property
    def release(self) -> Path:
        """The folder of the generated notebooks for students."""
        return self._folder("release")

    @property
    def submitted(self) -> Path:
        """The folder of the submissions."""
        return self._folder("submitted")

    @property
    def autograded(self) -> Path:
        """The folder of the graded notebooks, for staff."""
        return self._folder("autograded")

    @property
    def feedback(self) -> Path:
        """The folder of the feedback pages, for students."""
        return self._folder("feedback")

    @property
    def data(self) -> Path:
        """The folder of settings, dataset registry, hidden checks, answers and roster."""
        return self.root / "course_data"

    @property
    def checks(self) -> Path:
        """The hidden checks, one folder for each assignment."""
        return self.data / "checks"

    @property
    def answers(self) -> Path:
        """Right and wrong answers that test the checks, one folder for each assignment."""
        return self.data / "answers"

    @property
    def state(self) -> Path:
        """The folder of everything about people and everything secret; it is never committed."""
        return self.data / "state"

    @property
    def store(self) -> Path:
        """The folder of verified datasets."""
        return self.state / "store"

    @property
    def reports(self) -> Path:
        """The folder of staff reports, one JSON file for each submission."""
        return self.state / "reports"

    @property
    def trainings(self) -> Path:
        """The folder of training results, which a regrade uses again."""
        return self.state / "trainings"

    # --- what is in it ------------------------------------------------------------------------------------------------

    def settings(self) -> settings.CourseSettings:
        """Read course_data/assignments.toml. Raises CourseError when it cannot be understood."""
        return settings.read(self.data / settings.FILE)

    def assignments(self) -> list[str]:
        """Return the names of all assignments in source/, sorted."""
        if not self.source.is_dir():
            return []
        return sorted(folder.name for folder in self.source.iterdir() if list(folder.glob("*.ipynb")))

    def assignment(self, name: str) -> Assignment:
        """Return an assignment. Its files are read again only when one of them has changed.

        Raises CourseError, which lists everything that is wrong with the assignment, or names the one with the most
        similar name when there is none of this name. Raises DataError when only a dataset is missing.
        """
        self.require(name)
        return reading.read(self.places(name))

    def require(self, name: str) -> str:
        """Return the name if there is such an assignment. Otherwise raises CourseError with the most similar name."""
        names = self.assignments()
        if name not in names:
            similar = difflib.get_close_matches(name, names, n=1, cutoff=0.4)
            guess = f"did you mean {similar[0]}?" if similar else f"there are: {', '.join(names) or 'none'}"
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
        """Return the submissions of an assignment, sorted by student. An empty folder is a submission too."""
        folders = sorted(self.submitted.glob(f"*/{assignment.name}"))
        return [self._submission(folder) for folder in folders if folder.is_dir()]

    def submission(self, assignment: Assignment, student: str) -> Submission:
        """Return the submission of one student, whether or not its folder exists."""
        return self._submission(self.submitted / student / assignment.name)

    def _submission(self, folder: Path) -> Submission:
        timestamp, note = timestamps.of_folder(folder)
        return Submission(folder.parent.name, folder.name, folder, timestamp, notes={"": (note,)} if note else {})

    # --- the secret ---------------------------------------------------------------------------------------------------

    def secret(self) -> bytes:
        """Return the course's secret: 32 bytes in a file that only its owner can read, written at first use.

        Raises CourseError when the file is damaged.
        """
        file = self.state / "secrets" / "seed"
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # Two processes may get here at once. The link makes a complete file appear, and only one process wins.
            descriptor, temporary = tempfile.mkstemp(dir=file.parent)
            with open(descriptor, "wb") as out:
                out.write(secrets.token_bytes(32))
            with contextlib.suppress(FileExistsError):
                os.link(temporary, file)
            Path(temporary).unlink()
        value = file.read_bytes()
        if len(value) != 32:
            raise CourseError(f"{file} is damaged; remove it to create a new one (checks then draw new inputs)")
        return value

    def seed_key(self, assignment: str) -> bytes:
        """Return the key from which the random inputs of an assignment are drawn. It does not reveal the secret."""
        return signatures.seed_key(self.secret(), assignment)
