"""Bytes and plain values: what is sent arrives equal, and bytes that lie are refused before anything is allocated."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys

import numpy as np
import pytest

from autograder import wire
from tests.conftest import ROOT


def message(tree: object, *arrays: bytes) -> bytes:
    return b"".join(len(part).to_bytes(8, "big") + part for part in [json.dumps(tree).encode(), *arrays])


def npy(array: np.ndarray) -> bytes:
    out = io.BytesIO()
    np.lib.format.write_array(out, array, version=(1, 0), allow_pickle=True)
    return out.getvalue()


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        3,
        -(10**30),
        2.5,
        float("inf"),
        1 + 2j,
        "ü\n",
        [1, [2, "x"]],
        {"a": 1, "$array": 0, 3: [None]},
        wire.Opaque("Thing"),
    ],
    ids=repr,
)
def test_plain_values_come_back_equal_and_of_the_same_type(value: object) -> None:
    back = wire.decode(wire.encode(value))
    assert back == value and type(back) is type(value)


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float32", "float64", "complex64", "bool", "<U5"])
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3, 4)])
def test_arrays_come_back_with_shape_and_dtype(dtype: str, shape: tuple[int, ...]) -> None:
    array = np.ones(shape).astype(dtype)
    back = wire.decode(wire.encode({"x": array}))["x"]
    assert type(back) is np.ndarray and back.dtype == array.dtype and np.array_equal(back, array)


def test_a_tensor_stays_marked_as_one() -> None:
    back = wire.decode(wire.encode(wire.Tensor(np.arange(3))))
    assert isinstance(back, wire.Tensor) and back.array.tolist() == [0, 1, 2]
    assert wire.decode(wire.encode(wire.Generator(7))) == wire.Generator(7)
    assert wire.decode(wire.encode(wire.Function("lambda x: x"))) == wire.Function("lambda x: x"), "and nothing ran it"
    assert wire.decode(wire.encode(wire.Namespace({"a": [1, 2.5]}))) == wire.Namespace({"a": [1, 2.5]})


def test_nan_comes_back() -> None:
    assert np.isnan(wire.decode(wire.encode(float("nan"))))


def test_arrays_in_fortran_order_keep_their_values() -> None:
    array = np.asfortranarray(np.arange(6).reshape(2, 3))
    assert np.array_equal(wire.decode(wire.encode(array)), array)


def test_an_unknown_object_comes_across_as_the_name_of_its_type() -> None:
    class Anything:
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = None  # type: ignore[assignment]

    assert wire.decode(wire.encode([Anything()])) == [wire.Opaque("Anything")]


@pytest.mark.parametrize(
    ("reason", "content"),
    [
        ("empty", b""),
        ("shorter than it says", (10**15).to_bytes(8, "big") + b"{}"),
        ("not JSON", message(None)[:8] + b"nul!"),
        ("RecursionError", (200_000).to_bytes(8, "big") + b"[" * 100_000 + b"]" * 100_000),
        ("unknown value", message({"a": 1, "b": 2})),
        ("unknown value", message({"$array": 7})),
        ("unknown value", message([{"$array": 0}] * 50, npy(np.zeros(4)))),
        ("unknown value", message({"$dict": [["a", {"$array": 0}], ["b", {"$tensor": 0}]]}, npy(np.zeros(4)))),
        ("unknown value", message({"$eval": "1"})),
        ("nested", message([[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]])),
        ("dictionary key", message({"$dict": [[[1], 2]]})),
        ("malformed", message({"$dict": 5})),
        ("malformed", message({"$complex": ["1"]})),
        ("does not fit its data", message({"$array": 0}, npy(np.zeros((10, 10)))[:-8])),
        ("does not fit its data", message({"$array": 0}, npy(np.zeros(4)).replace(b"(4,)", b"(9,)"))),
        (
            "does not fit its data",
            message({"$array": 0}, npy(np.zeros(4)).replace(b"(4,), }" + b" " * 12, b"(1000000000000,), }")),
        ),
        ("not an array", message({"$array": 0}, npy(np.array([None, {}], dtype=object)))),
        ("not an array", message({"$array": 0}, npy(np.zeros(2, dtype=[("a", "f4")])))),
        ("not an array", message({"$array": 0}, b"PK\x03\x04 a zip file")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bytes_that_lie_are_refused(reason: str, content: bytes) -> None:
    with pytest.raises(wire.WireError) as error:
        wire.decode(content)
    assert reason in str(error.value)


def test_a_message_beyond_the_limit_is_refused_unread() -> None:
    with pytest.raises(wire.WireError, match="limit"):
        wire.decode(wire.encode(np.zeros(1000)), limit=100)


def test_a_value_too_large_or_too_deep_is_not_written() -> None:
    deep: list[object] = []
    for _ in range(100):
        deep = [deep]
    for value in (deep, np.zeros(wire.MAX_BYTES // 8 + 10), list(range(wire.MAX_ITEMS + 1))):
        with pytest.raises(wire.WireError):
            wire.encode(value)


@pytest.mark.slow
def test_damaged_messages_are_read_or_refused_within_a_limit_of_memory() -> None:
    """For ten minutes: `python -m tests.fuzz_wire 600`."""
    command = [sys.executable, "-m", "tests.fuzz_wire", "3", "5"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    tried, readable = (int(number) for number in re.findall(r"(\d+) (?:messages|could)", done.stdout))
    assert tried > 300 and 0 < readable < tried
