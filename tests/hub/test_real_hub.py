"""The commands of the README's "On your own server", as root: accounts, passwords, and the whole way in a browser."""

from __future__ import annotations

import csv
import dataclasses
import getpass
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, expect

from autograder.course.answers import Answers, hand_in, read_answers
from autograder.course.notebooks import read_course_notebook, tasks
from autograder.errors import CourseError
from autograder.hub import serving, site
from tests.conftest import ANSWERS, EXERCISE, ROOT
from tests.hub import browsing
from tests.hub.browsing import CHROMIUM, COMMENT, ESSAY, SLOW, Hub, Person

PEOPLE = {"agmarie": "instructor", "aglise": "assistant", "agada": "student", "agfarid": "student"}
MADE_HERE = "autograder-test-"
POLICY = f"""
[{EXERCISE}.on_submission]
answer = "visible"
wait_minutes = 0
"""

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.matrix,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
    pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed"),
    pytest.mark.skipif(os.geteuid() != 0, reason="as root: this makes Unix accounts"),
]


@pytest.fixture(scope="module")
def program(standin_store: Path) -> Iterator[Path]:
    """Copy this repository to where every account gets, with its own environment: the README's first commands."""
    try:
        python = site.public_python()
    except CourseError as error:
        pytest.skip(str(error))
    remove_what_a_killed_run_left()
    if there := [name for name in (*PEOPLE, site.SERVICE_USER) if site.exists(name)]:
        pytest.skip(
            f"this machine has the account {there[0]}, perhaps of a hub that is used: it would be removed afterwards"
        )
    root = Path(tempfile.mkdtemp(prefix=MADE_HERE, dir="/opt"))
    root.chmod(0o755)
    files = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True
    )
    for name in filter(None, files.stdout.decode().split("\0")):
        if not name.startswith("tests/") and (ROOT / name).is_file():
            (root / "program" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, root / "program" / name)
    course = root / "program"
    with open(course / "course_data" / "roster.csv", "w", newline="") as out:
        csv.writer(out).writerows(
            [["name", "role", "email", "group"], *([name, role, "", ""] for name, role in PEOPLE.items())]
        )
    with open(course / "course_data" / "assignments.toml", "a") as out:
        out.write(POLICY)
    shutil.copytree(standin_store, course / "course_data" / "state" / "store")
    subprocess.run(["make", ".venv/.installed", f"PYTHON={python}"], cwd=course, check=True, capture_output=True)
    yield course
    remove_accounts()
    shutil.rmtree(root)


def remove_what_a_killed_run_left() -> None:
    """Remove the accounts of a run of this module that was killed: the folder that it made names their passwords."""
    for folder in Path("/opt").glob(f"{MADE_HERE}*"):
        listed = folder / "hub" / "hub" / site.PASSWORDS
        if listed.is_file() and {row[0] for row in csv.reader(listed.read_text().splitlines())} == set(PEOPLE):
            remove_accounts()
            shutil.rmtree(folder)


def remove_accounts() -> None:
    """Remove all accounts that an installation with this roster makes, with their processes and homes."""
    for name in (*PEOPLE, site.SERVICE_USER):
        subprocess.run(["pkill", "-KILL", "-u", name], check=False)
        subprocess.run(["userdel", "--remove", name], check=False, capture_output=True)
    subprocess.run(["groupdel", site.GRADERS], check=False, capture_output=True)


