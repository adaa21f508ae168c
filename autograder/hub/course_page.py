"""A student's page of the course: due dates, submissions and feedback, with buttons to fetch, check and hand in.

A Jupyter server extension for students' servers. Checks run in the course's service, on the notebooks as they would be
graded (`check_service.py`); this file sends the notebooks there and passes on what comes back.

`autograder hub` copies this file and its HTML page to a folder from which students' servers load them. The autograder
package is not installed for students, so this file imports nothing from it.
"""

from __future__ import annotations

import asyncio
import base64
import datetime
import html
import json
import os
import re
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_config_path, jupyter_data_dir
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from jupyter_server.utils import url_path_join
from nbgrader.server_extensions.validate_assignment.handlers import NbGraderVersionHandler, ValidateAssignmentHandler
from nbgrader.utils import notebook_hash
from tornado import web
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from traitlets.config.loader import Config, ConfigFileNotFound, PyFileConfigLoader

NAME = re.compile(r"[A-Za-z0-9_.-]+")
SCORE = re.compile(rb'<meta name="score" content="([^"]{0,80})">')
MOST_BYTES = 20 * 2**20
MOST_READ = 300 * 2**20  # of a notebook with its outputs
ASK_SECONDS = 0.5


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


# --- checks -----------------------------------------------------------------------------------------------------------


def notebooks_in(folder: Path) -> dict[str, bytes]:
    """Return the notebooks in a folder and one level below it, by path, without their outputs: these never count.

    A notebook that is not JSON is returned as it is.
    """
    found = {}
    for file in sorted([*folder.glob("*.ipynb"), *folder.glob("[!.]*/*.ipynb")]):
        if file.is_file() and not file.is_symlink() and file.stat().st_size <= MOST_READ:
            found[str(file.relative_to(folder))] = without_outputs(file.read_bytes())
    return found


def without_outputs(content: bytes) -> bytes:
    """Return a notebook without the outputs of its cells; one that cannot be read is returned as it is."""
    try:
        tree = json.loads(content.decode())  # in UTF-8 alone: what the grader says of another encoding is said
        for cell in tree["cells"]:
            if cell.get("outputs"):
                cell["outputs"] = []
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return content
    return json.dumps(tree).encode()


class Checks:
    """The course's service that checks notebooks. Every answer is plain data; errors are sentences for the student."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url.rstrip("/"), token

    async def check(self, assignment: str, folder: Path) -> dict[str, Any]:
        """Queue a check of the notebooks in a folder."""
        return await self._post("assignments", assignment, folder)

    async def look(self, assignment: str, folder: Path) -> dict[str, Any]:
        """Return which tasks have answers, without running anything."""
        return await self._post("look", assignment, folder)

    async def ask(self, ticket: str) -> dict[str, Any]:
        """Return how far a check is."""
        return await self._send("GET", f"checks/{ticket}")

    async def cancel(self, ticket: str) -> dict[str, Any]:
        """Cancel a check."""
        return await self._send("DELETE", f"checks/{ticket}")

    async def result(self, assignment: str, folder: Path) -> dict[str, Any]:
        """Queue a check and return it when it is over."""
        state = await self.check(assignment, folder)
        while state["state"] in ("waiting", "running"):
            await asyncio.sleep(ASK_SECONDS)
            state = await self.ask(state["ticket"])
        return state

    async def _post(self, kind: str, assignment: str, folder: Path) -> dict[str, Any]:
        try:
            files = notebooks_in(folder)
        except OSError as error:
            raise web.HTTPError(400, f"the folder {folder.name} cannot be read: {error.strerror}") from error
        if not files:
            raise web.HTTPError(400, f"there is no notebook in your folder {folder.name}: fetch it again")
        encoded = {name: base64.b64encode(content).decode() for name, content in files.items()}
        return await self._send("POST", f"{kind}/{assignment}", json.dumps({"files": encoded}))

    async def _send(self, method: str, path: str, body: str | None = None) -> dict[str, Any]:
        if not self.url:
            raise web.HTTPError(503, "this hub has no service that checks notebooks; use Validate")
        headers = {"Authorization": f"token {self.token}"}
        request = HTTPRequest(f"{self.url}/{path}", method, headers, body, request_timeout=60)
        try:
            answer = await AsyncHTTPClient().fetch(request, raise_error=False)
            told = json.loads(answer.body)
        except (OSError, ValueError, HTTPClientError) as error:
            raise web.HTTPError(503, "the checks are not there at the moment; try again in a minute") from error
        if answer.code != 200 or not isinstance(told, dict):
            raise web.HTTPError(answer.code, str(told.get("message", answer.code))[:300])
        return told


def for_validate(state: dict[str, Any]) -> dict[str, Any]:
    """Return what came of a check in the form that nbgrader's button Validate shows."""
    if state["state"] != "done":
        return {"success": False, "value": state.get("why") or "the check was cancelled"}
    marks = {"passed": "✓", "failed": "✗"}
    tests = [result for result in state["results"] if not result["manual"]]
    wrong = [result for result in tests if result["outcome"] != "passed"]
    if not wrong:
        return {"success": True, "value": {}}
    lines = [f"{marks.get(test['outcome'], '·')} {test['title']}" for test in tests]
    summary = [f"{len(tests) - len(wrong)} of {len(tests)} visible tests pass:", *lines, *state["notes"]]
    failed = [
        {"source": test["title"], "error": html.escape(test["why"] or test["outcome"]), "raw_error": test["why"]}
        for test in wrong
    ]
    failed[0]["error"] = html.escape("\n".join(summary)) + "\n\n" + failed[0]["error"]
    return {"success": True, "value": {"failed": failed}}


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


