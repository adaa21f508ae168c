"""Calibrates the thresholds of an assignment: trains right and wrong answers with many seeds."""

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
RARE = 1e-3  # the probability with which a right answer may fall below its bound


@dataclass(frozen=True)
class Wanted:
    """A threshold to calibrate: it is the lower bound of the quantity `of`, minus the margin `less`."""

    name: str
    of: str
    less: float


@dataclass(frozen=True)
class Plan:
    """The plan of a calibration.

    `cells`: the grade_ids of the cells that an answer replaces.
    `right`, `wrong`: the names of the answers to train.
    `thresholds`: the thresholds to calibrate.
    """

    cells: tuple[str, ...]
    right: tuple[str, ...]
    wrong: tuple[str, ...]
    thresholds: tuple[Wanted, ...]


@dataclass(frozen=True)
class Distribution:
    """The values of the quantity `of` for one answer, one value for each seed."""

    answer: str
    right: bool
    of: str
    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        """The mean of the values."""
        return float(np.mean(self.values))

    @property
    def deviation(self) -> float:
        """The sample standard deviation of the values."""
        return float(np.std(self.values, ddof=1))

    @property
    def bound(self) -> float:
        """The value below which another training falls with probability 0.001.

        It is the lower limit of the one-sided prediction interval of a normal distribution.
        """
        n = len(self.values)
        return self.mean - float(scipy.stats.t.ppf(1 - RARE, n - 1)) * self.deviation * float(np.sqrt(1 + 1 / n))


def read_plan(course: Course, assignment: Assignment) -> Plan:
    """Read the plan of an assignment. Raises CourseError when there is none or it cannot be read."""
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
    """Train each answer of the plan with `seeds` seeds and return the distribution of each quantity behind a threshold.

    `say`: called with a line after each training.
    `jobs`: the number of worker processes, 0 for one per core.

    Raises CourseError when there are fewer than 3 seeds, or a quantity of the plan is not measured. Raises GraderError
    when an answer cannot be graded.
    """
    if seeds < 3:
        raise CourseError("a calibration needs at least 3 seeds, and 10 to be reliable")
    plan = read_plan(course, assignment)
    is_right = dict.fromkeys(plan.right, True) | dict.fromkeys(plan.wrong, False)
    values: dict[tuple[str, str], list[float]] = {}
    trained = 0
    for seed in range(seeds):  # each copy of the course has its own secret, so other rows are withheld
        with tempfile.TemporaryDirectory(prefix="autograder-calibrate-") as folder:
            scratch, copy = without_thresholds(course, assignment, Path(folder) / "course", plan)
            submissions = [answer(course, copy, plan, name, right, seed) for name, right in is_right.items()]
            kernels = kernels_of(scratch, copy, Grading())
            for result in grade_locally(submissions, copy, kernels, jobs or cores()):
                trained += 1
                say(f"{assignment.name}: {trained} of {seeds * len(is_right)} trainings")
                measured = measured_by(result, plan)
                for quantity in {wanted.of for wanted in plan.thresholds}:
                    values.setdefault((result.submission.student, quantity), []).append(measured[quantity])
    return [Distribution(name, is_right[name], of, tuple(series)) for (name, of), series in sorted(values.items())]


def measured_by(result: Result, plan: Plan) -> dict[str, float]:
    """Return the quantities that the checks measured of one training, by name.

    Raises GraderError when the training could not be graded, CourseError when a quantity of the plan is missing.
    """
    name = result.submission.student
    if result.report is None:
        raise GraderError(f"{name} could not be graded: {result.error}")
    checks = [check for task in result.report.tasks for check in task.checks]
    measured = dict(pair for check in checks for pair in check.measured)
    for wanted in plan.thresholds:
        if wanted.of not in measured:
            message = next((check.message for check in checks if check.message), "nothing")
            raise CourseError(f"{name}: {wanted.of} was not measured; the first check that failed says: {message}")
    return measured