@pytest.fixture(scope="module")
def hub(program: Path) -> Iterator[Hub]:
    """The real hub, installed, looked over and started."""
    command, folder = [str(program / ".venv" / "bin" / "autograder"), "hub"], program.parent / "hub"
    pem = {name: str(program.parent / f"{name}.pem") for name in ("certificate", "key")}
    new = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    subprocess.run([*new, "-keyout", pem["key"], "-out", pem["certificate"]], check=True, capture_output=True)
    with browsing.free_port() as port:
        options = ["--address", f"https://127.0.0.1:{port}", "--certificate", pem["certificate"], "--key", pem["key"]]
        subprocess.run([*command, "install", str(folder), *options], cwd=program, check=True, capture_output=True)
    told = subprocess.run([*command, "check", str(folder)], cwd=program, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    for line in ("students' Python knows nothing of autograder", "certificate and key fit", "the key is root's alone"):
        assert f"yes  {line}" in told.stdout
    running = browsing.start([*command, "--folder", str(folder)], folder, program)
    running.name = "real"
    running.passwords = dict(csv.reader((folder / "hub" / site.PASSWORDS).read_text().splitlines()))
    yield running
    running.process.send_signal(signal.SIGTERM)
    running.process.communicate(timeout=60)
    assert running.process.returncode == 0
    assert [each.cmdline() for each in processes_of(*PEOPLE, site.SERVICE_USER)] == []


def test_a_wrong_password_and_somebody_who_is_not_in_the_roster_stay_outside(hub: Hub, browser: Browser) -> None:
    page = browser.new_page(ignore_https_errors=True)
    for name, password in (("agada", "guess"), (getpass.getuser(), "guess")):
        page.goto(f"{hub.url}/hub/login")
        page.fill("#username_input", name)
        page.fill("#password_input", password)
        page.click("#login_submit")
        expect(page.locator("body")).to_contain_text("Invalid username or password")
    page.close()


def test_the_whole_way(hub: Hub, browser: Browser) -> None:
    marie = Person(browser, hub, "agmarie")
    marie.do("release")

    notebook = read_course_notebook(ROOT / "source" / EXERCISE / f"{EXERCISE}.ipynb")
    essay = {task.cell: ESSAY for task in tasks(notebook) if task.manual}
    for number, (name, file) in enumerate(
        {"agada": "right/matrix_product.py", "agfarid": "wrong/not_divided.py"}.items()
    ):
        student = Person(browser, hub, name)
        student.course()
        expect(student.page.locator(".rule")).to_contain_text(
            "told which of the visible tests pass, at once: up to 3 times."
        )
        student.picture(1 + 4 * number, "released")
        student.click("Fetch")
        work = hub.home(name) / f"{EXERCISE}.ipynb"
        assert work.stat().st_uid == pwd.getpwnam(name).pw_uid
        answers = read_answers(ANSWERS / EXERCISE / file)
        work.write_bytes(hand_in(notebook, Answers({**answers.cells, **essay})))
        student.click("Check")
        expect(student.page.locator(".told")).to_contain_text("visible tests pass", timeout=SLOW)
        student.picture(2 + 4 * number, "checked")
        student.click("Hand in")
        student.page.wait_for_selector('li:has-text("handed in")')
        student.await_answers(1)
        expect(student.page.locator("li a")).to_contain_text("visible tests pass")
        student.picture(3 + 4 * number, "answered")
        student.page.context.close()

    for name, inbound in ((each.name, each) for each in (hub.folder / "exchange" / "ml_basics" / "inbound").iterdir()):
        assert name.startswith(pwd.getpwuid(inbound.stat().st_uid).pw_name + "+")
    marie.do("collect")
    marie.do("grade")
    lise = Person(browser, hub, "aglise")
    lise.read("agada")
    lise.comment("2", COMMENT)
    kept = [
        json.loads(line)
        for line in (hub.folder / "course" / "course_data" / "state" / "reviews.jsonl").read_text().splitlines()
    ]
    assert {(each["who"], each["student"]) for each in kept} == {("aglise", "agada")}
    marie.do("feedback")

    for number, (name, score) in enumerate({"agada": "27 of 30", "agfarid": "of 30"}.items()):
        student = Person(browser, hub, name)
        student.course()
        link = student.page.locator(f'[data-assignment="{EXERCISE}"] a:has-text("{score}")')
        with student.page.context.expect_page() as opened:
            link.click()
        page = opened.value
        expect(page.locator("h1")).to_contain_text("From colour to grey", timeout=SLOW)
        page.wait_for_load_state()  # the comment stands at the end of the page
        assert (f"{COMMENT} (aglise)" in page.locator("body").inner_text()) == (name == "agada")
        page.screenshot(path=browsing.PICTURES / hub.name / f"{10 + number}-{name}-feedback.png")
        student.page.context.close()


def test_a_student_gets_at_nothing_that_is_not_the_students(hub: Hub, program: Path) -> None:
    course, exchange = hub.folder / "course", hub.folder / "exchange" / "ml_basics"
    secret = [
        program / "source" / EXERCISE / f"{EXERCISE}.ipynb",
        program / "course_data" / "checks" / EXERCISE / "test_functions.py",
        course / "gradebook.db",
        course / "course_data" / "state" / "secrets" / "seed",
        course / "submitted" / "agada" / EXERCISE / f"{EXERCISE}.ipynb",
        hub.folder / "hub" / "jupyterhub_config.py",
        hub.folder / "hub" / site.PASSWORDS,
        *sorted(exchange.glob("inbound/agada+*/*")),
    ]
    assert all(path.exists() for path in secret)
    read = site.as_account("agfarid", ["cat", *map(str, secret)])
    assert read.stdout == "" and read.stderr.count("Permission denied") == len(secret)
    assert site.as_account("agfarid", ["ls", str(exchange / "inbound")]).returncode != 0
    pages = sorted((exchange / "feedback").iterdir())
    seen = {
        name: sum(site.as_account(name, ["cat", str(page)]).returncode == 0 for page in pages)
        for name in ("agada", "agfarid")
    }
    assert seen == {"agada": 1, "agfarid": 1} and len(pages) == 2


def test_students_python_has_no_autograder_and_no_token_of_the_course(hub: Hub) -> None:
    python = str(hub.folder / "students" / "bin" / "python")
    assert "No module named 'autograder'" in site.as_account("agada", [python, "-c", "import autograder"]).stderr
    withheld = site.as_account(
        "agada", [python, "-c", "import numpy, sys; print(numpy.load(sys.argv[1]).shape)", next_array(hub)]
    )
    assert withheld.returncode == 0, withheld.stderr
    mine, course = (
        {each.environ().get("JUPYTERHUB_API_TOKEN") for each in processes_of(name)}
        for name in ("agada", site.SERVICE_USER)
    )
    assert mine and course - {None} and not mine & (course - {None})


def processes_of(*names: str) -> list[psutil.Process]:
    """The processes of some accounts; one that has ended and was not waited for is none."""
    found = psutil.process_iter(["username", "status"])
    return [each for each in found if each.info["username"] in names and each.info["status"] != psutil.STATUS_ZOMBIE]


def next_array(hub: Hub) -> str:
    """An array that students may load."""
    return str(next((hub.folder / "data").glob("*/x_train.npy")))


def test_a_service_that_crashes_is_started_again_and_forgets_nothing(hub: Hub, browser: Browser) -> None:
    (service,) = [
        each for each in processes_of(site.SERVICE_USER) if each.cmdline()[-4:-1] == ["hub", "answer", "--course"]
    ]
    service.kill()
    service.wait()
    student = Person(browser, hub, "agfarid")
    student.course()
    before = student.page.locator("li a").count()
    student.click("Hand in")
    student.await_answers(before + 1)
    assert student.page.locator("li a").count() == before + 1
    student.page.context.close()


def test_a_student_who_takes_a_port_of_the_hub_is_seen(hub: Hub) -> None:
    opened = site.opened(hub.folder)
    assert serving.foreign_listeners(opened) == {} and (opened.ports.hub, 0) in serving.listeners()
    with socket.socket() as trying:
        trying.bind(("127.0.0.1", 0))
        free = trying.getsockname()[1]
    moved = dataclasses.replace(opened, ports=dataclasses.replace(opened.ports, course=free))
    code = (
        f"import socket, sys; s = socket.create_server(('127.0.0.1', {free})); "
        "print('there', flush=True); sys.stdin.read()"
    )
    account = pwd.getpwnam("agada")
    python = [str(hub.folder / "students" / "bin" / "python"), "-c", code]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        python, user=account.pw_uid, group=account.pw_gid, extra_groups=[], stdin=pipe, stdout=pipe
    ) as squatter:
        assert squatter.stdout and squatter.stdout.readline() == b"there\n"
        assert serving.foreign_listeners(moved) == {free: account.pw_uid}
        squatter.communicate()
