"""The demo hub in a real browser: released, fetched, solved, validated, handed in, collected, graded, read, told."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from autograder.course.answers import Answers, hand_in, read_answers
from autograder.course.notebooks import read_course_notebook, tasks
from autograder.errors import GraderError
from autograder.hub.serving import proxy_command
from tests.conftest import ANSWERS, EXERCISE, ROOT, scratch_course

CHROMIUM = shutil.which("chromium")
PICTURES = ROOT / "build" / "pictures" / "hub"
QUIET = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
SLOW = 120_000  # milliseconds until a step has to be there: a server starts, a class is graded
ESSAY = "Fewer numbers are learned faster."
COMMENT = "Say what is lost, too."

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")


@dataclass
class Hub:
    """A running demo hub."""

    process: subprocess.Popen[str]
    url: str
    folder: Path

    @property
    def staff(self) -> str:
        return f"{self.url}/services/ml_basics"

    def home(self, student: str) -> Path:
        return self.folder / "homes" / student / "ml_basics" / EXERCISE


def start(folder: Path, course: Path) -> Hub:
    """`autograder hub`, as in a terminal."""
    command = [sys.executable, "-m", "autograder", "hub", "--folder", str(folder), "--port", "0", "--course", str(course)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=course)
    assert process.stdout
    said = [process.stdout.readline() for _ in range(4)]
    found = re.search(r"the hub is at (http://127\.0\.0\.1:\d+)", said[0])
    assert found, said
    return Hub(process, found[1], folder)


@pytest.fixture(scope="module")
def course_root(tmp_path_factory: pytest.TempPathFactory, standin_store: Path) -> Path:
    try:
        proxy_command(print)
    except GraderError as error:
        pytest.skip(f"the hub's proxy: {error}")
    course = scratch_course(tmp_path_factory.mktemp("hub") / "course", standin_store)
    shutil.copy(ROOT / "course_data" / "roster.csv", course.data)
    return course.root


@pytest.fixture(scope="module")
def hub(course_root: Path) -> Iterator[Hub]:
    running = start(course_root.parent / "running", course_root)
    yield running
    running.process.send_signal(signal.SIGTERM)
    running.process.communicate(timeout=60)
    assert running.process.returncode == 0


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        yield opened
        opened.close()


class Person:
    """Somebody with a browser of their own, who has logged in; each `picture` is kept."""

    def __init__(self, browser: Browser, hub: Hub, name: str) -> None:
        self.hub, self.name = hub, name
        self.page: Page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
        self.page.set_default_timeout(SLOW)
        self.page.goto(f"{hub.url}/hub/login?next=/hub/home")
        self.page.fill("#username_input", name)
        self.page.click("#login_submit")
        self.page.wait_for_url("**/hub/home")

    def picture(self, number: int, what: str) -> None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{number:02}-{self.name}-{what}.png")

    def do(self, verb: str) -> None:
        """Press a button of the staff page and wait until it is done."""
        self.page.goto(f"{self.hub.staff}/autograder")
        self.page.click(f'button[data-verb="{verb}"][data-assignment="{EXERCISE}"]')
        self.page.wait_for_selector(
            f'#job[data-verb="{verb}"][data-state="done"], #job[data-verb="{verb}"][data-state="problem"]'
        )
        expect(self.page.locator("#job")).to_contain_text("done")
        assert self.page.locator("#job .problem").count() == 0, self.page.locator("#job").inner_text()

    def lab(self) -> None:
        """Open JupyterLab, with nbgrader's list of assignments."""
        self.page.goto(f"{self.hub.url}/hub/spawn/{self.name}?next=/user/{self.name}/lab/workspaces/new")
        self.page.wait_for_url(f"**/user/{self.name}/lab/**")
        self.page.click('.lm-MenuBar-itemLabel:text-is("Nbgrader")')
        self.page.click('.lm-Menu-itemLabel:text-is("Assignment List")')

    def press(self, part: str, label: str) -> None:
        """Press a button of the list of assignments."""
        self.page.click(f'#{part}_assignments_list button:text-is("{label}")')


def in_the_browser(page: Page, method: str, path: str) -> int:
    """The status of a request that a page of the course's server makes."""
    script = """async ([method, path]) => {
        const token = document.cookie.split("; ").find((each) => each.startsWith("_xsrf=")).slice(6);
        return (await fetch(path, { method, headers: { "X-XSRFToken": token }, body: "{}" })).status;
    }"""
    status: int = page.evaluate(script, [method, path])
    return status


