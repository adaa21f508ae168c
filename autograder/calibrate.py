"""Calibrates the thresholds of an assignment: trains named answers over seeds, and writes what an honest one reaches."""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy  # its parts are imported when they are used

from autograder.course import datasets, thresholds
from autograder.course.answers import Answers, hand_in, read_answers
from autograder.course.layout import CONFIG, Course
from autograder.course.notebooks import read_course_notebook, visible
from autograder.errors import CourseError, DataError, GraderError
from autograder.grading.pipeline import course_level
from autograder.grading.scheduling import Result, cores, grade_all
from autograder.records import Submission

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


def read_plan(course: Course, assignment: str) -> Plan:
    """The plan of an assignment; CourseError when it has none, or one that cannot be read."""
    file = course.checks(assignment) / PLAN
    if not file.is_file():
        raise CourseError(f"{assignment} has nothing to calibrate: there is no {file}")
    try:
        tree = tomllib.loads(file.read_text())
        wanted = tuple(Wanted(name, entry["of"], float(entry.get("less", 0))) for name, entry in tree["thresholds"].items())
        return Plan(tuple(tree["cells"]), tuple(tree["right"]), tuple(tree.get("wrong", ())), wanted)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise CourseError(f"{file} cannot be read: {error!r}") from error


def measure(course: Course, assignment: str, seeds: int, say: Callable[[str], None], jobs: int = 0) -> list[Distribution]:
    """Train each named answer with `seeds` seeds and return the distribution of each quantity that a threshold is made of."""
    if seeds < 3:
        raise CourseError("a calibration needs at least 3 seeds, and 10 to be worth its name")
    plan, level = read_plan(course, assignment), course_level(course)
    named = {name: kind == "right" for kind in ("right", "wrong") for name in getattr(plan, kind)}
    seen: dict[tuple[str, str], list[float]] = {}
    done = 0
    for seed in range(seeds):  # with a secret of its own each time: other rows are withheld
        with tempfile.TemporaryDirectory(prefix="autograder-calibrate-") as folder:
            scratch = scratch_course(course, assignment, Path(folder), plan)
            submissions = [place(course, scratch, assignment, plan, name, right, seed) for name, right in named.items()]
            for result in grade_all(scratch, submissions, jobs or cores(), level):
                done += 1
                say(f"{assignment}: {done} of {seeds * len(named)} trainings")
                measured = measured_by(result, plan)
                for of in {each.of for each in plan.thresholds}:
                    seen.setdefault((result.submission.student, of), []).append(measured[of])
    return [Distribution(name, named[name], of, tuple(values)) for (name, of), values in sorted(seen.items())]


def measured_by(result: Result, plan: Plan) -> dict[str, float]:
    """What the checks measured of one training; CourseError when a quantity of the plan is not among it."""
    who = result.submission.student
    if result.report is None:
        raise GraderError(f"{who} could not be graded: {result.error}")
    checks = [check for task in result.report.tasks for check in task.checks]
    measured = dict(pair for check in checks for pair in check.measured)
    for each in plan.thresholds:
        if each.of not in measured:
            said = next((check.message for check in checks if check.message), "nothing")
            raise CourseError(f"{who}: {each.of} was not measured; the first check that failed says: {said}")
    return measured


