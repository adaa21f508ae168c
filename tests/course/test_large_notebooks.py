"""Outputs of any size are left out while a notebook is read, and nothing else is."""

from __future__ import annotations

import io
import json
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.course import large_notebooks
from autograder.course.large_notebooks import without_outputs

TEXTS = st.text(alphabet='ab"\\\\[]{}:,outputs\n ä', max_size=12) | st.just("outputs")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=12,
)


def emptied(tree: Any) -> Any:
    """The same with empty lists for all lists with the key outputs."""
    if isinstance(tree, dict):
        return {
            key: [] if key == "outputs" and isinstance(value, list) else emptied(value) for key, value in tree.items()
        }
    return [emptied(part) for part in tree] if isinstance(tree, list) else tree


@given(VALUES, st.integers(1, 7), st.sampled_from([None, 1]))
def test_exactly_the_lists_of_outputs_are_left_out(tree: Any, block: int, indent: int | None) -> None:
    before = large_notebooks.BLOCK
    large_notebooks.BLOCK = block  # so that every token is cut somewhere
    try:
        content = without_outputs(io.BytesIO(json.dumps(tree, indent=indent).encode()), 10**6)
    finally:
        large_notebooks.BLOCK = before
    assert content is not None and json.loads(content) == emptied(tree)


class Endless(io.RawIOBase):
    """A notebook with 300 MB of outputs, which is never in memory as a whole."""

    def __init__(self, size: int) -> None:
        self.parts = self._make(size)

    def _make(self, size: int) -> Iterator[bytes]:
        yield b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "a", "outputs": [{"data": {"image/png": "'
        yield from (b"A" * 2**20 for _ in range(size // 2**20))
        yield b'"}}]}, {"cell_type": "code", "source": "b", "outputs": []}]}'

    def read(self, size: int = -1) -> bytes:
        return next(self.parts, b"")


def test_three_hundred_megabytes_of_outputs_are_read_in_little_memory() -> None:
    tracemalloc.start()
    content = without_outputs(Endless(300 * 2**20), 50 * 2**20)  # type: ignore[arg-type]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert content and [cell["source"] for cell in json.loads(content)["cells"]] == ["a", "b"]
    assert peak < 10 * 2**20


def test_what_is_too_large_without_them_is_refused() -> None:
    tree = {"cells": [{"source": "x" * 10_000, "outputs": []}]}
    assert without_outputs(io.BytesIO(json.dumps(tree).encode()), 5_000) is None


@pytest.mark.parametrize("content", [b"", b"[", b'{"outputs": [', b"\xff\x00" * 10, b'"' * 99])
def test_what_is_no_json_comes_back_without_an_error(content: bytes) -> None:
    assert without_outputs(io.BytesIO(content), 1000) is not None
