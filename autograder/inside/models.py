"""Describes a student's Keras model as plain data.

The grader trusts nothing of this description: it rebuilds the model and compares the outputs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

BATCH = 1000
SIMPLE = (bool, int, float, str, type(None))


def model(shell: Any, wire: Any, figures: Any, question: dict[str, Any]) -> Any:
    """Return a model's layers in order with their arguments and weights, and how the model was compiled.

    The question has three more entries. `call`: whether the name is a function that returns the model. `probe`: an
    array to which each activation function is applied. `x`: inputs for which the outputs are wanted.
    """
    import keras
    import numpy as np

    network = shell.user_ns[question["name"]]
    if question["call"]:
        network = network()
    if not isinstance(network, keras.Model):
        return {"type": type(network).__name__[:80]}
    outputs = np.asarray(network(question["x"], training=False))  # also builds a model that has not seen an input yet
    return {
        "type": "keras.Model",
        "outputs": outputs,
        "layers": [_layer(layer, question["probe"]) for layer in _walk(network)],
        "active": _is_active(network, question["x"], outputs),
        "compiled": bool(getattr(network, "compiled", False)),
        "optimizer": type(getattr(network, "optimizer", None)).__name__,
        **_loss(getattr(network, "loss", None)),
    }


def predict(shell: Any, wire: Any, figures: Any, question: dict[str, Any]) -> Any:
    """Return the outputs of the student's model for an input, in inference mode."""
    import numpy as np

    network, x = shell.user_ns[question["name"]], question["x"]
    parts = [np.asarray(network(x[first : first + BATCH], training=False)) for first in range(0, len(x), BATCH)]
    return np.concatenate(parts)


def call_without_weights(shell: Any, wire: Any, figures: Any, question: dict[str, Any]) -> Any:
    """Return what a function gives for an input while all weights of a model are zero; they are set back afterwards."""
    import numpy as np

    network, function = shell.user_ns[question["name"]], shell.user_ns[question["function"]]
    kept = [np.array(weight) for weight in network.weights]
    try:
        for weight in network.weights:
            weight.assign(np.zeros(weight.shape, weight.dtype))
        return function(question["x"])
    finally:
        for weight, value in zip(network.weights, kept, strict=True):
            weight.assign(value)


def history(shell: Any, wire: Any, figures: Any, question: dict[str, Any]) -> Any:
    """Return the record of a training: the values of each quantity, and the requested epochs and steps per epoch."""
    trained = shell.user_ns[question["name"]]
    record = getattr(trained, "history", trained)
    params = getattr(trained, "params", None) or {}
    epochs, steps = (value if isinstance(value := params.get(name), int) else 0 for name in ("epochs", "steps"))
    return {
        "epochs": epochs,
        "steps": steps,
        "record": {str(key)[:80]: [float(value) for value in values] for key, values in dict(record).items()},
    }


def _walk(network: Any) -> Iterator[Any]:
    """Yield the layers in order; a nested model is replaced by its layers."""
    for layer in network.layers:
        if hasattr(layer, "layers"):
            yield from _walk(layer)
        else:
            yield layer


def _is_active(network: Any, x: Any, outputs: Any) -> bool:
    """Return whether dropout and noise change the outputs in training; they can be called with `training=False`.

    True for a model without such layers. The random state and the statistics of the layers are set back.
    """
    import numpy as np

    if not any(part in type(layer).__name__ for layer in _walk(network) for part in ("Dropout", "Noise")):
        return True
    kept = [np.array(variable) for variable in network.variables]
    try:
        return not np.array_equal(np.asarray(network(x, training=True)), outputs)
    except Exception:  # a class of the student's own may have no such argument
        return True
    finally:
        for variable, value in zip(network.variables, kept, strict=True):
            variable.assign(value)


def _layer(layer: Any, probe: Any) -> dict[str, Any]:
    import numpy as np

    try:
        config = layer.get_config()
    except Exception:  # a student's own class may have no configuration
        config = {}
    arrays = {f"weight_{position}": np.asarray(weight) for position, weight in enumerate(layer.weights)}
    for name in ("mean", "variance"):  # the layer Normalization has them in addition to its weights
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
        "strength": _strength(layer),
        "activation": np.asarray(activation(probe)) if callable(activation) else None,
        "arrays": arrays,
    }


def _strength(layer: Any) -> float:
    """Return the penalty of a layer on one weight of size 1; 0 where there is none."""
    import numpy as np

    penalty = getattr(layer, "kernel_regularizer", None)
    try:
        return float(penalty(np.ones((1, 1), np.float32))) if callable(penalty) else 0.0
    except Exception:  # a student's own class may want something else
        return 0.0


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
    "call_without_weights": call_without_weights,
}
