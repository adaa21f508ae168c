"""Runs the visible tests for students as the grader would: in the sandbox, on the notebook as it would be graded.

A service of the hub. Students' servers post the notebooks of an assignment as they are, and ask for the result:

- POST assignments/NAME with `{"files": {PATH: BASE64}}`: queue a check
- POST look/NAME with the same: only say which tasks have answers
- GET checks/TICKET: how far it is; DELETE checks/TICKET: cancel it

Students are who the hub says they are. Hidden checks never run here.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from multiprocessing.context import ForkServerContext
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from tornado import web
from tornado.httpserver import HTTPServer

from autograder.course.assignment import Assignment
from autograder.course.course import Course
from autograder.errors import AutograderError
from autograder.grading.local import cores
from autograder.hub.check_process import Request, work
from autograder.hub.check_queue import Check, CheckQueue, Files
from autograder.records import Submission
from autograder.sandbox import warm
from autograder.teaching import classroom

MAX_BYTES = 20 * 2**20  # of all notebooks of one check, without their outputs
MAX_BODY = MAX_BYTES * 4 // 3 + 2**20
MAX_FILES = 20
SPARE_SECONDS = 120.0  # on top of what the assignment gives to its notebooks
MAX_LINE = 4 * 2**20
ENDED = "the check ended before it had a result; try again, and tell your teacher if it happens again"
Who = Callable[[web.RequestHandler], str]


class CheckError(AutograderError):
    """What a student's server asked for cannot be done; the text is a sentence for the student."""


@dataclass
class CheckRunner:
    """Runs checks of a course, each in a process of its own; they share one warm process."""

    course: Course
    folder: Path
    _starting: threading.Lock = field(default_factory=threading.Lock)  # two checks at once would start two of them

    async def __call__(self, check: Check) -> dict[str, Any]:
        """Run a check, update its progress, and return its result. Raises CheckError with the reason when it fails."""
        return await self.run(check, run=True)

    async def run(self, check: Check, *, run: bool) -> dict[str, Any]:
        """Run a check, or only look which tasks have answers."""
        try:
            assignment = self.course.assignment(check.assignment)
            kernels = classroom.kernels_of(self.course, assignment, classroom.Grading())
            if run:
                await asyncio.get_running_loop().run_in_executor(None, self._warm_up, assignment, kernels)
        except AutograderError as error:
            print(f"{check.assignment}: no check can be run: {error}", file=sys.stderr, flush=True)
            raise CheckError("the teacher's files for this assignment have a problem; please tell them") from error
        place = Path(tempfile.mkdtemp(prefix="check-", dir=self.folder))
        try:
            write(place, check.files)
            submission = Submission(check.student, check.assignment, place)
            request = Request(submission, assignment, kernels, self.folder, run)
            seconds = assignment.limits.notebook_seconds * len(assignment.notebooks) + SPARE_SECONDS
            return await _in_a_process(request, check, seconds)
        finally:
            shutil.rmtree(place, ignore_errors=True)

    def _warm_up(self, assignment: Assignment, kernels: Any) -> None:
        """Start the warm process that serves this assignment, unless it runs, and tell the checks where it is."""
        with self._starting:
            warm.use(kernels.level, assignment.served_folders, kernels.threads).announce(self.folder)


async def _in_a_process(request: Request, check: Check, seconds: float) -> dict[str, Any]:
    """Run a check in a process of its own and return its result; it ends, with its kernel, when this is cancelled."""
    loop = asyncio.get_running_loop()
    from_it, to_us = _processes().Pipe(duplex=False)
    process = _processes().Process(target=work, args=(request, to_us), daemon=True)
    await loop.run_in_executor(None, process.start)
    to_us.close()
    try:
        async with asyncio.timeout(seconds):
            while True:
                said = json.loads(await loop.run_in_executor(None, from_it.recv_bytes, MAX_LINE))
                if "result" in said:
                    return dict(said["result"])
                if "failed" in said:
                    raise CheckError(str(said["failed"]))
                check.progress = said["progress"]
    except TimeoutError:
        raise CheckError(f"the check took more than {seconds:.0f} s and was ended") from None
    except (OSError, EOFError) as error:
        raise CheckError(ENDED) from error
    finally:
        process.kill()  # a thread that still waits for a line then reads the end of the pipe
        await loop.run_in_executor(None, process.join)
        process.close()


