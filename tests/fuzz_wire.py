"""Feeds the wire's reader with damaged messages for some seconds, within a limit of memory.

    python -m tests.fuzz_wire SECONDS [SEED]

It prints how many messages were tried, how many could be read all the same, and the most memory that was taken. It ends
with an error when reading one raises anything but a WireError.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder import wire

MEMORY = 2**30  # bytes; a message here has a megabyte at most
LIMIT = 16 * 2**20  # what a message may become
Mutate = Callable[[random.Random, bytearray], bytearray]


def messages(rng: random.Random) -> bytes:
    """Return a valid message of random values, like the reply of a kernel."""

    def value(depth: int) -> Any:
        kinds: list[Callable[[], Any]] = [
            lambda: rng.choice([None, True, False, 0, -1, 2**70, 1.5, float("nan"), float("inf"), 1j, "text", ""]),
            lambda: np.zeros([rng.randrange(5) for _ in range(rng.randrange(4))], rng.choice(["f4", "i8", "?", "U3"])),
            lambda: wire.Tensor(np.arange(rng.randrange(50))),
            lambda: wire.Opaque("object"),
            lambda: wire.Generator(rng.randrange(100)),
            lambda: wire.Missing("name"),
            lambda: wire.Function("lambda x: x"),
        ]
        if depth < 4:
            kinds += [
                lambda: [value(depth + 1) for _ in range(rng.randrange(5))],
                lambda: {rng.choice(["a", 1, 2.5, None, "$array"]): value(depth + 1) for _ in range(rng.randrange(4))},
                lambda: wire.Namespace({"field": value(depth + 1)}),
            ]
        return rng.choice(kinds)()

    return wire.encode({"value": value(0)})


def flipped(rng: random.Random, message: bytearray) -> bytearray:
    """Change some bytes."""
    for _ in range(rng.randrange(1, 8)):
        message[rng.randrange(len(message))] = rng.randrange(256)
    return message


def cut(rng: random.Random, message: bytearray) -> bytearray:
    """Take a piece out."""
    at = rng.randrange(len(message))
    del message[at : at + rng.randrange(1, 40)]
    return message


def repeated(rng: random.Random, message: bytearray) -> bytearray:
    """Put a piece in a second time, elsewhere."""
    at, to = rng.randrange(len(message)), rng.randrange(len(message))
    message[to:to] = message[at : at + rng.randrange(1, 200)] * rng.choice([1, 1, 50])
    return message


def renumbered(rng: random.Random, message: bytearray) -> bytearray:
    """Change a number in the JSON or in the header of an array."""
    digits = [at for at, byte in enumerate(message) if 48 <= byte <= 57]
    if digits:
        at = rng.choice(digits)
        message[at : at + 1] = rng.choice([b"0", b"9", b"-1", b"999999999999", b"1e999", b"4294967296"])
    return message


def resized(rng: random.Random, message: bytearray) -> bytearray:
    """Change a length."""
    at = rng.choice([0, int.from_bytes(message[:8], "big") + 8])
    message[at : at + 8] = rng.choice([0, 1, len(message), 2**31, 2**63 - 1, 2**64 - 1]).to_bytes(8, "big")
    return message


def reworded(rng: random.Random, message: bytearray) -> bytearray:
    """Exchange words of the format."""
    words = [
        b"$array",
        b"$tensor",
        b"$dict",
        b"$int",
        b"$float",
        b"$complex",
        b"$namespace",
        b"$object",
        b"<f4",
        b"<f8",
    ]
    words += [b"|O", b"|V8", b"|S0", b"<U9999999", b"True", b"False", b"null", b"[", b"]", b"{", b"}"]
    old = rng.choice(words)
    return bytearray(bytes(message).replace(old, rng.choice(words), rng.randrange(1, 3)))


MUTATIONS: tuple[Mutate, ...] = (flipped, cut, repeated, renumbered, resized, reworded)


def main() -> None:
    """Try damaged messages until the time is over."""
    seconds, rng = float(sys.argv[1]), random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else None)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    tried = readable = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        message = bytearray(messages(rng))
        for _ in range(rng.randrange(1, 4)):
            message = rng.choice(MUTATIONS)(rng, message) or bytearray(b"x")
        tried += 1
        try:
            wire.decode(bytes(message), LIMIT)
            readable += 1
        except wire.WireError:
            continue
        except BaseException:
            print(f"this message was not refused: {bytes(message)!r}")
            raise
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{tried} messages, {readable} could be read, at most {most:.0f} MB")


if __name__ == "__main__":
    main()
