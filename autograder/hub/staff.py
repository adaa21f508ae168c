"""The staff's page, from which instructors release, collect, grade and give feedback, and the rights of assistants.

A Jupyter server extension on the course's server, beside formgrader. Instructors may do everything. Assistants read,
give points and write comments. They change no file, start no kernel and release nothing. The server records who gave
points or wrote a comment.
"""

from __future__ import annotations

import asyncio
import datetime
import functools
import html
import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from jupyter_server.auth import Authorizer
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from nbgrader.server_extensions.formgrader import apihandlers, handlers
from tornado import web

from autograder.course import roster
from autograder.course.course import Course
from autograder.errors import AutograderError
from autograder.grading.scheduling import Result
from autograder.hub.verbs import exchange
from autograder.recording.reviews import note_review
from autograder.teaching import classroom, release

ASSISTANTS_MAY = re.compile(r"/formgrader/api/(grade|comment)/[^/]+$|/formgrader/api/submitted_notebook/[^/]+/flag$")
ASSISTANTS_SEE = {"api", "config", "kernelspecs"}  # no files of the course: they include the secret and the gradebook


@dataclass
class Job:
    """The work on one assignment, as the page shows it; `problem` is one line, or empty."""

    verb: str
    assignment: str
    total: int = 0
    done: int = 0
    running: bool = True
    said: str = ""
    problem: str = ""
    failed: list[str] = field(default_factory=list)

    @contextmanager
    def begin(self, total: int, unchanged: int) -> Iterator[None]:
        """Called by the engine before the first submission."""
        self.total, self.said = total, f"{unchanged} unchanged" if unchanged else ""
        yield

    def finished(self, result: Result) -> None:
        """Called by the engine after each submission."""
        self.done += 1
        if result.report is None:
            self.failed.append(f"{result.submission.student}: {result.error}")


class Staff:
    """The course on this server, with at most one job at a time."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.job: Job | None = None

    def role(self, name: str) -> str:
        """Return the role of an account, or an empty string when it is not in the roster."""
        people = roster.read(Path(os.environ.get("AUTOGRADER_ROSTER", self.course.data / roster.ROSTER)))
        return next((person.role for person in people if person.name == name), "")

    def start(self, verb: str, assignment: str) -> Job:
        """Start a job.

        Raises AutograderError when there is no such assignment, and HTTPError 409 while another job runs.
        """
        self.course.require(assignment)
        if self.job and self.job.running:
            raise web.HTTPError(409, f"{self.job.verb} of {self.job.assignment} is still running")
        self.job = Job(verb, assignment)
        return self.job

    def work(self, job: Job) -> None:
        """Do the job, in a thread; an error is stored in the job and not raised."""
        try:
            assignment = self.course.assignment(job.assignment)
            if job.verb == "grade":
                classroom.grade_class(self.course, assignment, listener=job)
            elif job.verb == "feedback":
                job.done = len(classroom.write_feedback(self.course, assignment))
                exchange(self.course, "publish", assignment)
            elif job.verb == "release":
                release.release(self.course, assignment)
                exchange(self.course, "release", assignment)
            else:
                exchange(self.course, job.verb, assignment)
                job.done = len(self.course.submissions(assignment))
            job.problem = "; ".join(job.failed)
        except AutograderError as error:
            job.problem = str(error)
        except Exception as error:  # the page shows it to staff; the server goes on
            job.problem = f"{type(error).__name__}: {error}"
        finally:
            job.running = False


class RoleAuthorizer(Authorizer):
    """Rights to Jupyter's own pages: instructors may do all, assistants see what a page needs, others nothing."""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        """Called by Jupyter for each request."""
        role = handler.settings["autograder_staff"].role(user.username)
        if role == roster.INSTRUCTOR:
            return True
        return role == roster.ASSISTANT and action == "read" and resource in ASSISTANTS_SEE


