"""Writes files for staff: the graded notebooks that formgrader shows, and a report on each submission."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import html
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.course.assignment import Assignment
from autograder.course.course import Course
from autograder.course.migration import key_of_version_0_1
from autograder.course.submissions import digest_of, loaded
from autograder.errors import CourseError
from autograder.grading.pipeline import key
from autograder.recording import sanitize, student_text
from autograder.records import GradeReport, Level, NotebookReport, Submission, TaskReport

METADATA = "autograder"
WRITTEN = "written"
STAFF_CELL = "autograder-staff"


@dataclass(frozen=True)
class GradedNotebooks:
    """A sink that writes autograded/STUDENT/ASSIGNMENT/: each notebook with its outputs and the checks' results."""

    course: Course

    def write(self, report: GradeReport, assignment: Assignment) -> None:
        """Write the graded notebooks of a submission. Raises CourseError when they cannot be written."""
        folder = self.course.autograded / report.student / report.assignment
        if report.timestamp:
            write_atomically(folder / "timestamp.txt", report.timestamp + "\n")
        for notebook in report.notebooks:
            write_atomically(folder / f"{notebook.name}.ipynb", as_text(graded_notebook(report, notebook)))


@dataclass(frozen=True)
class Reports:
    """A sink that writes one JSON file for each submission: the report without the notebooks and pictures."""

    course: Course

    def write(self, report: GradeReport, assignment: Assignment) -> None:
        """Write the report of a submission. Raises CourseError when it cannot be written."""
        tree = dataclasses.asdict(report, dict_factory=_plain)
        for notebook in tree["notebooks"]:
            del notebook["tree"]
        write_atomically(report_file(self.course, report), as_text(tree))


def report_file(course: Course, submission: Submission | GradeReport) -> Path:
    """Return the path of the staff report of a submission."""
    return course.reports / submission.assignment / f"{submission.student}.json"


def notebook_files(course: Course, assignment: Assignment, submission: Submission) -> list[Path]:
    """Return the paths of the graded notebooks of a submission, in the order of the assignment."""
    folder = course.autograded / submission.student / assignment.name
    return [folder / f"{notebook.name}.ipynb" for notebook in assignment.notebooks]


def is_graded(course: Course, assignment: Assignment, submission: Submission) -> bool:
    """Return whether a submission has been graded and recorded. It may have changed since then."""
    return bool(_recorded(course, assignment, submission))


def is_current(course: Course, assignment: Assignment, submission: Submission, level: Level) -> bool:
    """Return whether the recorded grades are up to date: submission, assignment and isolation level are unchanged."""
    recorded = _recorded(course, assignment, submission)
    if not recorded:
        return False
    if "notebooks" in recorded:
        return bool(recorded["key"] == key(submission, assignment, level))
    return bool(recorded["key"] == _key_of_version_0_1(course, assignment, submission, level))


