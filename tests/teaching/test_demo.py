"""The demo class, on stand-ins and on the real data: same submissions, same scores."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path

import pytest
from rich.console import Console

from autograder import screen
from autograder.course import datasets
from autograder.course.course import Course
from autograder.messages import NOT_ATTEMPTED
from autograder.recording import gradebook
from autograder.records import Level
from autograder.sandbox import levels
from autograder.teaching import demo
from tests.conftest import EXERCISE, ROOT, scratch_course

pytestmark = pytest.mark.kernel
PLAN = demo.read_plan(Course.open(ROOT))
SCORES = {
    "ada": 25,
    "ben": 25,
    "chloe": 25,
    "david": 25,
    "emmy": 25,
    "farid": 23,
    "greta": 23,
    "hugo": 20,
    "ida": 24,
    "jonas": 24,
    "kim": 23,
    "lena": 0,
    "mats": 20,
    "nobody": 14,
}


def scores(done: demo.Demonstration) -> dict[str, float]:
    return {row.student: row.score for row in done.parts[-1].graded.grades}


OTHERS = {  # points of ada and farid
    "tensor_drills": (24.5, 23.5),
    "operation_drills": (26, 25.5),
    "gradient_drills": (21, 19),
    "optimizer_drills": (28, 26),
    "network_drills": (24, 21.5),
    "exercise_2_playground": (23, 18.5),
}


@pytest.fixture(
    scope="module",
    params=[("tensor_drills", EXERCISE), pytest.param(tuple(PLAN.classes), marks=pytest.mark.matrix)],
    ids=["two assignments", "all assignments"],
)
def on_standins(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, repository: Course
) -> tuple[demo.Demonstration, str]:
    """The demo, run once on stand-ins, with what it printed."""
    out = Console(file=io.StringIO(), width=120)
    folder = tmp_path_factory.mktemp("demo") / "class"
    plan = dataclasses.replace(PLAN, classes={name: PLAN.classes[name] for name in request.param})
    done = demo.run(repository, plan, folder, True, screen.DemoProgress(out))
    screen.print_demo(out, done)
    assert isinstance(out.file, io.StringIO)
    return done, out.file.getvalue()


def others(done: demo.Demonstration) -> list[str]:
    """The assignments of the demo that a small group hands in."""
    return [part.assignment.name for part in done.parts][:-1]


def test_the_class_gets_its_grades_and_pages(on_standins: tuple[demo.Demonstration, str]) -> None:
    done, printed = on_standins
    pages = done.parts[-1].pages
    assert scores(done) == SCORES and len(pages) == len(PLAN.classes[EXERCISE]) >= 12
    assert "cifar10 (stand-in)" in printed and f"isolation: {levels.choose(Level.NONE)}" in printed
    assert any(f"feedback   {page}" in printed for page in pages)


def test_a_small_group_hands_in_the_other_assignments(on_standins: tuple[demo.Demonstration, str]) -> None:
    course = on_standins[0].course
    points = {}
    for name in others(on_standins[0]):
        rows = gradebook.read_all(course, course.assignment(name), ["ada", "farid", "lena"])
        points[name] = [row.score if row else None for row in rows]
    assert points and points == {name: [*OTHERS[name], 0] for name in points}


def test_an_empty_notebook_gets_a_kind_word_for_each_task_and_no_traceback(
    on_standins: tuple[demo.Demonstration, str],
) -> None:
    course = on_standins[0].course
    for name in others(on_standins[0]):
        page = (course.feedback / "lena" / name / f"{name}.html").read_text()
        checked = [task for task in course.assignment(name).tasks if not task.manual]
        assert page.count(NOT_ATTEMPTED.text) == len(checked)
        assert "Traceback (most" not in page and "NotImplementedError" not in page


def test_the_demo_stays_in_its_own_folder(on_standins: tuple[demo.Demonstration, str], repository: Course) -> None:
    done, _ = on_standins
    assert done.course.root != repository.root
    assert all(page.is_relative_to(done.course.root) for part in done.parts for page in part.pages)


@pytest.mark.matrix
def test_the_real_data_gives_the_same_scores(
    on_standins: tuple[demo.Demonstration, str], real_data: Path, tmp_path: Path
) -> None:
    some = {name: PLAN.classes[EXERCISE][name] for name in ("ada", "farid", "hugo", "lena")}
    course = scratch_course(tmp_path / "course", None, EXERCISE)
    datasets.fetch(datasets.read_registry(course.data / datasets.REGISTRY)["cifar10"], course.store, real_data)
    listener = screen.DemoProgress(Console(file=io.StringIO()))
    plan = dataclasses.replace(PLAN, classes={EXERCISE: some})
    done = demo.run(course, plan, tmp_path / "class", False, listener)
    assert done.parts[-1].graded.data == (("cifar10", "published"), ("cifar100", "stand-in"))
    assert scores(done) == {name: scores(on_standins[0])[name] for name in some}
