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
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from autograder.course.answers import Answers, hand_in, read_answers
from autograder.course.notebooks import read_course_notebook, tasks
from autograder.errors import GraderError
from autograder.hub.serving import proxy_command
from tests.conftest import ANSWERS, EXERCISE, ROOT, scratch_course
from tests.hub import browsing
from tests.hub.browsing import CHROMIUM, COMMENT, ESSAY, SLOW, Hub, Person, in_the_browser

pytestmark = [pytest.mark.kernel, pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")]


def start(folder: Path, course: Path) -> Hub:
    """`autograder hub`, as in a terminal."""
    command = [
        sys.executable,
        "-m",
        "autograder",
        "hub",
        "--folder",
        str(folder),
        "--port",
        "0",
        "--course",
        str(course),
    ]
    return browsing.start(command, folder, course)


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


@pytest.mark.matrix
def test_an_assignment_goes_from_release_to_feedback_in_a_browser(hub: Hub, browser: Browser) -> None:
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
    lise.read("ada")
    lise.comment("2", COMMENT)
    lise.picture(11, "read")
    reviews = hub.folder / "course" / "course_data" / "state" / "reviews.jsonl"
    kept = [json.loads(line) for line in reviews.read_text().splitlines()]
    assert {(review["who"], review["student"], review["cell"]) for review in kept} == {("lise", "ada", "reflect")}

    marie.do("feedback")
    for number, (name, points) in enumerate({"ada": 27, "farid": None}.items()):
        student = Person(browser, hub, name)
        student.course()
        link = student.page.locator(f'[data-assignment="{EXERCISE}"] a:has-text("of 30")')
        score = link.inner_text()
        assert re.fullmatch(rf"{points or r'[0-9.]+'} of 30", score), score
        student.picture(12 + 2 * number, "course")
        with student.page.context.expect_page() as opened:
            link.click()
        page = opened.value
        expect(page.locator("h1")).to_contain_text("From colour to grey")
        page.wait_for_load_state()  # the comment stands at the end of the page
        assert score.split()[0] in page.locator(".score").inner_text()
        assert (f"{COMMENT} (lise)" in page.locator("body").inner_text()) == (name == "ada")
        page.screenshot(path=browsing.PICTURES / hub.name / f"{13 + 2 * number}-{name}-feedback.png")
        student.page.context.close()


@pytest.mark.matrix
def test_check_says_what_the_grader_would_say_of_any_notebook(hub: Hub, browser: Browser) -> None:
    """A renamed, an unattempted, an endless and a broken notebook; each picture is kept."""
    Person(browser, hub, "marie").do("release")
    emmy = Person(browser, hub, "emmy")
    emmy.course()
    emmy.click("Fetch")
    section = emmy.page.locator(f'[data-assignment="{EXERCISE}"]')
    told, lines, notes = section.locator(".told"), section.locator("li"), section.locator(".note")
    folder = hub.home("emmy")
    file = folder / f"{EXERCISE}.ipynb"
    notebook = read_course_notebook(ROOT / "source" / EXERCISE / f"{EXERCISE}.ipynb")

    emmy.click("Check")
    expect(told).to_contain_text("0 of 10 visible tests pass", timeout=SLOW)
    expect(lines.filter(has_text="not attempted")).to_have_count(11)
    emmy.picture(40, "check-unattempted")

    renamed = folder / f"{EXERCISE} (2).ipynb"
    renamed.write_bytes(hand_in(notebook, Answers({})))
    file.unlink()
    emmy.click("Check")
    expect(told).to_contain_text("10 of 10 visible tests pass", timeout=SLOW)
    expect(notes).to_contain_text("found as")
    emmy.picture(41, "check-renamed")
    emmy.page.set_viewport_size({"width": 390, "height": 844})
    emmy.picture(42, "check-renamed-phone")
    emmy.page.set_viewport_size({"width": 1280, "height": 800})
    emmy.click("Hand in")
    expect(told.last).to_contain_text("Handed in; this one counts, 11 of 11 tasks answered", timeout=SLOW)
    emmy.picture(43, "handed-in")
    renamed.unlink()

    file.write_bytes(hand_in(notebook, Answers({notebook.solutions()[1].grade_id: "while True:\n    pass"})))
    emmy.click("Check")
    expect(told.first).to_contain_text("cell ", timeout=SLOW)
    emmy.picture(44, "check-endless")
    emmy.click("Cancel")
    expect(told.first).to_contain_text("cancelled", timeout=SLOW)

    file.write_bytes(file.read_bytes()[:3000])
    emmy.click("Check")
    expect(notes.first).to_be_visible(timeout=SLOW)
    emmy.picture(45, "check-broken")
    file.unlink()
    emmy.click("Check")
    expect(told).to_contain_text("there is no notebook in your folder", timeout=SLOW)
    emmy.picture(46, "check-nothing")


def test_students_cannot_open_the_pages_for_staff(hub: Hub, browser: Browser) -> None:
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
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = file.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in words and file.parent.name != str(os.getpid()):
            found.add(words)
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGKILL, marks=pytest.mark.matrix)])
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
