"""What a check can ask of a trained model: its layers, and its outputs for inputs that the grader chooses.

Nothing that a student saved is loaded. The kernel describes the model as plain data. If all layers are known here,
the grader rebuilds the network in NumPy, confirms on random inputs that it agrees with the live model, and measures
it. Any other model is judged by its predictions in the sandbox, on inputs in random order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import scipy  # its parts are imported when they are used: half a second that no other check needs

from autograder.errors import BadReply

Array = np.ndarray[Any, Any]
Predict = Callable[[Array], Array]

MOST_LAYERS, MOST_PARAMETERS, MOST_UNITS, CHUNK = 200, 20_000_000, 20_000, 1000  # limits for false descriptions
AGREE = 1e-3  # relative to the largest output: float32 on both sides, sums of a thousand terms
SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805

ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "linear": lambda z: z,
    "relu": lambda z: np.maximum(z, 0),
    "tanh": np.tanh,
    "sigmoid": lambda z: scipy.special.expit(z),
    "softmax": lambda z: scipy.special.softmax(z, axis=-1),
    "log_softmax": lambda z: scipy.special.log_softmax(z, axis=-1),
    "elu": lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))),
    "selu": lambda z: SELU_SCALE * np.where(z > 0, z, SELU_ALPHA * np.expm1(np.minimum(z, 0))),
    "gelu": lambda z: 0.5 * z * (1 + scipy.special.erf(z / np.sqrt(2))),
    "gelu_tanh": lambda z: 0.5 * z * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3))),
    "silu": lambda z: z * scipy.special.expit(z),
    "softplus": lambda z: np.logaddexp(0, z),
    "softsign": lambda z: z / (1 + np.abs(z)),
    "relu6": lambda z: np.clip(z, 0, 6),
    "leaky_relu": lambda z: np.where(z >= 0, z, 0.2 * z),
    "leaky_relu_0.01": lambda z: np.where(z >= 0, z, 0.01 * z),
    "leaky_relu_0.3": lambda z: np.where(z >= 0, z, 0.3 * z),
    "mish": lambda z: z * np.tanh(np.logaddexp(0, z)),
    "exponential": np.exp,
    "hard_sigmoid": lambda z: np.clip(z / 6 + 0.5, 0, 1),
}
# Layers that have an effect only in training, not when a model is used.
IDLE = (
    *("InputLayer", "Dropout", "AlphaDropout", "SpatialDropout1D", "GaussianDropout", "GaussianNoise"),
    "ActivityRegularization",
)
CONVOLUTIONAL = ("Conv", "Pool", "SeparableConv", "DepthwiseConv", "LocallyConnected")


@dataclass(frozen=True)
class History:
    """What `fit` returned, by the kernel's own claim.

    `record` has a list of values per epoch for each quantity. `asked` is the number of requested epochs, `steps` the
    number of steps per epoch.
    """

    record: Mapping[str, list[float]]
    asked: int
    steps: int

    @property
    def epochs(self) -> int:
        """Number of epochs that were trained."""
        return max((len(values) for values in self.record.values()), default=0)

    @property
    def stopped_early(self) -> bool:
        """Whether a callback ended the training."""
        return self.epochs < self.asked


class NotListedError(Exception):
    """A layer cannot be rebuilt here, so the model is judged by its predictions."""


@dataclass(frozen=True)
class Layer:
    """One layer as the kernel describes it: a claim, until the rebuilt network agrees with the live one."""

    kind: str
    of_keras: bool
    config: Mapping[str, Any]
    activation: str
    penalty: bool
    strength: float  # of the penalty, on one weight of size 1
    arrays: Mapping[str, Array] = field(repr=False)

    @property
    def weights(self) -> list[Array]:
        """Weights of the layer, in the order of Keras."""
        numbers = sorted(int(name[7:]) for name in self.arrays if name.startswith("weight_") and name[7:].isdecimal())
        return [self.arrays[f"weight_{number}"] for number in numbers]

    @property
    def convolutional(self) -> bool:
        """Whether the layer looks at the neighbours of a pixel."""
        return any(part in self.kind for part in CONVOLUTIONAL)


@dataclass(frozen=True)
class Model:
    """A student's model.

    `rebuilt`: whether the network that the grader made of its layers agrees with it. `active`: whether its dropout and
    noise change the outputs in training; the kernel's own claim.
    """

    name: str
    layers: tuple[Layer, ...]
    optimizer: str
    loss: str
    from_logits: bool
    compiled: bool
    rebuilt: bool
    sample: Array = field(repr=False)  # outputs for some random inputs
    _predict: Predict = field(repr=False)
    _logits: Predict | None = field(default=None, repr=False)  # outputs before the softmax of a rebuilt network
    active: bool = True

    @property
    def dense(self) -> list[Layer]:
        """Fully connected layers, in order."""
        return [layer for layer in self.layers if layer.kind == "Dense"]

    @property
    def parameters(self) -> int:
        """Number of weights in all layers."""
        return sum(weight.size for layer in self.layers for weight in layer.weights)

    def kinds(self) -> list[str]:
        """Return the class names of the layers, in order."""
        return [layer.kind for layer in self.layers]

    def outputs(self, x: Array) -> Array:
        """Return the outputs for inputs of shape (n, ...): shape (n, outputs), float64."""
        return self._predict(x)

    def log_probabilities(self, x: Array) -> Array:
        """Return log probabilities, shape (n, classes), of a model that gives probabilities or logits.

        For a rebuilt network they are computed before its softmax, as in Keras's own loss: float32 probabilities are
        cut off at 1e-7, which makes the loss of a very confident network several percent too low.
        """
        if self._logits is not None:
            return np.asarray(scipy.special.log_softmax(self._logits(x), axis=-1))
        out = self.outputs(x)
        if gives_probabilities(out):
            return np.asarray(np.log(np.clip(out, 1e-7, 1)))
        return np.asarray(scipy.special.log_softmax(out, axis=-1))


def gives_probabilities(outputs: Array) -> bool:
    """Return whether each row is a probability distribution, as a softmax gives it."""
    return bool((outputs >= -1e-6).all() and np.allclose(outputs.sum(axis=-1), 1, atol=1e-3))


# --- from the kernel's description ------------------------------------------------------------------------------------


def read_layers(description: object, probe: Array) -> tuple[Layer, ...]:
    """Return the layers that a kernel described. Raises BadReply for an invalid or too large description."""
    if not isinstance(description, list) or len(description) > MOST_LAYERS:
        raise BadReply("the layers of the model could not be read", detail=repr(description)[:300])
    layers = tuple(_read_layer(layer, probe) for layer in description)
    if sum(array.size for layer in layers for array in layer.arrays.values()) > MOST_PARAMETERS:
        raise BadReply(f"the model has more than {MOST_PARAMETERS:,} weights")
    return layers


def _read_layer(entry: object, probe: Array) -> Layer:
    fields = {"class": str, "of_keras": bool, "config": dict, "arrays": dict}
    if not isinstance(entry, dict) or not all(isinstance(entry.get(key), kind) for key, kind in fields.items()):
        raise BadReply("a layer of the model could not be read", detail=repr(entry)[:300])
    arrays = {str(name): value for name, value in entry["arrays"].items()}
    if not all(isinstance(value, np.ndarray) and value.dtype.kind in "biuf" for value in arrays.values()):
        raise BadReply("the weights of a layer could not be read", detail=entry["class"][:80])
    outputs = entry.get("activation")
    name = "" if outputs is None else _activation_of(outputs, probe)
    strength = entry.get("strength")
    strength = float(strength) if isinstance(strength, int | float) and 0 <= strength < 1e6 else 0.0
    penalised = entry.get("penalty") is True
    return Layer(entry["class"][:80], entry["of_keras"], dict(entry["config"]), name, penalised, strength, arrays)


def _activation_of(outputs: object, probe: Array) -> str:
    """Return the name of the activation with these outputs; names differ (`tf.nn.softmax` alone has three)."""
    if isinstance(outputs, np.ndarray) and outputs.shape == probe.shape and outputs.dtype.kind == "f":
        for name, function in ACTIVATIONS.items():
            if np.allclose(function(probe.astype(np.float64)), outputs, atol=1e-4, rtol=1e-3):
                return name
    return "unknown"


# --- the network, in NumPy --------------------------------------------------------------------------------------------


def rebuild(layers: Sequence[Layer]) -> Predict:
    """Return the network of these layers in sequence. Raises NotListedError for a layer that is not known here."""
    steps = [step for layer in layers for step in _steps(layer)]

    def predict(x: Array) -> Array:
        parts = []
        for at in range(0, len(x), CHUNK):
            value = np.asarray(x[at : at + CHUNK], dtype=np.float32)
            with np.errstate(all="ignore"):
                for step in steps:
                    value = step(value)
            parts.append(value.astype(np.float64))
        return np.concatenate(parts)

    return predict


def before_softmax(layers: Sequence[Layer]) -> tuple[Layer, ...] | None:
    """Return the same layers without the softmax at their end; None if there is none."""
    last = max((at for at, layer in enumerate(layers) if layer.kind not in IDLE), default=-1)
    if last < 0:
        return None
    if layers[last].kind == "Softmax":
        return tuple(layers[:last])
    if layers[last].activation == "softmax" and layers[last].kind in ("Dense", "Activation"):
        return (*layers[:last], replace(layers[last], activation="linear"))
    return None


def _steps(layer: Layer) -> list[Predict]:
    if not layer.of_keras:
        raise NotListedError(layer.kind)
    if layer.kind in IDLE:
        return []
    if layer.kind not in BUILDERS:
        raise NotListedError(layer.kind)
    try:
        step = BUILDERS[layer.kind](layer)
    except (KeyError, ValueError, IndexError, TypeError, OverflowError) as error:
        raise NotListedError(f"{layer.kind}: {error}") from error
    if layer.activation == "unknown":
        raise NotListedError(f"{layer.kind} with an activation of its own")
    return [step, ACTIVATIONS[layer.activation]] if layer.activation else [step]


def _elementwise(step: Predict, *arrays: Any) -> Predict:
    """Return a step that works on each element; its arrays must fit the input and not enlarge it."""

    def checked(x: Array) -> Array:
        if np.broadcast_shapes(x.shape, *(np.shape(array) for array in arrays)) != x.shape:
            raise ValueError("weights of other shapes")
        return step(x)

    return checked


def _dense(layer: Layer) -> Predict:
    kernel, *bias = layer.weights
    if kernel.ndim != 2 or any(vector.shape != kernel.shape[1:] for vector in bias) or len(bias) > 1:
        raise ValueError("weights of other shapes")
    if kernel.shape[1] > MOST_UNITS:
        raise ValueError("too many units")
    shift = bias[0] if bias else np.float32(0)
    return lambda x: x @ kernel + shift


def _reshape(layer: Layer) -> Predict:
    shape = tuple(int(side) for side in layer.config["target_shape"])
    return lambda x: x.reshape(len(x), *shape)


def _rescaling(layer: Layer) -> Predict:
    scale, offset = (np.asarray(layer.config[name], dtype=np.float32) for name in ("scale", "offset"))
    return _elementwise(lambda x: x * scale + offset, scale, offset)


def _normalization(layer: Layer) -> Predict:
    mean, deviation = layer.arrays["mean"], np.sqrt(np.maximum(layer.arrays["variance"], 1e-14))
    if layer.config.get("invert"):
        raise ValueError("inverted")
    return _elementwise(lambda x: (x - mean) / np.maximum(deviation, 1e-7), mean, deviation)


def _relu(layer: Layer) -> Predict:
    slope, threshold, most = (layer.config.get(name) for name in ("negative_slope", "threshold", "max_value"))
    low, edge = np.float32(slope or 0), np.float32(threshold or 0)
    top = np.float32(np.inf if most is None else most)
    return lambda x: np.where(x >= edge, np.minimum(x, top), low * (x - edge))


def _leaky(layer: Layer) -> Predict:
    slope = np.float32(layer.config["negative_slope"])
    return lambda x: np.where(x >= 0, x, slope * x)


def _prelu(layer: Layer) -> Predict:
    (slope,) = layer.weights
    return _elementwise(lambda x: np.where(x >= 0, x, slope * x), slope)


def _elu(layer: Layer) -> Predict:
    alpha = np.float32(layer.config["alpha"])
    return lambda x: np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def _batch_normalization(layer: Layer) -> Predict:
    config, weights = layer.config, layer.weights
    scale = weights.pop(0) if config["scale"] else np.float32(1)
    shift = weights.pop(0) if config["center"] else np.float32(0)
    mean, variance = weights
    if config.get("axis") not in (-1, 1, [-1], [1]):
        raise ValueError("another axis")
    root = np.sqrt(variance + np.float32(config["epsilon"]))
    return _elementwise(lambda x: (x - mean) / root * scale + shift, mean, root, scale, shift)


def _layer_normalization(layer: Layer) -> Predict:
    config, weights = layer.config, layer.weights
    scale = weights.pop(0) if config["scale"] else np.float32(1)
    shift = weights.pop(0) if config["center"] else np.float32(0)

    def normalize(x: Array) -> Array:
        mean, variance = x.mean(axis=-1, keepdims=True), x.var(axis=-1, keepdims=True)
        return np.asarray((x - mean) / np.sqrt(variance + np.float32(config["epsilon"])) * scale + shift)

    return _elementwise(normalize, scale, shift)


BUILDERS: dict[str, Callable[[Layer], Predict]] = {
    "Flatten": lambda layer: lambda x: x.reshape(len(x), -1),
    "Reshape": _reshape,
    "Rescaling": _rescaling,
    "Normalization": _normalization,
    "Dense": _dense,
    "Activation": lambda layer: lambda x: x,
    "ReLU": _relu,
    "LeakyReLU": _leaky,
    "PReLU": _prelu,
    "ELU": _elu,
    "Softmax": lambda layer: lambda x: scipy.special.softmax(x, axis=-1),
    "BatchNormalization": _batch_normalization,
    "LayerNormalization": _layer_normalization,
}


def agree(one: Array, other: Array) -> bool:
    """Return whether two networks gave the same outputs, within what float32 allows."""
    if one.shape != other.shape or not (np.isfinite(one).all() and np.isfinite(other).all()):
        return False
    return bool(np.abs(one - other).max() <= AGREE * max(1.0, float(np.abs(other).max())))


# --- measures, computed here and nowhere else -------------------------------------------------------------------------


def accuracy(log_probabilities: Array, labels: Array) -> float:
    """Return the share of rows whose most probable class is the label."""
    return float(np.mean(log_probabilities.argmax(axis=1) == labels))


def cross_entropy(log_probabilities: Array, labels: Array) -> float:
    """Return the mean negative log probability of the labels."""
    return float(-np.mean(log_probabilities[np.arange(len(labels)), labels.astype(int)]))


def confusion(labels: Array, predicted: Array, classes: int = 0) -> Array:
    """Return how often each true class (row) was predicted as each class (column).

    Shape (classes, classes); by default as many classes as there are in the labels and predictions.
    """
    classes = classes or int(max(labels.max(initial=0), predicted.max(initial=0))) + 1
    table = np.zeros((classes, classes), dtype=int)
    np.add.at(table, (labels.astype(int), predicted.astype(int)), 1)
    return table


def precision_recall_f1(table: Array) -> tuple[Array, Array, Array]:
    """Return precision, recall and F1 of each class from a confusion matrix; 0 where it would be 0 / 0."""
    hits = np.diag(table).astype(float)

    def share(of: Array) -> Array:
        return np.asarray(np.divide(hits, of, out=np.zeros_like(hits), where=of > 0))

    precision, recall = share(table.sum(axis=0)), share(table.sum(axis=1))
    both = precision + recall
    return precision, recall, np.divide(2 * precision * recall, both, out=np.zeros_like(both), where=both > 0)


def calibration_error(log_probabilities: Array, labels: Array, bins: int = 15) -> float:
    """Return the expected calibration error (Guo et al. 2017): mean gap of confidence and accuracy."""
    confidence, right = np.exp(log_probabilities.max(axis=1)), log_probabilities.argmax(axis=1) == labels
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    parts = [
        np.abs(confidence[place == k].mean() - right[place == k].mean()) * np.mean(place == k)
        for k in set(place.tolist())
    ]
    return float(sum(parts))
