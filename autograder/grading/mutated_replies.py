"""Runs checks on replies that no reference solution gives, without a kernel: no check may raise an error of its own.

A student's function can return anything. A check that takes the mean of it, or compares it, may raise an error where it
should fail with a reason. Each recorded reply is therefore replaced, one at a time, by values of other types, shapes,
lengths and sizes, and the check runs again.
"""

from __future__ import annotations

import contextlib
import copy
import itertools
import random
import signal
import threading
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

from autograder import messages, wire
from autograder.checking.known_values import KnownValues
from autograder.checking.plugin import Call, call_checks, rng_of
from autograder.course.assignment import Assignment
from autograder.errors import BadReply, StudentFault
from autograder.grading.check_folder import PREFIX, folder_of_checks
from autograder.grading.pipeline import REHEARSAL_ROWS, student_of
from autograder.grading.replies import Recording

CALL_SECONDS = 5.0  # more than any check needs for one notebook
MAX_LIST = 10_000  # numbers of an array that is also sent as a list
LEAST_RUNS = 100  # of a check
PARTS = 16  # of an assignment, for the workers of an executor
BYTES = 40 * 2**20  # that a check reads in all its runs; where its replies are small, all mutations are tried
Array = np.ndarray[Any, Any]
Make = Callable[[], object]

