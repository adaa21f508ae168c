"""Reads notebooks of any size without the outputs of their cells: outputs never count, so neither does their size."""

from __future__ import annotations

import re
from typing import BinaryIO

BLOCK = 2**20
MAX_FILE = 2 * 2**30
OUTPUTS = b"outputs"
IN_STRING = re.compile(rb'["\\]')
OUTSIDE = re.compile(rb'["\[\]:,{}]')


def without_outputs(stream: BinaryIO, most: int) -> bytes | None:
    """Return the JSON of a stream with `[]` for the value of every key `outputs`; None when it is larger than `most`.

    It is read in blocks: the memory that it takes is bounded by `most`. What is no JSON is returned as far as it goes.
    """
    reader = _Reader(most)
    read = 0
    while block := stream.read(BLOCK):
        read += len(block)
        reader.add(block)
        if len(reader.kept) > most or read > MAX_FILE:
            return None
    return bytes(reader.kept)


class _Reader:
    """Follows strings and brackets of JSON, and keeps all but the lists after the key `outputs`."""

    def __init__(self, most: int) -> None:
        self.kept = bytearray()
        self._most = most
        self._in_string = self._escaped = False
        self._string = b""  # the beginning of the last string
        self._before = b""  # the last sign outside of strings: a colon after a key
        self._key = b""
        self._skipped = 0  # how many lists that are left out are open

    def add(self, block: bytes) -> None:
        """Read one block."""
        at = 0
        while at < len(block) and len(self.kept) <= self._most:
            at = self._inside(block, at) if self._in_string else self._outside(block, at)

    def _keep(self, piece: bytes) -> None:
        if not self._skipped:
            self.kept += piece

    def _inside(self, block: bytes, at: int) -> int:
        """Read on in a string, and return the position after what was read."""
        if self._escaped:
            self._escaped = False
            self._keep(block[at : at + 1])
            return at + 1
        end = IN_STRING.search(block, at)
        stop = end.start() if end else len(block)
        self._keep(block[at:stop])
        if len(self._string) <= len(OUTPUTS):  # one character more than the key is enough to know that it is another
            self._string += block[at : min(stop, at + len(OUTPUTS) + 1)]
        if not end:
            return stop
        self._keep(end[0])
        if end[0] == b"\\":
            self._escaped = True
        else:
            self._in_string, self._before = False, b'"'
        return end.end()

    def _outside(self, block: bytes, at: int) -> int:
        """Read up to the next sign of JSON, and return the position after it."""
        found = OUTSIDE.search(block, at)
        stop = found.start() if found else len(block)
        self._keep(block[at:stop])
        if not found:
            return stop
        sign = found[0]
        if sign == b"[" and (self._skipped or (self._before == b":" and self._key == OUTPUTS)):
            if not self._skipped:
                self.kept += b"[]"
            self._skipped += 1
        elif sign == b"]" and self._skipped:
            self._skipped -= 1
        else:
            self._keep(sign)
        if sign == b'"':
            self._in_string, self._string = True, b""
        if sign == b":":
            self._key = self._string if self._before == b'"' else b""
        self._before = sign
        return found.end()
