"""What is computed from a model's layers: log probabilities as exact as Keras's own loss."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.checking.models import Layer, Model, before_softmax, rebuild

SURE = np.diag([200.0, 200.0, 200.0]).astype(np.float32)  # a network that is surer than float32 can say


def layer(kind: str, activation: str = "", **arrays: np.ndarray) -> Layer:
    return Layer(kind, True, {}, activation, False, 0.0, arrays)


def model(*layers: Layer) -> Model:
    raw = before_softmax(layers)
    logits = rebuild(raw) if raw else None
    return Model("model", layers, "", "", False, True, True, np.zeros((1, 3)), rebuild(layers), logits)


@pytest.mark.parametrize(
    "layers",
    [
        (layer("Dense", "softmax", weight_0=SURE),),
        (layer("Dense", "linear", weight_0=SURE), layer("Softmax")),
        (layer("Dense", "", weight_0=SURE), layer("Activation", "softmax"), layer("Dropout")),
    ],
    ids=["in the layer", "a layer", "an activation before a layer without effect"],
)
def test_log_probabilities_come_from_before_the_softmax(layers: tuple[Layer, ...]) -> None:
    found = model(*layers).log_probabilities(np.eye(3))
    assert np.allclose(found, SURE - 200, atol=1e-3), "not cut off at the smallest probability of float32"
    assert np.allclose(model(*layers).outputs(np.eye(3)), np.eye(3))


def test_logits_are_taken_as_they_are() -> None:
    assert before_softmax((layer("Dense", "linear", weight_0=SURE),)) is None and before_softmax(()) is None
    assert np.allclose(
        model(layer("Dense", "linear", weight_0=SURE)).log_probabilities(np.eye(3)), SURE - 200, atol=1e-3
    )
