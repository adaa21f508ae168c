"""A student's page of the course: what is due when, what was handed in, what came of it; fetch, check and hand in.

A Jupyter server extension for students' servers, and a program that runs a notebook's visible tests:

    python -m course_page NOTEBOOK...

Copied as it is to where students' servers find it, with the page beside it (`autograder hub` does that): it imports nothing of
the package of the course, which is not installed there.
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
    """The course as a student's server finds it: the exchange, and the student's own folders."""

    def __init__(self, config: Config, home: Path) -> None:
        self.id = str(config.CourseDirectory.course_id)
        self.exchange = Path(str(config.Exchange.root)) / self.id
        self.student = str(config.CourseDirectory.get("student_id", "")) or os.environ.get("JUPYTERHUB_USER", "")
        self.home = home / self.id
        self.cache = Path(str(config.Exchange.get("cache", Path(jupyter_data_dir()) / "nbgrader_cache"))) / self.id

    def assignments(self) -> list[dict[str, Any]]:
        """All that are released, those that are due next first, with what the student did."""
        told = self._told()
        outbound = self.exchange / "outbound"
        names = sorted(each.name for each in outbound.iterdir() if each.is_dir()) if outbound.is_dir() else []
        found = [self._assignment(name, told.get(name, {})) for name in names]
        return sorted(found, key=lambda each: (each["due"] or "9", each["name"]))

    def _told(self) -> dict[str, Any]:
        try:
            told: dict[str, Any] = json.loads((self.exchange / "course.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):  # released by another version
            return {}
        return told

    def _assignment(self, name: str, told: dict[str, Any]) -> dict[str, Any]:
        folder = self.home / name
        notebooks = sorted((self.exchange / "outbound" / name).glob("*.ipynb"))
        return {
            "name": name,
            "title": told.get("title", name),
            "due": told.get("due"),
            "points": told.get("points"),
            "rule": told.get("rule", ""),
            "notebooks": [f"{self.id}/{name}/{notebook.name}" for notebook in notebooks],
            "fetched": folder.is_dir(),
            "handed_in": [
                self._handed_in(submission, [notebook.stem for notebook in notebooks])
                for submission in self._submissions(name)
            ],
        }

    def _submissions(self, name: str) -> list[Path]:
        """What was handed in, the newest first."""
        return sorted(self.cache.glob(f"{self.student}+{name}+*"), key=lambda each: each.name, reverse=True)

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
        """The feedback for a submission, when it has been published and is for this account."""
        try:
            secret = (folder / "submission_secret.txt").read_text()
        except OSError:
            return None
        page = self.exchange / "feedback" / f"{notebook_hash(secret=secret, notebook_id=stem)}.html"
        return page if os.access(page, os.R_OK) else None


def settings() -> Config:
    """Nbgrader's settings of this server."""
    config = Config()
    for folder in reversed(jupyter_config_path()):
        try:
            config.merge(PyFileConfigLoader("nbgrader_config.py", path=folder).load_config())
        except ConfigFileNotFound:
            continue
    return config


# --- what passes, in words --------------------------------------------------------------------------------------------


def reason(outputs: list[Any]) -> str:
    """Why a cell failed, in a line or three: the error, and the line of the student's cell that it happened in."""
    for each in outputs:
        if each.output_type == "error":
            said = f"{each.ename}: {each.evalue}".strip().removesuffix(":")
            if each.ename == "AssertionError" and each.evalue:  # it says already what was expected
                return said
            plain = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(each.traceback))
            marked = re.findall(r"^-+>\s*\d+\s*(.*\S)\s*$", plain, re.M)
            return f"{said}\nin: {marked[-1]}" if marked else said
    return "it gave less than full points"


def parts(notebook: Any) -> list[dict[str, Any]]:
    """Each test cell of a notebook that has run, under the last heading above it: whether it passed, or why not."""
    found, title = [], ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (heading := re.search(r"^#+\s*(.+?)\s*$", cell.source, re.M)):
            title = heading[1]
        if cell.cell_type == "code" and is_grade(cell) and not cell.metadata.nbgrader.get("solution"):
            score, most = determine_grade(cell)
            wrong = score is None or score < most or any(each.output_type == "error" for each in cell.outputs)
            found.append({"title": title, "passed": not wrong, "why": reason(cell.outputs) if wrong else ""})
    return found


class ReadableValidator(Validator):  # type: ignore[misc]
    """nbgrader's validator, which says what passed, and of what did not one line in place of a traceback."""

    def _preprocess(self, nb: Any) -> Any:
        self.ran = super()._preprocess(nb)
        return self.ran

    def _extract_error(self, cell: Any) -> str:
        return reason(cell.outputs) if cell.cell_type == "code" else "You did not provide a response."

    def validate(self, filename: str) -> dict[str, Any]:
        """Called by the button Validate."""
        results: dict[str, Any] = super().validate(filename)
        if results.get("failed"):
            told = parts(self.ran)
            summary = [f"{'✓' if each['passed'] else '✗'} {each['title']}" for each in told]
            first = results["failed"][0]
            said = f"{sum(each['passed'] for each in told)} of {len(told)} visible tests pass:\n" + "\n".join(summary)
            for key in ("error", "raw_error"):
                first[key] = f"{first[key]}\n\n{html.escape(said) if key == 'error' else said}"
        return results


def check(file: Path) -> list[dict[str, Any]]:
    """Run a notebook, and say what passes."""
    validator = ReadableValidator(config=settings())
    validator.validate(str(file.resolve()))
    return parts(validator.ran) if hasattr(validator, "ran") else []


# --- the server -------------------------------------------------------------------------------------------------------


class PageHandler(JupyterHandler):
    """The page."""

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
    """Everything that the page shows."""

    @web.authenticated
    def get(self) -> None:
        """Called by the page."""
        self.finish(json.dumps({"assignments": self.settings["course"].assignments()}))


class FeedbackHandler(JupyterHandler):
    """The feedback for one submission of this student."""

    @web.authenticated
    def get(self, name: str) -> None:
        """Called by a link of the page; what this account may not read is not there."""
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
    """Run the visible tests of an assignment."""

    @web.authenticated
    async def post(self, name: str) -> None:
        """Called by the button Check; takes as long as the notebook does."""
        course: ReleasedCourse = self.settings["course"]
        found = [each for each in course.assignments() if each["name"] == name and each["fetched"]]
        if not found:
            raise web.HTTPError(404, "fetch it first")
        files = [str(course.home.parent / notebook) for notebook in found[0]["notebooks"]]
        command = [sys.executable, "-m", "course_page", *files]
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)
        said, complaint = await process.communicate()
        if process.returncode:
            lines = complaint.decode(errors="replace").strip().splitlines()
            raise web.HTTPError(500, lines[-1][:300] if lines else "it could not be run")
        self.finish(said.splitlines()[-1])


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
