"""Thresholds come from trainings: an honest answer falls below one once in a thousand; the evidence is kept."""

from __future__ import annotations

import tomllib

import numpy as np
import pytest

from autograder.course import thresholds
from autograder.course.course import Course
from autograder.errors import CourseError
from autograder.teaching.calibration import Distribution, Plan, Wanted, bounds, read_plan, seeded, write

PLAN = Plan(
    ("train",),
    ("reference",),
    ("weak",),
    (Wanted("good", "model accuracy", 0.0), Wanted("some", "model accuracy", 0.05)),
)


def test_an_honest_answer_falls_below_its_bound_less_than_once_in_a_thousand() -> None:
    rng = np.random.default_rng(0)
    below = 0
    for _ in range(4000):
        values = rng.normal(0.88, 0.005, 11)
        below += values[-1] < Distribution("reference", True, "model accuracy", tuple(values[:-1])).bound
    assert below <= 12  # 4 are expected


def test_the_weakest_right_answer_sets_the_threshold_and_a_wrong_one_does_not() -> None:
    found = [
        Distribution("reference", True, "model accuracy", (0.90, 0.91, 0.92)),
        Distribution("small", True, "model accuracy", (0.87, 0.88, 0.89)),
        Distribution("weak", False, "model accuracy", (0.2, 0.3, 0.4)),
    ]
    made = bounds(PLAN, found)
    assert made["good"] == found[1].bound and made["some"] == pytest.approx(found[1].bound - 0.05)


def test_every_seed_is_another_one_and_a_cell_without_a_seed_is_refused() -> None:
    cells = {"train": "tf.keras.utils.set_random_seed(1)\nmodel = build_model()", "build": "pass"}
    assert "set_random_seed(3001)" in seeded(cells, 3)["train"] and seeded(cells, 3)["build"] == "pass"
    with pytest.raises(CourseError, match="set_random_seed"):
        seeded({"train": "model.fit(x, y)"}, 1)


def test_what_is_written_is_read_back_and_other_parts_and_comments_stay(course: Course) -> None:
    file = course.data / thresholds.FILE
    before = file.read_text()
    assignment = course.assignment("exercise_1_grayscale")
    write(course, assignment, PLAN, [Distribution("reference", True, "model accuracy", (0.90, 0.91, 0.92))])
    after = tomllib.loads(file.read_text())
    part = after.pop("exercise_1_grayscale")["stand-in"]
    assert after == tomllib.loads(before) and before.splitlines()[0] in file.read_text()
    assert part["good"]["behind"]["reference"]["n"] == 3 and set(part["versions"]) == {"tensorflow", "keras", "numpy"}
    read = dict(course.assignment("exercise_1_grayscale").thresholds)
    assert read == {name: part[name]["threshold"] for name in ("good", "some")}


def test_an_assignment_without_a_plan_says_so(drawn: Course) -> None:
    with pytest.raises(CourseError, match="nothing to calibrate"):
        read_plan(drawn, drawn.assignment("exercise_1_grayscale"))
    assert read_plan(drawn, drawn.assignment("exercise_3_fashion")).right[0] == "reference"


def test_the_published_thresholds_were_calibrated_over_at_least_ten_seeds(repository: Course) -> None:
    tree = tomllib.loads((repository.data / thresholds.FILE).read_text())
    for name in ("good_accuracy", "learned_accuracy", "overfitting_gap"):
        behind = tree["exercise_3_fashion"]["published"][name]["behind"]
        assert all(sample["n"] >= 10 for sample in behind.values()) and behind["reference"]["right"]