# What a reply may be instead of what the reference solution gives.
OTHER_VALUES: dict[str, Make] = {
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
class Mutation:
    """A change of a reply: of which kind, at which place, and how it is made."""

    kind: str
    place: str
    whole: object
    path: tuple[Any, ...]
    make: Make

    def reply(self) -> bytes:
        """Return the changed reply. Raises WireError for one that is too large."""
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return wire.encode({"value": _with(self.whole, self.path, self.make())})


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
    """How many mutated replies were tried, by kind, how many there are, and which raised."""

    counts: Counter[str] = field(default_factory=Counter)
    possible: int = 0
    crashes: list[Crash] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def count(self) -> int:
        """The number of mutated replies."""
        return sum(self.counts.values())

    def add(self, other: Trial) -> None:
        """Add what was tried elsewhere."""
        self.counts.update(other.counts)
        self.possible += other.possible
        self.crashes += other.crashes


def try_replies(
    assignment: Assignment,
    recordings: Sequence[Recording],
    progress: Callable[[str], None] = lambda name: None,
    executor: Executor | None = None,
) -> Trial:
    """Run each check on all mutations of each reply that it got, and return what was tried and what raised.

    With an executor the checks are spread over its workers; without one they run here, one after the other.
    """
    trial, started_at = Trial(), time.monotonic()
    parts = [
        (notebook.name, part)
        for notebook in assignment.notebooks
        for part in _spread([one for one in recordings if one.notebook == notebook.name], PARTS if executor else 1)
    ]
    if executor is None:
        for name, part in parts:
            progress(name)
            trial.add(_try_checks(assignment, part, progress))
    else:
        waiting = {executor.submit(_try_checks, assignment, part): name for name, part in parts}
        for done, future in enumerate(as_completed(waiting), start=1):
            trial.add(future.result())
            progress(f"{waiting[future]}: {done} of {len(parts)} parts")
    trial.seconds = time.monotonic() - started_at
    return trial


def _spread(own: Sequence[Recording], parts: int) -> list[dict[int, Recording]]:
    """Return the recordings of a notebook, by their number, in parts that take about equally long."""
    sizes = {number: len(recording.exchanges) for number, recording in enumerate(own)}
    by_size = sorted(sizes, key=lambda number: -sizes[number])
    return [{number: own[number] for number in by_size[at::parts]} for at in range(min(parts, len(own)))]


def _try_checks(
    assignment: Assignment, recordings: Mapping[int, Recording], progress: Callable[[str], None] = lambda name: None
) -> Trial:
    """Run the checks of these recordings on mutations of their replies."""
    trial = Trial()
    names = {recording.check.name: (number, recording) for number, recording in recordings.items()}

    def run(name: str, call: Call) -> None:
        progress(name)
        number, recording = names[name]
        _try_check(assignment, recording, number, call, trial)

    call_checks(folder_of_checks(assignment), names, run)
    return trial


def _try_check(assignment: Assignment, recording: Recording, number: int, call: Call, trial: Trial) -> None:
    """Run one check on the mutations of its replies, or on a part of them where its replies are large.

    The part is drawn at random, and another one for each check: checks of a cell ask alike, and together they try more.
    """
    known, seen = dict(recording.exchanges), set[str]()
    every: list[tuple[int, Mutation]] = []
    for place, (_, reply) in enumerate(recording.exchanges):
        found = mutations(wire.decode(reply, assignment.limits.reply_bytes), seen)
        every += [(place, mutation) for mutation in found]
    trial.possible += len(every)
    for place, mutation in _part(every, number, sum(len(reply) for _, reply in recording.exchanges)):
        try:
            reply = mutation.reply()
        except wire.WireError:
            continue
        trial.counts[mutation.kind] += 1
        replay = _Replay(recording, known, place, reply)
        student = student_of(assignment, replay.ask, recording.run, KnownValues(), REHEARSAL_ROWS)
        error = _error_of(partial(call, student, rng_of(recording.seed, recording.check.name)))
        if error is not None:
            asked = wire.decode(recording.exchanges[place][0])
            what = f"{mutation.kind} as the reply to {asked['ask']} {asked.get('name', '')}".rstrip() + mutation.place
            trial.crashes.append(Crash(recording.check.name, what, *error))


def _part(every: list[tuple[int, Mutation]], number: int, size: int) -> list[tuple[int, Mutation]]:
    """Return the mutations that a check is tried on: the fewer, the more bytes it has to read each time.

    Of each kind there are about as many, so that each check meets all of them.
    """
    most = max(LEAST_RUNS, BYTES // max(size, 1))
    if len(every) <= most:
        return every
    by_kind: dict[str, list[tuple[int, Mutation]]] = {}
    for one in random.Random(number).sample(every, len(every)):  # noqa: S311  # the same ones each time
        by_kind.setdefault(one[1].kind, []).append(one)
    rounds = itertools.zip_longest(*by_kind.values())
    return list(itertools.islice((one for each in rounds for one in each if one is not None), most))


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
        frames = traceback.extract_tb(error.__traceback__)
        in_checks = [frame for frame in frames if PREFIX in frame.filename]
        frame = (in_checks or frames)[-1]
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


def mutations(reply: object, seen: set[str]) -> Iterator[Mutation]:
    """Yield the changes of a reply.

    A reply is a dictionary with a value. What the student's function returned, or else the whole value, is changed in
    every reply. Other places of equal name (the items of a list) are changed in two replies, which `seen` counts.
    """
    if not isinstance(reply, dict) or set(reply) != {"value"}:
        return
    whole = reply["value"]
    main = ("result",) if isinstance(whole, dict) and "result" in whole else ()
    for path in _places(whole, ()):
        name = "".join(f"[{'*' if isinstance(key, int) else repr(key)}]" for key in path)
        if path != main:
            form = ", ".join(map(str, whole)) if isinstance(whole, dict) else type(whole).__name__
            first, second = f"{form}: {name} 1", f"{form}: {name} 2"
            if second in seen:
                continue
            seen.add(second if first in seen else first)
        value = _at(whole, path)
        for kind, make in [*OTHER_VALUES.items(), *_changes(value)]:
            yield Mutation(kind, name, whole, path, make)


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


def _changes(value: object) -> Iterator[tuple[str, Make]]:
    """Yield kinds of changes that keep something of a value, each with a function that makes it."""
    if isinstance(value, np.ndarray):
        yield from _changed_arrays(value)
    elif isinstance(value, list):
        yield "one item less", lambda: value[:-1]
        yield "one item more", lambda: [*value, *value[-1:]]
        yield "in a list", lambda: [value]
        yield "a None in it", lambda: [*value[:-1], None]
        if value:
            yield "the first item alone", lambda: value[0]
    elif isinstance(value, dict):
        for key in value:
            yield "an entry less", partial(_without, value, key)
        yield "an entry more", lambda: {**value, "more": 1}
    elif isinstance(value, str):
        yield "a long text", lambda: value + "x" * 10_000
        yield "another alphabet", lambda: value + "\u0416\u4e2d\U0001f600"
    elif isinstance(value, bool):
        yield "the opposite", lambda: not value
    elif isinstance(value, int | float):
        yield "the negative", lambda: -value
        yield "a little more", lambda: value + 1
        yield "as an array", lambda: np.array(value)
        yield "in a list", lambda: [value]


def _changed_arrays(array: Array) -> Iterator[tuple[str, Make]]:
    yield "an axis more", lambda: array[None]
    yield "flat", lambda: array.ravel()
    if array.ndim:
        yield "one item less", lambda: array[:-1]
        yield "one item more", lambda: np.concatenate([array, array[-1:]])
        yield "no item", lambda: array[:0]
        yield "nothing on the last axis", lambda: array[..., :0]
        yield "in reverse order", lambda: array[::-1]
    if array.ndim and len(array):
        yield "an axis less", lambda: array[0]
    if array.ndim > 1:
        yield "transposed", lambda: array.T
        yield "one column less", lambda: array[..., :-1]
    if array.size <= MAX_LIST:
        yield "as a list", lambda: array.tolist()
        yield "as texts", lambda: array.astype(str)
    if array.dtype.kind not in "biuf":
        return
    yield "zeros", lambda: np.zeros_like(array)
    yield "NaN", lambda: np.full(array.shape, np.nan)
    yield "infinities", lambda: np.full(array.shape, np.inf)
    yield "huge numbers", lambda: np.full(array.shape, 1e308)
    yield "huge integers", lambda: np.full(array.shape, 2**62)
    yield "booleans", lambda: array > 0
    yield "complex numbers", lambda: array.astype(complex)
    yield "bytes", lambda: array.astype(np.uint8)
    yield "half precision", lambda: array.astype(np.float16)
    yield "long doubles", lambda: array.astype(np.longdouble)
    if array.dtype.kind != "b":
        yield "the negative", lambda: -array.astype(np.float64)
    if array.size:
        yield "one NaN", lambda: _with_nan(array)


def _with_nan(array: Array) -> Array:
    changed = array.astype(np.float64).copy()
    changed.ravel()[0] = np.nan
    return changed


def _without(value: dict[Any, Any], key: object) -> dict[Any, Any]:
    return {name: value[name] for name in value if name != key}
