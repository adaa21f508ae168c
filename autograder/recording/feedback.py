"""The page that a student reads: what was asked, what was found, what to try; one HTML file without scripts.

It is made from the graded notebook, whose cells the grader rebuilt, and the gradebook's points and comments. Everything
that a student wrote is escaped or cleaned.
"""

from __future__ import annotations

import html
import re
from functools import cache
from typing import Any

import jinja2
import mistune
from latex2mathml.converter import convert as latex_to_mathml
from markupsafe import Markup
from mistune.plugins.math import math
from mistune.plugins.table import table
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from autograder.recording import sanitize
from autograder.recording.gradebook import NO_RESPONSE, Grades
from autograder.recording.graded import METADATA, STAFF_CELL

MAX_OUTPUTS_SHOWN = 20
MAX_TEXT_SHOWN = 4_000


def page(graded: dict[str, Any], grades: Grades | None = None) -> str:
    """The feedback page of a graded notebook, with the gradebook's points and comments where there are any."""
    told = graded["metadata"][METADATA]
    scores = {each.cell: each for each in grades.cells} if grades else {}
    parts, drawn = _parts(graded), _drawn(graded)
    shown = [_task(task, parts.get(task["cell"], {}), drawn.get(task["grade_cell"], {}), scores) for task in told["tasks"]]
    waiting = sum(each["points"] for each in shown if each["earned"] is None)
    standins = [name for name, origin in told["data"].items() if origin == "stand-in"]
    earned = sum(each["earned"] or 0 for each in shown) - (grades.late_penalty if grades else 0)
    return _template().render(
        title=_title(graded) or told["assignment"],
        student=told["student"],
        timestamp=told["timestamp"][:16],
        score=f"{earned:g}",
        points=f"{sum(each['points'] for each in shown):g}",
        waiting=f"{waiting:g}" if waiting else "",
        late=f"{grades.late_penalty:g}" if grades and grades.late_penalty else "",
        standins=", ".join(standins),
        notes=told["notes"],
        tasks=shown,
        highlight_css=Markup(HtmlFormatter(style="friendly").get_style_defs("pre")),
        foot=[
            f"Data: {', '.join(f'{name} ({origin})' for name, origin in told['data'].items())}." if told["data"] else "",
            "Graded without a sandbox (level: none)." if told["isolation"] == "none" else "",
            "The points come from checks that call your functions with new inputs. If you think one is wrong, ask.",
        ],
    )


@cache
def _template() -> jinja2.Template:
    loader = jinja2.PackageLoader("autograder.recording")
    return jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined).get_template("feedback.html")


def _parts(graded: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """For each solution cell the cell itself and the task's text: the instructor's markdown right before it."""
    found: dict[str, dict[str, Any]] = {}
    text: list[dict[str, Any]] = []
    for cell in graded["cells"]:
        nbgrader = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] == "markdown" and not nbgrader.get("solution") and cell["id"] != STAFF_CELL:
            text.append(cell)
        elif nbgrader.get("solution"):
            found[nbgrader["grade_id"]] = {"cell": cell, "text": text}
            text = []
        elif cell["cell_type"] == "code":
            text = []
    return found


def _drawn(graded: dict[str, Any]) -> dict[str, dict[str, list[str]]]:
    """Pictures (PNG, base64) that the grader drew, by the graded cell and the title of the check they belong to."""
    found: dict[str, dict[str, list[str]]] = {}
    for cell in graded["cells"]:
        nbgrader = cell["metadata"].get("nbgrader", {})
        for output in cell.get("outputs", []) if nbgrader.get("grade") and not nbgrader.get("solution") else []:
            if title := output.get("metadata", {}).get(METADATA):
                content = sanitize.picture("image/png", output["data"]["image/png"])
                found.setdefault(nbgrader["grade_id"], {}).setdefault(title, []).extend([content] if content else [])
    return found


def _title(graded: dict[str, Any]) -> str:
    for cell in graded["cells"]:
        heading = re.match(r"#\s+(.+)", cell["source"]) if cell["cell_type"] == "markdown" and cell["id"] != STAFF_CELL else None
        if heading:
            return heading.group(1)
    return ""


def _task(task: dict[str, Any], part: dict[str, Any], drawn: dict[str, list[str]], scores: dict[str, Any]) -> dict[str, Any]:
    grade = scores.get(task["grade_cell"])
    earned = task["earned"]
    if grade is not None:
        earned = None if grade.needs_manual_grade and grade.manual_score is None and grade.auto_score is None else grade.score
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
        "refused": not task["attempted"]
        and any(not each["passed"] and each["message"] != "This task has not been attempted yet." for each in task["checks"]),
        "checks": [
            each
            | {
                "shown": f"{each['points'] if each['passed'] else 0:g} of {each['points']:g}",
                "told": each.get("told", []),
                "pictures": drawn.get(each["title"], []),
            }
            for each in task["checks"]
        ],
        "answer": _answer(cell) if answered else "",
        "output": _outputs(cell.get("outputs", [])),
        "text": Markup("".join(_task_text(each) for each in part.get("text", []))),
    }


def _answer(cell: dict[str, Any]) -> Markup:
    if cell["cell_type"] == "code":
        return Markup(highlight(sanitize.text(cell["source"]), PythonLexer(), HtmlFormatter(nowrap=False, cssclass="code")))
    return Markup(mistune.create_markdown(escape=True, plugins=[table])(_without_images(sanitize.text(cell["source"]))))


def _without_images(text: str) -> str:
    """A student's markdown without pictures: a remote one would tell its owner who reads the page."""
    return text.replace("![", "!\\[")


def _outputs(outputs: list[dict[str, Any]]) -> Markup:
    found = []
    for each in sanitize.outputs(outputs)[:MAX_OUTPUTS_SHOWN]:
        data = each.get("data", {})
        if each["output_type"] == "stream":
            found.append(f"<pre>{html.escape(each['text'][:MAX_TEXT_SHOWN])}</pre>")
        elif each["output_type"] == "error":
            found.append(f"<pre class='error'>{html.escape(each['ename'])}: {html.escape(each['evalue'][:MAX_TEXT_SHOWN])}</pre>")
        elif kind := next((kind for kind in sanitize.PICTURES if kind in data), None):
            found.append(f"<img alt='output of your cell' src='data:{kind};base64,{data[kind]}'>")
        elif "text/html" in data:
            found.append(data["text/html"])
        elif "text/plain" in data:
            found.append(f"<pre>{html.escape(data['text/plain'][:MAX_TEXT_SHOWN])}</pre>")
    return Markup("".join(found))


class _TaskRenderer(mistune.HTMLRenderer):
    """Renders an instructor's markdown with formulas as MathML, which needs no script, and attached pictures inline."""

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
    renderer.register("inline_math", lambda _, text: _formula(text, "inline"))
    renderer.register("block_math", lambda _, text: _formula(text, "block"))
    return str(markdown(re.sub(r"\$\$(.+?)\$\$", r"\n\n$$\n\1\n$$\n\n", cell["source"], flags=re.S)))


def _formula(text: str, display: str) -> str:
    try:
        return str(latex_to_mathml(text.strip(), display=display))
    except Exception:  # a formula beyond the converter's grammar is shown as it was typed
        return f"<code>{html.escape(text)}</code>"
