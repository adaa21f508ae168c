"""The isolation levels: which of them this machine gives, and the module of each.

| level        | what isolates a kernel                                                    | needs                        |
|--------------|---------------------------------------------------------------------------|------------------------------|
| `namespaces` | bubblewrap around the warm process, namespaces and seccomp per kernel     | bubblewrap, user namespaces  |
| `landlock`   | Landlock, seccomp and limits per kernel, which can start no other program | Linux 6.12, no privilege     |
| `none`       | a process of its own, a clean environment                                 | nothing; only when asked for |

A new level is a member of `autograder.records.Level`, a module here with the same three functions, a case in `module`,
and a case in `autograder/inside/confine.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol, assert_never

from autograder.errors import CourseError
from autograder.records import Level
from autograder.sandbox.levels import landlock, namespaces, none
from autograder.sandbox.levels.walls import INSTALL, Walls


class LevelModule(Protocol):
    """What the module of a level has to offer."""

    def why_not(self) -> str:
        """Return nothing when the level works on this machine, found by trying it; else what to install or allow."""

    def command(self, run: Path, datasets: dict[str, Path]) -> Walls:
        """Return how the warm process is started whose kernels live below `run` and read these datasets."""

    def confine(self, walls: Walls, run: Path, scratch: Path, limits: dict[str, int]) -> dict[str, Any] | None:
        """Return what a forked kernel is told to give up, or None for nothing."""


def module(level: Level) -> LevelModule:
    """Return the module of a level; raises CourseError for anything that is no level."""
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
    """Return the level of this name; raises CourseError with the known names."""
    try:
        return Level(text)
    except ValueError:
        raise CourseError(f"there is no isolation level {text}; there are: {', '.join(Level)}") from None


def why_not(level: Level) -> str:
    """Return nothing when a level works on this machine, found by trying it; else what to install or allow."""
    return module(level).why_not()


def choose(minimum: Level, wanted: str = "") -> Level:
    """Return the strongest level that this machine gives, or exactly the wanted one.

    A level below the minimum is taken only when it is wanted by name. Raises CourseError when none is possible.
    """
    order = list(Level)
    possible = [parse(wanted)] if wanted else order[: order.index(parse(minimum)) + 1]
    reasons = {}
    for level in possible:
        reasons[level] = why_not(level)
        if not reasons[level]:
            return level
    said = "; ".join(f"{level}: {reason}" for level, reason in reasons.items())
    raise CourseError(
        f"students' code cannot be isolated here: {said}; or grade without a sandbox, only people you trust: "
        "--isolation none"
    )


__all__ = ["INSTALL", "Level", "LevelModule", "Walls", "choose", "module", "parse", "why_not"]
