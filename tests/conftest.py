"""Fixtures shared by all tests: a scratch course with a stand-in, students who hand in, a kernel that is a fake."""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import hashlib
import json
import os
import shutil
import signal
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import hypothesis
import pytest

from autograder import wire
from autograder.course import datasets, standins
from autograder.course.answers import Answers, hand_in, read_answers
from autograder.course.assignment import Assignment
from autograder.course.copying import copy_course
from autograder.course.course import Course
from autograder.course.notebooks import Notebook, parse, read_course_notebook, to_json
from autograder.course.placing import rebuild
from autograder.grading.kernel import Kernel
from autograder.grading.kernels import KernelRequest, SandboxKernels
from autograder.grading.local import cores, local_workers
from autograder.grading.scheduling import Result, schedule
from autograder.grading.scoring import score
from autograder.grading.training_cache import TrainingCache
from autograder.records import (
    CellRun,
    CellStatus,
    CheckResult,
    GradeReport,
    Level,
    NotebookReport,
    Submission,
)
from autograder.sandbox import kept, levels
from autograder.teaching import release

# no files beside the tests, no timed assertions
hypothesis.settings.register_profile("course", database=None, deadline=None)
hypothesis.settings.load_profile("course")

ROOT = Path(__file__).resolve().parent.parent
EXERCISE = "exercise_1_grayscale"
ANSWERS = ROOT / "course_data" / "answers"


# who asks for one of these starts a kernel, a browser, accounts of the machine or a hub
KERNEL_FIXTURES = {"start", "one_kernel", "trained", "kernels", "hub", "browser", "accounts", "student"}


