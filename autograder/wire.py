"""Converts plain values into bytes and back: JSON plus .npy files, without pickle, with size limits and without I/O.

A message is `LENGTH JSON ARRAYS`: eight bytes with the length of the JSON text, the text, and then every array as an
.npy file with its own eight-byte length in front. In the JSON, arrays and values that JSON lacks are objects with one
key that starts with `$`. Dictionaries are lists of pairs, so that a student's dictionary cannot imitate such an object.

Theory of operation. The untrusted side also loads this file, so it imports nothing of this package. The grader trusts
`decode` alone: it checks every length, type and shape before it uses a value, and it never executes anything.
Source: numpy.lib.format for .npy files.
"""

from __future__ import annotations

import io
import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

MAX_BYTES = 64 * 2**20
MAX_ITEMS = 200_000
MAX_DEPTH = 32
MAX_TEXT = 1_000_000
LENGTH = 8
ARRAY_KINDS = "biufcUS"


class WireError(ValueError):
    """The bytes are not a valid message within the limits."""


@dataclass(frozen=True)
class Tensor:
    """An array that becomes a TensorFlow tensor on the other side."""

    array: np.ndarray[Any, Any]


@dataclass(frozen=True)
class Variable:
    """An array that becomes a TensorFlow variable on the other side."""

    array: np.ndarray[Any, Any]


@dataclass(frozen=True)
class Generator:
    """A seed that becomes a NumPy generator on the other side."""

    seed: int


@dataclass(frozen=True)
class Function:
    """The source of a function, a Python expression of the instructor's, that is evaluated on the other side.

    The expression may use `np` and `tf`, and a dictionary `shared` that all functions of one question have in common.
    The grader never evaluates one, wherever it comes from.
    """

    source: str


@dataclass(frozen=True)
class Namespace:
    """Values that become attributes of one object on the other side."""

    fields: dict[str, Any]


@dataclass(frozen=True)
class Missing:
    """A variable or function of this name does not exist."""

    name: str


@dataclass(frozen=True)
class Opaque:
    """A value that is not plain data; only the name of its type was sent."""

    type_name: str


def encode(value: object, default: Callable[[object], object] | None = None) -> bytes:
    """Return a value as one message; `default` may convert an unknown object into a plain one.

    Raises WireError when the value is nested too deeply or is too large.
    """
    arrays: list[bytes] = []
    item_count = [0]

    def plain(item: Any, depth: int) -> object:
        item_count[0] += 1
        if depth > MAX_DEPTH or item_count[0] > MAX_ITEMS:
            raise WireError("nested too deeply or holds too many items")
        if item is None or type(item) in (bool, str):
            return item
        if type(item) is int:
            return item if abs(item) < 2**63 else {"$int": hex(item)[:MAX_TEXT]}
        if type(item) is float:
            return item if math.isfinite(item) else {"$float": repr(item)}
        if type(item) is complex:
            return {"$complex": [repr(item.real), repr(item.imag)]}
        if type(item) in (list, tuple):
            return [plain(part, depth + 1) for part in item]
        if type(item) is dict:
            return {"$dict": [[plain(key, depth + 1), plain(part, depth + 1)] for key, part in item.items()]}
        if isinstance(item, Tensor):
            return {"$tensor": place(item.array)}
        if isinstance(item, Variable):
            return {"$variable": place(item.array)}
        if isinstance(item, Generator):
            return {"$generator": item.seed}
        if isinstance(item, Function):
            return {"$function": item.source}
        if isinstance(item, Namespace):
            return {"$namespace": plain(item.fields, depth + 1)}
        if isinstance(item, Missing):
            return {"$missing": item.name[:200]}
        if isinstance(item, Opaque):
            return {"$object": item.type_name[:200]}
        if isinstance(item, np.ndarray) and item.dtype.kind in ARRAY_KINDS:
            return {"$array": place(item)}
        if isinstance(item, np.generic):
            return plain(item.item(), depth + 1)
        if default is None:
            return {"$object": type(item).__name__[:200]}
        return plain(default(item), depth + 1)

    def place(array: np.ndarray[Any, Any]) -> int:
        if sum(map(len, arrays)) + array.nbytes > MAX_BYTES:
            raise WireError(f"larger than {MAX_BYTES // 2**20} MiB")
        out = io.BytesIO()
        np.lib.format.write_array(
            out, np.ascontiguousarray(array).reshape(array.shape), version=(1, 0), allow_pickle=False
        )
        arrays.append(out.getvalue())
        return len(arrays) - 1

    text = json.dumps(plain(value, 0)).encode()
    return b"".join(len(part).to_bytes(LENGTH, "big") + part for part in [text, *arrays])


