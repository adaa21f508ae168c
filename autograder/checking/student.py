"""The proxy through which a check sees a student's work: variables, calls, figures and models.

Everything that it returns is a claim of the student's kernel.
"""

from __future__ import annotations

import hmac
import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from autograder import messages, wire
from autograder.checking import pictures
from autograder.checking.figures import Figure, best_figure, read_figures
from autograder.checking.known_values import KnownValues
from autograder.checking.models import (
    History,
    Layer,
    Model,
    NotListedError,
    Predict,
    agree,
    before_softmax,
    read_layers,
    rebuild,
)
from autograder.errors import BadReply, CheckFailed, GraderError, printable
from autograder.records import CellRun, CellStatus, Dataset, Remark

Ask = Callable[[bytes], bytes]
Array = np.ndarray[Any, Any]
T = TypeVar("T")
# of shapes that a kernel claims: inputs of such shapes are drawn
MAX_AXES, MAX_NUMBERS, MAX_INPUTS = 16, 10**10, 200_000


def some_rows(count: int, rng: np.random.Generator, at_most: int = 200) -> list[int]:
    """Return sorted random indices all over an array of `count` rows, always with the first and the last."""
    middle = rng.choice(count - 2, size=min(at_most, count - 2), replace=False) + 1 if count > 2 else np.zeros(0)
    return sorted({0, *(int(at) for at in middle), max(count - 1, 0)})


def _verified_network(layers: tuple[Layer, ...], x: Array, outputs: Array) -> Predict | None:
    """Return the network of these layers in NumPy if it can be built and agrees with the live model, else None."""
    try:
        network = rebuild(layers)
        return network if agree(network(x), outputs) else None
    except (NotListedError, ValueError, IndexError, TypeError):  # or layers that do not fit one another
        return None


def _rows_of(answer: object, count: int, name: str) -> Array:
    """Return the outputs of a model as float64, one row for each input. Raises CheckFailed for anything else."""
    if not isinstance(answer, np.ndarray) or answer.ndim != 2 or len(answer) != count or answer.dtype.kind != "f":
        raise CheckFailed(f"{name} does not give one row of numbers for each input", detail=repr(answer)[:300])
    return answer.astype(np.float64)