class CheckHandler(APIHandler):
    """The visible tests of an assignment, and a look at what was handed in."""

    @web.authenticated
    async def post(self, verb: str, name: str) -> None:
        """Called by the buttons Check and Hand in."""
        course: ReleasedCourse = self.settings["course"]
        if not (course.home / name).is_dir():
            raise web.HTTPError(404, "fetch it first")
        checks: Checks = self.settings["checks"]
        self.finish(json.dumps(await getattr(checks, verb)(name, course.home / name)))


class TicketHandler(APIHandler):
    """A check that waits or runs."""

    @web.authenticated
    async def get(self, ticket: str) -> None:
        """Called by the page while a check is not done."""
        self.finish(json.dumps(await self.settings["checks"].ask(ticket)))

    @web.authenticated
    async def delete(self, ticket: str) -> None:
        """Called by the button Cancel."""
        self.finish(json.dumps(await self.settings["checks"].cancel(ticket)))


class ValidateHandler(ValidateAssignmentHandler):  # type: ignore[misc]
    """nbgrader's button Validate: for the course's notebooks the course's service, else nbgrader's validator."""

    @web.authenticated
    async def post(self) -> None:
        """Called by the buttons of JupyterLab."""
        if self.request.body[:1] == b"{":
            path = (self.get_json_body() or {}).get("path", "")
        else:
            path = self.get_argument("path")
        course: ReleasedCourse = self.settings["course"]
        home = course.home.resolve()
        file = (course.home.parent / path).resolve()
        checks: Checks = self.settings["checks"]
        if not checks.url or home not in file.parents or file.parent == home:
            loop = asyncio.get_running_loop()
            self.finish(json.dumps(await loop.run_in_executor(None, self.validate_notebook, path)))
            return
        name = file.relative_to(home).parts[0]
        try:
            answer = for_validate(await checks.result(name, course.home / name))
        except web.HTTPError as error:
            answer = {"success": False, "value": error.log_message}
        self.finish(json.dumps(answer))


def _load_jupyter_server_extension(server: Any) -> None:
    """Called by Jupyter when the server starts."""
    app = server.web_app
    app.settings["course"] = ReleasedCourse(settings(), Path(server.root_dir))
    app.settings["checks"] = Checks(os.environ.get("AUTOGRADER_CHECKS", ""), os.environ.get("JUPYTERHUB_API_TOKEN", ""))
    app.settings["root_dir"] = server.root_dir  # where nbgrader's validator looks
    base = app.settings["base_url"]
    app.add_handlers(
        ".*$",
        [
            (url_path_join(base, "/course"), PageHandler),
            (url_path_join(base, "/course/api/status"), StatusHandler),
            (url_path_join(base, rf"/course/api/(check|look)/({NAME.pattern})"), CheckHandler),
            (url_path_join(base, r"/course/api/checks/([0-9a-f]{32})"), TicketHandler),
            (url_path_join(base, "/assignments/validate"), ValidateHandler),
            (url_path_join(base, "/nbgrader_version"), NbGraderVersionHandler),
            (url_path_join(base, r"/course/feedback/([0-9a-f]{32})"), FeedbackHandler),
        ],
    )


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Called by Jupyter to find the extension."""
    return [{"module": "course_page"}]
