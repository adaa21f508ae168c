"""Calibrates the thresholds of an assignment: trains named answers over seeds, and writes what an honest one reaches."""

from __future__ import annotations

import importlib.metadata
import re
import tempfile
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy  # its parts are imported when they are used
import tomlkit

from autograder.course import thresholds
from autograder.course.answers import Answers, hand_in, read_answers
from autograder.course.assignment import Assignment
from autograder.course.copying import copy_course
from autograder.course.course import Course
from autograder.course.notebooks import visible
from autograder.errors import CourseError, GraderError
from autograder.grading.local import cores, grade_locally
from autograder.grading.scheduling import Result
from autograder.records import Submission
from autograder.teaching.classroom import Grading, kernels_of

PLAN = "calibration.toml"
REFERENCE = "reference"
SEED = re.compile(r"(set_random_seed\()(\d+)(\))")
RARE = 1e-3  # how often an honest answer may fall below a threshold


@dataclass(frozen=True)
class Wanted:
    """A threshold: the quantity it is made of, and how much less than the bound it is set."""

    name: str
    of: str
    less: float


@dataclass(frozen=True)
class Plan:
    """What is trained, and what comes of it."""

    cells: tuple[str, ...]
    right: tuple[str, ...]
    wrong: tuple[str, ...]
    thresholds: tuple[Wanted, ...]


@dataclass(frozen=True)
class Distribution:
    """A quantity of one answer, over seeds."""

    answer: str
    right: bool
    of: str
    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        """The mean."""
        return float(np.mean(self.values))

    @property
    def deviation(self) -> float:
        """The standard deviation of one training."""
        return float(np.std(self.values, ddof=1))

    @property
    def bound(self) -> float:
        """A further training falls below this less than once in a thousand: the prediction interval of a normal distribution."""
        n = len(self.values)
        return self.mean - float(scipy.stats.t.ppf(1 - RARE, n - 1)) * self.deviation * float(np.sqrt(1 + 1 / n))


def read_plan(course: Course, assignment: Assignment) -> Plan:
    """Read the plan of an assignment; raises CourseError when it has none, or one that cannot be read."""
    file = course.checks / assignment.name / PLAN
    if not file.is_file():
        raise CourseError(f"{assignment.name} has nothing to calibrate: there is no {file}")
    try:
        tree = tomllib.loads(file.read_text())
        wanted = tuple(
            Wanted(name, entry["of"], float(entry.get("less", 0))) for name, entry in tree["thresholds"].items()
        )
        return Plan(tuple(tree["cells"]), tuple(tree["right"]), tuple(tree.get("wrong", ())), wanted)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise CourseError(f"{file} cannot be read: {error!r}") from error


def measure(
    course: Course, assignment: Assignment, seeds: int, say: Callable[[str], None], jobs: int = 0
) -> list[Distribution]:
    """Train each named answer with `seeds` seeds; returns the distribution of each quantity behind a threshold."""
    if seeds < 3:
        raise CourseError("a calibration needs at least 3 seeds, and 10 to be worth its name")
    plan = read_plan(course, assignment)
    named = {name: kind == "right" for kind in ("right", "wrong") for name in getattr(plan, kind)}
    values: dict[tuple[str, str], list[float]] = {}
    done = 0
    for seed in range(seeds):  # with a secret of its own each time: other rows are withheld
        with tempfile.TemporaryDirectory(prefix="autograder-calibrate-") as folder:
            scratch, copy = without_thresholds(course, assignment, Path(folder) / "course", plan)
            submissions = [answer(course, copy, plan, name, right, seed) for name, right in named.items()]
            kernels = kernels_of(scratch, copy, Grading())
            for result in grade_locally(submissions, copy, kernels, jobs or cores()):
                done += 1
                say(f"{assignment.name}: {done} of {seeds * len(named)} trainings")
                measured = measured_by(result, plan)
                for quantity in {wanted.of for wanted in plan.thresholds}:
                    values.setdefault((result.submission.student, quantity), []).append(measured[quantity])
    return [Distribution(name, named[name], of, tuple(found)) for (name, of), found in sorted(values.items())]