def pytest_configure(config: pytest.Config) -> None:
    """Called by pytest: all tests of a run, and the commands that they start, share the warm processes of the run."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        os.environ[kept.FOLDER] = f"/tmp/autograder-tests-{os.getpid()}"


def pytest_unconfigure(config: pytest.Config) -> None:
    """Called by pytest: end the warm processes of the run."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    root = Path(os.environ[kept.FOLDER])
    for keeper in root.glob("*/*.pid"):
        with contextlib.suppress(OSError, ValueError):
            os.kill(int(keeper.read_text()), signal.SIGTERM)
    shutil.rmtree(root, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Called by pytest: mark what starts a kernel by a fixture, and put the long modules first.

    Otherwise the last of them would run alone, while the other worker has nothing to do.
    """
    for item in items:
        if isinstance(item, pytest.Function) and KERNEL_FIXTURES & set(item.fixturenames):
            item.add_marker(pytest.mark.kernel)
    long = {item.path for item in items if item.get_closest_marker("kernel") or item.get_closest_marker("slow")}
    items.sort(key=lambda item: (item.path not in long, len(item.path.parts)))  # whole runs of the engine, then parts


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Called by pytest-xdist: the tests of a module stay with one worker, except proofs, which share nothing."""
    from xdist.scheduler import LoadScopeScheduling

    class ByModule(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return nodeid if "test_answers.py" in nodeid else str(super()._split_scope(nodeid))

    return ByModule(config, log)


@pytest.fixture(scope="session")
def repository() -> Course:
    """The course that this repository is; tests only read it."""
    return Course.open(ROOT)


@pytest.fixture(scope="session")
def standin_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the stand-ins of CIFAR-10 and CIFAR-100, and small ones of Fashion-MNIST and MNIST to train on.

    Drawn once by all workers, and once for all runs where build/ can be written.
    """
    drawn_by = hashlib.sha256((ROOT / "course_data" / standins.FILE).read_bytes()).hexdigest()[:12]
    base = tmp_path_factory.getbasetemp()
    kept = ROOT / "build"
    try:
        kept.mkdir(exist_ok=True)
        writable = os.access(kept, os.W_OK)
    except OSError:
        writable = False
    shared = kept if writable else base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    store = shared / f"stand-ins-{drawn_by}"
    with open(shared / "stand-ins.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not store.is_dir():
            part = shared / f".{store.name}.part"
            shutil.rmtree(part, ignore_errors=True)
            small_store(part).rename(store)
    return store


def small_store(store: Path) -> Path:
    """Draw the stand-ins that the tests need."""
    standins.draw(ROOT / "course_data", store, "cifar10")
    standins.draw(ROOT / "course_data", store, "cifar100")
    standins.draw(ROOT / "course_data", store, "fashion_mnist", sizes=(3000, 1000))
    standins.draw(ROOT / "course_data", store, "mnist", sizes=(3000, 1000))
    return store


def scratch_course(root: Path, store: Path | None, *assignments: str) -> Course:
    """A course folder with this repository's assignments, checks and settings, and links into a store."""
    # the best level of this machine, whatever it is
    course = copy_course(Course.open(ROOT), root, assignments, isolation=Level.NONE, with_data=False)
    shutil.copy(ROOT / "tests" / "thresholds.toml", course.data)
    for folder in store.glob("*/*" if (store / datasets.STANDIN).is_dir() else "*") if store else []:
        link = course.store / folder.relative_to(store)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(folder)
    return course


def fix_secret(course: Course) -> None:
    """Give a scratch course a secret that is the same each time."""
    (course.state / "secrets").mkdir(parents=True, exist_ok=True)
    (course.state / "secrets" / "seed").write_bytes(bytes(range(32)))


def best_kernels(course: Course, *, fresh: bool = False) -> SandboxKernels:
    """Kernels at the best level of this machine, which remember trainings in the course."""
    return SandboxKernels(levels.choose(Level.NONE), cache=TrainingCache(course.trainings, fresh))


def grade_all(course: Course, submissions: Iterable[Submission], jobs: int = 0) -> Iterator[Result]:
    """Grade submissions of any assignments of a course, in one run on all cores."""
    by_assignment: dict[str, list[Submission]] = {}
    for submission in submissions:
        by_assignment.setdefault(submission.assignment, []).append(submission)
    read = {name: course.assignment(name) for name in by_assignment}
    kernels = best_kernels(course)
    if read:
        with local_workers(next(iter(read.values())), kernels, jobs or cores()) as executor:
            for name, handed_in in by_assignment.items():
                yield from schedule(handed_in, read[name], executor, kernels)


@pytest.fixture
def course(tmp_path: Path, standin_store: Path) -> Course:
    """A scratch course on stand-in data."""
    return scratch_course(tmp_path / "course", standin_store)


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory, standin_store: Path) -> Course:
    """A scratch course on stand-in data that tests only read."""
    return scratch_course(tmp_path_factory.mktemp("drawn") / "course", standin_store)


@pytest.fixture(scope="session")
def exercise(drawn: Course) -> Assignment:
    """Exercise 1, as it is in this repository."""
    return drawn.assignment(EXERCISE)


@pytest.fixture(scope="session")
def released_once(tmp_path_factory: pytest.TempPathFactory, standin_store: Path) -> Course:
    """A scratch course with exercise 1 released, made once; tests work on copies."""
    made = scratch_course(tmp_path_factory.mktemp("released") / "course", standin_store, EXERCISE)
    release.generate(made, made.assignment(EXERCISE))
    return made


@pytest.fixture
def released(released_once: Course, tmp_path: Path) -> Course:
    """A scratch course on stand-in data whose gradebook knows exercise 1."""
    return Course.open(shutil.copytree(released_once.root, tmp_path / "course", symlinks=True))


@pytest.fixture(scope="session")
def notebook() -> Notebook:
    """The instructor's notebook of exercise 1."""
    return read_course_notebook(ROOT / "source" / EXERCISE / f"{EXERCISE}.ipynb")


@pytest.fixture
def submit(notebook: Notebook) -> Callable[[Course, str, str], Path]:
    """Puts a student's notebook, made from an answers file, into submitted/."""

    def place(course: Course, student: str, answers: str) -> Path:
        folder = course.submitted / student / EXERCISE
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{EXERCISE}.ipynb"
        file.write_bytes(hand_in(notebook, read_answers(ANSWERS / EXERCISE / answers)))
        return file

    return place


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder with the published files, or a skip that says so."""
    folder = os.environ.get("AUTOGRADER_REAL_DATA")
    if not folder:
        pytest.skip("real data: AUTOGRADER_REAL_DATA does not name a folder with the published files")
    return Path(folder)


MakeReport = Callable[..., GradeReport]


@pytest.fixture
def make_report(exercise: Assignment) -> MakeReport:
    """Makes the report of a student whose named checks fail with a message."""
    notebook, tasks = exercise.only_notebook.notebook, exercise.tasks

    def make(
        student: str = "ann",
        failed: dict[str, tuple[str, str]] | None = None,
        answers: dict[str, str] | None = None,
        outputs: dict[str, list[dict[str, object]]] | None = None,
        **fields: object,
    ) -> GradeReport:
        failed = failed or {}
        handed_in = parse(hand_in(notebook, Answers({"reflect": "# My essay.", **(answers or {})})), notebook.name)
        rebuilt = rebuild(notebook, handed_in)
        results = [
            CheckResult(
                check,
                check.name not in failed,
                *failed.get(check.name, ("", "")),
                detail="staff only: 4711" if check.name in failed else "",
            )
            for check in exercise.checks.declared
        ]
        runs = {task.cell: CellRun(CellStatus.OK) for task in tasks}
        index = {cell.grade_id: at for at, cell in enumerate(rebuilt.notebook.cells)}
        tree = to_json(rebuilt.notebook, {index[name]: found for name, found in (outputs or {}).items()}, {})
        part = NotebookReport(
            notebook.name,
            score(tasks, results, runs, rebuilt.untouched),
            tree,
            notes=rebuilt.notes,
            staff_notes=(*rebuilt.staff_notes, "staff note <b>"),
        )
        own = {name: fields.pop(name) for name in ("notes",) if name in fields}
        report = GradeReport(
            student,
            EXERCISE,
            "key",
            (dataclasses.replace(part, **own),),
            data=(("cifar10", "stand-in"),),
            timestamp="2026-11-22 10:00:00 UTC",
        )
        return dataclasses.replace(report, **fields)

    return make


class FakeKernel:
    """A student's process at the lowest boundary: it answers every question with the bytes it was given."""

    def __init__(self, reply: bytes | object, *, raw: bool = False) -> None:
        self.reply = reply if raw else wire.encode({"value": reply})
        self.questions: list[dict[str, object]] = []

    def ask(self, question: bytes, seconds: float = 1.0) -> bytes:
        self.questions.append(wire.decode(question))
        assert isinstance(self.reply, bytes)
        return self.reply

    def run(self, code: str, seconds: float) -> CellRun:
        return CellRun(CellStatus.OK)

    def usable(self) -> bool:
        return True

    def close(self) -> None:
        pass


class FakeKernels:
    """Starts kernels that a test made up."""

    level = Level.NONE
    cache = None

    def __init__(self, start: Callable[[], Kernel]) -> None:
        self._start = start

    def start(self, request: KernelRequest) -> Kernel:
        return self._start()


def cell(kind: str, name: str, source: str, **nbgrader: object) -> dict[str, object]:
    """A notebook cell as JSON."""
    known = {"grade_id": name, "grade": False, "solution": False, "locked": False, **nbgrader}
    return {"cell_type": kind, "metadata": {"nbgrader": known}, "source": source}


def notebook_bytes(*cells: dict[str, object]) -> bytes:
    """A notebook of these cells."""
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)}).encode()
