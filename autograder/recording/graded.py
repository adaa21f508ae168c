"""Writes a report as files for staff: the graded notebook that formgrader shows, and report.json."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import html
import json
import os
from pathlib import Path
from typing import Any

from autograder.course.layout import Course
from autograder.errors import CourseError
from autograder.recording import sanitize
from autograder.records import GradeReport, Submission, TaskReport

METADATA = "autograder"
STAFF_CELL = "autograder-staff"


def report_file(course: Course, assignment: str, student: str) -> Path:
    """Where the staff report of a submission is."""
    return course.reports / assignment / f"{student}.json"


def notebook_file(course: Course, assignment: str, student: str) -> Path:
    """Where the graded notebook of a submission is."""
    return course.autograded / student / assignment / course.source_notebook(assignment).name


def recorded_key(course: Course, submission: Submission) -> str:
    """The key of the last recorded report of a submission, or nothing: the report is written last of all."""
    file = report_file(course, submission.assignment, submission.student)
    try:
        key = str(json.loads(file.read_text())["key"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return key if notebook_file(course, submission.assignment, submission.student).is_file() else ""


def write_atomically(file: Path, content: str) -> None:
    """Write a file next to its place and rename it there, so that nobody ever sees half of it.

    Raises CourseError when the disk is full or the folder cannot be written; the old file is then still there. A
    grader that is killed leaves its half under a name that the next one uses again.
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
        raise CourseError(f"{file} could not be written: {error.strerror}; what was there before is unchanged") from error


def write_notebook(course: Course, report: GradeReport) -> None:
    """Write autograded/STUDENT/ASSIGNMENT/."""
    file = notebook_file(course, report.assignment, report.student)
    if report.timestamp:
        write_atomically(file.parent / "timestamp.txt", report.timestamp + "\n")
    write_atomically(file, json.dumps(graded_notebook(report), indent=1, ensure_ascii=False) + "\n")


def write_report(course: Course, report: GradeReport) -> None:
    """Write report.json, everything about a submission except its notebook."""
    tree = dataclasses.asdict(report, dict_factory=_without_pictures)
    del tree["notebook"]
    write_atomically(
        report_file(course, report.assignment, report.student), json.dumps(tree, indent=1, ensure_ascii=False) + "\n"
    )


def _without_pictures(items: list[tuple[str, Any]]) -> dict[str, Any]:
    return {key: value for key, value in items if not isinstance(value, bytes)}


def graded_notebook(report: GradeReport) -> dict[str, Any]:
    """The notebook with clean outputs, and under each test cell the table of what the checks found."""
    by_test = {each.task.grade_cell: each for each in report.tasks if not each.task.manual}
    cells: list[dict[str, Any]] = [_staff_cell(report)]
    for cell in report.notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in by_test:
            cell = cell | {"outputs": [_table(by_test[name]), *_pictures(by_test[name])]}
        elif cell["cell_type"] == "markdown" and cell["metadata"].get("nbgrader", {}).get("solution"):
            cell = cell | {"source": sanitize.markdown(cell["source"])}  # formgrader shows it as it is
        elif "outputs" in cell:
            cell = cell | {"outputs": sanitize.outputs(cell["outputs"])}
        cells.append(cell)
    return report.notebook | {"cells": cells, "metadata": report.notebook["metadata"] | {METADATA: for_student(report)}}


def for_student(report: GradeReport) -> dict[str, Any]:
    """What a student may see of a report, as plain data: no hidden code, no staff detail."""
    return {
        "assignment": report.assignment,
        "student": report.student,
        "timestamp": report.timestamp,
        "notes": list(report.notes),
        "data": dict(report.data),
        "isolation": report.isolation,
        "tasks": [_task_for_student(each) for each in report.tasks],
    }


def _task_for_student(report: TaskReport) -> dict[str, Any]:
    task = report.task
    checks = [
        {
            "title": c.check.title,
            "points": c.check.points,
            "passed": c.passed,
            "message": c.message,
            "hint": c.hint,
            "told": [each.text for each in c.told],
        }
        for c in report.checks
    ]
    return {
        "cell": task.cell,
        "grade_cell": task.grade_cell,
        "title": task.title,
        "points": task.points,
        "earned": report.earned,
        "manual": task.manual,
        "attempted": report.attempted,
        "status": report.status.value,
        "error": report.error,
        "checks": checks,
    }


def _staff_cell(report: GradeReport) -> dict[str, Any]:
    data = ", ".join(f"{name}: {origin}" for name, origin in report.data) or "none"
    lines = [f"**For staff.** Isolation level: `{report.isolation}`. Data: {data}."]
    if report.isolation == "none":
        lines.append("Graded **without a sandbox**: the student's code ran with the grader's rights.")
    flags = [f"{each.task.cell}: {flag}" for each in report.tasks for flag in dict.fromkeys(each.flags)]
    lines += [f"- **Please look at** {html.escape(sanitize.text(flag))}" for flag in flags]
    lines += [f"- {html.escape(sanitize.text(note))}" for note in report.staff_notes]
    return {
        "cell_type": "markdown",
        "id": STAFF_CELL,
        "metadata": {"deletable": False, "editable": False},
        "source": "\n\n".join(lines),
    }


def _table(report: TaskReport) -> dict[str, Any]:
    rows, plain = [], []
    for each in report.checks:
        mark = "✓" if each.passed else "✗"
        earned = each.check.points if each.passed else 0
        verdict = "" if each.passed else f"{each.message}. {each.hint}"
        said = " ".join([verdict, *(told.text for told in each.told)]).strip()
        detail = (
            ""
            if each.passed or each.detail == each.message
            else f"<br><small>staff: {html.escape(sanitize.text(each.detail))}</small>"
        )
        rows.append(
            f"<tr><td>{mark}</td><td>{html.escape(each.check.title)}</td><td>{earned:g} of {each.check.points:g}</td><td>{html.escape(sanitize.text(said))}{detail}</td></tr>"
        )
        plain.append(f"{mark} {each.check.title} ({earned:g} of {each.check.points:g}) {sanitize.text(said)}".rstrip())
    total = f"{report.earned:g} of {report.task.points:g} points"
    table = f"<table><thead><tr><th></th><th>{total}</th><th></th><th></th></tr></thead><tbody>{''.join(rows)}</tbody></table>"
    return {"output_type": "display_data", "data": {"text/html": table, "text/plain": "\n".join([total, *plain])}, "metadata": {}}


def _pictures(report: TaskReport) -> list[dict[str, Any]]:
    """What the grader drew for a task, each picture with the check it belongs to."""
    return [
        {
            "output_type": "display_data",
            "data": {"image/png": base64.b64encode(told.picture).decode(), "text/plain": told.text},
            "metadata": {METADATA: each.check.title},
        }
        for each in report.checks
        for told in each.told
        if told.picture
    ]
