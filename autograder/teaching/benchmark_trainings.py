"""Full submissions of an exercise that trains, graded twice: how much is the student's own `fit`, what a regrade costs.

Which exercise, and in which sizes, is the course's own, in course_data/benchmark.toml.
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
    """One size of the reference solution: its name, and the text that takes the place of the plan's `replace`."""

    name: str
    text: str


@dataclass(frozen=True)
class Plan:
    """Which assignment is trained; in its reference solution the text `replace` becomes that of each variant."""

    assignment: str
    replace: str
    variants: tuple[Variant, ...]


@dataclass(frozen=True)
class Trainings:
    """A class that trains, graded by the command and again after one check was edited.

    `cpu`: seconds of CPU of the submissions' kernels and of their workers, in the first run; `fit`: those of them that
    the kernels spent in `fit`; `first`, `again`: wall-clock seconds of one submission in its worker; `command`: of the
    whole command, both times.
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
    """Read course_data/benchmark.toml; None without it, and CourseError when it cannot be understood."""
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
    """Grade the reference solution, handed in `count` times in this size, and once more after an edit of a check.

    `run` runs a command in a folder. Raises GraderError when the first run did not train, or the second did.
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
        trained = seconds(scratch, copy)
        edited = next(iter(sorted((scratch.checks / copy.name).glob("test_*.py"))))
        edited.write_text(edited.read_text() + "\n# edited\n")
        say(f"{copy.name}: {count} submissions again, after an edit of a check")
        again = timed(scratch.root, run, *command)
        regraded = seconds(scratch, copy)
    if any(one["training"] == 0 for one in trained) or any(one["training"] > 0 for one in regraded):
        raise GraderError("the first run was to train and the second was not")
    fit = sum(one["training"] for one in trained)
    cpu = sum(one["kernel cpu"] + one["grader cpu"] for one in trained)
    totals = [sum(one["total"] for one in found) / count for found in (trained, regraded)]
    return Trainings(copy.name, variant.name, count, cpu, fit, totals[0], totals[1], (first, again))


def timed(folder: Path, run: Callable[..., None], *command: str) -> float:
    """Return the seconds of a command by the clock."""
    begun = time.monotonic()
    run(folder, *command)
    return time.monotonic() - begun


def seconds(course: Course, assignment: Assignment) -> list[dict[str, float]]:
    """Return where the time of each submission went, from the reports."""
    files = sorted((course.reports / assignment.name).glob("*.json"))
    return [dict(json.loads(file.read_text())["notebooks"][0]["seconds"]) for file in files]
