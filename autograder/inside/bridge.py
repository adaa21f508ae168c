"""Answers the grader's questions about the student's variables.

Questions and answers are messages of `wire` in files of the scratch folder. This code runs in the student's process, so
the grader trusts no answer.
"""

from __future__ import annotations

import contextlib
import decimal
import importlib
import itertools
import numbers
import os
import types
from collections.abc import Callable, Iterable, Iterator
from typing import Any

MOST_ELEMENTS = 1000  # of a tf.data.Dataset

_answer: Callable[[str], None] | None = None


def install(shell: Any, wire: Any, figures: Any, training_cache: Any, scratch: str) -> None:
    """Connect the bridge to the kernel's shell; called once, before any cell runs."""
    global _answer

    def answer(token: str) -> None:
        with open(f"{scratch}/{token}.question", "rb") as stream:
            question = wire.decode(stream.read())
        try:
            if question["ask"] == "forget":
                training_cache.restore_random_state()
            else:
                training_cache.save_random_state()
            if "name" not in question or question["name"] in shell.user_ns:
                reply = {"value": OPERATIONS[question["ask"]](shell, wire, figures, question)}
            else:
                reply = {"value": wire.Missing(question["name"])}
            message = wire.encode(reply, default=lambda item: plain(item, wire))
        except (Exception, SystemExit) as error:
            frame = error.__traceback__
            lines = []
            while frame:  # staff sees where in the student's cells it happened
                if "ipykernel" in frame.tb_frame.f_code.co_filename or frame.tb_frame.f_code.co_filename.startswith(
                    "<ipython"
                ):
                    lines.append(frame.tb_lineno)
                frame = frame.tb_next
            message = wire.encode({"error": type(error).__name__, "text": _short(error), "lines": lines[:20]})
        target = f"{scratch}/{token}.answer"
        with open(target + ".part", "wb") as out:
            out.write(message)
        os.rename(target + ".part", target)

    _answer = answer


def answer(token: str) -> None:
    """Answer the question in the file of this token; the grader calls it by an execute request."""
    assert _answer
    _answer(token)


def plain(item: Any, wire: Any) -> Any:
    """Convert a value of the student's into plain data; `wire.Opaque` for a value that has no plain form.

    Known are tensors, variables, subclasses of arrays and numbers, shapes, dtypes, and whatever NumPy can read. Of a
    `tf.data.Dataset` the first elements are known.
    """
    import numpy as np

    if isinstance(item, np.ndarray):
        return np.array(item, subok=False) if item.dtype.kind in wire.ARRAY_KINDS else item.tolist()
    if isinstance(item, bool | int | float | complex | str):  # subclasses such as numpy.str_ or an IntEnum
        base: Any = next(base for base in (bool, int, float, complex, str) if isinstance(item, base))
        return base.__new__(base, item)
    if isinstance(item, numbers.Rational | decimal.Decimal):
        return float(item)
    if isinstance(item, tuple | list):  # a subclass, such as a namedtuple
        return list(item)
    if isinstance(item, dict):  # such as a defaultdict
        return dict(item)
    if callable(item) and not hasattr(item, "__array__"):
        return wire.Opaque("function")
    if hasattr(item, "element_spec") and hasattr(item, "as_numpy_iterator"):  # a tf.data.Dataset, perhaps without end
        return list(itertools.islice(iter(item), MOST_ELEMENTS))
    if hasattr(item, "as_list") and hasattr(item, "rank"):  # a TensorFlow shape
        return item.as_list()
    if isinstance(item, np.dtype) or hasattr(item, "as_numpy_dtype"):
        return str(item.name)
    if hasattr(item, "to_list") and hasattr(item, "row_splits"):  # a ragged tensor
        return item.to_list()
    value = item.numpy() if hasattr(item, "numpy") else np.asarray(item) if hasattr(item, "__array__") else None
    if isinstance(value, bytes):  # a scalar string tensor
        return value.decode("utf-8", "replace")
    return _array(value, wire) if isinstance(value, np.ndarray | np.generic) else wire.Opaque(type(item).__name__)


def _array(value: Any, wire: Any) -> Any:
    import numpy as np

    if isinstance(value, np.ndarray) and value.dtype.kind == "O":
        parts = [
            part.decode("utf-8", "replace") if isinstance(part, bytes) else part for part in value.ravel().tolist()
        ]
        return np.array(parts).reshape(value.shape) if parts and all(isinstance(part, str) for part in parts) else parts
    return value


def _short(error: BaseException) -> str:
    try:
        return str(error)[:500]
    except Exception:
        return ""


def _input(value: Any, wire: Any, shared: dict[str, Any] | None = None) -> Any:
    """Return an argument as the student's function gets it; functions of one question have `shared` in common."""
    if isinstance(value, wire.Tensor):
        import tensorflow as tf

        return tf.constant(value.array)
    if isinstance(value, wire.Variable):
        import tensorflow as tf

        return tf.Variable(value.array)
    if isinstance(value, wire.Generator):
        import numpy as np

        return np.random.default_rng(value.seed)
    if isinstance(value, wire.Function):
        import numpy as np
        import tensorflow as tf

        return eval(value.source, {"np": np, "tf": tf, "shared": shared})  # noqa: S307  written by the instructor
    if isinstance(value, wire.Namespace):
        return types.SimpleNamespace(**{str(key): _input(part, wire, shared) for key, part in value.fields.items()})
    return value


def get(shell: Any, wire: Any, figures: Any, question: dict[str, Any]) -> Any:
    """Return the value of a variable."""
    return shell.user_ns[question["name"]]


