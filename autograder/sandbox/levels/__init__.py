"""Chooses the isolation level: finds out which levels work on this machine, and names the module of each.

| level        | what isolates a kernel                                                  | needs                       |
|--------------|-------------------------------------------------------------------------|-----------------------------|
| `namespaces` | bubblewrap around the warm process, namespaces and seccomp per kernel   | bubblewrap, user namespaces |
| `landlock`   | Landlock, seccomp and limits per kernel, which cannot start a program   | Linux 6.12, no privilege    |
| `none`       | nothing: a process of its own with a clean environment; only on request | nothing                     |

To add a level, add a member to `autograder.records.Level`, a module here with the same three functions, and a case in
`module`. A way in which a kernel confines itself that is new is also a case in `autograder/inside/confine.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol, assert_never

from autograder.errors import CourseError
from autograder.records import Level
from autograder.sandbox.levels import landlock, namespaces, none
from autograder.sandbox.levels.walls import INSTALL, Walls


class LevelModule(Protocol):
    """The three functions that the module of a level must have."""

    def why_not(self) -> str:
        """Return "" when the level works on this machine, found by trying it; else what to install or allow."""

    def command(self, run: Path, datasets: dict[str, Path]) -> Walls:
        """Return how to start the warm process.

        Its kernels have their folders below `run` and can read these datasets (folders by name).
        """

    def confine(self, walls: Walls, run: Path, scratch: Path, limits: dict[str, int]) -> dict[str, Any] | None:
        """Return the arguments of `enter` in `autograder/inside/confine.py`, or None for no confinement.

        `scratch` is the kernel's folder below `run`; `limits` are in bytes, and for `processes` a number.
        """


def module(level: Level) -> LevelModule:
    """Return the module of a level; raises CourseError for an unknown level."""
    level = parse(level)
    match level:
        case Level.NAMESPACES:
            return namespaces
        case Level.LANDLOCK:
            return landlock
        case Level.NONE:
            return none
        case _:
            assert_never(level)


def parse(text: str) -> Level:
    """Return the level of this name; raises CourseError for an unknown name, with the names that exist."""
    try:
        return Level(text)
    except ValueError:
        raise CourseError(f"there is no isolation level {text}; there are: {', '.join(Level)}") from None


def why_not(level: Level) -> str:
    """Return "" when a level works on this machine, found by trying it; else what to install or allow."""
    return module(level).why_not()


def choose(minimum: Level, wanted: str = "") -> Level:
    """Return the strongest level that works on this machine, or exactly the wanted one.

    A level weaker than `minimum` is chosen only when `wanted` names it. Raises CourseError when no such level works.
    """
    order = list(Level)
    possible = [parse(wanted)] if wanted else order[: order.index(parse(minimum)) + 1]
    reasons = {}
    for level in possible:
        reasons[level] = why_not(level)
        if not reasons[level]:
            return level
    listed = "; ".join(f"{level}: {reason}" for level, reason in reasons.items())
    raise CourseError(
        f"students' code cannot be isolated here: {listed}; or grade without a sandbox, only people you trust: "
        "--isolation none"
    )


__all__ = ["INSTALL", "Level", "LevelModule", "Walls", "choose", "module", "parse", "why_not"]
