"""Runs checks on replies that no reference solution gives, without a kernel: no check may raise an error of its own.

A student's function can return anything. A check that takes the mean of it, or compares it, may raise an error where it
should fail with a reason. Each recorded reply is therefore replaced, one at a time, by values of other types, shapes,
lengths and sizes, and the check runs again.
"""

from __future__ import annotations

import contextlib
import copy
import signal
import threading
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

from autograder import messages, wire
from autograder.checking.plugin import Call, call_checks, rng_of
from autograder.checking.student import KnownValues
from autograder.course.assignment import Assignment
from autograder.errors import BadReply, StudentFault
from autograder.grading.check_folder import folder_of_checks
from autograder.grading.pipeline import REHEARSAL_ROWS, student_of
from autograder.grading.replies import Recording

CALL_SECONDS = 5.0  # more than any check needs for one notebook
MAX_LIST = 10_000  # numbers of an array that is also sent as a list
LARGE_REPLY = 100_000  # bytes
READ_BY_ENGINE = ("shape", "history", "trainings", "weight_shapes")
Array = np.ndarray[Any, Any]

# What a reply may be instead of what the reference solution gives.
OTHER_VALUES: dict[str, Callable[[], object]] = {
    "None": lambda: None,
    "a boolean": lambda: True,
    "zero": lambda: 0,
    "a negative number": lambda: -1,
    "a fraction": lambda: 0.5,
    "NaN": lambda: float("nan"),
    "infinity": lambda: float("inf"),
    "a huge integer": lambda: 10**30,
    "a huge number": lambda: 1e308,
    "a complex number": lambda: 1j,
    "a text": lambda: "text",
    "an empty text": lambda: "",
    "an empty list": list,
    "a nested list": lambda: [[[1.0]]],
    "a ragged list": lambda: [[1], [2, 3], "x"],
    "a list of None": lambda: [None, None],
    "a dictionary": lambda: {"x": 1},
    "an object": lambda: wire.Opaque("object"),
    "a tensor": lambda: wire.Tensor(np.zeros(2)),
    "a generator": lambda: wire.Generator(0),
    "a namespace": lambda: wire.Namespace({}),
    "an array of one number": lambda: np.array(0.5),
    "an empty array": lambda: np.zeros(0),
    "an empty table": lambda: np.zeros((0, 3)),
    "a column": lambda: np.zeros((3, 1)),
    "an array of texts": lambda: np.array(["a", "b"]),
    "nine axes": lambda: np.zeros((1,) * 9),
}


@dataclass(frozen=True)
class Crash:
    """A check that raised an error of its own: where, and on which reply."""

    check: str
    reply: str
    error: str
    where: str

    def __str__(self) -> str:
        return f"{self.check}: {self.reply}: {self.error} at {self.where}"


@dataclass
class Trial:
    """How many mutated replies were tried, by kind, and what raised."""

    counts: Counter[str] = field(default_factory=Counter)
    crashes: list[Crash] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def count(self) -> int:
        """The number of mutated replies."""
        return sum(self.counts.values())


def try_replies(
    assignment: Assignment, recordings: Sequence[Recording], progress: Callable[[str], None] = lambda name: None
) -> Trial:
    """Run each check on all mutations of each reply that it got, and return what was tried and what raised."""
    trial, started_at = Trial(), time.monotonic()
    by_check = {(recording.notebook, recording.check.name): recording for recording in recordings}

    for notebook in assignment.notebooks:
        own = [recording for (name, _), recording in by_check.items() if name == notebook.name]
        names = {recording.check.name: recording for recording in own}
        seen: dict[str, set[str]] = {}  # the places that were changed inside large replies, by cell

        def run(name: str, call: Call, names: dict[str, Recording] = names, seen: dict[str, set[str]] = seen) -> None:
            progress(name)
            _try_check(assignment, names[name], call, trial, seen.setdefault(names[name].check.cell, set()))

        call_checks(folder_of_checks(assignment), names, run)
    trial.seconds = time.monotonic() - started_at
    return trial


