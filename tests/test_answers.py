"""Every answers file through the real engine: right ones earn full points, wrong ones fail exactly what they name."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course.answers import hand_in, read_answers
from autograder.course.layout import Course
from autograder.course.notebooks import read_course_notebook
from autograder.grading.scheduling import cores, grade_all
from autograder.records import GradeReport, Submission
from tests.conftest import ANSWERS, scratch_course

FILES = sorted(ANSWERS.glob("*/*/*.py"))


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory, standin_store: Path) -> dict[str, GradeReport]:
    """The report of each answers file, graded in one run on all cores."""
    course = scratch_course(tmp_path_factory.mktemp("answers") / "course", standin_store)
    submissions = [place(course, file) for file in FILES]
    results = list(grade_all(course, submissions, jobs=cores()))
    assert [each.error for each in results if each.report is None] == []
    return {each.submission.student: each.report for each in results if each.report}


def place(course: Course, file: Path) -> Submission:
    assignment = file.parent.parent.name
    notebook = course.root / "submitted" / file.stem / assignment / f"{assignment}.ipynb"
    notebook.parent.mkdir(parents=True)
    notebook.write_bytes(hand_in(read_course_notebook(course.source_notebook(assignment)), read_answers(file), str(file)))
    return Submission(file.stem, assignment, notebook)


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_an_answer_gets_the_verdict_in_its_header(file: Path, reports: dict[str, GradeReport]) -> None:
    report = reports[file.stem]
    failed = {check.check.name: check.message for task in report.tasks for check in task.checks if not check.passed}
    assert set(failed) == set(read_answers(file).fails), failed
    assert (report.earned == report.auto_points) == (file.parent.name == "right")
    assert all(failed.values())


def test_there_are_enough_answers_in_enough_styles() -> None:
    for assignment in ("exercise_1_grayscale",):
        assert len(list((ANSWERS / assignment / "right").glob("*.py"))) >= 12
        assert len(list((ANSWERS / assignment / "wrong").glob("*.py"))) >= 20


def test_every_check_has_a_wrong_answer_that_fails_it(reports: dict[str, GradeReport]) -> None:
    named = {name for file in FILES for name in read_answers(file).fails}
    assert named == {check.check.name for report in reports.values() for task in report.tasks for check in task.checks}


def test_every_file_says_why() -> None:
    assert [file.name for file in FILES if not read_answers(file).why] == []
