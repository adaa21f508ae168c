"""Caches the results of `fit`: a regrade does not repeat a training whose inputs have not changed.

Theory of operation. A training is determined by the model's description and state, the optimizer and its state, the
bytes of the data, the arguments, and the state of all random numbers. The hash of these is the name of a file in a
folder of this kernel, which the grader keeps between runs without interpreting it. When the file exists, `fit` restores
the state that the first run left; otherwise it trains. A training with somebody else's code in it (a class, a function
or a callback that does not belong to Keras) is never cached. The grader trusts nothing in the cache: it measures the
model again in every run.
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
# without functools: a `partial` hides the function that it calls
KNOWN = {"keras", "tensorflow", "numpy", "ml_dtypes", *sys.stdlib_module_names} - {"functools"}
CALLBACKS = ("EarlyStopping", "ReduceLROnPlateau", "TerminateOnNaN")

_trainings: list[list[Any]] = []
_saved: list[dict[str, Any]] = []


class Undetermined(Exception):  # noqa: N818
    """The training may give another result each time, so it cannot be cached."""


def install(wire: Any, folder: Path) -> None:
    """Seed all random numbers, and replace `fit` by a version that caches its results in `folder`.

    The seed is in the file `begin` of this folder. Called in a kernel before any code of the student runs.
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
    """Return whether this Python has Keras with TensorFlow, which not every course needs."""
    return all(importlib.util.find_spec(name) for name in ("keras", "tensorflow"))


def with_cache(original: Callable[..., Any], wire: Any, folder: str) -> Callable[..., Any]:
    """Return the method `fit` in a version that looks into the cache first."""
    signature = inspect.signature(original)

    @functools.wraps(original)
    def fit(self: Any, *args: Any, **kwargs: Any) -> Any:
        cpu_at_start = time.process_time()
        try:
            bound = signature.bind(self, *args, **kwargs)
            bound.apply_defaults()
            name = key(
                self, {part: value for part, value in bound.arguments.items() if part not in ("self", "verbose")}
            )
        except Exception:  # no caching; where the arguments are wrong, Keras raises the error below
            name = ""
        file = os.path.join(folder, name)
        if name and (history := recall(self, bound.arguments, wire, file)) is not None:
            _trainings.append([time.process_time() - cpu_at_start, True, len(history.epoch)])
            return history
        cpu_before_training, history = time.process_time(), None
        try:
            history = original(self, *args, **kwargs)
        finally:
            _trainings.append([time.process_time() - cpu_before_training, False, len(history.epoch) if history else 0])
        if name:
            store(self, bound.arguments, history, wire, file)
        return history

    return fit


def key(model: Any, arguments: dict[str, Any]) -> str:
    """Return a hash of everything that a training depends on; raises Undetermined when this is not known."""
    only_library_code(model)
    callbacks = callbacks_of(arguments)
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
    add(digest, {name: value for name, value in arguments.items() if name != "callbacks"})
    add(digest, [] if model.built else seeds(model))
    add(digest, random_state())
    return digest.hexdigest()


def seeds(model: Any) -> list[int]:
    """Return the seeds of the initializers in a model's layers, from which its first weights will be drawn.

    Raises Undetermined when a seed is not a number.
    """
    numbers = [
        value.seed for layer in model._flatten_layers() for value in vars(layer).values() if hasattr(value, "seed")
    ]
    if not all(isinstance(seed, int) for seed in numbers):
        raise Undetermined("a seed that is no number")
    return numbers


def without_shapes(config: Any) -> Any:
    """Return a model's description without the shapes it was built for, which contain the size of the first batch."""
    if isinstance(config, dict):
        shapes = ("build_config", "build_input_shape", "batch_shape", "batch_input_shape", "input_shape")
        return {name: without_shapes(value) for name, value in config.items() if name not in shapes}
    return [without_shapes(part) for part in config] if isinstance(config, list | tuple) else config


def recall(model: Any, arguments: dict[str, Any], wire: Any, file: str) -> Any:
    """Restore the state that a cached training left and return its history; None when no valid entry exists."""
    import keras

    try:
        with open(file, "rb") as stream:
            entry = wire.decode(stream.read())
        if not model.built:
            model.build((None, *arguments["x"].shape[1:]))
        if not model.optimizer.built:
            model.optimizer.build(model.trainable_variables)
        variables = [*model.variables, *model.optimizer.variables]
        if [tuple(variable.shape) for variable in variables] != [value.shape for value in entry["variables"]]:
            return None
        history = keras.callbacks.History()
        history.set_params(entry["params"])
        history.set_model(model)
        history.epoch, history.history = entry["epoch"], entry["record"]
        for callback, values in zip(callbacks_of(arguments), entry["callbacks"], strict=True):
            callback.set_model(model)
            vars(callback).update(values)
        for variable, value in zip(variables, entry["variables"], strict=True):
            variable.assign(value)
        model.history, model.stop_training = history, entry["stopped"]
        set_random_state(entry["world"])
    except Exception:  # there is no such file, or the student has changed it
        return None
    if arguments["verbose"]:
        print(f"{len(history.epoch)} epochs, as they were when this was first trained.")
    return history


