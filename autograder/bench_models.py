"""Full submissions of an exercise that trains, graded twice: how much is the student's own `fit`, and what a regrade costs."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from autograder import calibrate
from autograder.course.answers import Answers, hand_in
from autograder.course.layout import Course
from autograder.course.notebooks import read_course_notebook, visible
from autograder.errors import GraderError
from autograder.recording import release

ASSIGNMENT = "exercise_3_fashion"
REFERENCE, LARGE = 128, 512  # neurons in each hidden layer: of the reference solution, and of what many students build


@dataclass(frozen=True)
class Trainings:
    """A class that trains, graded by the command and again after one check was edited.

    `neurons`: in each of the two hidden layers of both networks; `cpu`: seconds of CPU of the submissions' kernels and of their workers, in the first run; `fit`: those of them that
    the kernels spent in `fit`; `first`, `again`: wall-clock seconds of one submission in its worker; `command`:
    of the whole command, both times.
    """

    submissions: int
    neurons: int
    cpu: float
    fit: float
    first: float
    again: float
    command: tuple[float, float]


def measure(
    course: Course, count: int, neurons: int, level: str, run: Callable[..., None], say: Callable[[str], None]
) -> Trainings:
    """Grade the reference solution, handed in `count` times with this size of its networks, and once more after an edit.

    `run` runs a command in a folder. GraderError when the first run did not train, or the second did.
    """
    with tempfile.TemporaryDirectory(prefix="autograder-bench-") as folder:
        scratch = calibrate.scratch_course(course, ASSIGNMENT, Path(folder), calibrate.read_plan(course, ASSIGNMENT))
        release.generate(scratch, ASSIGNMENT)
        notebook = read_course_notebook(scratch.source_notebook(ASSIGNMENT))
        wide = {cell.grade_id: cell.source.replace(f"Dense({REFERENCE}", f"Dense({neurons}") for cell in notebook.solutions()}
        answers = Answers(wide)
        content = hand_in(visible(notebook), answers)
        command = ("autograder", "grade", ASSIGNMENT, "--isolation", level)
        for number in range(count):
            file = scratch.submitted / f"s{number:04d}" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
            file.parent.mkdir(parents=True)
            file.write_bytes(content)
        say(f"{ASSIGNMENT}: {count} submissions train, {neurons} neurons in each hidden layer")
        first = timed(scratch.root, run, *command)
        trained = seconds(scratch)
        edited = next(iter(sorted(scratch.checks(ASSIGNMENT).glob("test_*.py"))))
        edited.write_text(edited.read_text() + "\n# edited\n")
        say(f"{ASSIGNMENT}: {count} submissions again, after an edit of a check")
        again = timed(scratch.root, run, *command)
        regraded = seconds(scratch)
    if any(each["training"] == 0 for each in trained) or any(each["training"] > 0 for each in regraded):
        raise GraderError("the first run was to train and the second was not")
    fit, cpu = (sum(each[part] for each in trained for part in parts) for parts in (("training",), ("kernel cpu", "grader cpu")))
    totals = [sum(each["total"] for each in one) / count for one in (trained, regraded)]
    return Trainings(count, neurons, cpu, fit, totals[0], totals[1], (first, again))


def timed(folder: Path, run: Callable[..., None], *command: str) -> float:
    """Seconds of a command by the clock."""
    begun = time.monotonic()
    run(folder, *command)
    return time.monotonic() - begun


def seconds(course: Course) -> list[dict[str, float]]:
    """Where the time of each submission went, from the reports."""
    files = sorted((course.reports / ASSIGNMENT).glob("*.json"))
    return [dict(json.loads(file.read_text())["seconds"]) for file in files]