def guarded(prepare: Callable[..., Any]) -> Callable[..., Any]:
    """Return a `prepare` for all handlers of this server, which refuses requests that a role may not make."""

    @functools.wraps(prepare)
    async def checked(self: Any, *args: Any, **kwargs: Any) -> None:
        done = prepare(self, *args, **kwargs)
        if asyncio.iscoroutine(done):
            await done
        if isinstance(self, handlers.FormgraderHandler) and self.get_argument("path", ""):
            # formgrader would run a configuration from that folder
            raise web.HTTPError(403, "formgrader shows only this course")
        if isinstance(self, handlers.SubmissionFilesHandler):
            if ".." in unquote(self.request.path):
                raise web.HTTPError(403, "a file of another folder")
            self.set_header("Content-Security-Policy", "sandbox")  # a student's file must not act as our page
        if not self.current_user:
            return
        role = self.settings["autograder_staff"].role(
            self.current_user.username
        )  # now: it may have changed since login
        if self.request.method in ("GET", "HEAD") and role in (roster.INSTRUCTOR, roster.ASSISTANT):
            return
        if role != roster.INSTRUCTOR and not (role == roster.ASSISTANT and ASSISTANTS_MAY.search(self.request.path)):
            raise web.HTTPError(403, f"the role {role or '(none)'} may not do this: ask an instructor")

    return checked


def signed(put: Callable[[Any, str], Any], find: str) -> Callable[[Any, str], Any]:
    """Return a `put` for points or comments that also records who gave them; `find` is the gradebook's method."""

    @functools.wraps(put)
    def noted(self: Any, ident: str) -> Any:
        done = put(self, ident)
        entry = getattr(self.gradebook, find)(ident).to_dict()
        note_review(
            self.settings["autograder_staff"].course,
            {
                "who": self.current_user.username,
                "when": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
                "student": entry["student"],
                "assignment": entry["assignment"],
                "notebook": entry["notebook"],
                "cell": entry["name"],
                **{key: entry[key] for key in ("manual_score", "manual_comment") if key in entry},
            },
        )
        return done

    return noted


class PageHandler(JupyterHandler):
    """The staff's page."""

    @web.authenticated
    def get(self) -> None:
        """Called by a browser."""
        staff: Staff = self.settings["autograder_staff"]
        name = self.current_user.username
        page = (Path(__file__).parent / "staff.html").read_text(encoding="utf-8")
        shown = {"COURSE": staff.course.id, "NAME": name, "ROLE": staff.role(name), "BASE": self.base_url}
        for key, value in shown.items():
            page = page.replace(f"{{{{{key}}}}}", html.escape(value))
        self.xsrf_token  # noqa: B018  sets the cookie that the page sends back
        self.finish(page)


class StatusHandler(JupyterHandler):
    """The state of every assignment, and of the latest job."""

    @web.authenticated
    async def get(self) -> None:
        """Called by the page, every second while a job runs."""
        staff: Staff = self.settings["autograder_staff"]
        lines = await asyncio.to_thread(classroom.course_status, staff.course)
        job = staff.job and {**vars(staff.job)}
        rows = [{**vars(line), "data": dict(line.data)} for line in lines]
        self.finish(json.dumps({"assignments": rows, "job": job}))


class JobHandler(JupyterHandler):
    """Release, collect, grade and give feedback: for instructors only."""

    @web.authenticated
    async def post(self, verb: str, assignment: str) -> None:
        """Called by the page's buttons; answers at once."""
        staff: Staff = self.settings["autograder_staff"]
        if staff.role(self.current_user.username) != roster.INSTRUCTOR:
            raise web.HTTPError(403, "only instructors may do this")
        try:
            job = staff.start(verb, assignment)
        except AutograderError as error:
            raise web.HTTPError(404, str(error)) from error
        self.set_status(202)
        self.finish(json.dumps(vars(job)))
        await asyncio.to_thread(staff.work, job)


def _load_jupyter_server_extension(server: Any) -> None:
    """Called by Jupyter when the server starts in the course's folder."""
    app = server.web_app
    app.settings["autograder_staff"] = Staff(Course.open(Path(os.environ.get("AUTOGRADER_COURSE", server.root_dir))))
    JupyterHandler.prepare = guarded(JupyterHandler.prepare)  # type: ignore[method-assign]
    apihandlers.GradeHandler.put = signed(apihandlers.GradeHandler.put, "find_grade_by_id")
    apihandlers.CommentHandler.put = signed(apihandlers.CommentHandler.put, "find_comment_by_id")
    base = app.settings["base_url"]
    app.add_handlers(
        ".*$",
        [
            (url_path_join(base, "/autograder"), PageHandler),
            (url_path_join(base, "/autograder/api/status"), StatusHandler),
            (url_path_join(base, r"/autograder/api/(release|collect|grade|feedback)/([^/]+)"), JobHandler),
        ],
    )


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Called by Jupyter to find the extension."""
    return [{"module": "autograder.hub.staff"}]
