"""Writes the feedback pages for students: the tasks, the results of the checks, and hints, as HTML without scripts.

A page combines the graded notebook, which the grader rebuilt, with the points and comments of the gradebook. Everything
that a student wrote is escaped or cleaned.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import mistune
from markupsafe import Markup
from mistune.plugins.math import math
from mistune.plugins.table import table
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from autograder.course.assignment import Assignment
from autograder.course.course import Course
from autograder.messages import NOT_ATTEMPTED
from autograder.recording import gradebook, sanitize, student_text
from autograder.recording.gradebook import NO_RESPONSE, Grades
from autograder.recording.graded import METADATA, STAFF_CELL, WRITTEN, graded_notebook, write_atomically
from autograder.recording.reviews import Review, read_reviews, signed
from autograder.records import GradeReport, Level

MAX_OUTPUTS_SHOWN = 20
MAX_TEXT_SHOWN = 4_000
MAX_COLOURED = 10_000  # characters: 19,000 lines of spaces would take the highlighter 40 s


@dataclass(frozen=True)
class FeedbackPages:
    """A sink that writes feedback/STUDENT/ASSIGNMENT/: a page for each notebook, with all grades and comments."""

    course: Course

    def write(self, report: GradeReport, assignment: Assignment) -> None:
        """Write the pages of a submission. Raises CourseError when they cannot be written."""
        trees = {notebook.name: graded_notebook(report, notebook) for notebook in report.notebooks}
        write_pages(self.course, assignment, report.student, trees, read_reviews(self.course))


def write_pages(
    course: Course, assignment: Assignment, student: str, trees: dict[str, Any], reviews: Sequence[Review]
) -> list[Path]:
    """Write a page for each graded notebook of a submission, and return the paths.

    `trees`: the graded notebooks as nbformat JSON, by notebook name.

    Raises CourseError when a page cannot be written.
    """
    grades = signed(reviews, assignment, gradebook.read(course, assignment, student))
    written = []
    for name, tree in trees.items():
        target = course.feedback / student / assignment.name / f"{name}.html"
        write_atomically(target, page(tree, of_notebook(grades, name)))
        written.append(target)
    return written


def of_notebook(grades: Grades | None, notebook: str) -> Grades | None:
    """Return the part of the grades that belongs to one notebook."""
    if grades is None:
        return None
    cells = tuple(grade for grade in grades.cells if grade.notebook == notebook)
    return replace(grades, cells=cells, late_penalty=dict(grades.penalties).get(notebook, 0.0))


def page(graded: dict[str, Any], grades: Grades | None = None) -> str:
    """Return the feedback page of a graded notebook as HTML.

    `graded`: the graded notebook as nbformat JSON.
    `grades`: points and comments of the gradebook, if there are any.
    """
    result = graded["metadata"][METADATA]
    scores = {grade.cell: grade for grade in grades.cells} if grades else {}
    parts, pictures = _parts(graded), _pictures(graded)
    tasks = [
        _task(task, parts.get(task["cell"], {}), pictures.get(task["grade_cell"], {}), scores)
        for task in result["tasks"]
    ]
    waiting = sum(task["points"] for task in tasks if task["earned"] is None)
    standins = [name for name, origin in result["data"].items() if origin == "stand-in"]
    earned = sum(task["earned"] or 0 for task in tasks) - (grades.late_penalty if grades else 0)
    return _template().render(
        title=_title(graded) or result["assignment"],
        student=result["student"],
        timestamp=result["timestamp"][:16],
        score=f"{earned:g}",
        points=f"{sum(task['points'] for task in tasks):g}",
        waiting=f"{waiting:g}" if waiting else "",
        late=f"{grades.late_penalty:g}" if grades and grades.late_penalty else "",
        standins=", ".join(standins),
        notes=result["notes"],
        tasks=tasks,
        highlight_css=Markup(HtmlFormatter(style="friendly").get_style_defs("pre")),
        foot=[
            f"Data: {', '.join(f'{name} ({origin})' for name, origin in result['data'].items())}."
            if result["data"]
            else "",
            "Graded without a sandbox (level: none)." if result["isolation"] == Level.NONE else "",
            "The points come from checks that call your functions with new inputs. If you think one is wrong, ask.",
        ],
    )


@cache
def _template() -> jinja2.Template:
    loader = jinja2.PackageLoader("autograder.recording")
    environment = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
    return environment.get_template("feedback.html")


def _parts(graded: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return for each solution cell the cell itself and the text of its task: the instructor's markdown before it."""
    parts: dict[str, dict[str, Any]] = {}
    text: list[dict[str, Any]] = []
    for cell in graded["cells"]:
        nbgrader = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] == "markdown" and not nbgrader.get("solution") and cell["id"] != STAFF_CELL:
            text.append(cell)
        elif nbgrader.get("solution"):
            parts[nbgrader["grade_id"]] = {"cell": cell, "text": text}
            text = []
        elif cell["cell_type"] == "code" and METADATA not in cell["metadata"]:  # not one that the student added
            text = []
    return parts


