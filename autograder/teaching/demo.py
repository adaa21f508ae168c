"""Runs a demo: a made-up class in a scratch course, from the release of assignments to the feedback pages.

The file course_data/demo.toml says who hands in what. For each assignment it lists students, each with an answers file
below course_data/answers/ASSIGNMENT, or with "" for an empty notebook.
"""

from __future__ import annotations

import copy
import getpass
import logging
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from autograder.course import datasets
from autograder.course.answers import Answers, hand_in, read_answers
from autograder.course.assignment import Assignment
from autograder.course.copying import copy_course
from autograder.course.course import Course
from autograder.course.notebooks import Notebook, tasks, visible
from autograder.errors import CourseError
from autograder.records import Level
from autograder.teaching import release
from autograder.teaching.classroom import Graded, ProgressListener, grade_class, write_feedback

FILE = "demo.toml"


class DemoListener(ProgressListener, Protocol):
    """An observer of the progress of the demo."""

    def say(self, step: str, text: str) -> None:
        """Called after each step."""

    def working(self, text: str) -> None:
        """Called before each step that takes a while."""


@dataclass(frozen=True)
class Plan:
    """The plan of the demo: who hands in what.

    `classes`: the answers file of each student, by assignment and student. The demo shows the pages of the last
    assignment.
    `essay`: the text that all students write in cells that a person grades.
    """

    essay: str
    classes: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class GradedAssignment:
    """One assignment of the demo: the result of grading it, and the paths of the feedback pages."""

    assignment: Assignment
    graded: Graded
    pages: tuple[Path, ...]


@dataclass(frozen=True)
class Demonstration:
    """The result of the demo: the scratch course, and each graded assignment."""

    course: Course
    parts: tuple[GradedAssignment, ...]


def read_plan(course: Course) -> Plan:
    """Read course_data/demo.toml. Raises CourseError when it is missing or cannot be understood."""
    file = course.data / FILE
    if not file.is_file():
        raise CourseError(f"this course has no made-up class: there is no {file}")
    try:
        tree = tomllib.loads(file.read_text(encoding="utf-8"))
        essay = str(tree.pop("essay", ""))
        classes = {name: {student: str(answers) for student, answers in part.items()} for name, part in tree.items()}
    except (tomllib.TOMLDecodeError, AttributeError) as error:
        raise CourseError(f"{file} cannot be understood: {error}") from error
    if not classes:
        raise CourseError(f"{file} names no assignment")
    return Plan(essay, classes)


def run(course: Course, plan: Plan, folder: Path | None, stand_in: bool, listener: DemoListener) -> Demonstration:
    """Run the demo in a scratch copy of the course; the course itself is only read.

    `folder`: an empty or new folder for the scratch course (default: a temporary one).
    `stand_in`: use stand-ins even for datasets that are in the store.

    Raises CourseError when the folder is not empty.
    """
    scratch = prepare(course, list(plan.classes), folder, stand_in, listener)
    parts = tuple(run_assignment(scratch, name, plan, listener) for name in plan.classes)
    return Demonstration(scratch, parts)


def prepare(course: Course, names: list[str], folder: Path | None, stand_in: bool, listener: DemoListener) -> Course:
    """Copy assignments to a scratch course, with the published data or stand-ins. Raises CourseError as `run` does."""
    if folder is not None and folder.exists() and any(folder.iterdir()):
        raise CourseError(f"{folder} is not empty; the demo needs a folder of its own")
    root = Path(tempfile.mkdtemp(prefix="autograder-demo-")) if folder is None else folder
    # a made-up class may be graded without a sandbox where none is available; each grade says so
    scratch = copy_course(course, root, names, say=listener.working, isolation=Level.NONE, draw_all=stand_in)
    for name in sorted({name for assignment in names for name in course.settings().of(assignment).datasets}):
        listener.say("data", f"{name}: {datasets.origin_of(scratch.store, name)}")
    return scratch


def run_assignment(scratch: Course, name: str, plan: Plan, listener: DemoListener) -> GradedAssignment:
    """Release an assignment, let the students hand it in, collect it, grade it, and write the feedback pages."""
    assignment = scratch.assignment(name)
    listener.working(f"{name}: grading the reference solution")
    release.release(scratch, assignment, try_checks=False)  # `autograder release` has tried them
    listener.say("released", name)
    listener.working("the class hands in")
    notebooks = handed_in(scratch, assignment, plan)
    collect(scratch, assignment, notebooks)
    listener.say("collected", f"{len(notebooks)} submissions through nbgrader's exchange")
    graded = grade_class(scratch, assignment, listener=listener)
    return GradedAssignment(assignment, graded, tuple(write_feedback(scratch, assignment)))


def handed_in(course: Course, assignment: Assignment, plan: Plan) -> dict[str, dict[str, bytes]]:
    """Return the notebooks that the students hand in: JSON by student and notebook name."""
    return {
        student: {
            notebook.name: _filled(notebook.notebook, course.answers / assignment.name, answers, plan.essay)
            for notebook in assignment.notebooks
        }
        for student, answers in plan.classes[assignment.name].items()
    }


def _filled(notebook: Notebook, folder: Path, answers: str, essay: str) -> bytes:
    """Return a notebook with answers. Other code cells keep the reference solution, other text cells get the essay."""
    if not answers:
        return hand_in(visible(notebook), Answers({}))
    essays = {task.cell: essay for task in tasks(notebook) if task.manual}
    return hand_in(notebook, Answers({**essays, **read_answers(folder / answers).cells}), answers)


def collect(course: Course, assignment: Assignment, notebooks: Mapping[str, Mapping[str, bytes]]) -> None:
    """Let the students hand in through nbgrader's exchange, in a folder of the scratch course, and collect.

    Raises CourseError when a submission does not arrive.
    """
    from nbgrader.auth import Authenticator
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.exchange.default import ExchangeCollect, ExchangeReleaseAssignment, ExchangeSubmit

    name = assignment.name
    config = copy.deepcopy(course.config)
    config.Exchange.root = str(course.root / "exchange")
    config.Exchange.cache = str(course.root / "exchange" / "cache")
    config.ExchangeCollect.check_owner = False  # one account plays the whole class
    (course.root / "exchange").mkdir(exist_ok=True)
    (course.root / "exchange").chmod(0o777)

    def directory(root: Path, student: str) -> CourseDirectory:
        where = {"root": str(root), "assignment_id": name, "student_id": student, "course_id": course.id}
        return CourseDirectory(config=config, **where)

    log = logging.Logger("exchange", logging.ERROR)
    common = {"config": config, "log": log, "authenticator": Authenticator(config=config)}
    ExchangeReleaseAssignment(coursedir=directory(course.root, "*"), **common).start()
    with tempfile.TemporaryDirectory(prefix="autograder-students-") as homes:
        for student, files in notebooks.items():
            home = Path(homes) / student
            (home / name).mkdir(parents=True)
            for notebook, content in files.items():
                (home / name / f"{notebook}.ipynb").write_bytes(content)
            submit = ExchangeSubmit(coursedir=directory(home, student), **common)
            submit.assignment_dir = str(home)
            submit.start()
    ExchangeCollect(coursedir=directory(course.root, "*"), **common).start()
    missing = [student for student in notebooks if not (course.submitted / student / name).is_dir()]
    if missing:
        owner = getpass.getuser()
        raise CourseError(f"the exchange lost the submissions of {', '.join(missing)} (it belongs to {owner})")