class Student:
    """A student's kernel, right after a cell has run."""

    def __init__(
        self,
        ask: Ask,
        run: CellRun,
        dataset: Callable[[str], Dataset],
        limit: int = wire.MAX_BYTES,
        thresholds: Mapping[str, float] | None = None,
        known: KnownValues | None = None,
        most_rows: int | None = None,
        secret: bytes = b"",
    ) -> None:
        self._ask = ask
        self._secret = secret
        self._bound = itertools.count()
        self._limit = limit
        self._thresholds = thresholds or {}
        self._remarks: list[Remark] = []
        self._known = known or KnownValues()
        self._most_rows = most_rows
        self._measured: list[tuple[str, float]] = []
        self._flags: list[str] = []
        self.run = run
        self.dataset = dataset

    def at_most(self, count: int) -> int:
        """Return how many rows to look at where `count` are wanted: fewer when checks are only rehearsed."""
        return count if self._most_rows is None else min(count, self._most_rows)

    def threshold(self, name: str) -> float:
        """Return a calibrated threshold of the assignment for the data in use.

        Raises GraderError when there is none.
        """
        if name not in self._thresholds:
            raise GraderError(
                f"course_data/thresholds.toml has no {name} for this assignment and its data: "
                "run `autograder calibrate`"
            )
        return self._thresholds[name]

    def measure(self, name: str, value: float) -> None:
        """Record a measured value, for staff and for the calibration of thresholds."""
        self._measured.append((name, float(value)))

    def measured(self) -> tuple[tuple[str, float], ...]:
        """Return what was measured since the last call."""
        measured, self._measured = tuple(self._measured), []
        return measured

    def tell(self, text: str, picture: bytes = b"") -> None:
        """Tell the student something, whether or not the check passes; `picture` is a PNG that the grader drew."""
        self._remarks.append(Remark(printable(text), picture))

    def flag(self, text: str) -> None:
        """Ask a person to look at this task.

        A flag is for something that a check cannot judge. It changes no points by itself.
        """
        self._flags.append(printable(text))

    def flags(self) -> tuple[str, ...]:
        """Return what was flagged since the last call."""
        flags, self._flags = tuple(self._flags), []
        return flags

    def trained_epochs(self) -> int:
        """Return how many epochs `fit` has trained in this notebook so far; the kernel's own claim."""
        reply = self._answer("fit", {"ask": "trainings"})
        fits = reply.get("fits") if isinstance(reply, dict) else None
        if not isinstance(fits, list) or not all(
            isinstance(fit, list) and fit and type(fit[-1]) is int for fit in fits
        ):
            return 0
        return sum(fit[-1] for fit in fits)

    def remarks(self) -> tuple[Remark, ...]:
        """Return what the student was told since the last call."""
        remarks, self._remarks = tuple(self._remarks), []
        return remarks

    def get(self, name: str) -> Any:
        """Return the value of a variable as plain data.

        The value is None, bool, int, float, complex, str, list, dict, ndarray or Opaque.
        """
        return self._answer(name, {"ask": "get", "name": name})

    def shape(self, name: str) -> tuple[int, ...]:
        """Return the shape of an array-like variable. Raises CheckFailed for anything without one."""
        reply = self._answer(name, {"ask": "shape", "name": name})
        sides = reply.get("shape") if isinstance(reply, dict) else None
        if not isinstance(sides, list) or not all(type(side) is int and side >= 0 for side in sides):
            raise CheckFailed(f"{name} is not an array", detail=repr(reply)[:300])
        if len(sides) > MAX_AXES or math.prod(max(side, 1) for side in sides) > MAX_NUMBERS:
            raise CheckFailed(f"{name} has a shape that no array in memory has", detail=repr(sides)[:300])
        return tuple(sides)

    def length(self, name: str) -> int:
        """Return the number of rows of an array-like variable. Raises CheckFailed for a single number."""
        sides = self.shape(name)
        if not sides:
            raise CheckFailed(f"{name} is a single number, not an array")
        return sides[0]

    def rows(self, name: str, index: Sequence[int], item: tuple[int, ...] | None = None) -> np.ndarray[Any, Any]:
        """Return rows of a large array by index, shape (len(index), ...).

        With `item` each row is brought into this shape. Raises CheckFailed when the array does not hold numbers, or
        when a row has another number of them.
        """
        reply = self._answer(name, {"ask": "rows", "name": name, "index": [int(at) for at in index]})
        if not isinstance(reply, np.ndarray) or reply.shape[:1] != (len(index),) or reply.dtype.kind not in "biuf":
            raise CheckFailed(f"{name} does not hold numbers", detail=repr(reply)[:300])
        if item is None:
            return reply
        count, wanted = math.prod(reply.shape[1:]), math.prod(item)
        if count != wanted:
            raise CheckFailed(f"{name} has {count} numbers in each row, expected {wanted}")
        return reply.reshape(len(index), *item)

    def call(self, function: str, *args: object, **kwargs: object) -> Any:
        """Call the student's function with plain data and return its result.

        A Tensor or a Generator among the arguments arrives as a tensor or a generator. Raises CheckFailed when the
        function is missing or raises an exception.
        """
        return self._call(function, args, kwargs)["result"]

    def call_without(self, forbidden: Sequence[str], function: str, *args: object) -> Any:
        """Call a function as `call` does, while functions of libraries raise an error.

        `forbidden` are their dotted names, for example `numpy.broadcast_shapes`. A method of a class can be forbidden
        too, and is then under whatever name the class was imported.
        """
        return self._call(function, args, {}, forbidden=forbidden)["result"]

    def call_with(self, replacements: Mapping[str, wire.Function], function: str, *args: object) -> Any:
        """Call a function as `call` does, while other functions of the notebook are replaced.

        Each replacement is a function that gets the student's own one and returns the one in its place. It shows
        whether a function uses what it should be built on.
        The called function may be replaced, too: by one that turns what the student's own one returns, such as a
        model, into plain data.
        """
        return self._call(function, args, {}, replacements=replacements)["result"]

    def call_and_inputs(self, function: str, *args: object) -> tuple[Any, list[Any]]:
        """Call a function as `call` does; return its result, and its inputs as they are after the call.

        The inputs show whether the function modified them. They are bound to names that the grader draws, and read in
        questions of their own.
        """
        names = [self._name() for _ in args]
        result = self._call(function, args, {}, bound=names)["result"]
        return result, [self._answer(name, {"ask": "take", "name": name}) for name in names]

    def call_and_type(self, function: str, *args: object) -> tuple[Any, str]:
        """Call a function as `call` does; return its result, and the type's name as the kernel claims it."""
        reply = self._call(function, args, {})
        return reply["result"], str(reply["type"])

    def weight_shapes(self, name: str) -> list[tuple[int, ...]]:
        """Return the shapes of the weights of a Keras model, in order; the kernel's own claim.

        Raises CheckFailed for anything without weights.
        """
        reply = self._answer(name, {"ask": "weight_shapes", "name": name})
        if not isinstance(reply, list) or not all(
            isinstance(shape, list) and all(type(side) is int for side in shape) for shape in reply
        ):
            raise CheckFailed(f"{name} is not a Keras model with weights", detail=repr(reply)[:300])
        return [tuple(shape) for shape in reply]

    def model(self, name: str, rng: np.random.Generator, *, shape: tuple[int, ...], make: bool = False) -> Model:
        """Return a Keras model by name, or with `make` the model that a function of this name makes.

        `shape` is that of one input. The network is rebuilt from its layers and compared with the live model on
        random inputs. Where that is not possible, the live model is asked for predictions, with the rows in random
        order. Raises CheckFailed for anything but a Keras model.
        """
        if math.prod(shape) > MAX_INPUTS:
            raise CheckFailed(f"one input of {name} would have {math.prod(shape)} numbers")
        probe, x = rng.normal(0, 3, (3, 7)).astype(np.float32), rng.random((32, *shape)).astype(np.float32)
        reply = self._answer(name, {"ask": "model", "name": name, "call": make, "probe": probe, "x": x}, calling=make)
        seen = reply.get("type") if isinstance(reply, dict) else None
        if not isinstance(reply, dict) or not isinstance(seen, str) or seen != "keras.Model":
            what = f"an object of type {seen}" if isinstance(seen, str) else "something else"
            raise CheckFailed(f"{name}{'()' if make else ''} is {what}, not a Keras model")
        layers, sample = read_layers(reply.get("layers"), probe), _rows_of(reply.get("outputs"), len(x), name)
        network = _verified_network(layers, x, sample)

        def live(inputs: Array) -> Array:
            order = rng.permutation(len(inputs))
            question = {"ask": "predict", "name": name, "x": inputs[order].astype(np.float32)}
            answer = _rows_of(self._answer(name, question, calling=True), len(inputs), name)
            back = np.empty(answer.shape)
            back[order] = answer
            return back

        optimizer, loss = (value if isinstance(value := reply.get(key), str) else "" for key in ("optimizer", "loss"))
        from_logits, compiled = (reply.get(key) is True for key in ("from_logits", "compiled"))
        active, is_rebuilt = reply.get("active") is not False, network is not None
        raw = before_softmax(layers) if network else None
        logits = rebuild(raw) if raw else None
        predict = network or live
        return Model(name, layers, optimizer, loss, from_logits, compiled, is_rebuilt, sample, predict, logits, active)

    def call_without_weights(self, function: str, model: str, x: Array) -> Any:
        """Return what a function gives for an input while all weights of a Keras model are zero.

        A function that passes on what the model says then says the same of every input. Raises CheckFailed when there
        is no such model or function, or when the function raises an exception.
        """
        question = {"ask": "call_without_weights", "name": model, "function": function, "x": x}
        return self._answer(model, question)

    def history(self, name: str) -> History:
        """Return the record of a training. Raises CheckFailed for anything else."""
        reply = self._answer(name, {"ask": "history", "name": name})
        record = reply.get("record") if isinstance(reply, dict) else None
        fits = isinstance(record, dict) and all(
            isinstance(key, str) and isinstance(values, list) and all(isinstance(value, float) for value in values)
            for key, values in record.items()
        )
        counts = (
            [value for name in ("epochs", "steps") if type(value := reply.get(name)) is int]
            if isinstance(reply, dict)
            else []
        )
        if not isinstance(record, dict) or not fits or len(counts) != 2:
            raise CheckFailed(
                f"{name} is not what fit() returns", hint=f"{name} = model.fit(...)", detail=repr(reply)[:300]
            )
        return History(record, counts[0], counts[1])

    def once(self, name: str, make: Callable[[], T]) -> T:
        """Return the value of `make`, which only the first check of a cell that asks for it computes."""
        if name not in self._known.of_cell:
            self._known.of_cell[name] = make()
        value: T = self._known.of_cell[name]
        return value

    def while_same(self, variable: str, name: str, make: Callable[[], T]) -> T:
        """Return the value of `make`, and reuse it in later cells as long as an array stays the same.

        The array counts as the same if its length and 200 rows spread over it are unchanged.
        """
        length = self.length(variable)
        rows = (
            self.rows(variable, np.unique(np.linspace(0, max(length - 1, 0), 200).astype(int)).tolist())
            if length
            else np.zeros(0)
        )
        cached = self._known.of_notebook.get(name)
        if cached is None or cached[0] != length or not np.array_equal(cached[1], rows):
            cached = self._known.of_notebook[name] = (length, rows, make())
        value: T = cached[2]
        return value

    def figures(self) -> list[Figure]:
        """Return the figures that the cell showed, in order.

        What they hold is the kernel's own claim. Where no picture came with the cell's outputs, nothing was shown.
        """
        claimed = read_figures(self._answer("figures", {"ask": "drawn"}))
        return claimed if pictures.shown(self.run) else []

    def figure(self, images: int) -> Figure:
        """Return the figure with this number of images that the cell had to show; fail if none has an image."""
        stopped = self._stopped()
        return best_figure(self.figures(), images, stopped.text if stopped else "")

    def _name(self) -> str:
        """Return a name for an input, which nobody can know before the call."""
        return "_" + hmac.digest(self._secret, str(next(self._bound)).encode(), "sha256").hex()[:20]

    def _call(
        self,
        function: str,
        args: Sequence[object],
        kwargs: dict[str, object],
        bound: Sequence[str] = (),
        forbidden: Sequence[str] = (),
        replacements: Mapping[str, wire.Function] | None = None,
    ) -> dict[str, Any]:
        question = {"ask": "call", "name": function, "args": list(args), "kwargs": kwargs}
        more = {"bound": list(bound), "forbidden": list(forbidden), "replaced": dict(replacements or {})}
        question |= {part: value for part, value in more.items() if value}
        reply = self._answer(function, question, calling=True)
        if not isinstance(reply, dict) or set(reply) != {"result", "type"}:
            raise self._unreadable(repr(reply)[:300])
        return reply

    @staticmethod
    def _unreadable(detail: str) -> BadReply:
        return BadReply(messages.UNREADABLE_REPLY.text, detail=detail, code=messages.UNREADABLE_REPLY.code)

    def _answer(self, name: str, question: dict[str, Any], calling: bool = False) -> Any:
        """Return the kernel's decoded reply to a question.

        Raises CheckFailed for an exception in the student's code, and BadReply for anything that is not plain data.
        """
        try:
            reply = wire.decode(self._ask(wire.encode(question)), self._limit)
        except wire.WireError as error:
            raise messages.UNREADABLE_REPLY.fault(BadReply, detail=str(error)) from None
        if isinstance(reply, dict) and set(reply) == {"value"}:
            if isinstance(reply["value"], wire.Missing):
                raise self._missing(name, calling)
            return reply["value"]
        if not isinstance(reply, dict) or not all(isinstance(reply.get(key), str) for key in ("error", "text")):
            raise self._unreadable(repr(reply)[:300])
        kind, text = reply["error"][:80], reply["text"][:300]
        if kind == "WireError":
            raise BadReply("the result is too large or too deeply nested to be looked at", detail=text)
        raise CheckFailed(
            f"{name} raised {kind}: {text}" if calling else f"{name} could not be read: {kind}: {text}",
            hint="Run it in your notebook with an input like the one in the task.",
            detail=repr(reply)[:1000],
        )

    def _missing(self, name: str, calling: bool) -> CheckFailed:
        """Return the error for a name that does not exist."""
        message, stopped = messages.NO_SUCH_FUNCTION if calling else messages.NO_SUCH_VARIABLE, self._stopped()
        filled = message.filled(name=name, reason=stopped.text if stopped else "")
        return CheckFailed(filled.text, hint=stopped.hint if stopped else filled.hint, code=filled.code)

    def _stopped(self) -> messages.Message | None:
        """Return why a name may be missing: what happened to the cell that should define it; None if it ran."""
        if self.run.status is CellStatus.ERROR:
            return messages.CELL_STOPPED.filled(error=self.run.error)
        if self.run.status is not CellStatus.OK:
            return messages.CELL_NOT_FINISHED.filled(error=self.run.error or self.run.status.value)
        return None