def test_the_whole_way(hub: Hub, browser: Browser) -> None:
    marie = Person(browser, hub, "marie")
    marie.do("release")
    marie.picture(1, "released")

    notebook = read_course_notebook(ROOT / "source" / EXERCISE / f"{EXERCISE}.ipynb")
    essay = {task.cell: ESSAY for task in tasks(notebook) if task.manual}
    students = {"ada": "right/matrix_product.py", "farid": "wrong/not_divided.py"}
    for number, (name, file) in enumerate(students.items()):
        student = Person(browser, hub, name)
        student.lab()
        student.press("released", "Fetch")
        student.page.wait_for_selector("#fetched_assignments_list .list_item button")
        student.picture(2 + 4 * number, "fetched")
        answers = read_answers(ANSWERS / EXERCISE / file)
        (hub.home(name) / f"{EXERCISE}.ipynb").write_bytes(hand_in(notebook, Answers({**answers.cells, **essay})))
        student.page.click("#fetched_assignments_list .list_item a")
        student.press("fetched", "Validate")
        dialog = student.page.locator(".jp-Dialog")
        expect(dialog).to_contain_text("Success" if name == "ada" else "failed", timeout=SLOW)
        student.picture(3 + 4 * number, "validated")
        dialog.locator("button").first.click()
        student.press("fetched", "Submit")
        student.page.wait_for_selector("#submitted_assignments_list .list_item button")
        student.picture(4 + 4 * number, "submitted")
        student.page.context.close()

    marie.do("collect")
    marie.do("grade")
    marie.picture(10, "graded")

    lise = Person(browser, hub, "lise")
    lise.page.goto(f"{hub.staff}/autograder")
    expect(lise.page.locator("#assignments")).to_contain_text(EXERCISE)
    assert lise.page.locator("button").count() == 0, "assistants have no button that releases, collects or grades"
    base = "/services/ml_basics"
    for path in (f"formgrader/api/assignment/{EXERCISE}/release", f"autograder/api/grade/{EXERCISE}", "api/kernels"):
        assert in_the_browser(lise.page, "POST", f"{base}/{path}") == 403, path
    assert in_the_browser(lise.page, "PUT", f"{base}/api/contents/source/{EXERCISE}/x.txt") == 403
    lise.page.goto(f"{hub.staff}/formgrader/gradebook/{EXERCISE}/{EXERCISE}")
    lise.page.click('button:has-text("Show All Names")')
    lise.page.click('table a:text-is("ada")')
    lise.page.fill("#reflect", "2")
    lise.page.fill("#reflect-comment", COMMENT)
    with lise.page.expect_response(lambda answer: "/api/comment/" in answer.url and answer.request.method == "PUT"):
        lise.page.locator("#reflect-comment").blur()
    lise.picture(11, "read")
    kept = [json.loads(line) for line in (hub.folder / "course" / "course_data" / "reviews.jsonl").read_text().splitlines()]
    assert {(each["who"], each["student"], each["cell"]) for each in kept} == {("lise", "ada", "reflect")}

    marie.do("feedback")
    for number, (name, points) in enumerate({"ada": 17, "farid": None}.items()):
        student = Person(browser, hub, name)
        student.lab()
        student.press("submitted", "Fetch Feedback")
        student.page.wait_for_selector('#submitted_assignments_list :text("View Feedback")')
        student.picture(12 + 2 * number, "feedback-fetched")
        page = next((hub.home(name) / "feedback").glob("*/*.html"))
        student.page.goto(f"{hub.url}/user/{name}/files/{page.relative_to(hub.folder / 'homes' / name)}")
        expect(student.page.locator("h1")).to_contain_text("From colour to grey")
        score = student.page.locator(".score").inner_text()
        assert re.match(rf"{points or r'[0-9.]+'}\s+of\s+18", score), score
        assert (f"{COMMENT} (lise)" in student.page.locator("body").inner_text()) == (name == "ada")
        student.picture(13 + 2 * number, "feedback")
        student.page.context.close()


def test_students_do_not_get_to_the_course(hub: Hub, browser: Browser) -> None:
    emmy = Person(browser, hub, "emmy")
    for path in ("autograder", "formgrader/manage_assignments", f"formgrader/api/assignment/{EXERCISE}"):
        answer = emmy.page.goto(f"{hub.staff}/{path}")
        assert answer and answer.status == 403, path
    emmy.page.goto(f"{hub.url}/hub/spawn/emmy?next=/user/emmy/lab/workspaces/new")
    emmy.page.click('.lm-MenuBar-itemLabel:text-is("Nbgrader")')
    seen = emmy.page.locator(".lm-Menu-itemLabel").all_inner_texts()
    assert "Assignment List" in seen and not {"Formgrader", "Course List"} & set(seen)


def listening(port: int) -> bool:
    with socket.socket() as trying:
        return trying.connect_ex(("127.0.0.1", port)) == 0


def processes(folder: Path) -> set[str]:
    """Command lines of running processes that name a folder."""
    found = set()
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = each.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in words and each.parent.name != str(os.getpid()):
            found.add(words)
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_hub_that_ends_leaves_no_process_and_no_port(course_root: Path, number: signal.Signals) -> None:
    folder = course_root.parent / "again"  # the second time it is there already
    running = start(folder, course_root)
    port = int(running.url.rsplit(":", 1)[1])
    try:
        with urllib.request.urlopen(f"{running.url}/hub/login") as page:
            assert b"isolates nobody" in page.read()
        assert listening(port) and processes(folder)
    finally:
        running.process.send_signal(number)
        running.process.communicate(timeout=60)
    for _ in range(200):  # after SIGKILL the hub ends by itself, in its own time
        if not processes(folder) and not listening(port):
            break
        os.sched_yield()
        subprocess.run(["sleep", "0.2"], check=True)
    assert not processes(folder) and not listening(port)