def scratch_course(course: Course, assignment: str, folder: Path, plan: Plan) -> Course:
    """The assignment in a course of its own, where every threshold is met by anything."""
    shutil.copytree(course.source / assignment, folder / "source" / assignment)
    shutil.copytree(
        course.checks(assignment), folder / "autograder" / "checks" / assignment, ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(course.root / CONFIG, folder)
    (folder / "course_data").mkdir()
    for file in ("assignments.toml", "datasets.toml"):
        shutil.copy(course.data / file, folder / "course_data")
    for name in course.datasets(assignment):
        if (data := datasets.folder_of(course.store, name)) is None:
            raise DataError(f"{name} is not in {course.store}")
        link = folder / "course_data" / "store" / data.relative_to(course.store)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(data.resolve())
    made = Course.open(folder)
    zeros = "".join(f"{each.name} = {{ threshold = -1e9 }}\n" for each in plan.thresholds)
    thresholds.file_of(made).write_text(f"[{assignment}.{thresholds.origin(made, assignment)}]\n{zeros}")
    return made


def place(course: Course, scratch: Course, assignment: str, plan: Plan, name: str, right: bool, seed: int) -> Submission:
    """Hand in an answer with a seed of its own, in the cells of the plan."""
    notebook = read_course_notebook(course.source_notebook(assignment))
    cells = {cell.grade_id: cell.source for cell in notebook.cells if cell.grade_id in plan.cells}
    if name != REFERENCE:
        folder = course.root / "tests" / "answers" / assignment / ("right" if right else "wrong")
        given = read_answers(folder / f"{name}.py").cells
        cells |= {cell: text for cell, text in given.items() if cell in plan.cells}
    file = scratch.submitted / name / assignment / course.source_notebook(assignment).name
    file.parent.mkdir(parents=True)
    file.write_bytes(hand_in(visible(notebook), Answers(seeded(cells, seed)), name))
    return Submission(name, assignment, file)


def seeded(cells: Mapping[str, str], seed: int) -> dict[str, str]:
    """The cells with another seed in `set_random_seed`; CourseError when none of them sets one."""
    if not any(SEED.search(text) for text in cells.values()):
        raise CourseError("none of the answer's cells calls set_random_seed(NUMBER): every training would be the same or unknown")
    return {
        name: SEED.sub(lambda found: f"{found[1]}{int(found[2]) + 1000 * seed}{found[3]}", text) for name, text in cells.items()
    }


def bounds(plan: Plan, found: Sequence[Distribution]) -> dict[str, float]:
    """Each threshold: what the weakest of the right answers falls below less than once in a thousand, less a margin."""
    return {each.name: min(one.bound for one in found if one.right and one.of == each.of) - each.less for each in plan.thresholds}


def write(course: Course, assignment: str, plan: Plan, found: Sequence[Distribution]) -> Path:
    """Write the thresholds with the distributions behind them into course_data/thresholds.toml; other parts stay."""
    file = thresholds.file_of(course)
    tree: dict[str, Any] = tomllib.loads(file.read_text()) if file.is_file() else {}
    values = bounds(plan, found)
    part: dict[str, Any] = {"versions": {name: importlib.metadata.version(name) for name in ("tensorflow", "keras", "numpy")}}
    for each in plan.thresholds:
        behind = [one for one in found if one.of == each.of]
        part[each.name] = {
            "threshold": round(values[each.name], 4),
            "of": each.of,
            "behind": {
                one.answer: {
                    "right": one.right,
                    "n": len(one.values),
                    "mean": round(one.mean, 4),
                    "std": round(one.deviation, 4),
                    "min": round(min(one.values), 4),
                }
                for one in behind
            },
        }
    tree.setdefault(assignment, {})[thresholds.origin(course, assignment)] = part
    file.write_text(
        "# Written by `autograder calibrate`. The thresholds that checks use, and the trainings behind them.\n" + toml(tree)
    )
    return file


def toml(tree: Mapping[str, Any]) -> str:
    """TOML of a tree of tables whose leaves are numbers, truth values and texts, a quantity's trainings a line each."""
    return "\n".join(_lines(tree, ())) + "\n"


def _lines(tree: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    tables = {key: value for key, value in tree.items() if isinstance(value, dict)}
    leaves = {key: value for key, value in tree.items() if not isinstance(value, dict)}
    inline = path[-1:] in (("behind",), ("versions",))
    if leaves or inline:
        yield ""
        yield f"[{'.'.join(path)}]"
    yield from (f"{key} = {_value(value)}" for key, value in leaves.items())
    for key, value in tables.items():
        if inline:
            yield f"{key} = {{ {', '.join(f'{name} = {_value(part)}' for name, part in value.items())} }}"
        else:
            yield from _lines(value, (*path, key))


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value) if isinstance(value, int | float) else f'"{value}"'
