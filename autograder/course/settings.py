"""Reads course_data/assignments.toml: limits, datasets, policies on submission, and the minimum isolation level."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from autograder.errors import CourseError
from autograder.records import Level, Limits

FILE = "assignments.toml"
LIMITS = tuple(limit.name for limit in fields(Limits))


class Answer(StrEnum):
    """What the grader sends a student as soon as a submission arrives."""

    OFF = "off"
    VISIBLE = "visible"
    FULL = "full"


@dataclass(frozen=True)
class OnSubmission:
    """The policy on submission: what a student is sent when a submission arrives, and how often.

    `answer`: nothing, the results of the visible tests, or the whole feedback.
    `attempts`: how many answers a student gets.
    `wait_minutes`: the minimum time between two answers.
    """

    answer: Answer = Answer.OFF
    attempts: int = 3
    wait_minutes: float = 10.0

    def __post_init__(self) -> None:
        if self.answer not in list(Answer):
            raise ValueError(f"answer is one of {', '.join(Answer)}, not {self.answer!r}")
        object.__setattr__(self, "answer", Answer(self.answer))
        if not (type(self.attempts) is int and self.attempts > 0 and self.wait_minutes >= 0):
            raise ValueError("attempts is a whole number from 1, wait_minutes a number from 0")

    @property
    def rule(self) -> str:
        """The policy as one sentence for students; empty when it is off."""
        if self.answer is Answer.OFF:
            return ""
        full = self.answer is Answer.FULL
        what = "get your points and the whole feedback" if full else "are told which of the visible tests pass"
        if self.attempts == 1:
            return f"The first time you hand in, you {what}, at once."
        apart = f", {self.wait_minutes:g} minutes or more apart" if self.wait_minutes else ""
        return f"When you hand in, you {what}, at once: up to {self.attempts} times{apart}."


@dataclass(frozen=True)
class AssignmentSettings:
    """The settings of one assignment; `problems` has a line for each setting that cannot be understood."""

    limits: Limits = field(default_factory=Limits)
    datasets: tuple[str, ...] = ()
    on_submission: OnSubmission = field(default_factory=OnSubmission)
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class CourseSettings:
    """The settings of a course: `isolation` is the minimum level, `withhold` names the datasets with withheld rows."""

    isolation: Level = Level.NAMESPACES
    withhold: tuple[str, ...] = ()
    assignments: Mapping[str, AssignmentSettings] = field(default_factory=dict)

    def of(self, assignment: str) -> AssignmentSettings:
        """Return the settings of an assignment, or the defaults when the file does not mention it."""
        return self.assignments.get(assignment, AssignmentSettings())


def read(file: Path) -> CourseSettings:
    """Read the settings of a course. Raises CourseError when the file as a whole cannot be understood.

    Errors in the settings of one assignment are listed in its `problems` and do not affect other assignments.
    """
    try:
        tree = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(f"{file}: {error}") from error
    level = str(tree.pop("isolation", Level.NAMESPACES))
    if level not in list(Level):
        raise CourseError(f"{file}: the course asks for the isolation level {level}; there are: {', '.join(Level)}")
    withhold = _names(tree.pop("withhold", []), f"{file}: withhold")
    parts = {name: _assignment(file, name, part) for name, part in tree.items() if isinstance(part, dict)}
    if unknown := [name for name, part in tree.items() if not isinstance(part, dict)]:
        raise CourseError(f"{file}: there is no setting {unknown[0]}; there are: isolation, withhold, [ASSIGNMENT]")
    return CourseSettings(Level(level), withhold, parts)


def _assignment(file: Path, name: str, part: dict[str, Any]) -> AssignmentSettings:
    problems = []
    allowed = (*LIMITS, "datasets", "on_submission")
    for key in sorted(set(part) - set(allowed)):
        problems.append(f"{file}: [{name}] has no setting {key}; there are: {', '.join(sorted(allowed))}")
    limits, policy = Limits(), OnSubmission()
    datasets: tuple[str, ...] = ()
    try:
        limits = Limits(**{key: value for key, value in part.items() if key in LIMITS})
    except (TypeError, ValueError) as error:
        problems.append(f"{file}: [{name}]: {error}")
    try:
        policy = OnSubmission(**part.get("on_submission", {}))
    except (TypeError, ValueError) as error:
        problems.append(f"{file}: [{name}.on_submission]: {error}")
    try:
        datasets = _names(part.get("datasets", []), f"{file}: [{name}] datasets")
    except CourseError as error:
        problems.append(str(error))
    return AssignmentSettings(limits, datasets, policy, tuple(problems))


def _names(value: object, what: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise CourseError(f"{what} has to be a list of names of datasets")
    return tuple(value)
