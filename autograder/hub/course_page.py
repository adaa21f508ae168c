"""A student's page of the course: due dates, submissions and feedback, with buttons to fetch, check and hand in.

A Jupyter server extension for students' servers, and a program that runs the visible tests of notebooks:

    python -m course_page NOTEBOOK...

`autograder hub` copies this file and its HTML page to a folder from which students' servers load them. The autograder
package is not installed for students, so this file imports nothing from it.
"""

from __future__ import annotations

import asyncio
import datetime
import html
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_config_path, jupyter_data_dir
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from nbgrader.utils import determine_grade, is_grade, notebook_hash
from nbgrader.validator import Validator
from tornado import web
from traitlets.config.loader import Config, ConfigFileNotFound, PyFileConfigLoader

NAME = re.compile(r"[A-Za-z0-9_.-]+")
SCORE = re.compile(rb'<meta name="score" content="([^"]{0,80})">')
MOST_BYTES = 20 * 2**20


class ReleasedCourse:
    """The course as a student's server sees it: the exchange and the student's own folders."""

    def __init__(self, config: Config, home: Path) -> None:
        self.id = str(config.CourseDirectory.course_id)
        self.exchange = Path(str(config.Exchange.root)) / self.id
        self.student = str(config.CourseDirectory.get("student_id", "")) or os.environ.get("JUPYTERHUB_USER", "")
        self.home = home / self.id
        self.cache = Path(str(config.Exchange.get("cache", Path(jupyter_data_dir()) / "nbgrader_cache"))) / self.id

    def assignments(self) -> list[dict[str, Any]]:
        """Return the released assignments with the student's submissions, the earliest due date first."""
        announced = self._announced()
        outbound = self.exchange / "outbound"
        names = sorted(folder.name for folder in outbound.iterdir() if folder.is_dir()) if outbound.is_dir() else []
        assignments = [self._assignment(name, announced.get(name, {})) for name in names]
        return sorted(assignments, key=lambda assignment: (assignment["due"] or "9", assignment["name"]))

    def _announced(self) -> dict[str, Any]:
        try:
            announced: dict[str, Any] = json.loads((self.exchange / "course.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):  # for instance released by another version
            return {}
        return announced

    def _assignment(self, name: str, announced: dict[str, Any]) -> dict[str, Any]:
        folder = self.home / name
        notebooks = sorted((self.exchange / "outbound" / name).glob("*.ipynb"))
        return {
            "name": name,
            "title": announced.get("title", name),
            "due": announced.get("due"),
            "points": announced.get("points"),
            "rule": announced.get("rule", ""),
            "notebooks": [f"{self.id}/{name}/{notebook.name}" for notebook in notebooks],
            "fetched": folder.is_dir(),
            "handed_in": [
                self._handed_in(submission, [notebook.stem for notebook in notebooks])
                for submission in self._submissions(name)
            ],
        }

    def _submissions(self, name: str) -> list[Path]:
        """Return the folders of the submissions, the newest first."""
        return sorted(self.cache.glob(f"{self.student}+{name}+*"), key=lambda folder: folder.name, reverse=True)

    def _handed_in(self, folder: Path, stems: list[str]) -> dict[str, Any]:
        when = datetime.datetime.fromtimestamp(folder.stat().st_mtime, datetime.UTC)
        pages = []
        for stem in stems:
            if page := self.page(folder, stem):
                score = SCORE.search(page.read_bytes()[:20_000])
                shown = html.unescape(score[1].decode()) if score else ""
                pages.append({"notebook": stem, "page": page.stem, "score": shown})
        return {"when": when.isoformat(timespec="seconds"), "pages": pages}

    def page(self, folder: Path, stem: str) -> Path | None:
        """Return the feedback page of a submission, or None unless it is published and this account may read it."""
        try:
            secret = (folder / "submission_secret.txt").read_text()
        except OSError:
            return None
        page = self.exchange / "feedback" / f"{notebook_hash(secret=secret, notebook_id=stem)}.html"
        return page if os.access(page, os.R_OK) else None


def settings() -> Config:
    """Return the settings of nbgrader on this server."""
    config = Config()
    for folder in reversed(jupyter_config_path()):
        try:
            config.merge(PyFileConfigLoader("nbgrader_config.py", path=folder).load_config())
        except ConfigFileNotFound:
            continue
    return config


# --- what passes, in words --------------------------------------------------------------------------------------------


def reason(outputs: list[Any]) -> str:
    """Return why a cell failed, in a few lines: the error, and the line of the cell that raised it."""
    for output in outputs:
        if output.output_type == "error":
            error = f"{output.ename}: {output.evalue}".strip().removesuffix(":")
            if output.ename == "AssertionError" and output.evalue:  # the message already says what was expected
                return error
            plain = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(output.traceback))
            marked = re.findall(r"^-+>\s*\d+\s*(.*\S)\s*$", plain, re.M)
            return f"{error}\nin: {marked[-1]}" if marked else error
    return "it gave less than full points"


def parts(notebook: Any) -> list[dict[str, Any]]:
    """Return a result for each test cell of a notebook that was run: its heading, whether it passed, or why not."""
    results, title = [], ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (heading := re.search(r"^#+\s*(.+?)\s*$", cell.source, re.M)):
            title = heading[1]
        if cell.cell_type == "code" and is_grade(cell) and not cell.metadata.nbgrader.get("solution"):
            score, most = determine_grade(cell)
            wrong = score is None or score < most or any(output.output_type == "error" for output in cell.outputs)
            results.append({"title": title, "passed": not wrong, "why": reason(cell.outputs) if wrong else ""})
    return results


class ReadableValidator(Validator):  # type: ignore[misc]
    """nbgrader's validator, with a summary of all tests and a short reason for each failure instead of a traceback."""

    def _preprocess(self, nb: Any) -> Any:
        self.ran = super()._preprocess(nb)
        return self.ran

    def _extract_error(self, cell: Any) -> str:
        return reason(cell.outputs) if cell.cell_type == "code" else "You did not provide a response."

    def validate(self, filename: str) -> dict[str, Any]:
        """Called by nbgrader's button Validate."""
        results: dict[str, Any] = super().validate(filename)
        if results.get("failed"):
            tests = parts(self.ran)
            lines = [f"{'✓' if test['passed'] else '✗'} {test['title']}" for test in tests]
            first = results["failed"][0]
            passed = sum(test["passed"] for test in tests)
            summary = f"{passed} of {len(tests)} visible tests pass:\n" + "\n".join(lines)
            for key in ("error", "raw_error"):
                first[key] = f"{first[key]}\n\n{html.escape(summary) if key == 'error' else summary}"
        return results


def check(file: Path) -> list[dict[str, Any]]:
    """Run a notebook, and return a result for each visible test."""
    validator = ReadableValidator(config=settings())
    validator.validate(str(file.resolve()))
    return parts(validator.ran) if hasattr(validator, "ran") else []


# --- the server -------------------------------------------------------------------------------------------------------


class PageHandler(JupyterHandler):
    """The student's page of the course."""

    @web.authenticated
    def get(self) -> None:
        """Called by a browser."""
        page = Path(__file__).with_suffix(".html").read_text(encoding="utf-8")
        course: ReleasedCourse = self.settings["course"]
        for key, value in {"COURSE": course.id, "NAME": course.student, "BASE": self.base_url}.items():
            page = page.replace(f"{{{{{key}}}}}", html.escape(value))
        self.xsrf_token  # noqa: B018  sets the cookie that the page sends back
        self.finish(page)


class StatusHandler(JupyterHandler):
    """The data that the page shows."""

    @web.authenticated
    def get(self) -> None:
        """Called by the page."""
        self.finish(json.dumps({"assignments": self.settings["course"].assignments()}))


class FeedbackHandler(JupyterHandler):
    """The feedback for one submission of this student."""

    @web.authenticated
    def get(self, name: str) -> None:
        """Called by a link of the page; a file that this account may not read counts as missing."""
        try:
            with open(self.settings["course"].exchange / "feedback" / f"{name}.html", "rb") as stream:
                content = stream.read(MOST_BYTES)
        except OSError as error:
            raise web.HTTPError(404, "no such feedback") from error
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header(
            "Content-Security-Policy", "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'"
        )
        self.finish(content)


class CheckHandler(JupyterHandler):
    """The visible tests of an assignment."""

    @web.authenticated
    async def post(self, name: str) -> None:
        """Called by the button Check; answers when the notebooks have been run."""
        course: ReleasedCourse = self.settings["course"]
        fetched = [
            assignment for assignment in course.assignments() if assignment["name"] == name and assignment["fetched"]
        ]
        if not fetched:
            raise web.HTTPError(404, "fetch it first")
        files = [str(course.home.parent / notebook) for notebook in fetched[0]["notebooks"]]
        command = [sys.executable, "-m", "course_page", *files]
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)
        output, errors = await process.communicate()
        if process.returncode:
            lines = errors.decode(errors="replace").strip().splitlines()
            raise web.HTTPError(500, lines[-1][:300] if lines else "the notebook could not be run")
        self.finish(output.splitlines()[-1])


def _load_jupyter_server_extension(server: Any) -> None:
    """Called by Jupyter when the server starts."""
    from nbgrader.server_extensions.validate_assignment import handlers

    app = server.web_app
    app.settings["course"] = ReleasedCourse(settings(), Path(server.root_dir))
    handlers.Validator = ReadableValidator
    base = app.settings["base_url"]
    app.add_handlers(
        ".*$",
        [
            (url_path_join(base, "/course"), PageHandler),
            (url_path_join(base, "/course/api/status"), StatusHandler),
            (url_path_join(base, rf"/course/api/check/({NAME.pattern})"), CheckHandler),
            (url_path_join(base, r"/course/feedback/([0-9a-f]{32})"), FeedbackHandler),
        ],
    )


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Called by Jupyter to find the extension."""
    return [{"module": "course_page"}]


if __name__ == "__main__":
    print(json.dumps({"parts": [part for file in sys.argv[1:] for part in check(Path(file))]}))