def _try_check(assignment: Assignment, recording: Recording, call: Call, trial: Trial, seen_of_cell: set[str]) -> None:
    """Run one check on all mutations of its replies.

    Models, figures, shapes and histories are read by the engine, in the same way for all checks of a cell. Their
    places are therefore changed for the cell and not for each check.
    """
    known = dict(recording.exchanges)
    seen_of_check: set[str] = set()
    for number, (question, reply) in enumerate(recording.exchanges):
        asked, value = wire.decode(question), wire.decode(reply, assignment.limits.reply_bytes)
        large = len(reply) > LARGE_REPLY or asked["ask"] in ("model", "drawn")
        seen = seen_of_cell if large or asked["ask"] in READ_BY_ENGINE else seen_of_check
        for kind, place, mutated in mutations(value, seen, large=large):
            try:
                encoded = wire.encode(mutated)
            except wire.WireError:
                continue
            trial.counts[kind] += 1
            replay = _Replay(recording, known, number, encoded)
            student = student_of(assignment, replay.ask, recording.run, KnownValues(), REHEARSAL_ROWS)
            error = _error_of(partial(call, student, rng_of(recording.seed, recording.check.name)))
            if error is not None:
                what = f"{kind} as the reply to {asked['ask']} {asked.get('name', '')}".rstrip() + place
                trial.crashes.append(Crash(recording.check.name, what, *error))


class _Replay:
    """Answers the questions of a check from a recording, but one of them by a mutated reply."""

    def __init__(self, recording: Recording, known: dict[bytes, bytes], number: int, reply: bytes) -> None:
        self._exchanges, self._known = recording.exchanges, known
        self._number, self._reply = number, reply
        self._asked = 0

    def ask(self, question: bytes) -> bytes:
        """Return the reply; raises BadReply for a question that was not asked before."""
        number, self._asked = self._asked, self._asked + 1
        if number == self._number:
            return self._reply
        if number < len(self._exchanges) and self._exchanges[number][0] == question:
            return self._exchanges[number][1]
        if question in self._known:
            return self._known[question]
        raise messages.UNREADABLE_REPLY.fault(BadReply, detail="nobody has recorded the reply to this question")


def _error_of(call: Callable[[], None]) -> tuple[str, str] | None:
    """Call a check; return the error that is its own fault and where it was raised, or None."""
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"), _time_limit(CALL_SECONDS):
            warnings.simplefilter("ignore")
            call()
    except (StudentFault, AssertionError):
        return None
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        own = [each for each in traceback.extract_tb(error.__traceback__) if "/ag-checks-" in each.filename]
        frame = own[-1] if own else frame
        return f"{type(error).__name__}: {error}"[:300], f"{Path(frame.filename).name}:{frame.lineno}"
    return None


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeoutError when the block takes longer; only the main thread can be interrupted."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def late(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"it took more than {seconds:g} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


# --- mutations --------------------------------------------------------------------------------------------------------


def mutations(reply: object, seen: set[str], *, large: bool = False) -> Iterator[tuple[str, str, object]]:
    """Yield changed replies with the kind of the change and the place within the reply.

    A reply is a dictionary with a value. What the student's function returned, or else the whole value, is changed in
    every reply. Other places of equal name (the items of a list) are changed twice in all replies together, which
    `seen` holds. In large replies the whole value is changed twice too, and each place in it once, by a tenth of the
    kinds: another tenth than the place before.
    """
    if not isinstance(reply, dict) or set(reply) != {"value"}:
        return
    whole = reply["value"]
    main = ("result",) if isinstance(whole, dict) and "result" in whole else ()
    for number, path in enumerate(_places(whole, ())):
        name = "".join(f"[{'*' if isinstance(key, int) else repr(key)}]" for key in path)
        if large or path != main:
            form = ", ".join(map(str, whole)) if isinstance(whole, dict) else type(whole).__name__
            first, second = f"{form}: {name} 1", f"{form}: {name} 2"
            if second in seen or (large and path != main and first in seen):
                continue
            seen.add(second if first in seen else first)
        value = _at(whole, path)
        changes = [*_other_values(value), *_changes(value)]
        if large and path != main:
            changes = changes[number % 10 :: 10]
        for kind, other in changes:
            yield kind, name, {"value": _with(whole, path, other)}


