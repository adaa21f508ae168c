"""Remembers what `fit` gave: a training that depends on nothing new is not computed again in a regrade.

Theory of operation. A training is determined by the model's description and state, the optimizer and its state, the bytes
of the data, the arguments and the state of all random numbers. Their hash is the name of a file in this kernel's own
folder, which the grader keeps between runs without looking into it. When there is such a file, `fit` sets everything to
what the first run left; otherwise it trains. What could do anything of its own, a class, a function or a callback that is
not Keras's, is never remembered. Nothing here is trusted: the model is measured anew each time.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import inspect
import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

SIMPLE = (bool, int, float, str, type(None))
KNOWN = {"keras", "tensorflow", "numpy", "ml_dtypes", *sys.stdlib_module_names} - {
    "functools"
}  # a partial hides a function
CALLBACKS = ("EarlyStopping", "ReduceLROnPlateau", "TerminateOnNaN")

_trainings: list[list[Any]] = []
_saved: list[dict[str, Any]] = []


class Undetermined(Exception):  # noqa: N818
    """Something that may give another result each time."""


def install(wire: Any, folder: Path) -> None:
    """Seed all random numbers as the folder says, and replace `fit` by one that remembers there.

    Called in a kernel before anything of the student runs.
    """
    import numpy as np

    seed = int((folder / "begin").read_text())
    random.seed(seed)
    np.random.seed(seed % 2**32)
    if has_keras():
        import tensorflow as tf
        from keras.src.backend.tensorflow.trainer import TensorFlowTrainer

        tf.random.set_seed(seed)
        TensorFlowTrainer.fit = with_cache(TensorFlowTrainer.fit, wire, str(folder))


@functools.cache
def has_keras() -> bool:
    """Whether this Python has Keras with TensorFlow: a course need not have them."""
    return all(importlib.util.find_spec(name) for name in ("keras", "tensorflow"))


def with_cache(original: Callable[..., Any], wire: Any, folder: str) -> Callable[..., Any]:
    """Return the method `fit`, which looks into the cache first."""
    signature = inspect.signature(original)

    @functools.wraps(original)
    def fit(self: Any, *args: Any, **kwargs: Any) -> Any:
        begun = time.process_time()
        try:
            asked = signature.bind(self, *args, **kwargs)
            asked.apply_defaults()
            name = key(self, {key: value for key, value in asked.arguments.items() if key not in ("self", "verbose")})
        except Exception:  # what cannot be described, or is asked for wrongly, is Keras's to answer
            name = ""
        file = os.path.join(folder, name)
        if name and (history := recall(self, asked.arguments, wire, file)) is not None:
            _trainings.append([time.process_time() - begun, True, len(history.epoch)])
            return history
        trained, history = time.process_time(), None
        try:
            history = original(self, *args, **kwargs)
        finally:
            _trainings.append([time.process_time() - trained, False, len(history.epoch) if history else 0])
        if name:
            store(self, asked.arguments, history, wire, file)
        return history

    return fit


def key(model: Any, asked: dict[str, Any]) -> str:
    """A name for all that a training depends on; Undetermined when that cannot be told."""
    only_library_code(model)
    callbacks = callbacks_of(asked)
    description = [
        versions(),
        type(model).__name__,
        without_shapes(model.get_config()),
        model.get_compile_config(),
        [[type(callback).__name__, simple(callback)] for callback in callbacks],
    ]
    digest = hashlib.sha256(json.dumps(description, sort_keys=True, default=str).encode())
    add(digest, [variable.numpy() for variable in model.variables])
    add(digest, [variable.numpy() for variable in model.optimizer.variables])
    add(digest, {name: value for name, value in asked.items() if name != "callbacks"})
    add(digest, [] if model.built else seeds(model))
    add(digest, random_state())
    return digest.hexdigest()


def seeds(model: Any) -> list[int]:
    """What the first weights of a model that has none yet will be drawn from: the seeds in its layers' initializers."""
    found = [
        value.seed for layer in model._flatten_layers() for value in vars(layer).values() if hasattr(value, "seed")
    ]
    if not all(isinstance(seed, int) for seed in found):
        raise Undetermined("a seed that is no number")
    return found


def without_shapes(config: Any) -> Any:
    """Return a description without the shapes that a model was built for: they hold the size of the first batch."""
    if isinstance(config, dict):
        shapes = ("build_config", "build_input_shape", "batch_shape", "batch_input_shape", "input_shape")
        return {name: without_shapes(value) for name, value in config.items() if name not in shapes}
    return [without_shapes(part) for part in config] if isinstance(config, list | tuple) else config


