"""Measures submissions that train a model: the share of the student's own `fit`, and the cost of a regrade.

The file course_data/benchmark.toml names the assignment and the sizes of the model.
"""

from __future__ import annotations

import json
import tempfile
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from autograder.course.answers import Answers, hand_in
from autograder.course.assignment import Assignment
from autograder.course.course import Course
from autograder.course.notebooks import visible
from autograder.errors import CourseError, GraderError
from autograder.records import Level
from autograder.teaching import calibration, release

FILE = "benchmark.toml"


@dataclass(frozen=True)
class Variant:
    """One size of the model: its name, and the text that replaces the plan's `replace` in the reference solution."""

    name: str
    text: str


@dataclass(frozen=True)
class Plan:
    """The assignment to train; each variant replaces the text `replace` in its reference solution."""

    assignment: str
    replace: str
    variants: tuple[Variant, ...]


@dataclass(frozen=True)
class Trainings:
    """The times of grading a class that trains, and of grading it again after an edit of one check.

    `cpu`: CPU seconds of the kernels and the workers in the first run.
    `fit`: the part of them that the kernels spent in `fit`.
    `first`, `again`: mean wall-clock seconds of one submission in its worker, in the first and the second run.
    `command`: wall-clock seconds of the whole command, in the first and the second run.
    """

    assignment: str
    variant: str
    submissions: int
    cpu: float
    fit: float
    first: float
    again: float
    command: tuple[float, float]


def read_plan(course: Course) -> Plan | None:
    """Read course_data/benchmark.toml; return None without it. Raises CourseError when it cannot be understood."""
    file = course.data / FILE
    if not file.is_file():
        return None
    try:
        tree = tomllib.loads(file.read_text(encoding="utf-8"))
        variants = tuple(Variant(name, str(text)) for name, text in tree["variants"].items())
        return Plan(tree["assignment"], tree["replace"], variants)
    except (tomllib.TOMLDecodeError, KeyError, AttributeError) as error:
        raise CourseError(f"{file} cannot be understood: {error!r}") from error


def measure(
    course: Course,
    plan: Plan,
    variant: Variant,
    count: int,
    level: Level,
    run: Callable[..., None],
    say: Callable[[str], None],
) -> Trainings:
    """Grade `count` submissions of the reference solution in this size, and grade them again after an edit of a check.

    `run`: a function that runs a command in a folder.
    `say`: called with a line before each run.

    Raises GraderError when the first run did not train, or the second run did.
    """
    assignment = course.assignment(plan.assignment)
    with tempfile.TemporaryDirectory(prefix="autograder-bench-") as folder:
        root = Path(folder) / "course"
        scratch, copy = calibration.without_thresholds(
            course, assignment, root, calibration.read_plan(course, assignment)
        )
        release.generate(scratch, copy)
        notebook = copy.only_notebook.notebook
        resized = {cell.grade_id: cell.source.replace(plan.replace, variant.text) for cell in notebook.solutions()}
        content = hand_in(visible(notebook), Answers(resized))
        command = ("autograder", "grade", copy.name, "--isolation", level)
        for number in range(count):
            file = scratch.submitted / f"s{number:04d}" / copy.name / f"{notebook.name}.ipynb"
            file.parent.mkdir(parents=True)
            file.write_bytes(content)
        say(f"{copy.name}: {count} submissions train, {variant.name}")
        first = timed(scratch.root, run, *command)
        first_seconds = seconds(scratch, copy)
        edited = next(iter(sorted((scratch.checks / copy.name).glob("test_*.py"))))
        edited.write_text(edited.read_text() + "\n# edited\n")
        say(f"{copy.name}: {count} submissions again, after an edit of a check")
        again = timed(scratch.root, run, *command)
        second_seconds = seconds(scratch, copy)
    if any(part["training"] == 0 for part in first_seconds) or any(part["training"] > 0 for part in second_seconds):
        raise GraderError("the first run must train and the second must not")
    fit = sum(part["training"] for part in first_seconds)
    cpu = sum(part["kernel cpu"] + part["grader cpu"] for part in first_seconds)
    totals = [sum(part["total"] for part in parts) / count for parts in (first_seconds, second_seconds)]
    return Trainings(copy.name, variant.name, count, cpu, fit, totals[0], totals[1], (first, again))


def timed(folder: Path, run: Callable[..., None], *command: str) -> float:
    """Run a command and return its wall-clock seconds."""
    begun = time.monotonic()
    run(folder, *command)
    return time.monotonic() - begun


def seconds(course: Course, assignment: Assignment) -> list[dict[str, float]]:
    """Return the seconds of each submission by step, from the staff reports."""
    files = sorted((course.reports / assignment.name).glob("*.json"))
    return [dict(json.loads(file.read_text())["notebooks"][0]["seconds"]) for file in files]
