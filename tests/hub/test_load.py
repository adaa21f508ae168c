"""A hundred students hand in at once, twice each: nothing is lost, and the order is that of the file system."""

from __future__ import annotations

import logging
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.hub import exchange
from tests.hub.test_exchange import COURSE, NAME, NoBook, private_submit

pytestmark = pytest.mark.slow

STUDENTS = [f"s{number:03}" for number in range(100)]
AT_ONCE = 8


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An exchange and a course, where everybody is one account."""
    monkeypatch.setattr("nbgrader.api.Gradebook", NoBook)
    exchange.lay_out(tmp_path / "exchange", COURSE, os.getegid())
    released = tmp_path / "exchange" / COURSE / "outbound" / NAME
    released.mkdir()
    (released / "n.ipynb").write_text("{}")
    (tmp_path / "course").mkdir()
    return tmp_path


def config(root: Path, who: str) -> Config:
    made = Config()
    made.Exchange.root = str(root / "exchange")
    made.Exchange.cache = str(root / "homes" / who / "cache")
    made.Exchange.path_includes_course = True
    made.CourseDirectory.course_id, made.CourseDirectory.assignment_id = COURSE, NAME
    made.CourseDirectory.root, made.CourseDirectory.student_id = str(root / "course"), who
    made.ExchangeCollect.check_owner, made.ExchangeCollect.update = False, True
    return made


def verb(kind: type, root: Path, who: str, **more: str) -> None:
    settings = config(root, who)
    made = kind(
        coursedir=CourseDirectory(config=settings),
        authenticator=Authenticator(config=settings),
        config=settings,
        **more,
    )
    made.log = logging.getLogger("quiet")
    made.start()


def test_a_hundred_students_hand_in_at_once_and_nothing_is_lost(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    submit = private_submit()

    def hand_in(who: str, text: str) -> None:
        home = root / "homes" / who
        (home / COURSE / NAME).mkdir(parents=True, exist_ok=True)
        (home / COURSE / NAME / "n.ipynb").write_text(f"{who}: {text}")
        verb(submit, root, who, assignment_dir=str(home))

    begun = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda who: hand_in(who, "first"), STUDENTS))
        halfway = time.time()
        list(pool.map(lambda who: hand_in(who, "second"), STUDENTS))
    submitted = time.monotonic()
    inbound = root / "exchange" / COURSE / "inbound"
    assert len(list(inbound.iterdir())) == 2 * len(STUDENTS)
    verb(exchange.Collect, root, "*")
    collected = time.monotonic()

    folder = root / "course" / "submitted"
    texts = {student.name: (student / NAME / "n.ipynb").read_text() for student in folder.iterdir()}
    assert texts == {who: f"{who}: second" for who in STUDENTS}
    stamps = {student.name: (student / NAME / "timestamp.txt").read_text() for student in folder.iterdir()}
    latest = {
        submission.claimed: submission.changed for submission in exchange.inbound(inbound, NAME, check_owner=False)
    }
    assert stamps == {who: f"{moment:%Y-%m-%d %H:%M:%S.%f} UTC\n" for who, moment in latest.items()}
    assert all(moment.timestamp() >= halfway - 1 for moment in latest.values())
    verb(exchange.Collect, root, "*")
    assert {student.name: (student / NAME / "timestamp.txt").read_text() for student in folder.iterdir()} == stamps, (
        "each is collected once"
    )
    with capsys.disabled():
        count, took = 2 * len(STUDENTS), submitted - begun
        print(
            f"\n{count} submissions of {len(STUDENTS)} students, {AT_ONCE} at a time: {took:.1f} s; "
            f"collected in {collected - submitted:.1f} s"
        )