def without_thresholds(course: Course, assignment: Assignment, root: Path, plan: Plan) -> tuple[Course, Assignment]:
    """Copy the assignment to a separate course in which every answer reaches every threshold."""
    copy = copy_course(course, root, [assignment.name], draw_missing=False)
    document = tomlkit.document()
    kind = thresholds.kind_of_data([origin for _, origin in assignment.data])
    document[assignment.name] = {kind: {wanted.name: {"threshold": -1e9} for wanted in plan.thresholds}}
    (copy.data / thresholds.FILE).write_text(tomlkit.dumps(document), encoding="utf-8")
    return copy, copy.assignment(assignment.name)


def answer(course: Course, copy: Assignment, plan: Plan, answers: str, right: bool, seed: int) -> Submission:
    """Return a submission with the text of an answer, and another seed, in the cells of the plan."""
    notebook = copy.only_notebook.notebook
    cells = {cell.grade_id: cell.source for cell in notebook.cells if cell.grade_id in plan.cells}
    if answers != REFERENCE:
        file = course.answers / copy.name / ("right" if right else "wrong") / f"{answers}.py"
        texts = read_answers(file).cells
        cells |= {cell: text for cell, text in texts.items() if cell in plan.cells}
    content = hand_in(visible(notebook), Answers(seeded(cells, seed)), answers)
    return Submission(answers, copy.name, course.answers, contents={notebook.name: content})


def seeded(cells: Mapping[str, str], seed: int) -> dict[str, str]:
    """Return the cells with another seed in each `set_random_seed(NUMBER)`.

    Raises CourseError when no cell contains such a call.
    """
    if not any(SEED.search(text) for text in cells.values()):
        raise CourseError(
            "none of the answer's cells calls set_random_seed(NUMBER), so the calibration cannot change its seed"
        )

    def with_other_seed(match: re.Match[str]) -> str:
        return f"{match[1]}{int(match[2]) + 1000 * seed}{match[3]}"

    return {name: SEED.sub(with_other_seed, text) for name, text in cells.items()}


def bounds(plan: Plan, distributions: Sequence[Distribution]) -> dict[str, float]:
    """Return each threshold by name: the lowest bound of all right answers, minus the margin of the plan."""

    def weakest(of: str) -> float:
        return min(distribution.bound for distribution in distributions if distribution.right and distribution.of == of)

    return {wanted.name: weakest(wanted.of) - wanted.less for wanted in plan.thresholds}


def write(course: Course, assignment: Assignment, plan: Plan, distributions: Sequence[Distribution]) -> Path:
    """Write thresholds and their distributions into course_data/thresholds.toml, and return the path of the file.

    The thresholds of other assignments, and of the other kind of data, stay.
    """
    file = course.data / thresholds.FILE
    document = tomlkit.parse(file.read_text(encoding="utf-8")) if file.is_file() else tomlkit.document()
    if not document:
        document.add(tomlkit.comment("Written by `autograder calibrate`: thresholds, and the trainings behind them."))
    values = bounds(plan, distributions)
    part: dict[str, Any] = {
        "versions": {name: importlib.metadata.version(name) for name in ("tensorflow", "keras", "numpy")}
    }
    for wanted in plan.thresholds:
        behind = tomlkit.table()
        for distribution in distributions:
            if distribution.of == wanted.of:
                behind[distribution.answer] = _summary(distribution)
        part[wanted.name] = {"threshold": round(values[wanted.name], 4), "of": wanted.of, "behind": behind}
    kind = thresholds.kind_of_data([origin for _, origin in assignment.data])
    document.setdefault(assignment.name, tomlkit.table())[kind] = part
    file.write_text(tomlkit.dumps(document), encoding="utf-8")
    return file


def _summary(distribution: Distribution) -> Any:
    """Return a distribution as an inline TOML table."""
    line = tomlkit.inline_table()
    line.update(
        {
            "right": distribution.right,
            "n": len(distribution.values),
            "mean": round(distribution.mean, 4),
            "std": round(distribution.deviation, 4),
            "min": round(min(distribution.values), 4),
        }
    )
    return line