def _recorded(course: Course, assignment: Assignment, submission: Submission) -> dict[str, Any]:
    """Return the last report of a submission, or {} when its recording is incomplete. The report is written last."""
    try:
        tree: Any = json.loads(report_file(course, submission).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    complete = all(file.is_file() for file in notebook_files(course, assignment, submission))
    return tree if isinstance(tree, dict) and tree.get("key") and complete else {}


def _key_of_version_0_1(course: Course, assignment: Assignment, submission: Submission, level: Level) -> str:
    name = assignment.notebooks[0].name
    content = (loaded(submission, assignment).contents or {})[name]
    return key_of_version_0_1(
        course.source / assignment.name,
        course.checks / assignment.name,
        assignment.limits,
        assignment.data,
        assignment.thresholds,
        level,
        digest_of(content),
        submission.timestamp,
    )


def as_text(tree: dict[str, Any]) -> str:
    """Return JSON in the form in which it is written to files."""
    return json.dumps(tree, indent=1, ensure_ascii=False) + "\n"


def write_atomically(file: Path, content: str) -> None:
    """Write a file under a temporary name and rename it, so that nobody ever sees an incomplete file.

    Raises CourseError when the disk is full or the folder cannot be written; the old file is then unchanged. The
    temporary name is always the same, so the next run overwrites what a killed run left.
    """
    part = file.with_name(f".{file.name}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with open(part, "w", encoding="utf-8") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        part.chmod(0o644)
        part.replace(file)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise CourseError(
            f"{file} could not be written: {error.strerror}; what was there before is unchanged"
        ) from error


def _plain(items: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a record as a dictionary without pictures."""
    return {key: value for key, value in items if not isinstance(value, bytes)}


def graded_notebook(report: GradeReport, notebook: NotebookReport) -> dict[str, Any]:
    """Return a notebook with sanitized outputs, and with the results of the checks as the output of each test cell."""
    by_test = {task.task.grade_cell: task for task in notebook.tasks if not task.task.manual}
    cells: list[dict[str, Any]] = [_staff_cell(report, notebook)]
    for cell in notebook.tree["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in by_test:
            cell = cell | {"outputs": [_table(by_test[name]), *_pictures(by_test[name])]}
        elif cell["cell_type"] == "markdown" and cell["metadata"].get("nbgrader", {}).get("solution"):
            written, attached = cell["source"], cell.get("attachments", {})
            metadata = cell["metadata"] | {METADATA: {WRITTEN: written}}  # from which the feedback page is made
            cell = cell | {"source": student_text.as_html(written, attached), "metadata": metadata}
        elif "outputs" in cell:
            cell = cell | {"outputs": sanitize.outputs(cell["outputs"])}
        cells.append(cell)
    metadata = notebook.tree["metadata"] | {METADATA: for_student(report, notebook)}
    return notebook.tree | {"cells": cells, "metadata": metadata}


def for_student(report: GradeReport, notebook: NotebookReport) -> dict[str, Any]:
    """Return what a student may see of the report on a notebook, as plain data: no hidden code, no staff details."""
    return {
        "assignment": report.assignment,
        "student": report.student,
        "timestamp": report.timestamp,
        "notes": list(notebook.notes),
        "data": dict(report.data),
        "isolation": report.isolation,
        "tasks": [_task_for_student(task) for task in notebook.tasks],
    }


def _task_for_student(report: TaskReport) -> dict[str, Any]:
    task = report.task
    checks = [
        {
            "title": result.check.title,
            "points": result.check.points,
            "passed": result.passed,
            "message": result.message,
            "hint": result.hint,
            "told": [remark.text for remark in result.remarks],
            "code": result.code,
        }
        for result in report.checks
    ]
    return {
        "cell": task.cell,
        "grade_cell": task.grade_cell,
        "title": task.title,
        "points": task.points,
        "earned": report.earned,
        "manual": task.manual,
        "attempted": report.attempted,
        "open": report.open,
        "status": report.status.value,
        "error": report.error,
        "checks": checks,
    }


def _staff_cell(report: GradeReport, notebook: NotebookReport) -> dict[str, Any]:
    data = ", ".join(f"{name}: {origin}" for name, origin in report.data) or "none"
    first = f"<b>For staff.</b> Isolation level: <code>{report.isolation}</code>. Data: {html.escape(data)}."
    if report.isolation is Level.NONE:
        first += " Graded <b>without a sandbox</b>: the student's code ran with the grader's rights."
    lines = []
    waiting = [task.task.cell for task in notebook.tasks if task.open]
    if waiting:
        lines.append(f"<b>Please find the answer and give points</b> for {html.escape(', '.join(waiting))}")
    flags = [f"{task.task.cell}: {flag}" for task in notebook.tasks for flag in dict.fromkeys(task.flags)]
    lines += [f"<b>Please look at</b> {_in_one_line(flag)}" for flag in flags]
    lines += [_in_one_line(note) for note in notebook.staff_notes]
    items = "".join(f"<li>{line}</li>" for line in lines)
    # HTML in one line: Markdown in it would be a link, a formula or a heading of the student's
    return {
        "cell_type": "markdown",
        "id": STAFF_CELL,
        "metadata": {"deletable": False, "editable": False},
        "source": f'<div class="{sanitize.NO_FORMULAS}"><p>{first}</p><ul>{items}</ul></div>',
    }


def _in_one_line(text: str) -> str:
    return " ".join(html.escape(sanitize.text(text)).split())


def _table(report: TaskReport) -> dict[str, Any]:
    rows, plain = [], []
    for result in report.checks:
        mark = "✓" if result.passed else "✗" if result.judged else "?"
        earned = f"{result.check.points if result.passed else 0:g} of {result.check.points:g}"
        verdict = "" if result.passed else f"{result.message}. {result.hint}"
        text = " ".join([verdict, *(remark.text for remark in result.remarks)]).strip()
        detail = ""
        if not result.passed and result.detail != result.message:
            detail = f"<br><small>staff: {html.escape(sanitize.text(result.detail))}</small>"
        shown = f"{html.escape(sanitize.text(text))}{detail}"
        title = html.escape(result.check.title)
        rows.append(f"<tr><td>{mark}</td><td>{title}</td><td>{earned}</td><td>{shown}</td></tr>")
        plain.append(f"{mark} {result.check.title} ({earned}) {sanitize.text(text)}".rstrip())
    total = f"{'?' if report.earned is None else f'{report.earned:g}'} of {report.task.points:g} points"
    head = f"<thead><tr><th></th><th>{total}</th><th></th><th></th></tr></thead>"
    table = f"<table class='{sanitize.NO_FORMULAS}'>{head}<tbody>{''.join(rows)}</tbody></table>"
    data = {"text/html": table, "text/plain": "\n".join([total, *plain])}
    return {"output_type": "display_data", "data": data, "metadata": {}}


def _pictures(report: TaskReport) -> list[dict[str, Any]]:
    """Return the pictures that the grader drew for a task, each with the title of its check."""
    return [
        {
            "output_type": "display_data",
            "data": {"image/png": base64.b64encode(remark.picture).decode(), "text/plain": remark.text},
            "metadata": {METADATA: result.check.title},
        }
        for result in report.checks
        for remark in result.remarks
        if remark.picture
    ]
