"""Checks on replies that no reference solution gives: an error of the check's own is found and named."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from autograder import wire
from autograder.course import scaffold
from autograder.course.course import Course
from autograder.grading.mutated_replies import OTHER_VALUES, _part, mutations, try_replies
from autograder.grading.pipeline import grade
from autograder.grading.replies import Recorder
from autograder.records import Submission
from tests.conftest import FakeKernel, FakeKernels

CHECKS = """
from autograder.checking import check, expect

@check(cell="mean_square", points=2, title="first")
def test_first(student, rng):
    value = student.call("mean", [1, 2])
    expect.that({condition}, "it is not 1.5")

@check(cell="mean_square", points=2, title="second")
def test_second(student, rng):
    expect.values(student.call("mean", [1, 2, int(rng.integers(9))]), 1.5, "mean", atol=1)
"""


class Answers(FakeKernel):
    """A kernel in which every function returns 1.5."""

    def __init__(self) -> None:
        super().__init__({"result": 1.5, "type": "float"})


@pytest.fixture
def small_course(tmp_path: Path) -> Course:
    """A course with one assignment of one task."""
    scaffold.create_course(tmp_path / "course")
    course = Course.open(tmp_path / "course")
    scaffold.create(course, "small")
    return course


def tried(small_course: Course, condition: str, executor: Executor | None = None) -> tuple[list[str], dict[str, int]]:
    """The crashes of a small assignment whose first check asks for this condition, and the counts by kind."""
    (file,) = (small_course.data / "checks" / "small").glob("test_*.py")
    file.write_text(CHECKS.format(condition=condition))
    assignment, recorder = small_course.assignment("small"), Recorder()
    submission = Submission("reference", "small", small_course.source / "small")
    report = grade(submission, assignment, FakeKernels(Answers), recorder)
    assert report.earned == 4
    trial = try_replies(assignment, recorder.recordings, executor=executor)
    return [str(crash) for crash in trial.crashes], dict(trial.counts)


def test_a_check_that_takes_any_reply_passes_all_kinds(small_course: Course) -> None:
    crashes, counts = tried(small_course, "isinstance(value, float) and value == 1.5")
    assert crashes == []
    assert set(OTHER_VALUES) <= set(counts) and min(counts.values()) >= 1


def test_a_check_that_raises_is_named_with_its_reply_and_line(small_course: Course) -> None:
    crashes, _ = tried(small_course, "round(value, 1) == 1.5")
    assert any(crash.startswith("test_first: None as the reply to call mean['result']: TypeError") for crash in crashes)
    assert any("NaN" not in crash and ".py:7" in crash for crash in crashes)
    assert not any(crash.startswith("test_second") for crash in crashes)


def test_workers_of_an_executor_find_the_same(small_course: Course) -> None:
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as executor:
        found = tried(small_course, "round(value, 1) == 1.5", executor)
    crashes, counts = tried(small_course, "round(value, 1) == 1.5")
    assert (sorted(found[0]), found[1]) == (sorted(crashes), counts) and crashes


def test_a_check_that_hangs_is_named(small_course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.grading.mutated_replies.CALL_SECONDS", 0.2)
    crashes, _ = tried(small_course, "value == 1.5 or (value == 0.5 and sum(1 for _ in iter(int, 1)))")
    assert any("a fraction" in crash and "TimeoutError" in crash for crash in crashes)


def test_arrays_are_changed_in_shape_length_type_and_value() -> None:
    reply = {"value": {"result": np.arange(6.0).reshape(2, 3), "type": "ndarray"}}
    changed = {mutation.kind: mutation for mutation in mutations(reply, set()) if mutation.place == "['result']"}
    results = {kind: wire.decode(mutation.reply())["value"]["result"] for kind, mutation in changed.items()}
    shapes = {kind: result.shape for kind, result in results.items() if isinstance(result, np.ndarray)}
    assert shapes["one item less"] == (1, 3) and shapes["an axis less"] == (3,) and shapes["transposed"] == (3, 2)
    assert shapes["nothing on the last axis"] == (2, 0) and shapes["no item"] == (0, 3)
    assert {"NaN", "booleans", "complex numbers", "as texts", "huge integers", "half precision"} <= set(changed)
    assert reply["value"]["result"].shape == (2, 3), "the recorded reply itself is not changed"


def test_places_of_equal_name_are_changed_twice_and_no_more() -> None:
    seen: set[str] = set()
    reply = {"value": [{"title": "a"}, {"title": "b"}, {"title": "c"}]}
    places = [mutation.place for mutation in [*mutations(reply, seen), *mutations(reply, seen)]]
    assert places.count("[*]['title']") == 2 * len(list(mutations({"value": "a"}, set())))


def test_of_large_replies_a_part_is_tried_that_is_spread_over_all_of_them() -> None:
    every = [(0, mutation) for mutation in mutations({"value": {"result": [1.0] * 3}}, set())] * 50
    parts = [_part(every, number, 2**30) for number in range(9)]
    assert len(every) > 2 * len(parts[0]) and {len(part) for part in parts} == {100}
    assert _part(every, 0, 1000) == every
    assert {mutation.kind for part in parts for _, mutation in part} == {mutation.kind for _, mutation in every}