@cache
def _processes() -> ForkServerContext:
    """Return what starts processes: a server that has imported what a check needs, and forks."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["autograder.hub.check_process"])
    return context


def write(folder: Path, files: Files) -> None:
    """Write the posted notebooks into the folder of a submission."""
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def read_files(body: bytes) -> dict[str, bytes]:
    """Return the posted notebooks by path. Raises CheckError, with a sentence, for anything that is not notebooks."""
    try:
        posted: Any = json.loads(body)["files"]
        files = {str(name): base64.b64decode(content, validate=True) for name, content in posted.items()}
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error, RecursionError) as error:
        raise CheckError("the notebooks could not be sent") from error
    if len(files) > MAX_FILES:
        raise CheckError(f"there are more than {MAX_FILES} notebooks in the folder; move those of other work elsewhere")
    if sum(map(len, files.values())) > MAX_BYTES:
        raise CheckError(f"the notebooks are larger than {MAX_BYTES // 2**20} MB; delete what was pasted into them")
    for name in files:
        path = PurePosixPath(name)
        if (
            path.is_absolute()
            or ".." in path.parts
            or len(path.parts) > 3
            or not name.endswith(".ipynb")
            or "\0" in name
        ):
            raise CheckError("the notebooks could not be sent")  # no student's server sends such names
    return files


class _Handler(web.RequestHandler):
    """The base of all handlers: who asks, and errors as JSON with a sentence."""

    def initialize(self, who: Who, queue: CheckQueue, runner: CheckRunner) -> None:
        self.who, self.queue, self.runner = who, queue, runner

    def prepare(self) -> None:
        self.student = self.who(self)

    def check_xsrf_cookie(self) -> None:
        """Called by tornado: requests carry a token in a header, which no browser adds by itself."""

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", (None, None))[1]
        reason = error.log_message if isinstance(error, web.HTTPError) else ""
        self.finish({"message": reason or f"the checks answered with {status_code}"})

    def released(self, name: str) -> None:
        """Raise HTTPError for an assignment that students do not have."""
        if not (self.runner.course.release / name).is_dir():
            raise web.HTTPError(404, "there is no such assignment")


class CheckHandler(_Handler):
    """Queues a check."""

    def post(self, name: str) -> None:
        """Called by a student's server."""
        self.released(name)
        try:
            check = self.queue.add(self.student, name, read_files(self.request.body))
        except (CheckError, OverflowError) as error:
            raise web.HTTPError(400, str(error)) from error
        self.finish(self.queue.shown(check))


class LookHandler(_Handler):
    """Says which tasks of a hand-in have answers, and what is wrong with it, without running it."""

    async def post(self, name: str) -> None:
        """Called by a student's server, after it has handed in."""
        self.released(name)
        try:
            self.finish(await self.runner.run(Check(self.student, name, read_files(self.request.body)), run=False))
        except CheckError as error:
            raise web.HTTPError(400, str(error)) from error


class TicketHandler(_Handler):
    """Tells how far a check is, and cancels it."""

    def check_of(self, ticket: str) -> Check:
        """Return the check with this ticket. Raises HTTPError when it is not this student's."""
        check = self.queue.find(ticket, self.student)
        if check is None:
            raise web.HTTPError(404, "this check is no longer known; check again")
        return check

    def get(self, ticket: str) -> None:
        """Called by a student's server, again and again."""
        self.finish(self.queue.shown(self.check_of(ticket)))

    def delete(self, ticket: str) -> None:
        """Called by a student's server."""
        check = self.check_of(ticket)
        self.queue.cancel(check)
        self.finish(self.queue.shown(check))


def application(prefix: str, who: Who, runner: CheckRunner, jobs: int) -> tuple[web.Application, CheckQueue]:
    """Return the web application of the service, and its queue; `prefix` is the path under which the hub has it."""
    queue = CheckQueue(runner, jobs)
    parts: dict[str, Any] = {"who": who, "queue": queue, "runner": runner}
    base, name = prefix.rstrip("/"), "([A-Za-z0-9_.-]+)"
    rules = [
        web.url(f"{base}/assignments/{name}", CheckHandler, parts),
        web.url(f"{base}/look/{name}", LookHandler, parts),
        web.url(f"{base}/checks/([0-9a-f]{{32}})", TicketHandler, parts),
    ]
    return web.Application(list(rules)), queue


def who_by_the_hub() -> Who:
    """Return a function that asks the hub whose token a request carries; it raises HTTPError for a stranger."""
    from jupyterhub.services.auth import HubAuth

    auth = HubAuth()

    def who(handler: web.RequestHandler) -> str:
        token = auth.get_token(handler)
        model = auth.user_for_token(token) if token else None
        if not model or model.get("kind", "user") != "user" or not auth.check_scopes(auth.access_scopes, model):
            raise web.HTTPError(403, "this needs a login")
        return str(model["name"])

    return who


def serve(course: Course) -> None:
    """Serve until SIGTERM or Ctrl-C, at the address that JupyterHub gives to its service."""
    asyncio.run(_serve(course))


async def _serve(course: Course) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    address = urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"])
    with tempfile.TemporaryDirectory(prefix="autograder-checks-", ignore_cleanup_errors=True) as folder:
        runner = CheckRunner(course, Path(folder))
        app, queue = application(os.environ["JUPYTERHUB_SERVICE_PREFIX"], who_by_the_hub(), runner, cores())
        server = HTTPServer(app, max_body_size=MAX_BODY, max_buffer_size=MAX_BODY)
        server.listen(address.port or 80, address.hostname or "127.0.0.1")
        await stop.wait()
        server.stop()
        await queue.close()
        warm.end_started()