def _pictures(graded: dict[str, Any]) -> dict[str, dict[str, list[str]]]:
    """Return the pictures (PNG, base64) that the grader drew, by graded cell and title of the check."""
    pictures: dict[str, dict[str, list[str]]] = {}
    for cell in graded["cells"]:
        nbgrader = cell["metadata"].get("nbgrader", {})
        for output in cell.get("outputs", []) if nbgrader.get("grade") and not nbgrader.get("solution") else []:
            if title := output.get("metadata", {}).get(METADATA):
                content = sanitize.picture("image/png", output["data"]["image/png"])
                of_cell = pictures.setdefault(nbgrader["grade_id"], {})
                of_cell.setdefault(title, []).extend([content] if content else [])
    return pictures


def _title(graded: dict[str, Any]) -> str:
    for cell in graded["cells"]:
        own = cell["cell_type"] == "markdown" and cell["id"] != STAFF_CELL
        if own and (heading := re.match(r"#\s+(.+)", cell["source"])):
            return heading.group(1)
    return ""


def _task(
    task: dict[str, Any], part: dict[str, Any], pictures: dict[str, list[str]], scores: dict[str, Any]
) -> dict[str, Any]:
    """Return what the template shows of a task."""
    grade = scores.get(task["grade_cell"])
    earned = task["earned"]
    if grade is not None:
        waiting = grade.needs_manual_grade and grade.manual_score is None and grade.auto_score is None
        earned = None if waiting else grade.score
    shown = f"waits for a person ({task['points']:g})" if earned is None else f"{earned:g} of {task['points']:g}"
    mood = "wait" if earned is None else "full" if earned >= task["points"] else "none" if earned == 0 else ""
    cell = part.get("cell", {"cell_type": "code", "source": "", "outputs": []})
    comment = scores[task["cell"]].comment if task["cell"] in scores else ""
    comment = "" if comment == NO_RESPONSE and task["checks"] else comment  # the checks say so already
    answered = cell["source"].strip() and task["attempted"]
    return task | {
        "earned": earned,
        "shown": shown,
        "mood": mood,
        "comment": comment,
        "refused": not task["attempted"] and any(_is_refusal(check) for check in task["checks"]),
        "checks": [
            check
            | {
                "shown": f"{check['points'] if check['passed'] else 0:g} of {check['points']:g}",
                "told": check.get("told", []),
                "pictures": pictures.get(check["title"], []),
            }
            for check in task["checks"]
        ],
        "answer": _answer(cell) if answered else "",
        "output": _outputs(cell.get("outputs", [])),
        "text": Markup("".join(_task_text(text) for text in part.get("text", []))),
    }


def _is_refusal(check: dict[str, Any]) -> bool:
    """Return whether a check failed for a reason other than an unattempted task."""
    code = check.get("code") or (NOT_ATTEMPTED.code if check["message"] == NOT_ATTEMPTED.text else "")  # of version 0.1
    return not check["passed"] and code != NOT_ATTEMPTED.code


def _answer(cell: dict[str, Any]) -> Markup:
    if cell["cell_type"] == "code":
        if len(cell["source"]) > MAX_COLOURED:
            return Markup(f"<pre class='code'>{html.escape(sanitize.text(cell['source']))}</pre>")
        formatter = HtmlFormatter(nowrap=False, cssclass="code")
        return Markup(highlight(sanitize.text(cell["source"]), PythonLexer(), formatter))
    written = cell["metadata"].get(METADATA, {}).get(WRITTEN, cell["source"])
    return Markup(student_text.as_html(str(written), cell.get("attachments", {})))


def _outputs(outputs: list[dict[str, Any]]) -> Markup:
    parts = []
    for output in sanitize.outputs(outputs)[:MAX_OUTPUTS_SHOWN]:
        data = output.get("data", {})
        if output["output_type"] == "stream":
            parts.append(f"<pre>{html.escape(output['text'][:MAX_TEXT_SHOWN])}</pre>")
        elif output["output_type"] == "error":
            error = f"{html.escape(output['ename'])}: {html.escape(output['evalue'][:MAX_TEXT_SHOWN])}"
            parts.append(f"<pre class='error'>{error}</pre>")
        elif kind := next((kind for kind in sanitize.PICTURES if kind in data), None):
            parts.append(f"<img alt='output of your cell' src='data:{kind};base64,{data[kind]}'>")
        elif "text/html" in data:
            parts.append(data["text/html"])
        elif "text/plain" in data:
            parts.append(f"<pre>{html.escape(data['text/plain'][:MAX_TEXT_SHOWN])}</pre>")
    return Markup("".join(parts))


class _TaskRenderer(mistune.HTMLRenderer):
    """Renders an instructor's markdown, with formulas as MathML (it needs no script) and attached pictures inline."""

    def __init__(self, attachments: dict[str, Any]) -> None:
        super().__init__(escape=True)
        self._attachments = attachments

    def image(self, text: str, url: str, title: str | None = None) -> str:
        bundle = self._attachments.get(url.removeprefix("attachment:"), {})
        for kind in sanitize.PICTURES:
            if kind in bundle:
                return f'<img alt="{html.escape(text)}" src="data:{kind};base64,{bundle[kind]}">'
        return html.escape(text)


def _task_text(cell: dict[str, Any]) -> str:
    renderer = _TaskRenderer(cell.get("attachments", {}))
    markdown = mistune.create_markdown(renderer=renderer, plugins=[math, table])
    renderer.register("inline_math", lambda _, text: student_text.formula(text, "inline"))
    renderer.register("block_math", lambda _, text: student_text.formula(text, "block"))
    return str(markdown(re.sub(r"\$\$(.+?)\$\$", r"\n\n$$\n\1\n$$\n\n", cell["source"], flags=re.S)))
