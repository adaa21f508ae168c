"""Whatever stops a run, killed, disk full, gradebook locked: the next run ends where an undisturbed one does."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import sqlite3
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from autograder.course.assignment import Assignment
from autograder.course.course import Course
from autograder.errors import CourseError
from autograder.grading.pipeline import key
from autograder.grading.scheduling import Result
from autograder.records import GradeReport, Level, Submission
from autograder.teaching import classroom
from autograder.teaching.classroom import Grading, Silent
from tests.conftest import EXERCISE, MakeReport

pytestmark = pytest.mark.slow

STUDENTS = ("ann", "bob")
KILLED = -signal.SIGKILL
MAX_POINTS = 200
STEP = 5  # `make test` tries each fifth point, the matrix all the others
CLONE_NEWNS, MS_REC, MS_PRIVATE = 0x20000, 16384, 1 << 18


class Listener(Silent):
    """Calls a function before the first submission is recorded."""

    def __init__(self, begun: Callable[[], object] = lambda: None) -> None:
        self._begun = begun

    def begin(self, total: int, unchanged: int) -> contextlib.AbstractContextManager[object]:
        """Grading begins."""
        self._begun()
        return contextlib.nullcontext()


@pytest.fixture
def prepared(
    released: Course,
    submit: Callable[[Course, str, str], Path],
    make_report: MakeReport,
    monkeypatch: pytest.MonkeyPatch,
) -> Course:
    """A released course with two submissions, whose grading is made up and takes no time."""
    for student in STUDENTS:
        submit(released, student, "right/loops.py")
        (released.submitted / student / EXERCISE / "timestamp.txt").write_text("2026-11-01 12:00:00.0 UTC\n")

    def report(submission: Submission, assignment: Assignment) -> GradeReport:
        failed = {"test_weights": ("the weights are wrong", "look")} if submission.student == "bob" else {}
        known = key(submission, assignment, Level.NONE)
        return make_report(submission.student, failed, key=known, timestamp=submission.timestamp)

    def schedule(submissions: Sequence[Submission], assignment: Assignment, *rest: Any) -> Iterator[Result]:
        return (Result(submission, report(submission, assignment)) for submission in submissions)

    @contextlib.contextmanager
    def no_workers(*rest: Any) -> Iterator[object]:
        yield object()

    monkeypatch.setattr(classroom, "schedule", schedule)
    monkeypatch.setattr(classroom, "local_workers", no_workers)
    return released


def run(course: Course, listener: Listener | None = None) -> None:
    """Grade the class and write its pages."""
    assignment = course.assignment(EXERCISE)
    classroom.grade_class(course, assignment, Grading(isolation="none"), listener or Listener())
    classroom.write_feedback(course, assignment)


def copy(course: Course, root: Path) -> Course:
    """The same course somewhere else."""
    shutil.copytree(course.root, root, symlinks=True)
    return Course.open(root)


def state(course: Course) -> dict[str, object]:
    """Every file that grading writes, with its content, and every row of the gradebook without its random ids."""
    found: dict[str, object] = {}
    for folder in (course.autograded, course.reports, course.feedback):
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                found[str(file.relative_to(course.root))] = file.read_bytes()
    with contextlib.closing(sqlite3.connect(course.root / "gradebook.db")) as book:
        for (table,) in book.execute("select name from sqlite_master where type = 'table'").fetchall():
            columns = [row[1] for row in book.execute(f"pragma table_info('{table}')") if not row[1].endswith("id")]
            names = ", ".join(f'"{name}"' for name in columns)
            rows = book.execute(f"select {names or 'count(*)'} from '{table}'").fetchall()
            found[table] = sorted(map(repr, rows))
    return found


def in_a_child(work: Callable[[], int]) -> int:
    """Run this in a process of its own; its exit status, negative for a signal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of threads, of which there are none
        pid = os.fork()
    if pid == 0:
        code = 99
        try:
            code = work()
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def killed_at(point: int) -> None:
    """Let this process be killed when it is about to write for the n-th time, or has just written."""
    passed = 0

    def one_more() -> None:
        nonlocal passed
        if passed == point:
            os.kill(os.getpid(), signal.SIGKILL)
        passed += 1

    def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            one_more()
            result = function(*args, **kwargs)
            one_more()
            return result

        return wrapped

    for owner, name in ((os, "fsync"), (Path, "replace"), (Session, "commit")):
        setattr(owner, name, wrap(getattr(owner, name)))


@pytest.mark.parametrize("first", [0, *(pytest.param(first, marks=pytest.mark.matrix) for first in range(1, STEP))])
def test_after_a_kill_at_any_point_the_next_run_gives_the_same_result(
    prepared: Course, tmp_path: Path, first: int
) -> None:
    undisturbed = copy(prepared, tmp_path / "undisturbed")
    run(undisturbed)
    expected = state(undisturbed)
    assert sum(name.endswith(".html") for name in expected) == len(STUDENTS)
    for point in range(first, MAX_POINTS, STEP):
        course = copy(prepared, tmp_path / f"killed{point}")

        def work(course: Course = course, point: int = point) -> int:
            killed_at(point)
            run(course)
            return 0

        status = in_a_child(work)
        assert status in (KILLED, 0), point
        run(course)
        assert state(course) == expected, f"killed at point {point}"
        shutil.rmtree(course.root)
        if status == 0:
            break
    assert 20 < point < MAX_POINTS - STEP, "there are fewer, or more, points than this test knows of"


def test_a_locked_gradebook_loses_nothing(prepared: Course, tmp_path: Path) -> None:
    undisturbed = copy(prepared, tmp_path / "undisturbed")
    run(undisturbed)
    with contextlib.closing(sqlite3.connect(prepared.root / "gradebook.db", isolation_level=None)) as other:
        with pytest.raises(CourseError, match="database is locked"):
            run(prepared, Listener(lambda: other.execute("begin exclusive")))
        other.execute("rollback")
    run(prepared)
    assert state(prepared) == state(undisturbed)


@pytest.mark.skipif(os.geteuid() != 0, reason="as root: only root can mount a small disk")
@pytest.mark.parametrize("free", [0, 4, 16, 40, 70, 100, 150, 200])
def test_a_full_disk_loses_nothing(prepared: Course, tmp_path: Path, free: int) -> None:
    """`free` kilobytes are left on a disk of its own, which only this test's child sees."""
    undisturbed = copy(prepared, tmp_path / "undisturbed")
    run(undisturbed)
    expected = state(undisturbed)
    disk = tmp_path / "disk"
    disk.mkdir()

    def work() -> int:
        libc = ctypes.CDLL(None)
        if libc.unshare(CLONE_NEWNS) or libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None):
            return 2
        if libc.mount(b"tmpfs", str(disk).encode(), b"tmpfs", 0, b"size=16m"):
            return 3
        course = copy(prepared, disk / "course")
        ballast = disk / "ballast"
        with open(ballast, "wb", buffering=0) as out, contextlib.suppress(OSError):
            while True:
                out.write(bytes(4096))
        with open(ballast, "rb+") as out:
            out.truncate(ballast.stat().st_size - free * 1024)
        stopped = False
        try:
            run(course)
        except CourseError:
            stopped = True
        ballast.unlink()
        run(course)
        return 0 if state(course) == expected and stopped else 10 + stopped

    assert in_a_child(work) == 0