def recall(model: Any, asked: dict[str, Any], wire: Any, file: str) -> Any:
    """The history of a remembered training, with everything set to what it left; None when there is none that fits."""
    import keras

    try:
        with open(file, "rb") as stream:
            found = wire.decode(stream.read())
        if not model.built:
            model.build((None, *asked["x"].shape[1:]))
        if not model.optimizer.built:
            model.optimizer.build(model.trainable_variables)
        variables = [*model.variables, *model.optimizer.variables]
        if [tuple(variable.shape) for variable in variables] != [value.shape for value in found["variables"]]:
            return None
        history = keras.callbacks.History()
        history.set_params(found["params"])
        history.set_model(model)
        history.epoch, history.history = found["epoch"], found["record"]
        for callback, values in zip(callbacks_of(asked), found["callbacks"], strict=True):
            callback.set_model(model)
            vars(callback).update(values)
        for variable, value in zip(variables, found["variables"], strict=True):
            variable.assign(value)
        model.history, model.stop_training = history, found["stopped"]
        set_random_state(found["world"])
    except Exception:  # no such file, or one that the student has been at
        return None
    if asked["verbose"]:
        print(f"{len(history.epoch)} epochs, as they were when this was first trained.")
    return history


def store(model: Any, asked: dict[str, Any], history: Any, wire: Any, file: str) -> None:
    """Write what a training left; what is too large, or not plain, is trained again the next time."""
    import numpy as np

    try:
        left = {
            "variables": [np.asarray(variable) for variable in [*model.variables, *model.optimizer.variables]],
            "params": {name: value for name, value in history.params.items() if isinstance(value, SIMPLE)},
            "epoch": list(history.epoch),
            "record": {name: [float(value) for value in values] for name, values in history.history.items()},
            "callbacks": [simple(callback) for callback in callbacks_of(asked)],
            "stopped": bool(model.stop_training),
            "world": random_state(),  # by this name since the first version: what was remembered stays valid
        }
        with open(file + ".part", "wb") as out:
            out.write(wire.encode(left))
        os.rename(file + ".part", file)
    except Exception:
        return


def callbacks_of(asked: dict[str, Any]) -> list[Any]:
    """The callbacks of a call; Undetermined for one whose effect is not in its numbers."""
    given = asked["callbacks"]
    callbacks = [] if given is None else list(given) if isinstance(given, list | tuple) else [given]
    for callback in callbacks:
        if type(callback).__name__ not in CALLBACKS or not is_library_code(type(callback)):
            raise Undetermined(type(callback).__name__)
    return callbacks


def simple(thing: Any) -> dict[str, Any]:
    """The attributes of an object that are numbers, texts and truth values."""
    plain = {
        name: value.item() if hasattr(value, "item") else value for name, value in vars(thing).items() if scalar(value)
    }
    return {name: value for name, value in plain.items() if isinstance(value, SIMPLE)}


def scalar(value: Any) -> bool:
    """Whether this is one plain value, also of NumPy's."""
    return isinstance(value, SIMPLE) or (type(value).__module__ == "numpy" and getattr(value, "shape", None) == ())


def only_library_code(model: Any) -> None:
    """Undetermined when a class or a function of somebody else takes part in the training."""
    compiled = model._compile_config.config
    for part in parts([model, *model._flatten_layers(), model.optimizer, compiled]):
        own = [] if callable_code(part) else parts(list(getattr(part, "__dict__", {}).values()))
        for value in (part, *own):
            owner = value if isinstance(value, type) or callable_code(value) else type(value)
            if not is_library_code(owner) or owner.__name__ == "Lambda":
                raise Undetermined(owner.__name__)


def parts(values: list[Any]) -> Iterator[Any]:
    """Values, and those in lists and dictionaries among them."""
    for value in values:
        if isinstance(value, list | tuple | set):
            yield from parts(list(value))
        elif isinstance(value, dict):
            yield from parts(list(value.values()))
        else:
            yield value


def callable_code(value: Any) -> bool:
    """Whether this is a function or a method."""
    return hasattr(value, "__code__") or hasattr(value, "__func__")


def is_library_code(owner: Any) -> bool:
    """Whether a class or function is Keras's, TensorFlow's, NumPy's or Python's own."""
    return str(getattr(owner, "__module__", "")).split(".")[0] in KNOWN


