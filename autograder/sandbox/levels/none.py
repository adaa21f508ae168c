"""The level `none`: a process of its own with a clean environment, and no isolation.

A student's code can do everything that the grader can. Use it only for people whom you trust.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autograder.sandbox.levels.walls import Walls


def why_not() -> str:
    """Return "": it works everywhere."""
    return ""


def command(run: Path, datasets: dict[str, Path]) -> Walls:
    """Return how to start a warm process that sees everything that the grader sees."""
    return Walls()


def confine(walls: Walls, run: Path, scratch: Path, limits: dict[str, int]) -> dict[str, Any] | None:
    """Return None: a kernel is not confined."""
    return None
