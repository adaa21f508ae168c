"""The exchange between real Unix accounts; the same attempts against nbgrader's own exchange, where they succeed."""

from __future__ import annotations

import datetime
import grp
import logging
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbgrader.api
import pytest
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import default
from traitlets.config import Config

from autograder.hub import exchange
from tests.hub.conftest import GRADERS, Account

COURSE, NAME = "ml", "week_1"
STUDENT_CONFIG = Path(exchange.__file__).with_name("student_config.py")


def private_submit() -> type[Any]:
    """The class that students' configuration gives to nbgrader."""
    config = Config()
    space: dict[str, Any] = {"get_config": lambda: config, "__name__": "student_config"}
    exec(compile(STUDENT_CONFIG.read_text(), str(STUDENT_CONFIG), "exec"), space)
    submit: type[Any] = config.ExchangeFactory.submit
    return submit


OURS = (private_submit(), exchange.Collect, exchange.ReleaseFeedback)
STOCK = (default.ExchangeSubmit, default.ExchangeCollect, default.ExchangeReleaseFeedback)


@dataclass
class Hub:
    """A course, an exchange and homes on disk, used by real accounts through one of the two exchanges."""

    root: Path
    people: dict[str, Account]
    kinds: tuple[type[Any], type[Any], type[Any]]

    @property
    def inbound(self) -> Path:
        return self.root / "exchange" / COURSE / "inbound"

    @property
    def submitted(self) -> Path:
        return self.root / "course" / "submitted"

    def config(self, who: str) -> Config:
        config = Config()
        config.Exchange.root = str(self.root / "exchange")
        config.Exchange.cache = str(self.root / "homes" / who / "cache")
        config.Exchange.path_includes_course = True
        config.CourseDirectory.course_id = COURSE
        config.CourseDirectory.root = str(self.root / "course")
        config.CourseDirectory.assignment_id = NAME
        return config

    def made(self, which: int, config: Config, **more: str) -> Any:
        """One of nbgrader's verbs."""
        directory, access = CourseDirectory(config=config), Authenticator(config=config)
        verb = self.kinds[which](coursedir=directory, authenticator=access, config=config, **more)
        verb.log = logging.getLogger("quiet")
        return verb

    def submit(self, who: str, text: str = "mine", claim: str = "", timestamp: str = "") -> Path:
        """Hand in as an account, through nbgrader's code; the folder in the exchange."""

        def work() -> str:
            home = self.root / "homes" / who
            os.chdir(home)
            (home / COURSE / NAME).mkdir(parents=True, exist_ok=True)
            (home / COURSE / NAME / "n.ipynb").write_text(text)
            config = self.config(who)
            config.CourseDirectory.student_id = claim or who
            made = self.made(0, config, assignment_dir=str(home))
            if timestamp:
                made.set_timestamp = lambda: setattr(made, "timestamp", timestamp)
            made.start()
            return str(self.inbound / made.assignment_filename)

        return Path(self.people[who].run(work))

    def collect(self, **settings: Any) -> None:
        def work() -> None:
            config = self.config("aggrader")
            config.ExchangeCollect.update(settings)
            made = self.made(1, config)
            made.start()

        self.people["aggrader"].run(work)

    def collected(self, who: str) -> str:
        file = self.submitted / who / NAME / "n.ipynb"
        return file.read_text() if file.is_file() else ""


@pytest.fixture(scope="module")
def hubs(accounts: dict[str, Account]) -> Iterator[Callable[[tuple[Any, Any, Any]], Hub]]:
    """Makes hubs below /tmp, where accounts get to."""
    made: list[Path] = []

    def make(kinds: tuple[Any, Any, Any]) -> Hub:
        root = Path(tempfile.mkdtemp(prefix="ag-hub-"))
        made.append(root)
        root.chmod(0o755)
        hub = Hub(root, accounts, kinds)
        for name in ("exchange", "course", "homes"):
            (root / name).mkdir()
        grader = accounts["aggrader"]
        for folder in (root / "exchange", root / "course"):
            os.chown(folder, grader.uid, grader.gid)
        (root / "course").chmod(0o700)
        for who in ("agalice", "agbob"):
            (root / "homes" / who).mkdir(mode=0o700)
            os.chown(root / "homes" / who, accounts[who].uid, accounts[who].gid)

        def as_grader() -> None:
            exchange.lay_out(root / "exchange", COURSE, grp.getgrnam(GRADERS).gr_gid)
            if kinds is STOCK:  # as nbgrader's own release makes them
                hub.inbound.chmod(0o2733)
                (root / "exchange").chmod(0o777)
            outbound = root / "exchange" / COURSE / "outbound" / NAME
            outbound.mkdir()
            (outbound / "n.ipynb").write_text("{}")
            (root / "course" / "nbgrader_config.py").write_text("")

        (root / "exchange").chmod(0o777)
        grader.run(as_grader)
        return hub

    yield make
    for root in made:
        shutil.rmtree(root)