def _places(value: object, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Yield the paths to a value and to everything in it; of a list only the first and the last items."""
    yield path
    if isinstance(value, dict):
        for key in value:
            yield from _places(value[key], (*path, key))
    elif isinstance(value, list) and len(path) < 8:
        for index in sorted({0, len(value) - 1}) if value else ():
            yield from _places(value[index], (*path, index))


def _at(value: Any, path: Iterable[Any]) -> Any:
    for key in path:
        value = value[key]
    return value


def _with(value: Any, path: tuple[Any, ...], other: object) -> Any:
    """Return a copy of a value in which the place of a path holds something else."""
    if not path:
        return other
    changed = copy.copy(value)
    changed[path[0]] = _with(value[path[0]], path[1:], other)
    return changed


def _other_values(value: object) -> Iterator[tuple[str, object]]:
    for kind, make in OTHER_VALUES.items():
        yield kind, make()


def _changes(value: object) -> Iterator[tuple[str, object]]:
    """Yield changes that keep something of a value."""
    if isinstance(value, np.ndarray):
        yield from _changed_arrays(value)
    elif isinstance(value, list):
        yield "one item less", value[:-1]
        yield "one item more", [*value, *value[-1:]]
        yield "in a list", [value]
        yield "a None in it", [*value[:-1], None]
        if value:
            yield "the first item alone", value[0]
    elif isinstance(value, dict):
        for key in value:
            yield "an entry less", {name: value[name] for name in value if name != key}
        yield "an entry more", {**value, "more": 1}
    elif isinstance(value, str):
        yield "a long text", value + "x" * 10_000
        yield "another alphabet", value + "\u0416\u4e2d\U0001f600"
    elif isinstance(value, bool):
        yield "the opposite", not value
    elif isinstance(value, int | float):
        yield "the negative", -value
        yield "a little more", value + 1
        yield "as an array", np.array(value)
        yield "in a list", [value]


def _changed_arrays(array: Array) -> Iterator[tuple[str, object]]:
    yield "an axis more", array[None]
    yield "flat", array.ravel()
    if array.ndim:
        yield "one item less", array[:-1]
        yield "one item more", np.concatenate([array, array[-1:]])
        yield "no item", array[:0]
        yield "nothing on the last axis", array[..., :0]
        yield "in reverse order", array[::-1]
    if array.ndim and len(array):
        yield "an axis less", array[0]
    if array.ndim > 1:
        yield "transposed", array.T
        yield "one column less", array[..., :-1]
    if array.size <= MAX_LIST:
        yield "as a list", array.tolist()
        yield "as texts", array.astype(str)
    if array.dtype.kind not in "biuf":
        return
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield "zeros", np.zeros_like(array)
        yield "NaN", np.full(array.shape, np.nan)
        yield "infinities", np.full(array.shape, np.inf)
        yield "huge numbers", np.full(array.shape, 1e308)
        yield "huge integers", np.full(array.shape, 2**62)
        yield "booleans", array > 0
        yield "complex numbers", array.astype(complex)
        yield "bytes", array.astype(np.uint8)
        yield "half precision", array.astype(np.float16)
        yield "long doubles", array.astype(np.longdouble)
        if array.dtype.kind != "b":
            yield "the negative", -array.astype(np.float64)
        some = array.astype(np.float64).copy()
        if some.size:
            some.ravel()[0] = np.nan
            yield "one NaN", some