def shape(shell: Any, wire: Any, figures: Any, question: dict[str, Any]) -> Any:
    """Return type, shape and dtype of a variable that is like an array, without its values."""
    value = shell.user_ns[question["name"]]
    if not hasattr(value, "shape"):
        return {"type": type(value).__name__, "shape": None, "dtype": ""}
    return {
        "type": type(value).__name__,
        "shape": [int(side) for side in value.shape],
        "dtype": str(getattr(value.dtype, "name", value.dtype)),
    }


def rows(shell: Any, wire: Any, figures: Any, question: dict[str, Any]) -> Any:
    """Return some rows of a large array, by index."""
    import numpy as np

    value = shell.user_ns[question["name"]]
    index = question["index"]
    if hasattr(value, "numpy"):
        value = value.numpy()
    if isinstance(value, np.ndarray):
        return value[np.array(index, dtype=int)]
    return np.stack([np.asarray(value[int(row)]) for row in index])


def call(shell: Any, wire: Any, figures: Any, question: dict[str, Any]) -> Any:
    """Call a function and return its result and the result's type.

    `bound` are names for the inputs, under which a later question finds them as they are after the call.
    """
    shared: dict[str, Any] = {}
    arguments = [_input(value, wire, shared) for value in question["args"]]
    keywords = {key: _input(value, wire, shared) for key, value in question["kwargs"].items()}
    replacements = {name: _input(value, wire, shared) for name, value in question.get("replaced", {}).items()}
    with _forbidden(question.get("forbidden", ())), _replaced(shell.user_ns, replacements):
        result = shell.user_ns[question["name"]](*arguments, **keywords)
    for name, argument in zip(question.get("bound", ()), arguments, strict=False):
        shell.user_ns[name] = argument
    return {"result": result, "type": type(result).__name__[:80]}


def take(shell: Any, wire: Any, figures: Any, question: dict[str, Any]) -> Any:
    """Return the value of a variable, and remove it."""
    return shell.user_ns.pop(question["name"])


@contextlib.contextmanager
def _replaced(namespace: dict[str, Any], replacements: dict[str, Any]) -> Iterator[None]:
    """Let functions of the notebook be others meanwhile; each replacement makes the other one of the original."""
    originals = {name: namespace[name] for name in replacements}
    try:
        namespace.update({name: make(originals[name]) for name, make in replacements.items()})
        yield
    finally:
        namespace.update(originals)


def _owner(path: str) -> Any:
    """Return the module of this dotted name, or the class in a module; None where there is none."""
    try:
        return importlib.import_module(path)
    except ImportError:
        module, _, name = path.rpartition(".")
    try:
        return getattr(importlib.import_module(module), name, None) if module else None
    except ImportError:
        return None


@contextlib.contextmanager
def _forbidden(names: Iterable[str]) -> Iterator[None]:
    """Let the functions of these dotted names raise an error meanwhile: the task is to write what they do.

    A function in Python raises it under every name, also under one that was kept before the call.
    """
    replaced, refusing = [], []
    for name in names:
        path, _, attribute = name.rpartition(".")
        owner = _owner(path)
        if owner is None or not hasattr(owner, attribute):  # it is not there in this version, or not installed
            continue

        def refuse(*_: Any, name: str = name, **__: Any) -> Any:
            raise RuntimeError(f"{name} is not allowed in this task")

        function = getattr(owner, attribute)
        while isinstance(function, types.FunctionType):
            refusing.append((function, function.__code__))
            function.__code__ = _refusing(name, function.__code__)
            function = getattr(function, "__wrapped__", None)
        own = vars(owner)  # a class may have inherited it
        replaced.append((owner, attribute, attribute in own, own.get(attribute)))
        setattr(owner, attribute, refuse)
    try:
        yield
    finally:
        for owner, attribute, was_own, original in reversed(replaced):
            if was_own:
                setattr(owner, attribute, original)
            else:
                delattr(owner, attribute)
        for function, code in reversed(refusing):
            function.__code__ = code


def _refusing(name: str, code: types.CodeType) -> types.CodeType:
    """Return code that raises an error, with the free variables that a function with this code has to have."""
    made: dict[str, Any] = {}
    text = f"{name} is not allowed in this task"
    exec(f"def refuse(*_, **__): raise RuntimeError({text!r})", made)  # noqa: S102  written by the instructor
    refusing: types.CodeType = made["refuse"].__code__
    return refusing.replace(co_freevars=code.co_freevars)


def weight_shapes(shell: Any, wire: Any, figures: Any, question: dict[str, Any]) -> Any:
    """Return the shapes of a model's weights, in order; None where there are no weights."""
    weights = getattr(shell.user_ns[question["name"]], "weights", None)
    return [[int(side) for side in weight.shape] for weight in weights] if isinstance(weights, list) else None


def drawn(shell: Any, wire: Any, figures: Any, question: dict[str, Any]) -> Any:
    """Return the figures that were shown since the last `forget`."""
    return figures.shown


def forget(shell: Any, wire: Any, figures: Any, question: dict[str, Any]) -> Any:
    """Empty the list of figures."""
    del figures.shown[:]


def hold(shell: Any, wire: Any, figures: Any, question: dict[str, Any]) -> Any:
    """Do nothing: as before every question, the random state was saved, and the next `forget` restores it."""


OPERATIONS: dict[str, Callable[[Any, Any, Any, dict[str, Any]], Any]] = {
    "get": get,
    "shape": shape,
    "rows": rows,
    "call": call,
    "take": take,
    "weight_shapes": weight_shapes,
    "drawn": drawn,
    "forget": forget,
    "hold": hold,
}
