"""Fixtures shared by all tests: a scratch course with a stand-in, students who hand in, a kernel that is a fake."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TypeVar

import hypothesis
import pytest

from autograder import wire
from autograder.course import datasets
from autograder.course.answers import hand_in, read_answers
from autograder.course.layout import Course
from autograder.course.notebooks import Notebook, read_course_notebook
from autograder.recording import release
from autograder.records import CellRun, CellStatus

hypothesis.settings.register_profile("course", database=None, deadline=None)  # no files beside the tests, no timed assertions
hypothesis.settings.load_profile("course")

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent
EXERCISE = "exercise_1_grayscale"
ANSWERS = ROOT / "tests" / "answers"


@pytest.fixture(scope="session")
def repository() -> Course:
    """The course that this repository is; tests only read it."""
    return Course.open(ROOT)


@pytest.fixture(scope="session")
def standin_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the stand-in of CIFAR-10, and small ones of Fashion-MNIST and MNIST to train on, drawn once for all tests."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base  # by all workers
    with open(shared / "store.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "store").is_dir():
            small_store(shared / "store.part").rename(shared / "store")
    return shared / "store"


def small_store(store: Path) -> Path:
    """Draw the stand-ins that the tests need."""
    datasets.make_standin(store, "cifar10")
    datasets.make_standin(store, "fashion_mnist", sizes=(3000, 1000))
    datasets.make_standin(store, "mnist", sizes=(3000, 1000))
    return store


def scratch_course(root: Path, store: Path | None) -> Course:
    """A course folder with this repository's assignment, checks and settings, and links into a store."""
    (root / "course_data" / "store").mkdir(parents=True)
    shutil.copytree(ROOT / "source", root / "source")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    for file in ("datasets.toml", "assignments.toml"):
        shutil.copy(ROOT / "course_data" / file, root / "course_data")
    settings = root / "course_data" / "assignments.toml"  # the best level of this machine, whatever it is
    settings.write_text(settings.read_text().replace('isolation = "landlock"', 'isolation = "none"'))
    shutil.copy(ROOT / "tests" / "thresholds.toml", root / "course_data")
    for folder in store.glob("*/*" if (store / datasets.STANDIN).is_dir() else "*") if store else []:
        link = root / "course_data" / "store" / folder.relative_to(store)
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(folder)
    return Course.open(root)


def fix_secret(course: Course) -> None:
    """Give a scratch course a secret that is the same each time."""
    (course.data / "secrets").mkdir()
    (course.data / "secrets" / "seed").write_bytes(bytes(range(32)))


def pack(cells: Mapping[T, Collection[str]]) -> list[list[T]]:
    """Answers, by the cells that they fill, in as few submissions as a simple search finds: none has two for one cell."""
    packs: list[tuple[set[str], list[T]]] = []
    for answer, names in cells.items():
        filled, members = next((each for each in packs if each[0].isdisjoint(names)), (set[str](), list[T]()))
        if not members:
            packs.append((filled, members))
        filled.update(names)
        members.append(answer)
    return [members for _, members in packs]


@pytest.fixture
def course(tmp_path: Path, standin_store: Path) -> Course:
    """A scratch course on stand-in data."""
    return scratch_course(tmp_path / "course", standin_store)


@pytest.fixture(scope="session")
def released_once(tmp_path_factory: pytest.TempPathFactory, standin_store: Path) -> Course:
    """A scratch course with exercise 1 released, made once; tests work on copies."""
    made = scratch_course(tmp_path_factory.mktemp("released") / "course", standin_store)
    release.generate(made, EXERCISE)
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


def cell(kind: str, name: str, source: str, **nbgrader: object) -> dict[str, object]:
    """A notebook cell as JSON."""
    known = {"grade_id": name, "grade": False, "solution": False, "locked": False, **nbgrader}
    return {"cell_type": kind, "metadata": {"nbgrader": known}, "source": source}


def notebook_bytes(*cells: dict[str, object]) -> bytes:
    """A notebook of these cells."""
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)}).encode()