def measured_by(result: Result, plan: Plan) -> dict[str, float]:
    """What the checks measured of one training; CourseError when a quantity of the plan is not among it."""
    who = result.submission.student
    if result.report is None:
        raise GraderError(f"{who} could not be graded: {result.error}")
    checks = [check for task in result.report.tasks for check in task.checks]
    measured = dict(pair for check in checks for pair in check.measured)
    for wanted in plan.thresholds:
        if wanted.of not in measured:
            said = next((check.message for check in checks if check.message), "nothing")
            raise CourseError(f"{who}: {wanted.of} was not measured; the first check that failed says: {said}")
    return measured


def without_thresholds(course: Course, assignment: Assignment, root: Path, plan: Plan) -> tuple[Course, Assignment]:
    """Copy the assignment to a course of its own, where every threshold is met by anything."""
    copy = copy_course(course, root, [assignment.name], draw_missing=False)
    document = tomlkit.document()
    kind = thresholds.kind_of_data([origin for _, origin in assignment.data])
    document[assignment.name] = {kind: {wanted.name: {"threshold": -1e9} for wanted in plan.thresholds}}
    (copy.data / thresholds.FILE).write_text(tomlkit.dumps(document), encoding="utf-8")
    return copy, copy.assignment(assignment.name)


def answer(course: Course, copy: Assignment, plan: Plan, name: str, right: bool, seed: int) -> Submission:
    """Return the submission of an answer with a seed of its own, in the cells of the plan."""
    notebook = copy.only_notebook.notebook
    cells = {cell.grade_id: cell.source for cell in notebook.cells if cell.grade_id in plan.cells}
    if name != REFERENCE:
        file = course.answers / copy.name / ("right" if right else "wrong") / f"{name}.py"
        given = read_answers(file).cells
        cells |= {cell: text for cell, text in given.items() if cell in plan.cells}
    content = hand_in(visible(notebook), Answers(seeded(cells, seed)), name)
    return Submission(name, copy.name, course.answers, contents={notebook.name: content})


def seeded(cells: Mapping[str, str], seed: int) -> dict[str, str]:
    """The cells with another seed in `set_random_seed`; CourseError when none of them sets one."""
    if not any(SEED.search(text) for text in cells.values()):
        raise CourseError(
            "none of the answer's cells calls set_random_seed(NUMBER): every training would be the same or unknown"
        )

    def other(found: re.Match[str]) -> str:
        return f"{found[1]}{int(found[2]) + 1000 * seed}{found[3]}"

    return {name: SEED.sub(other, text) for name, text in cells.items()}


def bounds(plan: Plan, found: Sequence[Distribution]) -> dict[str, float]:
    """Return each threshold: what the weakest right answer falls below less than once in a thousand, less a margin."""

    def weakest(of: str) -> float:
        return min(one.bound for one in found if one.right and one.of == of)

    return {wanted.name: weakest(wanted.of) - wanted.less for wanted in plan.thresholds}


def write(course: Course, assignment: Assignment, plan: Plan, found: Sequence[Distribution]) -> Path:
    """Write the thresholds with the distributions behind them into course_data/thresholds.toml; other parts stay."""
    file = course.data / thresholds.FILE
    document = tomlkit.parse(file.read_text(encoding="utf-8")) if file.is_file() else tomlkit.document()
    if not document:
        document.add(tomlkit.comment("Written by `autograder calibrate`: thresholds, and the trainings behind them."))
    values = bounds(plan, found)
    part: dict[str, Any] = {
        "versions": {name: importlib.metadata.version(name) for name in ("tensorflow", "keras", "numpy")}
    }
    for wanted in plan.thresholds:
        behind = tomlkit.table()
        for one in found:
            if one.of == wanted.of:
                behind[one.answer] = _summary(one)
        part[wanted.name] = {"threshold": round(values[wanted.name], 4), "of": wanted.of, "behind": behind}
    kind = thresholds.kind_of_data([origin for _, origin in assignment.data])
    document.setdefault(assignment.name, tomlkit.table())[kind] = part
    file.write_text(tomlkit.dumps(document), encoding="utf-8")
    return file


def _summary(found: Distribution) -> Any:
    """Return a distribution as a table on one line."""
    line = tomlkit.inline_table()
    line.update(
        {
            "right": found.right,
            "n": len(found.values),
            "mean": round(found.mean, 4),
            "std": round(found.deviation, 4),
            "min": round(min(found.values), 4),
        }
    )
    return line
