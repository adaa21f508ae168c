"""Every answers file through the real engine: right ones earn full points, wrong ones fail exactly what they name."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder.course.answers import Answers, hand_in, read_answers
from autograder.course.assignment import Assignment
from autograder.course.course import Course
from autograder.course.notebooks import parse, visible
from autograder.course.placing import rebuild
from autograder.grading.pipeline import grade
from autograder.grading.training_cache import TrainingCache
from autograder.records import GradeReport, Submission
from tests.conftest import ANSWERS, ROOT, best_kernels, fix_secret, grade_all, pack, scratch_course

REAL = bool(os.environ.get("AUTOGRADER_TEST_REAL"))  # `make test-real`: on the published data in full, for an hour
FILES = sorted(ANSWERS.glob("*/*/*.py"))
ASSIGNMENTS = sorted(folder.name for folder in ANSWERS.iterdir())
TRAINING = {"exercise_2_playground", "exercise_3_fashion", "mnist_digits"}
FIGURES = {"show_color", "show_gray"}

# Where tasks build on each other: those whose wrong answers leave the answers to the others right.
UNSPOILT = {
    "exercise_1_grayscale": {"to_gray", "normalize", "convert", *FIGURES},
    "exercise_3_fashion": {"curves", "gap", "errors"},
    "mnist_digits": {"weights", "examples"},
}

# What the checks of a task judge beside its own answer: where they should fail, no other wrong answer may stand there.
BUILDS_ON = {"convert": {"to_gray", "normalize"}, "show_gray": {"to_gray", "normalize", "convert"}}


# Where an answer takes seconds, because it trains or works on all images: of the rest of them a third is part of the
# matrix, and `make test MATRIX=all` runs them all.
LONG = {"exercise_1_grayscale", "exercise_2_playground", "exercise_3_fashion", "mnist_digits", "network_drills"}
GRADE_SECONDS = 1800  # for all answers together


def cover(files: list[Path]) -> set[Path]:
    """Answers with which each check of the long assignments has one that passes it and one that fails it."""
    chosen = set()
    for name in sorted(LONG):
        own = [file for file in files if file.parent.parent.name == name]
        chosen |= set([file for file in own if file.parent.name == "right"][:1])
        fails = {file: set(read_answers(file).fails) for file in own if file.parent.name == "wrong"}
        left = {check for checks in fails.values() for check in checks}
        while left:  # the answer that fails the most checks that none fails yet
            best = max(sorted(fails), key=lambda file: len(fails[file] & left))
            chosen.add(best)
            left -= fails[best]
    return chosen


def marks(file: Path, number: int) -> list[pytest.MarkDecorator]:
    """In which runs this answer is graded: in all, in the matrix, or where everything is."""
    if file.parent.parent.name not in LONG or file in COVER:
        return []
    return [pytest.mark.matrix] if number % 3 == 0 else [pytest.mark.exhaustive]


COVER = cover(FILES)
CASES = [pytest.param(file, marks=marks(file, number)) for number, file in enumerate(FILES)]


@dataclass(frozen=True)
class Graded:
    """A submission that was graded, and the answers files that it was made of."""

    report: GradeReport
    files: list[Path]


@pytest.fixture(scope="module")
def graded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, standin_store: Path
) -> dict[Path, Graded]:
    """What became of each answers file that this run asks for (`-k` selects), graded in one run on all cores."""
    asked = {item.callspec.params.get("file") for item in request.session.items if hasattr(item, "callspec")}
    course = scratch_course(
        tmp_path_factory.mktemp("answers") / "course",
        ROOT / "course_data" / "state" / "store" if REAL else standin_store,
    )
    if REAL:
        shutil.copy(ROOT / "course_data" / "thresholds.toml", course.data)
    fix_secret(course)  # the same rows are withheld each time, so that what a training measures stays as it is
    together_by_first = submissions_of([file for file in FILES if file in asked], course)
    files = {student_of(together[0]): together for together in together_by_first}
    submissions = [place(course, student, together) for student, together in files.items()]
    remember_the_reference(course, submissions)
    results = list(grade_all(course, submissions))
    assert [each.error for each in results if each.report is None] == []
    made = [Graded(each.report, files[each.submission.student]) for each in results if each.report]
    return {file: each for each in made for file in each.files}


def submissions_of(files: list[Path], course: Course) -> list[list[Path]]:
    """Return the files that are handed in together: no two fill one cell or fail one check, none spoils another one."""
    submissions = [[file] for file in files if not is_shared(file)]
    for name in ASSIGNMENTS:
        shared = {file: read_answers(file) for file in files if is_shared(file) and assignment_of(file) == name}
        cells_of_checks = {check.name: check.cell for check in course.assignment(name).checks.declared}
        taken = {file: taken_by(answers, cells_of_checks) for file, answers in shared.items()}
        submissions += pack({file: [*taken[file], *answers.fails] for file, answers in shared.items()})
    return submissions


def taken_by(answers: Answers, cells_of_checks: Mapping[str, str]) -> set[str]:
    """Return the cells that no other answer may fill beside these: their own, and what the checks they fail judge."""
    judged = [BUILDS_ON.get(cells_of_checks[name], set()) for name in answers.fails]
    return set(answers.cells).union(*judged)


def is_shared(file: Path) -> bool:
    """Whether a wrong answer leaves the answers to other tasks what they are."""
    unspoilt, cells = UNSPOILT.get(assignment_of(file)), list(read_answers(file).cells)
    return file.parent.name == "wrong" and (unspoilt is None or (len(cells) == 1 and cells[0] in unspoilt))


def remember_the_reference(course: Course, submissions: list[Submission]) -> None:
    """Train the reference solutions once: an answer that trains exactly what they train reuses their trainings."""
    cache = TrainingCache(course.trainings)
    for name in sorted({submission.assignment for submission in submissions} & TRAINING):
        assignment = course.assignment(name)
        notebook = assignment.only_notebook.notebook
        assert grade(Submission("reference", name, course.source / name), assignment, best_kernels(course)).earned
        source = (course.source / name / f"{notebook.name}.ipynb").read_bytes()
        known = cache.of(name, "reference", rebuild(notebook, parse(source, notebook.name)).notebook)
        assert list(known.folder.iterdir())
        for submission in submissions:
            if submission.assignment == name:
                content = (submission.contents or {})[notebook.name]
                assert isinstance(content, bytes)
                rebuilt = rebuild(notebook, parse(content, notebook.name)).notebook
                shutil.copytree(known.folder, cache.of(name, submission.student, rebuilt).folder)


def assignment_of(file: Path) -> str:
    """The assignment that an answers file belongs to."""
    return file.parent.parent.name


def student_of(file: Path) -> str:
    """The name under which an answers file is handed in."""
    return f"{assignment_of(file)}-{file.stem}"


def place(course: Course, student: str, files: list[Path]) -> Submission:
    """Hand answers files in: what they do not name is the reference solution, or left open."""
    assignment = course.assignment(assignment_of(files[0]))
    notebook = assignment.only_notebook.notebook
    cells = {cell: visible(notebook).cell(cell).source for cell in left_open(assignment, files)}
    cells |= {name: text for file in files for name, text in read_answers(file).cells.items()}
    content = hand_in(notebook, Answers(cells), student)
    return Submission(student, assignment.name, course.submitted, contents={notebook.name: content})


def left_open(assignment: Assignment, files: list[Path]) -> set[str]:
    """Return the cells that stay as they were released: what wrong answers in these files do not need or spoil."""
    if files[0].parent.name == "right":
        return set()
    together = [read_answers(file) for file in files]
    answered = {cell for answers in together for cell in answers.cells}
    cells = [cell.grade_id for cell in assignment.only_notebook.notebook.solutions() if cell.is_code]
    if assignment.name not in UNSPOILT:
        return set(cells) - answered
    if assignment.name == "exercise_1_grayscale":  # its figures take longer than everything else
        cells_of_checks = {check.name: check.cell for check in assignment.checks.declared}
        return FIGURES - answered - {cells_of_checks[name] for answers in together for name in answers.fails}
    return set(cells[max(map(cells.index, answered)) + 1 :])


@pytest.mark.kernel
@pytest.mark.timeout(GRADE_SECONDS)
@pytest.mark.parametrize("file", CASES, ids=lambda file: f"{file.parent.parent.name}/{file.parent.name}/{file.stem}")
def test_an_answer_gets_the_verdict_in_its_header(file: Path, graded: dict[Path, Graded], drawn: Course) -> None:
    report, together = graded[file].report, [read_answers(each) for each in graded[file].files]
    if REAL and any(answers.data == "stand-in" for answers in together):
        pytest.skip(f"{file.stem}: what it carries was trained on the stand-in")
    assert {origin for _, origin in report.data} <= {"published" if REAL else "stand-in"}
    not_there = left_open(drawn.assignment(report.assignment), graded[file].files)
    looked_at = [task for task in report.tasks if task.task.cell not in not_there]
    failed = {check.check.name: check.message for task in looked_at for check in task.checks if not check.passed}
    assert set(failed) == {name for answers in together for name in answers.fails}, failed
    full = [task.earned == task.task.points for task in looked_at if not task.task.manual]
    assert all(full) == (file.parent.name == "right")
    assert all(failed.values())
    assert {task.task.cell for task in looked_at if task.flags} == {
        cell for answers in together for cell in answers.flags
    }


def test_there_are_enough_answers_in_enough_styles() -> None:
    assert len(list((ANSWERS / "exercise_1_grayscale" / "right").glob("*.py"))) >= 12
    assert len(list((ANSWERS / "exercise_1_grayscale" / "wrong").glob("*.py"))) >= 20


@pytest.mark.parametrize("assignment", [name for name in ASSIGNMENTS if name.endswith("_drills")])
def test_every_task_of_a_drill_has_two_right_and_two_wrong_answers(assignment: str, drawn: Course) -> None:
    parts = [task for task in drawn.assignment(assignment).tasks if not task.manual]
    for kind in ("right", "wrong"):
        cells = Counter(
            cell for file in (ANSWERS / assignment / kind).glob("*.py") for cell in read_answers(file).cells
        )
        assert {task.cell: cells[task.cell] for task in parts if cells[task.cell] < 2} == {}


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_check_has_a_wrong_answer_that_fails_it(assignment: str, drawn: Course) -> None:
    named = {name for file in (ANSWERS / assignment).glob("*/*.py") for name in read_answers(file).fails}
    assert named == {check.name for check in drawn.assignment(assignment).checks.declared}


def test_every_file_says_why() -> None:
    assert [file.name for file in FILES if not read_answers(file).why] == []