def store(model: Any, arguments: dict[str, Any], history: Any, wire: Any, file: str) -> None:
    """Write the state that a training left; a state that is too large or not plain data is not cached."""
    import numpy as np

    try:
        state = {
            "variables": [np.asarray(variable) for variable in [*model.variables, *model.optimizer.variables]],
            "params": {name: value for name, value in history.params.items() if isinstance(value, SIMPLE)},
            "epoch": list(history.epoch),
            "record": {name: [float(value) for value in values] for name, values in history.history.items()},
            "callbacks": [simple(callback) for callback in callbacks_of(arguments)],
            "stopped": bool(model.stop_training),
            "world": random_state(),  # a new name for this key would invalidate all existing entries
        }
        with open(file + ".part", "wb") as out:
            out.write(wire.encode(state))
        os.rename(file + ".part", file)
    except Exception:
        return


def callbacks_of(arguments: dict[str, Any]) -> list[Any]:
    """Return the callbacks of a call; raises Undetermined for one whose effect is more than its numbers."""
    given = arguments["callbacks"]
    callbacks = [] if given is None else list(given) if isinstance(given, list | tuple) else [given]
    for callback in callbacks:
        if type(callback).__name__ not in CALLBACKS or not is_library_code(type(callback)):
            raise Undetermined(type(callback).__name__)
    return callbacks


def simple(thing: Any) -> dict[str, Any]:
    """Return the attributes of an object that are numbers, texts, truth values or None."""
    plain = {
        name: value.item() if hasattr(value, "item") else value for name, value in vars(thing).items() if scalar(value)
    }
    return {name: value for name, value in plain.items() if isinstance(value, SIMPLE)}


def scalar(value: Any) -> bool:
    """Return whether this is a single plain value or a NumPy scalar."""
    return isinstance(value, SIMPLE) or (type(value).__module__ == "numpy" and getattr(value, "shape", None) == ())


def only_library_code(model: Any) -> None:
    """Raise Undetermined when a class or function from outside the known libraries takes part in the training."""
    compiled = model._compile_config.config
    for part in parts([model, *model._flatten_layers(), model.optimizer, compiled]):
        own = [] if callable_code(part) else parts(list(getattr(part, "__dict__", {}).values()))
        for value in (part, *own):
            owner = value if isinstance(value, type) or callable_code(value) else type(value)
            if not is_library_code(owner) or owner.__name__ == "Lambda":
                raise Undetermined(owner.__name__)


def parts(values: list[Any]) -> Iterator[Any]:
    """Yield the values, and instead of a list, tuple, set or dictionary the values in it."""
    for value in values:
        if isinstance(value, list | tuple | set):
            yield from parts(list(value))
        elif isinstance(value, dict):
            yield from parts(list(value.values()))
        else:
            yield value


def callable_code(value: Any) -> bool:
    """Return whether this is a function or a method."""
    return hasattr(value, "__code__") or hasattr(value, "__func__")


def is_library_code(owner: Any) -> bool:
    """Return whether a class or function belongs to Keras, TensorFlow, NumPy or Python itself."""
    return str(getattr(owner, "__module__", "")).split(".")[0] in KNOWN


def add(digest: Any, value: Any) -> None:
    """Add plain data, arrays and tensors to a hash; raises Undetermined for all else, such as a batch generator."""
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
    """Return the versions of the libraries that compute."""
    import keras
    import numpy as np
    import tensorflow as tf

    return [tf.__version__, keras.__version__, np.__version__]


# --- random numbers, and the counters in layers' names ----------------------------------------------------------------


def random_state() -> dict[str, Any]:
    """Return the state of all random numbers and of the counters in layers' names, as plain data."""
    import numpy as np

    version, numbers, gauss = random.getstate()
    state = {
        "python": [version, np.array(numbers, dtype=np.uint64), gauss],
        "numpy": np.random.get_state(legacy=False),
    }
    return state | _state_of_keras() if has_keras() else state


def _state_of_keras() -> dict[str, Any]:
    # Private names of TensorFlow 2.21 and Keras 3.15: there is no public way to read or to set these states.
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
    """Set all random numbers and the counters in layers' names to this state."""
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
    tensorflow._set_global_seed(seed)  # also drops compiled operations, which count the numbers that they have drawn
    tensorflow._rng.setstate((version, tuple(own.tolist()), own_gauss))


def save_random_state() -> None:
    """Save the state of random numbers; called before each question, it acts on the first after a cell."""
    if not _saved:
        _saved.append(random_state())


def restore_random_state() -> None:
    """Restore the saved state before the next cell: calls by checks must not change what the student's cells draw."""
    if _saved:
        set_random_state(_saved.pop())


def trainings(shell: Any, wire: Any, figures: Any, question: dict[str, Any]) -> Any:
    """Return the CPU seconds of the process, and of each `fit`: CPU seconds, whether it was cached, and epochs."""
    return {"fits": [list(training) for training in _trainings], "cpu": time.process_time()}


OPERATIONS: dict[str, Callable[[Any, Any, Any, dict[str, Any]], Any]] = {"trainings": trainings}
