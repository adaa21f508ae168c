"""Describes a Keras model of the student's as plain data; the grader validates it, and proves it by numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

BATCH = 1000
SIMPLE = (bool, int, float, str, type(None))


def model(shell: Any, wire: Any, figures: Any, question: dict[str, Any]) -> Any:
    """Layers in order with their arguments and weights, and how the model was compiled.

    `call`: the name is a function that makes the model. `probe`: an array on which each activation is shown. `x`: inputs
    for which the outputs are wanted.
    """
    import keras
    import numpy as np

    found = shell.user_ns[question["name"]]
    if question["call"]:
        found = found()
    if not isinstance(found, keras.Model):
        return {"type": type(found).__name__[:80]}
    outputs = np.asarray(found(question["x"], training=False))  # also builds a model that has not seen an input yet
    return {
        "type": "keras.Model",
        "outputs": outputs,
        "layers": [_layer(layer, question["probe"]) for layer in _walk(found)],
        "compiled": bool(getattr(found, "compiled", False)),
        "optimizer": type(getattr(found, "optimizer", None)).__name__,
        **_loss(getattr(found, "loss", None)),
    }


def predict(shell: Any, wire: Any, figures: Any, question: dict[str, Any]) -> Any:
    """What the live model gives for an input, as when it is used and not trained."""
    import numpy as np

    found, x = shell.user_ns[question["name"]], question["x"]
    parts = [np.asarray(found(x[at : at + BATCH], training=False)) for at in range(0, len(x), BATCH)]
    return np.concatenate(parts)


def history(shell: Any, wire: Any, figures: Any, question: dict[str, Any]) -> Any:
    """The record of a training: a list of numbers for each quantity, and how many epochs and steps in each were asked for."""
    found = shell.user_ns[question["name"]]
    record = getattr(found, "history", found)
    params = getattr(found, "params", None) or {}
    epochs, steps = (value if isinstance(value := params.get(name), int) else 0 for name in ("epochs", "steps"))
    return {
        "epochs": epochs,
        "steps": steps,
        "record": {str(key)[:80]: [float(value) for value in values] for key, values in dict(record).items()},
    }


def _walk(found: Any) -> Iterator[Any]:
    """The layers in order, those of nested models in their places."""
    for layer in found.layers:
        if hasattr(layer, "layers"):
            yield from _walk(layer)
        else:
            yield layer


def _layer(layer: Any, probe: Any) -> dict[str, Any]:
    import numpy as np

    try:
        config = layer.get_config()
    except Exception:  # a class of the student's own need not have one
        config = {}
    arrays = {f"weight_{at}": np.asarray(weight) for at, weight in enumerate(layer.weights)}
    for name in ("mean", "variance"):  # of Normalization, which keeps them beside its weights
        if hasattr(layer, name):
            arrays[name] = np.asarray(getattr(layer, name))
    activation = getattr(layer, "activation", None)
    return {
        "class": type(layer).__name__[:80],
        "of_keras": type(layer).__module__.split(".")[0] == "keras",
        "config": {str(key)[:80]: _simple(value) for key, value in config.items() if _fits(value)},
        "penalty": any(
            getattr(layer, f"{part}_regularizer", None) is not None for part in ("kernel", "bias", "activity")
        ),
        "activation": np.asarray(activation(probe)) if callable(activation) else None,
        "arrays": arrays,
    }


def _fits(value: Any) -> bool:
    return isinstance(value, SIMPLE) or (
        isinstance(value, list | tuple) and all(isinstance(part, SIMPLE) for part in value)
    )


def _simple(value: Any) -> Any:
    return value if isinstance(value, SIMPLE) else list(value)


def _loss(loss: Any) -> dict[str, Any]:
    if isinstance(loss, str):
        return {"loss": loss, "from_logits": False}
    name = getattr(loss, "name", None) or getattr(loss, "__name__", "")
    config = loss.get_config() if hasattr(loss, "get_config") else {}
    return {"loss": str(name)[:80], "from_logits": bool(config.get("from_logits", False))}


OPERATIONS: dict[str, Callable[[Any, Any, Any, dict[str, Any]], Any]] = {
    "model": model,
    "predict": predict,
    "history": history,
}