@pytest.fixture
def ours(hubs: Callable[[tuple[Any, Any, Any]], Hub], monkeypatch: pytest.MonkeyPatch) -> Hub:
    return ready(hubs(OURS), monkeypatch)


@pytest.fixture
def stock(hubs: Callable[[tuple[Any, Any, Any]], Hub], monkeypatch: pytest.MonkeyPatch) -> Hub:
    return ready(hubs(STOCK), monkeypatch)


def ready(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Hub:
    """The hub with a gradebook that is none."""
    for module in (default.collect, nbgrader.api):
        monkeypatch.setattr(module, "Gradebook", NoBook)
    return hub


class NoBook:
    """A gradebook without due dates: they are not tested here, and another account would have to import SQLite."""

    def __init__(self, *_: object) -> None:
        pass

    def __enter__(self) -> NoBook:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def find_assignment(self, name: str) -> Any:
        raise nbgrader.api.MissingEntry(name)


def attempts(hub: Hub, folder: Path) -> dict[str, Any]:
    """What another student can do with a submission whose exact name is known."""
    file, bob = folder / "n.ipynb", hub.people["agbob"]
    tries: dict[str, Callable[[], Any]] = {
        "list the exchange": lambda: len(list(hub.inbound.iterdir())),
        "read": lambda: file.read_text(),
        "read the secret": lambda: len((folder / "submission_secret.txt").read_text()),
        "add a file": lambda: (folder / "x").write_text("x"),
        "replace the file": lambda: (file.unlink(), file.write_text("bob's"))[1],
        "rename the folder": lambda: str(folder.rename(hub.inbound / "gone")),
        "delete": lambda: shutil.rmtree(folder),
    }
    return {name: bob.run(attempt) for name, attempt in tries.items()}


def test_other_students_cannot_read_list_replace_or_delete_a_submission(ours: Hub) -> None:
    folder = ours.submit("agalice")
    refused = attempts(ours, folder)
    assert set(refused.values()) == {"PermissionError"}, refused
    ours.collect()
    assert ours.collected("agalice") == "mine"


def test_in_stock_nbgrader_a_student_who_knows_the_name_can_read_and_replace_a_submission(stock: Hub) -> None:
    done = attempts(stock, stock.submit("agalice"))
    assert done["list the exchange"] == "PermissionError"
    assert done["read"] == "mine" and done["read the secret"] == 128 and done["replace the file"] == 5


def test_a_submission_in_another_students_name_is_refused_and_all_files_stay(ours: Hub) -> None:
    ours.submit("agalice", "alice's own")
    ours.collect()
    forged = ours.submit("agbob", "bob's", claim="agalice")
    ours.collect(update=True)
    assert ours.collected("agalice") == "alice's own" and (forged / "n.ipynb").is_file()
    note = (ours.root / "course" / "course_data" / "state" / exchange.REFUSED).read_text()
    assert re.search(r"says it is from agalice and belongs to agbob; not collected, changed at \d{4}", note)
    ours.collect(update=True)
    assert (ours.root / "course" / "course_data" / "state" / exchange.REFUSED).read_text() == note, "once is enough"


def test_stock_nbgrader_lets_a_forged_submission_replace_the_victims_work(stock: Hub) -> None:
    stock.submit("agalice", "alice's own", timestamp="2026-01-01 10:00:00.0 UTC")
    stock.collect()
    stock.submit("agbob", "bob's", claim="agalice", timestamp="2026-01-01 11:00:00.0 UTC")
    stock.collect(update=True)
    assert stock.collected("agalice") == "bob's"


def test_the_time_of_a_submission_comes_from_the_file_system_and_not_from_the_student(ours: Hub, stock: Hub) -> None:
    forged = "2001-01-01 00:00:00.0 UTC"
    for hub in (ours, stock):
        folder = hub.submit("agalice", timestamp=forged)
        hub.people["agalice"].run(lambda folder=folder: os.utime(folder / "n.ipynb", (0, 0)))  # type: ignore[misc]
        hub.collect()
    stamps = [(hub.submitted / "agalice" / NAME / "timestamp.txt").read_text().strip() for hub in (ours, stock)]
    assert stamps[1] == forged
    made = datetime.datetime.strptime(stamps[0], "%Y-%m-%d %H:%M:%S.%f UTC").replace(tzinfo=datetime.UTC)
    assert abs((datetime.datetime.now(datetime.UTC) - made).total_seconds()) < 3600


def test_a_later_submission_replaces_an_earlier_one_and_a_change_counts_as_later(ours: Hub) -> None:
    first = ours.submit("agalice", "first")
    ours.collect()
    ours.submit("agalice", "second", timestamp="2001-01-01 00:00:00.0 UTC")
    ours.collect(update=True)
    assert ours.collected("agalice") == "second"
    ours.people["agalice"].run(lambda: (first / "n.ipynb").write_text("changed afterwards"))
    ours.collect(update=True)
    assert ours.collected("agalice") == "changed afterwards"
    assert [path.name for path in (ours.submitted / "agalice").iterdir()] == [NAME]


def test_links_in_a_submission_are_not_followed(ours: Hub) -> None:
    (ours.root / "course" / "secret").write_text("hidden")
    folder = ours.submit("agalice")

    def plant() -> None:
        (folder / "link").symlink_to(ours.root / "course" / "secret")
        (folder / "loop").symlink_to(folder)
        os.mkfifo(folder / "pipe")

    ours.people["agalice"].run(plant)
    ours.collect()
    assert {path.name for path in (ours.submitted / "agalice" / NAME).iterdir()} == {
        "n.ipynb",
        "timestamp.txt",
        "submission_secret.txt",
    }


def test_feedback_is_readable_by_its_owner_alone(ours: Hub) -> None:
    for who in ("agalice", "agbob"):
        ours.submit(who)
    ours.collect()

    def release() -> list[str]:
        config = ours.config("aggrader")
        for who in ("agalice", "agbob"):
            page = ours.root / "course" / "feedback" / who / NAME / "n.html"
            page.parent.mkdir(parents=True)
            page.write_text(f"for {who}")
        made = ours.made(2, config)
        made.start()
        return sorted(path.name for path in (ours.root / "exchange" / COURSE / "feedback").iterdir())

    pages = [ours.root / "exchange" / COURSE / "feedback" / name for name in ours.people["aggrader"].run(release)]
    seen = {who: {ours.people[who].run(page.read_text) for page in pages} for who in ("agalice", "agbob")}
    assert seen == {who: {f"for {who}", "PermissionError"} for who in seen}


def test_the_course_folder_is_closed_to_students(ours: Hub) -> None:
    secret = ours.root / "course" / "nbgrader_config.py"
    assert ours.people["agalice"].run(secret.read_text) == "PermissionError"


@pytest.mark.parametrize("what", ["deep", "folder for a time", "closed"])
def test_one_hostile_folder_does_not_keep_the_others_from_being_collected(ours: Hub, what: str) -> None:
    folder = ours.submit("agbob")

    def plant() -> None:
        if what == "deep":
            os.chdir(folder)
            for _ in range(1100):
                Path("d").mkdir()
                os.chdir("d")
        elif what == "closed":
            (folder / "inner").mkdir()
            (folder / "inner").chmod(0)
            folder.chmod(0o740)
        else:
            (folder / "timestamp.txt").unlink()
            (folder / "timestamp.txt").mkdir()

    ours.people["agbob"].run(plant)
    ours.submit("agalice")
    ours.collect()
    assert ours.collected("agalice") == "mine"
    assert [path.name for path in (ours.submitted / "agbob").glob("*")] in ([], [NAME])
    subprocess.run(["rm", "-rf", str(folder)], check=True)


def test_files_that_staffs_programs_would_run_or_show_are_not_collected(ours: Hub) -> None:
    folder = ours.submit("agalice")
    names = ("nbgrader_config.py", "page.html", "sitecustomize.py")
    ours.people["agalice"].run(lambda: [(folder / name).write_text("x") for name in names])
    ours.collect()
    assert ours.collected("agalice") == "mine"
    assert not {path.name for path in (ours.submitted / "agalice" / NAME).iterdir()} & set(names)
