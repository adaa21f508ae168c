"""Files for staff: the graded notebook and the report, written whole or not at all."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import nbformat
import pytest

from autograder.course.assignment import Assignment
from autograder.course.course import Course
from autograder.errors import CourseError
from autograder.grading.pipeline import key
from autograder.recording import graded
from autograder.recording.graded import GradedNotebooks, Reports
from autograder.records import Level
from tests.conftest import EXERCISE, MakeReport

WRONG = {"test_weights": ("this is <blue>", "red first")}


def test_the_graded_notebook_is_valid_and_shows_each_check_under_its_cell(make_report: MakeReport) -> None:
    report = make_report("ann", WRONG)
    tree = graded.graded_notebook(report, report.notebooks[0])
    nbformat.validate(nbformat.from_dict(tree))
    table = next(
        cell for cell in tree["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") == "test_to_gray"
    )["outputs"][0]["data"]
    assert "2 of 4 points" in table["text/plain"] and "✗ to_gray weighs red, green and blue" in table["text/plain"]
    assert "this is &lt;blue&gt;" in table["text/html"] and "staff only: 4711" in table["text/html"]


def test_staff_see_the_level_the_data_and_the_notes(make_report: MakeReport) -> None:
    report = make_report()
    source = graded.graded_notebook(report, report.notebooks[0])["cells"][0]["source"]
    assert (
        "<code>none</code>" in source
        and "without a sandbox" in source
        and "cifar10: stand-in" in source
        and "staff note &lt;b&gt;" in source
    )


def test_the_report_holds_everything_for_staff(course: Course, make_report: MakeReport, exercise: Assignment) -> None:
    report = make_report("ann", WRONG)
    Reports(course).write(report, exercise)
    tree = json.loads(graded.report_file(course, report).read_text())
    assert tree["isolation"] == "none" and tree["data"] == [["cifar10", "stand-in"]] and tree["key"] == "key"
    checks = [check for task in tree["notebooks"][0]["tasks"] for check in task["checks"]]
    assert [check["detail"] for check in checks if not check["passed"]] == ["staff only: 4711"]


def test_a_submission_counts_as_graded_only_when_report_and_notebook_are_there(
    course: Course, make_report: MakeReport, exercise: Assignment
) -> None:
    assignment = course.assignment(EXERCISE)
    one, report = course.submission(assignment, "ann"), make_report("ann")
    assert not graded.is_graded(course, assignment, one)
    Reports(course).write(report, exercise)
    assert not graded.is_graded(course, assignment, one)
    GradedNotebooks(course).write(report, exercise)
    assert graded.is_graded(course, assignment, one)
    graded.report_file(course, report).write_text("{ half")
    assert not graded.is_graded(course, assignment, one)


def test_a_graded_submission_is_current_until_something_changes(
    course: Course, make_report: MakeReport, exercise: Assignment
) -> None:
    assignment = course.assignment(EXERCISE)
    one = course.submission(assignment, "ann")
    report = make_report("ann", key=key(one, assignment, Level.NONE))
    GradedNotebooks(course).write(report, exercise)
    Reports(course).write(report, exercise)
    assert graded.is_current(course, assignment, one, Level.NONE)
    assert not graded.is_current(course, assignment, one, Level.LANDLOCK)
    handed_in = course.submitted / "ann" / EXERCISE / f"{EXERCISE}.ipynb"
    handed_in.parent.mkdir(parents=True)
    handed_in.write_text("{}")
    assert not graded.is_current(course, assignment, one, Level.NONE)


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    graded.write_atomically(tmp_path / "a.txt", "old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(
        CourseError, match=r"a\.txt could not be written: No space left on device; what was there before is unchanged"
    ):
        graded.write_atomically(tmp_path / "a.txt", "new")
    assert (tmp_path / "a.txt").read_text() == "old" and [file.name for file in tmp_path.iterdir()] == ["a.txt"]


TEX = r"$\href{/user/mallory/x.html}{\text{full credit}}$ [look](http://evil.example) $$\style{position:fixed}{x}$$"


def test_no_formula_link_or_heading_of_a_students_text_reaches_the_staffs_mathjax(make_report: MakeReport) -> None:
    """Markdown is not read in a line of HTML, and MathJax leaves out what has its class."""
    made = make_report("ann", {"test_weights": (f"it raised {TEX}", TEX)})
    report = dataclasses.replace(made, notebooks=(dataclasses.replace(made.notebooks[0], staff_notes=(f"# {TEX}",)),))
    cells = graded.graded_notebook(report, report.notebooks[0])["cells"]
    tables = [cell["outputs"][0]["data"]["text/html"] for cell in cells if cell.get("outputs")]
    shown = [cells[0]["source"], *(table for table in tables if "mallory" in table)]
    assert len(shown) == 2 and "mallory" in shown[0]
    for text in shown:
        assert re.match(r"<(div|table) class=.tex2jax_ignore mathjax_ignore.>", text) and "\n" not in text
        assert text.count("<div") == text.count("</div") and text.count("<table") == text.count("</table")
