"""Check says what the grader says: the course's service runs notebooks as they would be graded."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tornado import web
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port

from autograder.course.answers import Answers, hand_in
from autograder.course.course import Course
from autograder.hub.check_service import MAX_BODY, CheckError, CheckRunner, application, read_files
from autograder.hub.course_page import Checks, for_validate, notebooks_in, without_outputs
from autograder.sandbox import warm
from tests.conftest import scratch_course

ASSIGNMENT = "tensor_drills"
PREFIX = "/services/checks/"
SOLVED = Answers({})
Ask = Callable[[Checks], Coroutine[Any, Any, Any]]


def who(handler: web.RequestHandler) -> str:
    """The hub, as far as these tests need one: a student's token is the student's name."""
    name = handler.request.headers.get("Authorization", "").removeprefix("token ")
    if not name:
        raise web.HTTPError(403, "this needs a login")
    return name


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = scratch_course(tmp_path_factory.mktemp("checks") / "course", None, ASSIGNMENT)
    (course.release / ASSIGNMENT).mkdir(parents=True, exist_ok=True)
    return course


@pytest.fixture
def asked(course: Course, tmp_path: Path) -> Callable[..., Any]:
    """Calls a function with a student's end of the service, which runs meanwhile."""

    def ask(work: Ask, student: str = "ada") -> Any:
        async def inside() -> Any:
            app, queue = application(PREFIX, who, CheckRunner(course, tmp_path), 2)
            socket, port = bind_unused_port()
            server = HTTPServer(app, max_body_size=MAX_BODY)
            server.add_socket(socket)
            try:
                return await work(Checks(f"http://127.0.0.1:{port}{PREFIX}", student))
            finally:
                await queue.close()
                server.stop()
                warm.end_started()

        return asyncio.run(inside())

    return ask


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A student's folder of the assignment."""
    folder = tmp_path / "home" / ASSIGNMENT
    folder.mkdir(parents=True)
    return folder


def solve(course: Course, folder: Path, name: str = f"{ASSIGNMENT}.ipynb", **answers: str) -> None:
    notebook = course.assignment(ASSIGNMENT).only_notebook.notebook
    (folder / name).write_bytes(hand_in(notebook, Answers(answers)))


def outcomes(state: dict[str, Any]) -> dict[str, tuple[str, str]]:
    assert state["state"] == "done", state
    return {result["cell"]: (result["outcome"], result["why"]) for result in state["results"]}


@pytest.mark.kernel
def test_each_kind_of_trouble_is_named(course: Course, folder: Path, asked: Callable[..., Any]) -> None:
    notebook = course.assignment(ASSIGNMENT).only_notebook.notebook
    code = [task.cell for task in course.assignment(ASSIGNMENT).tasks if not task.manual]
    broken = {
        code[0]: "def counting(:\n    pass",
        code[1]: "1 / 0",
        code[2]: "while True: pass",
        code[3]: "import os\nos._exit(3)",
        code[4]: notebook.cell(code[4]).source + "\nraise NotImplementedError()",
    }
    solve(course, folder, f"{ASSIGNMENT} (2).ipynb", **broken)
    limits = course.data / "assignments.toml"
    text = limits.read_text()
    limits.write_text(
        text + f"\n[{ASSIGNMENT}]\ncell_seconds = 2\n"
        if f"[{ASSIGNMENT}]" not in text
        else text.replace(f"[{ASSIGNMENT}]", f"[{ASSIGNMENT}]\ncell_seconds = 2")
    )
    try:
        state = asked(lambda checks: checks.result(ASSIGNMENT, folder))
    finally:
        limits.write_text(text)
    told = outcomes(state)
    assert "found as" in " ".join(state["notes"]), "what was guessed is told before anything else"
    assert told[code[0]][1].startswith("your answer is not Python, so none of it ran: SyntaxError")
    assert told[code[1]][1] == "your answer stopped with ZeroDivisionError: division by zero"
    assert "longer than 2 s" in told[code[2]][1]
    assert told[code[3]][1].startswith("your answer ended before its end")
    assert told[code[4]][1] in ("", "`raise NotImplementedError()` still stands in your answer: delete this line")
    assert [told[name][0] for name in code[5:]] == ["passed"] * len(code[5:])


