"""People with browsers at a hub that runs: what they open, press and see; each picture is kept below build/."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.conftest import EXERCISE, ROOT

CHROMIUM = shutil.which("chromium")
PICTURES = ROOT / "build" / "pictures"
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
)
SLOW = 120_000  # milliseconds until a step has to be there: a server starts, a class is graded
ESSAY = "Fewer numbers are learned faster."
COMMENT = "Say what is lost, too."


@dataclass
class Hub:
    """A running hub; `passwords` of its people, where they need one."""

    process: subprocess.Popen[str]
    url: str
    folder: Path
    name: str = "hub"
    passwords: dict[str, str] = field(default_factory=dict)

    @property
    def staff(self) -> str:
        return f"{self.url}/services/ml_basics"

    def home(self, student: str) -> Path:
        above = Path(f"~{student}").expanduser() if self.passwords else self.folder / "homes" / student
        return above / "ml_basics" / EXERCISE


@contextmanager
def free_port() -> Iterator[int]:
    """A port of this machine that is free, and stays so while this is held."""
    with socket.socket() as trying:
        trying.bind(("127.0.0.1", 0))
        yield trying.getsockname()[1]


def start(command: list[str], folder: Path, cwd: Path) -> Hub:
    """`autograder hub`, as in a terminal."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=cwd)
    assert process.stdout
    said = [process.stdout.readline() for _ in range(4)]
    found = re.search(r"the hub is at (https?://127\.0\.0\.1:\d+)", said[0])
    if not found:
        process.wait()
    assert found, said
    return Hub(process, found[1], folder)


class Person:
    """Somebody with a browser of their own, who has logged in; each `picture` is kept."""

    def __init__(self, browser: Browser, hub: Hub, name: str) -> None:
        self.hub, self.name = hub, name
        self.page: Page = browser.new_context(
            viewport={"width": 1280, "height": 800}, ignore_https_errors=True
        ).new_page()
        self.page.set_default_timeout(SLOW)
        self.page.goto(f"{hub.url}/hub/login?next=/hub/home")
        self.page.fill("#username_input", name)
        self.page.fill("#password_input", hub.passwords.get(name, ""))
        self.page.click("#login_submit")
        self.page.wait_for_url("**/hub/home")

    def picture(self, number: int, what: str) -> None:
        folder = PICTURES / self.hub.name
        folder.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=folder / f"{number:02}-{self.name}-{what}.png")

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

    def read(self, student: str) -> None:
        """Open what a student handed in, in formgrader."""
        self.page.goto(f"{self.hub.staff}/formgrader/gradebook/{EXERCISE}/{EXERCISE}")
        self.page.wait_for_selector('table a:has-text("Submission")')  # the button changes what is there already
        self.page.click('button:has-text("Show All Names")')
        self.page.click(f'table a:text-is("{student}")')
        self.page.wait_for_selector("#reflect")
        self.page.wait_for_load_state("networkidle")  # only then does the page keep what is typed

    def comment(self, points: str, text: str) -> None:
        """Give points for the answer in words, and say something about it."""
        for box, value, kept in (("#reflect", points, "/api/grade/"), ("#reflect-comment", text, "/api/comment/")):
            with self.page.expect_response(
                lambda answer, kept=kept: kept in answer.url and answer.request.method == "PUT"
            ):  # type: ignore[misc]
                self.page.fill(box, value)
                self.page.locator(box).blur()

    def course(self) -> None:
        """Open the student's page of the course."""
        self.page.goto(f"{self.hub.url}/hub/spawn/{self.name}?next=/user/{self.name}/course")
        self.page.wait_for_selector(f'[data-assignment="{EXERCISE}"]')

    def click(self, label: str) -> None:
        """Press a button of the assignment on that page, and wait until it has been done."""
        section = self.page.locator(f'[data-assignment="{EXERCISE}"]')
        section.locator(f'button:text-is("{label}")').click()
        expect(section.locator("button:disabled")).to_have_count(0, timeout=SLOW)

    def await_answers(self, count: int) -> None:
        """Wait until so many submissions have a page, and show them."""
        seen = """async (count) => {
            for (let look = 0; look < 240; look += 1) {
                const state = await (await ask("course/api/status")).json();
                const submissions = state.assignments.flatMap((assignment) => assignment.handed_in);
                if (submissions.filter((submission) => submission.pages.length).length >= count) return true;
                await new Promise((again) => setTimeout(again, 500));
            }
            return false;
        }"""
        assert self.page.evaluate(seen, count), f"{self.name} has no answer"
        self.course()

    def press(self, part: str, label: str) -> None:
        """Press a button of the list of assignments."""
        self.page.click(f'#{part}_assignments_list button:text-is("{label}")')


def in_the_browser(page: Page, method: str, path: str) -> int:
    """The status of a request that a page of the course's server makes."""
    script = """async ([method, path]) => {
        const token = document.cookie.split("; ").find((cookie) => cookie.startsWith("_xsrf=")).slice(6);
        return (await fetch(path, { method, headers: { "X-XSRFToken": token }, body: "{}" })).status;
    }"""
    status: int = page.evaluate(script, [method, path])
    return status