def decode(message: bytes, limit: int = MAX_BYTES) -> Any:
    """Return the value of one message of at most `limit` bytes.

    It consists of None, bool, int, float, complex, str, list, dict, ndarray, Tensor, Variable, Generator, Function,
    Namespace, Missing and Opaque, and of no other type. Raises WireError for everything else: a wrong length, an array
    header that does not fit its data, an array of objects or one that is named twice, JSON nested 100,000 levels deep.
    """
    if len(message) > limit:
        raise WireError(f"{len(message)} bytes, the limit is {limit}")
    parts = list(_parts(message))
    if not parts:
        raise WireError("empty")
    try:
        tree = json.loads(parts[0])
    except (ValueError, RecursionError) as error:  # RecursionError: JSON nested 100,000 deep
        raise WireError(f"not JSON: {type(error).__name__}") from None
    arrays = dict(enumerate(_array(part) for part in parts[1:]))
    item_count = [0]

    def value(node: Any, depth: int) -> Any:
        item_count[0] += 1
        if depth > MAX_DEPTH or item_count[0] > MAX_ITEMS:
            raise WireError("nested too deeply or holds too many items")
        if node is None or type(node) in (bool, int, float, str):
            return node
        if type(node) is list:
            return [value(part, depth + 1) for part in node]
        if type(node) is not dict or len(node) != 1:
            raise WireError("unknown value")
        (tag, body), *_ = node.items()
        try:
            if tag == "$dict":
                return {_hashable(value(key, depth + 1)): value(part, depth + 1) for key, part in body}
            if tag in ("$array", "$tensor", "$variable") and type(body) is int and body in arrays:
                # named once: a list of 200,000 names of one array would take 200,000 times its memory when it is used
                array = arrays.pop(body)
                return array if tag == "$array" else Tensor(array) if tag == "$tensor" else Variable(array)
            if tag == "$generator" and type(body) is int:
                return Generator(body)
            if tag == "$function" and type(body) is str:
                return Function(body)
            if tag == "$namespace" and isinstance(fields := value(body, depth + 1), dict):
                return Namespace(fields)
            if tag == "$float" and body in ("nan", "inf", "-inf"):
                return float(body)
            if tag == "$complex":
                real, imag = body
                return complex(float(real), float(imag))
            if tag == "$int" and type(body) is str and len(body) < 1000:
                return int(body, 16)
            if tag == "$missing" and type(body) is str:
                return Missing(body[:200])
            if tag == "$object" and type(body) is str:
                return Opaque(body[:200])
        except WireError:
            raise
        except (TypeError, ValueError) as error:
            raise WireError(f"malformed {tag}") from error
        raise WireError("unknown value")

    return value(tree, 0)


def _parts(message: bytes) -> Any:
    position = 0
    while position < len(message):
        size = int.from_bytes(message[position : position + LENGTH], "big")
        position += LENGTH
        if position + size > len(message):
            raise WireError("shorter than it says")
        yield message[position : position + size]
        position += size


# The header of an .npy file of version 1.0, as NumPy writes it. NumPy's own reader parses it as a Python literal.
MAGIC = b"\x93NUMPY\x01\x00"
HEADER = re.compile(
    rb"\{'descr': '([<>|][" + ARRAY_KINDS.encode() + rb"]\d{1,9})', 'fortran_order': (True|False), "
    rb"'shape': \(((?:\d{1,18},? ?){0,16})\), \} *\n"
)


def _array(part: bytes) -> np.ndarray[Any, Any]:
    """Return the array of one .npy file; its header must fit the number of bytes before any memory is allocated."""
    start = len(MAGIC) + 2
    end = start + int.from_bytes(part[len(MAGIC) : start], "little")
    header = HEADER.fullmatch(part[start:end])
    if not part.startswith(MAGIC) or header is None:
        raise WireError("not an array")
    try:
        dtype = np.dtype(header[1].decode())
    except (TypeError, ValueError):
        raise WireError("an array of an unknown type") from None
    shape = tuple(int(side) for side in header[3].replace(b",", b" ").split())
    body = part[end:]
    if math.prod(shape) * dtype.itemsize != len(body):
        raise WireError("an array whose header does not fit its data")
    if dtype.itemsize == 0 or math.prod(shape) == 0:
        return np.empty(shape, dtype)
    flat: np.ndarray[Any, Any] = np.frombuffer(body, dtype=dtype)
    return flat.reshape(shape, order="F" if header[2] == b"True" else "C").copy()


def _hashable(key: object) -> Any:
    if type(key) in (str, int, float, bool, complex) or key is None:
        return key
    raise WireError("a dictionary key that is not plain")
