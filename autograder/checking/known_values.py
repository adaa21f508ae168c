"""Keeps what checks have computed from a student's answers, so that later checks need not compute it again."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


class KnownValues:
    """Values by name: `of_cell` is about one cell, `of_notebook` about all of them."""

    def __init__(self) -> None:
        self.of_cell: dict[str, Any] = {}
        self.of_notebook: dict[str, tuple[int, Array, Any]] = {}
        self._cell = ""

    def of(self, cell: str) -> KnownValues:
        """Return what is known when the checks of a cell begin or go on: nothing about other cells' answers."""
        if cell != self._cell:
            self._cell, self.of_cell = cell, {}
        return self
