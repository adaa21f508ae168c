"""What came of trying the checks of an assignment, and whether it is as the course says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course.assignment import Assignment
from autograder.grading.mutated_replies import Trial

KILLED = 0.95  # the least share of the mutants that lose points


@dataclass(frozen=True)
class Judged:
    """One answers file and what became of it.

    `fails`, `flags`: the checks that its header names, and the cells. `failed`, `flagged`: those of the report.
    `later`: the checks and cells of the tasks behind its last cell. A wrong answer spoils some of them as a
    consequence, which its header need not say.
    """

    file: Path
    fails: frozenset[str]
    flags: frozenset[str]
    failed: Mapping[str, str]
    flagged: frozenset[str]
    later: frozenset[str] = frozenset()

    @property
    def right(self) -> bool:
        """Whether it lies among the right answers."""
        return is_right(self.file)

    @property
    def is_as_said(self) -> bool:
        """Whether the header is true."""
        return not (self._more or self._less or self._other_flags)

    @property
    def _more(self) -> list[str]:
        return sorted(set(self.failed) - self.fails - (frozenset() if self.right else self.later))

    @property
    def _less(self) -> list[str]:
        return sorted(self.fails - set(self.failed))

    @property
    def _other_flags(self) -> frozenset[str]:
        return (self.flagged ^ self.flags) - ((self.later - self.flags) if not self.right else frozenset())

    @property
    def difference(self) -> str:
        """What the header says and the report does not, or the other way round."""
        more = [f"{name} fails: {self.failed[name]}" for name in self._more]
        less = [f"{name} passes" for name in self._less]
        flags = [f"the flags are {sorted(self.flagged)}"] if self._other_flags else []
        return "; ".join([*more, *less, *flags])


@dataclass(frozen=True)
class Mutated:
    """A mutant of the reference solution that earned full points; `reason` says why this is no harm, or is empty."""

    name: str
    reason: str


@dataclass
class Proof:
    """What was tried on an assignment, and what came of it.

    `answers`: what became of those that were tried. `headers`: the checks that each answers file says it fails.
    `cheap`: points by strategy. `left_out`: what trains and was not tried. `seconds`: by step.
    """

    assignment: Assignment
    trial: Trial = field(default_factory=Trial)
    answers: list[Judged] = field(default_factory=list)
    mutants: int = 0
    survivors: list[Mutated] = field(default_factory=list)
    cheap: dict[str, float] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    headers: dict[Path, frozenset[str]] = field(default_factory=dict)

    @property
    def untrue(self) -> list[Judged]:
        """The answers whose header is not true."""
        return [judged for judged in self.answers if not judged.is_as_said]

    @property
    def unexplained(self) -> list[Mutated]:
        """The surviving mutants without a reason."""
        return [mutant for mutant in self.survivors if not mutant.reason]

    @property
    def killed(self) -> float:
        """The share of the harmful mutants that lost points."""
        harmful = self.mutants - (len(self.survivors) - len(self.unexplained))
        return 1 - len(self.unexplained) / harmful if harmful else 1.0

    @property
    def never_failed(self) -> list[str]:
        """The checks that no wrong answer fails."""
        failed = {name for fails in self.headers.values() for name in fails}
        return [check.name for check in self.assignment.checks.declared if check.name not in failed]

    @property
    def not_alone(self) -> list[str]:
        """The checks that wrong answers fail, but none fails alone."""
        alone = {name for fails in self.headers.values() if len(fails) == 1 for name in fails}
        never = set(self.never_failed)
        return [check.name for check in self.assignment.checks.declared if check.name not in alone | never]

    @property
    def holds(self) -> bool:
        """Whether nothing is left to mend."""
        return not (self.untrue or self.trial.crashes or self.never_failed) and self.killed >= KILLED


def is_right(file: Path) -> bool:
    """Return whether an answers file lies among the right answers."""
    return file.parent.name == "right"
