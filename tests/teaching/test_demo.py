"""The demo class, on stand-ins and on the real data: same submissions, same scores."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from autograder.course import datasets
from autograder.course.course import Course
from autograder.course.notebooks import read_course_notebook, tasks
from autograder.grading.scoring import NOT_ATTEMPTED
from autograder.recording import gradebook
from autograder.sandbox import levels
from autograder.teaching import demo
from tests.conftest import scratch_course

SCORES = {
    "ada": 15,
    "ben": 15,
    "chloe": 15,
    "david": 15,
    "emmy": 15,
    "farid": 13,
    "greta": 13,
    "hugo": 11,
    "ida": 14,
    "jonas": 14,
    "kim": 14,
    "lena": 0,
    "mats": 11,
    "nobody": 4,
}


def scores(done: demo.Demonstration) -> dict[str, float]:
    return {row.student: row.score for row in done.graded.grades}


@pytest.fixture(scope="module")
def on_standins(tmp_path_factory: pytest.TempPathFactory, repository: Course) -> tuple[demo.Demonstration, str]:
    """The demo, run once on stand-ins, with what it printed."""
    out = Console(file=io.StringIO(), width=120)
    done = demo.run(repository, tmp_path_factory.mktemp("demo") / "class", True, out)
    assert isinstance(out.file, io.StringIO)
    return done, out.file.getvalue()


def test_the_class_gets_its_grades_and_pages(on_standins: tuple[demo.Demonstration, str], repository: Course) -> None:
    done, printed = on_standins
    assert scores(done) == SCORES and len(done.pages) == len(demo.CLASS) >= 12
    assert (
        "cifar10 (stand-in)" in printed and str(done.pages[5]) in printed and f"isolation: {levels.choose(Level.NONE)}" in printed
    )
    assert not (repository.root / "submitted").exists() or done.course.root != repository.root


@pytest.mark.parametrize(
    ("assignment", "points"),
    [
        ("tensor_drills", (27, 26)),
        ("gradient_drills", (28, 26)),
        ("network_drills", (28, 25.5)),
        ("exercise_2_playground", (23, 18.5)),
    ],
)
def test_a_small_group_hands_in_the_others_beside_it(
    on_standins: tuple[demo.Demonstration, str], assignment: str, points: tuple[float, float]
) -> None:
    course = on_standins[0].course
    rows = gradebook.read_all(course, assignment, ["ada", "farid", "lena"])
    assert [row.score if row else None for row in rows] == [*points, 0]


@pytest.mark.parametrize("assignment", list(demo.GROUP))
def test_an_empty_notebook_gets_a_kind_word_for_each_task_and_no_traceback(
    on_standins: tuple[demo.Demonstration, str], assignment: str
) -> None:
    course = on_standins[0].course
    page = (course.feedback / "lena" / assignment / f"{assignment}.html").read_text()
    parts = [each for each in tasks(read_course_notebook(course.source_notebook(assignment))) if not each.manual]
    assert page.count(NOT_ATTEMPTED) == len(parts)
    assert "Traceback (most" not in page and "NotImplementedError" not in page


def test_the_demo_stays_in_its_own_folder(on_standins: tuple[demo.Demonstration, str], repository: Course) -> None:
    done, _ = on_standins
    assert done.course.root != repository.root
    assert all(page.is_relative_to(done.course.root) for page in done.pages)


def test_the_real_data_gives_the_same_scores(
    on_standins: tuple[demo.Demonstration, str],
    real_data: Path,
    repository: Course,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    some = ("ada", "farid", "hugo", "lena")
    monkeypatch.setattr(demo, "CLASS", {name: demo.CLASS[name] for name in some})
    course = scratch_course(tmp_path / "course", None)
    datasets.fetch(datasets.read_registry(course.data / "datasets.toml")["cifar10"], course.store, real_data)
    (course.root / "tests").symlink_to(repository.root / "tests")
    done = demo.run(course, tmp_path / "class", False, Console(file=io.StringIO()), group=False)
    assert done.graded.data == (("cifar10", "published"),)
    assert scores(done) == {name: scores(on_standins[0])[name] for name in some}
