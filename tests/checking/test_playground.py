"""What a check says about an experiment: words that a student can follow on the page, and only numbers that hold."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograder.checking import playground
from autograder.checking.playground import handed_in, only_changed, solved, tell
from autograder.checking.student import Student
from autograder.errors import CheckFailed
from autograder.playground.settings import FEATURES, Settings, write
from autograder.records import CellRun, CellStatus
from tests.conftest import FakeKernel

CIRCLE = Settings(seed="0.41327")


def with_url(value: object) -> Student:
    return Student(FakeKernel(value).ask, CellRun(CellStatus.OK), lambda name: pytest.fail(f"{name} was asked for"))


def handed(settings: Settings, name: str = "circle_url") -> playground.Handed:
    return handed_in(with_url(write(settings)), name)


def test_the_rerun_is_quoted_with_what_to_do_to_see_it() -> None:
    student = with_url(write(CIRCLE))
    tell(student, handed(CIRCLE))
    (told,) = student.remarks()
    assert told.text == (
        "circle_url: open it in a new tab and run 300 epochs: test loss about 0.003 from this seed; "
        "20 of 20 resets get below 0.1."
    )
    assert told.picture.startswith(b"\x89PNG")
    assert student.remarks() == ()


@pytest.mark.parametrize(
    "chaotic",
    [
        replace(CIRCLE, learning_rate=3),
        replace(CIRCLE, dataset="spiral", activation="relu", features=FEATURES, network_shape=(8, 8)),
    ],
)
def test_no_number_is_promised_for_a_chaotic_run(chaotic: Settings) -> None:
    student = with_url("")
    tell(student, handed(chaotic), pictured=False)
    (told,) = student.remarks()
    assert (
        "depends on the last digit" in told.text
        and "0." not in told.text.split("300 epochs")[1]
        and told.picture == b""
    )


def test_when_only_some_starts_reach_the_loss_the_check_passes_and_says_so() -> None:
    lucky = replace(CIRCLE, seed="0.82817", dataset="xor", activation="relu", network_shape=(3,))
    student = with_url("")
    solved(student, handed(lucky, "xor_url"))
    (told,) = student.remarks()
    assert told.text.startswith("It depends on the initial weights: ") and "Press reset" in told.text


def test_when_every_start_reaches_the_loss_nothing_is_said_and_when_none_does_the_check_fails() -> None:
    student = with_url("")
    solved(student, handed(CIRCLE))
    assert student.remarks() == ()
    with pytest.raises(CheckFailed, match=r"^0 of 21 starts of circle_url get below"):
        solved(student, handed(replace(CIRCLE, learning_rate=1e-5)))


@pytest.mark.parametrize(
    ("value", "message"), [(None, "None, not a URL"), ("  ", "is empty"), (["https://"], "a list, not a URL")]
)
def test_what_is_no_text_is_no_url(value: object, message: str) -> None:
    with pytest.raises(CheckFailed, match=message):
        handed_in(with_url(value), "circle_url")


def test_a_controlled_experiment_differs_in_one_thing() -> None:
    one, other = handed(CIRCLE), handed(replace(CIRCLE, activation="relu"), "relu_url")
    only_changed(one, other, "activation")
    with pytest.raises(CheckFailed, match="relu_url has another seed than circle_url"):
        only_changed(one, handed(replace(CIRCLE, activation="relu", seed="0.5"), "relu_url"), "activation")
    with pytest.raises(CheckFailed, match="differs from circle_url also in batchSize, networkShape"):
        only_changed(
            one, handed(replace(CIRCLE, activation="relu", batch_size=5, network_shape=()), "relu_url"), "activation"
        )
    with pytest.raises(CheckFailed, match="has the same activation"):
        only_changed(one, handed(CIRCLE, "relu_url"), "activation")


def test_an_experiment_that_takes_too_long_fails_the_check() -> None:
    worst = replace(CIRCLE, problem="regression", batch_size=1, perc_train_data=90, network_shape=(8,) * 6)
    with pytest.raises(CheckFailed, match="circle_url: this is too long to re-run"):
        playground.rerun(handed(worst))
