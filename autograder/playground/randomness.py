"""The page's random numbers: ARC4 with a text as its key, as in the JavaScript package seedrandom 2.4.4."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

WIDTH = 256
START, SIGNIFICANT, OVERFLOW = 2**48, 2**52, 2**53


class Stream:
    """A stream of doubles in [0, 1) that is the same for the same seed text."""

    def __init__(self, seed: str) -> None:
        self._bytes = _arc4(_key(seed))
        for _ in range(WIDTH):  # as the package does, because the first bytes would reveal the key
            next(self._bytes)

    def draw(self) -> float:
        """Return the next double, all of whose 52 bits are random."""
        n, d, x = int.from_bytes(itertools.islice(self._bytes, 6), "big"), START, 0
        while n < SIGNIFICANT:
            n, d, x = (n + x) * WIDTH, d * WIDTH, next(self._bytes)
        while n >= OVERFLOW:
            n, d, x = n // 2, d // 2, x >> 1
        return (n + x) / d

    def uniform(self, low: float, high: float) -> float:
        """Return the next double, scaled to [low, high)."""
        return self.draw() * (high - low) + low


def _key(seed: str) -> list[int]:
    """Return the text's UTF-16 units, smeared over at most 256 bytes."""
    key: list[int] = []
    smear = 0
    text = seed.encode("utf-16-le", "surrogatepass")
    for j, unit in enumerate(int.from_bytes(text[at : at + 2], "little") for at in range(0, len(text), 2)):
        k = j % WIDTH
        smear ^= 19 * (key[k] if k < len(key) else 0)
        value = (smear + unit) % WIDTH
        key[k : k + 1] = [value]
    return key


def _arc4(key: list[int]) -> Iterator[int]:
    """Yield the bytes of ARC4 (RC4) under a key, from the first."""
    s = list(range(WIDTH))
    j = 0
    for i in range(WIDTH):
        j = (j + s[i] + key[i % len(key)]) % WIDTH
        s[i], s[j] = s[j], s[i]
    i = j = 0
    while True:
        i = (i + 1) % WIDTH
        j = (j + s[i]) % WIDTH
        s[i], s[j] = s[j], s[i]
        yield s[(s[i] + s[j]) % WIDTH]
