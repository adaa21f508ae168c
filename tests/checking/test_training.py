"""Measurements of trainings: what was trained on, and what was copied."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from autograder import wire
from autograder.checking import training
from autograder.checking.figures import Image
from autograder.checking.models import Layer, Model
from autograder.checking.student import Student
from autograder.checking.training import Measured, effect_of, expect_test_unseen, expect_trained_anew
from autograder.errors import CheckFailed
from autograder.records import CellRun, CellStatus
from tests.conftest import FakeKernel

MEASURED = Measured(0.95, 0.1, 0.85, 0.6, 0.85, test_loss=0.58)
RNG = np.random.default_rng(0)


def model(*kernels: np.ndarray) -> Model:
    layers = tuple(Layer("Dense", True, {}, "relu", False, 0.0, {"weight_0": kernel}) for kernel in kernels)
    return Model("m", layers, "Adam", "", False, True, True, np.zeros((1, 1)), lambda x: x)


def compare(monkeypatch: pytest.MonkeyPatch, own: Model, first: Model) -> None:
    monkeypatch.setattr(training, "live_model", lambda student, name, rng: own if name == "own" else first)
    kernel = FakeKernel(None)
    expect_trained_anew(Student(kernel.ask, CellRun(CellStatus.OK), lambda name: None), RNG, "own", "first")  # type: ignore[arg-type, return-value]


def test_test_rows_whose_loss_is_that_of_training_rows_were_trained_on() -> None:
    expect_test_unseen("model", MEASURED)
    with pytest.raises(CheckFailed, match=r"0\.120 on the test rows, 0\.100 on training rows and 0\.600 on new ones"):
        expect_test_unseen("model", replace(MEASURED, test_loss=0.12))


def test_a_picture_is_found_whichever_way_it_is_drawn() -> None:
    picture = RNG.integers(0, 255, (28, 28)).astype(np.uint8)
    table = {training.names_of(picture[None])[0]: (7, 3)}
    for data in (picture, picture[::-1], picture / 255):
        assert training.place_of(Image((28, 28), data, None), table) == (7, 3)
    for data in (None, np.zeros((0, 3)), picture[:, ::-1]):
        assert training.place_of(Image((28, 28), data, None), table) is None


def test_nothing_is_said_of_a_model_that_has_one_loss_for_all_rows() -> None:
    expect_test_unseen("model", replace(MEASURED, withheld_loss=0.2, test_loss=0.1))


def test_copied_weights_are_found_whatever_they_are_multiplied_by(monkeypatch: pytest.MonkeyPatch) -> None:
    kernels = [RNG.normal(size=(20, 30)), RNG.normal(size=(30, 5))]
    with pytest.raises(CheckFailed, match="the Dense layers of own hold the weights of first"):
        compare(monkeypatch, model(kernels[0], 0.6 * kernels[1]), model(*kernels))


def test_a_training_from_equal_weights_is_one_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    start = RNG.normal(size=(20, 30))
    moved = start + RNG.normal(size=start.shape) * 0.3
    compare(monkeypatch, model(moved, RNG.normal(size=(30, 5))), model(start, RNG.normal(size=(30, 5))))
    compare(monkeypatch, model(start), model(start[:, :10]))
    compare(monkeypatch, model(start), model(start, start.T))
    compare(monkeypatch, model(), model())


PREPARATIONS = {
    "a division": lambda images: images.reshape(len(images), -1) / 255,
    "a division of single precision": lambda images: images.reshape(len(images), -1).astype(np.float32) / 255,
    "minus one to one": lambda images: images.astype(float) / 127.5 - 1,
    "a standard score": lambda images: (images - 33.3) / 78.6,
    "a scale for each pixel": lambda images: images.reshape(len(images), -1) / np.arange(1.0, 65),
    "column by column": lambda images: images.swapaxes(1, 2).reshape(len(images), -1) / 255,
    "an axis for the channel": lambda images: images[..., None] / 255,
    "upside down": lambda images: 1 - images / 255,
}
MORE = {
    "the range of each picture": lambda images: images / images.max(axis=(1, 2), keepdims=True),
    "a square": lambda images: (images / 255.0) ** 2,
    "the mean of each picture": lambda images: images - images.mean(axis=(1, 2), keepdims=True),
    "fewer pixels": lambda images: images[:, ::2] / 255,
    "mirrored": lambda images: images[:, :, ::-1] / 255,
    "nothing": lambda images: images * np.nan,
    "zeros": lambda images: np.zeros((len(images), 63)),
}


def drawn(count: int) -> np.ndarray:
    """Pictures of 8 x 8 pixels; one corner is always black."""
    images = np.random.default_rng(count).integers(0, 256, (count, 8, 8)).astype(np.uint8)
    images[:, 0, 0] = 0
    return images


@pytest.mark.parametrize("how", PREPARATIONS)
def test_what_a_preparation_does_is_learned_from_other_pictures(how: str) -> None:
    prepare, some, new = PREPARATIONS[how], drawn(60), drawn(200)
    effect = effect_of(some, np.asarray(prepare(some), float))
    assert effect is not None
    assert effect.on(new).dtype == np.float32 and np.allclose(effect.on(new), prepare(new), atol=1e-5)


@pytest.mark.parametrize("how", MORE)
def test_what_is_more_than_a_scale_for_each_pixel_is_not_learned(how: str) -> None:
    assert effect_of(drawn(60), np.asarray(MORE[how](drawn(60)), float)) is None


def test_a_kernel_that_prepares_in_an_ordinary_way_never_sees_a_withheld_picture() -> None:
    class Preparing(FakeKernel):
        def ask(self, question: bytes, seconds: float = 1.0) -> bytes:
            (images,) = wire.decode(question)["args"]
            self.seen.append(images)
            return wire.encode({"value": {"result": self.prepare(images), "type": "ndarray"}})

    rows = {"x_train": drawn(300), "x_withheld": drawn(40)}
    for prepare, flagged in ((PREPARATIONS["minus one to one"], False), (MORE["a square"], True)):
        kernel = Preparing(None)
        kernel.seen, kernel.prepare = [], prepare  # type: ignore[attr-defined]
        one = Student(kernel.ask, CellRun(CellStatus.OK), lambda name: pytest.fail(name))
        seen = training.as_the_student_prepares(one, rows, rows["x_withheld"])  # type: ignore[arg-type]
        assert np.allclose(seen, prepare(rows["x_withheld"]), atol=1e-5)
        withheld = {image.tobytes() for image in rows["x_withheld"]}
        met = {image.tobytes() for images in kernel.seen for image in images}  # type: ignore[attr-defined]
        assert bool(withheld & met) == bool(one.flags()) == flagged