@pytest.mark.kernel
def test_an_untouched_notebook_is_not_attempted_and_runs_none_of_the_hidden_checks(
    course: Course, folder: Path, asked: Callable[..., Any]
) -> None:
    from autograder.course.notebooks import to_json, visible

    notebook = visible(course.assignment(ASSIGNMENT).only_notebook.notebook)
    (folder / f"{ASSIGNMENT}.ipynb").write_text(json.dumps(to_json(notebook, {}, {})))

    async def work(checks: Checks) -> Any:
        return await checks.result(ASSIGNMENT, folder), await checks.look(ASSIGNMENT, folder)

    state, looked = asked(work)
    assert {outcome for outcome, _ in outcomes(state).values()} == {"not attempted"}
    assert (looked["answered"], looked["tasks"]) == (0, len(state["results"]))
    hidden = [line.strip() for _, text in course.assignment(ASSIGNMENT).checks.files for line in text.splitlines()]
    assert not [line for line in hidden if len(line) > 25 and line in json.dumps(state)]


@pytest.mark.kernel
def test_a_check_shows_its_progress_and_can_be_cancelled(
    course: Course, folder: Path, asked: Callable[..., Any]
) -> None:
    first = course.assignment(ASSIGNMENT).tasks[0].cell
    solve(course, folder, **{first: "while True: pass"})

    async def work(checks: Checks) -> list[dict[str, Any]]:
        seen = [await checks.check(ASSIGNMENT, folder)]
        while not seen[-1].get("title"):
            seen.append(await checks.ask(seen[0]["ticket"]))
        for student in ("bob", ""):
            with pytest.raises(web.HTTPError):
                await Checks(checks.url, student).ask(seen[0]["ticket"])
        seen.append(await checks.cancel(seen[0]["ticket"]))
        return seen

    seen = asked(work)
    assert seen[-2]["state"] == "running" and seen[-2]["cells"] > 0 and seen[-1]["state"] == "cancelled"


def test_what_is_missing_or_broken_is_a_sentence(folder: Path, asked: Callable[..., Any]) -> None:
    async def work(checks: Checks) -> list[str]:
        told = []
        for make in (lambda: None, lambda: (folder / f"{ASSIGNMENT}.ipynb").write_text('{"cells": [')):
            make()
            try:
                state = await checks.look(ASSIGNMENT, folder)
                told.append(" ".join(state["notes"]))
            except web.HTTPError as error:
                told.append(str(error.log_message))
        with suppress(web.HTTPError):
            await checks.look("no_such_assignment", folder)
            told.append("not refused")
        return told

    missing, broken = asked(work)
    assert missing == f"there is no notebook in your folder {ASSIGNMENT}: fetch it again"
    assert broken.startswith("Your notebook could not be read")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"files": 1}',
        b'{"files": {"n.ipynb": "no base64!"}}',
        b'{"files": {"../n.ipynb": ""}}',
        b'{"files": {"/etc/n.ipynb": ""}}',
        b'{"files": {"n.py": ""}}',
        json.dumps({"files": {f"{number}.ipynb": "" for number in range(30)}}).encode(),
    ],
)
def test_only_notebooks_are_taken(body: bytes) -> None:
    with pytest.raises(CheckError):
        read_files(body)


def test_outputs_stay_at_home_and_a_broken_notebook_is_sent_as_it_is(folder: Path) -> None:
    tree = {"cells": [{"cell_type": "code", "source": "1", "outputs": ["x" * 100]}, {"source": "2"}]}
    assert json.loads(without_outputs(json.dumps(tree).encode()))["cells"][0]["outputs"] == []
    assert without_outputs(b'{"cells": [') == b'{"cells": ['
    (folder / "a.ipynb").write_text("{")
    (folder / "b.ipynb").mkdir()
    (folder / "c.ipynb").symlink_to("/etc/hostname")
    (folder / "sub").mkdir()
    (folder / "sub" / "d.ipynb").write_text("{")
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "e.ipynb").write_text("{")
    assert sorted(notebooks_in(folder)) == ["a.ipynb", "sub/d.ipynb"]


def test_validate_shows_the_same_in_nbgraders_form() -> None:
    done = {"state": "done", "notes": ["found elsewhere"]}
    tests = [
        {"title": "1 A", "outcome": "passed", "why": "", "manual": False},
        {"title": "2 B", "outcome": "failed", "why": "3 < 4", "manual": False},
    ]
    assert for_validate({**done, "results": tests[:1]}) == {"success": True, "value": {}}
    failed = for_validate({**done, "results": tests})["value"]["failed"]
    assert failed[0]["source"] == "2 B"
    assert failed[0]["error"] == "1 of 2 visible tests pass:\n✓ 1 A\n✗ 2 B\nfound elsewhere\n\n3 &lt; 4"
    assert for_validate({"state": "failed", "why": "no"}) == {"success": False, "value": "no"}