def add(digest: Any, value: Any) -> None:
    """Add plain data, arrays and tensors to a hash; Undetermined for anything else, such as a stream of batches."""
    import numpy as np

    if isinstance(value, SIMPLE):
        digest.update(f"{type(value).__name__}{value!r};".encode())
    elif isinstance(value, dict):
        digest.update(f"dict{len(value)};".encode())
        for name in sorted(value, key=repr):
            add(digest, name)
            add(digest, value[name])
    elif isinstance(value, list | tuple):
        digest.update(f"list{len(value)};".encode())
        for part in value:
            add(digest, part)
    elif isinstance(value, np.ndarray | np.generic) or hasattr(value, "numpy"):
        array = np.asarray(value)
        if array.dtype.kind not in "biufc":
            raise Undetermined(str(array.dtype))
        digest.update(f"{array.dtype.str}{array.shape};".encode())
        digest.update(np.ascontiguousarray(array).data)
    else:
        raise Undetermined(type(value).__name__)


@functools.cache
def versions() -> list[str]:
    """What computes."""
    import keras
    import numpy as np
    import tensorflow as tf

    return [tf.__version__, keras.__version__, np.__version__]


# --- random numbers, and the numbers in names -------------------------------------------------------------------------


def random_state() -> dict[str, Any]:
    """The state of all random numbers, and of the counters from which layers have their names, as plain data."""
    import numpy as np

    version, numbers, gauss = random.getstate()
    state = {
        "python": [version, np.array(numbers, dtype=np.uint64), gauss],
        "numpy": np.random.get_state(legacy=False),
    }
    return state | _state_of_keras() if has_keras() else state


def _state_of_keras() -> dict[str, Any]:
    # private names of TensorFlow 2.21 and Keras 3.15: there is no public way to read, or to set, these states
    import numpy as np
    from keras.src.backend.common import global_state
    from tensorflow.python.eager import context

    tensorflow = context.context()
    _, own, own_gauss = tensorflow._rng.getstate()
    generator = global_state.get_global_attribute("global_seed_generator")
    return {
        "tensorflow": [tensorflow._seed, np.array(own, dtype=np.uint64), own_gauss],
        "seed": global_state.get_global_attribute("global_random_seed"),
        "generator": None if generator is None else generator.state.numpy(),
        "names": dict(global_state.get_global_attribute("object_name_uids") or {}),
    }


def set_random_state(state: dict[str, Any]) -> None:
    """Let random numbers and names go on from this state."""
    import numpy as np

    if has_keras():
        _set_state_of_keras(state)
    version, numbers, gauss = state["python"]
    np.random.set_state(state["numpy"])
    random.setstate((version, tuple(numbers.tolist()), gauss))


def _set_state_of_keras(state: dict[str, Any]) -> None:
    from keras.src.backend.common import global_state
    from keras.src.random.seed_generator import SeedGenerator
    from tensorflow.python.eager import context

    version, tensorflow, (seed, own, own_gauss) = state["python"][0], context.context(), state["tensorflow"]
    generator = None
    if state["generator"] is not None:
        generator = global_state.get_global_attribute("global_seed_generator") or SeedGenerator(0)
        generator.state.assign(state["generator"])
    global_state.set_global_attribute("global_seed_generator", generator)
    global_state.set_global_attribute("global_random_seed", state["seed"])
    names = global_state.get_global_attribute("object_name_uids")
    if names is not None:
        names.clear()
        names.update(state["names"])
    tensorflow._set_global_seed(seed)  # also drops the kernels of operations, which count what they have drawn
    tensorflow._rng.setstate((version, tuple(own.tolist()), own_gauss))


def save_random_state() -> None:
    """Before the first question after a cell: note where random numbers and names stand."""
    if not _saved:
        _saved.append(random_state())


def restore_random_state() -> None:
    """Before the next cell: what checks have called must not change what the student's cells draw."""
    if _saved:
        set_random_state(_saved.pop())


def trainings(shell: Any, wire: Any, figures: Any, question: dict[str, Any]) -> Any:
    """Seconds of CPU of each `fit`, whether it was remembered, and its epochs; and of this whole process so far."""
    return {"fits": [list(training) for training in _trainings], "cpu": time.process_time()}


OPERATIONS: dict[str, Callable[[Any, Any, Any, dict[str, Any]], Any]] = {"trainings": trainings}
