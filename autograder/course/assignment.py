"""Describes an assignment as a value: everything that grading depends on, read from disk once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course.notebooks import Notebook
from autograder.course.settings import OnSubmission
from autograder.errors import CourseError
from autograder.records import Check, Level, Limits, Task

ROUNDING = 1e-9  # points: sums that differ by less are equal


@dataclass(frozen=True)
class InstructorNotebook:
    """One notebook of the instructor, with solutions, and its tasks in order."""

    notebook: Notebook
    tasks: tuple[Task, ...]

    @property
    def name(self) -> str:
        """The file name without its suffix."""
        return self.notebook.name


@dataclass(frozen=True)
class CheckModules:
    """The hidden checks of an assignment.

    `folder`: where the instructor finds them. It appears in messages; nothing is read there.
    `files`: the name and the text of each file.
    `declared`: the checks that the files declare.
    """

    folder: str
    files: tuple[tuple[str, str], ...] = field(repr=False)
    declared: tuple[Check, ...]


@dataclass(frozen=True)
class ServedDataset:
    """A dataset as kernels can load it.

    `withheld`: the folder of the rows that kernels never get, or None when no rows are withheld.
    """

    name: str
    origin: str
    folder: Path
    withheld: Path | None = None


@dataclass(frozen=True)
class Assignment:
    """Everything about an assignment that grading needs.

    `datasets`: the datasets that the assignment asks for.
    `served`: all datasets that kernels can load.
    `files`: the other files of the assignment, as pairs of path and content.
    `seed_key`: derived from the course's secret, different for each assignment.
    `version`: a fingerprint of everything that grades depend on. The policy on submission is not part of it.
    """

    name: str
    notebooks: tuple[InstructorNotebook, ...]
    checks: CheckModules
    limits: Limits
    datasets: tuple[ServedDataset, ...]
    served: tuple[ServedDataset, ...]
    thresholds: tuple[tuple[str, float], ...]
    on_submission: OnSubmission
    files: tuple[tuple[str, bytes], ...] = field(repr=False)
    isolation: Level
    seed_key: bytes = field(repr=False)
    version: str

    @property
    def tasks(self) -> tuple[Task, ...]:
        """The tasks of all notebooks, in order."""
        return tuple(task for notebook in self.notebooks for task in notebook.tasks)

    @property
    def points(self) -> float:
        """The points that can be earned."""
        return sum(notebook.notebook.points for notebook in self.notebooks)

    @property
    def title(self) -> str:
        """The first heading of the first notebook."""
        return self.notebooks[0].notebook.title

    @property
    def data(self) -> tuple[tuple[str, str], ...]:
        """The datasets that the assignment asks for, each with its origin."""
        return tuple((dataset.name, dataset.origin) for dataset in self.datasets)

    @property
    def served_folders(self) -> dict[str, Path]:
        """The folder of each dataset that kernels can load."""
        return {dataset.name: dataset.folder for dataset in self.served}

    @property
    def only_notebook(self) -> InstructorNotebook:
        """The notebook of an assignment with a single one. Raises CourseError when there are several."""
        if len(self.notebooks) != 1:
            raise CourseError(f"{self.name} has {len(self.notebooks)} notebooks: name one of them")
        return self.notebooks[0]

    def checks_of(self, notebook: str) -> tuple[Check, ...]:
        """Return the declared checks whose cells are in this notebook."""
        return tuple(check for check in self.checks.declared if check.notebook == notebook)


def resolve(checks: Iterable[Check], tasks: Sequence[Task]) -> tuple[list[Check], list[str]]:
    """Return the checks with their notebooks filled in, and a line for each check whose cell is ambiguous or missing.

    A check that names no notebook belongs to the notebook that has its cell.
    """
    resolved, problems = [], []
    for check in checks:
        owners = [task.notebook for task in tasks if task.cell == check.cell]
        if check.notebook:
            owners = [owner for owner in owners if owner == check.notebook]
        if len(owners) == 1:
            resolved.append(Check(check.cell, check.name, check.title, check.points, owners[0]))
        elif owners:
            problem = f"{check.name}: the cell {check.cell} is in {len(owners)} notebooks"
            problems.append(f'{problem}; write @check(notebook="{owners[0]}", ...)')
        else:
            where = f" in the notebook {check.notebook}" if check.notebook else ""
            problems.append(f"{check.name}: there is no graded cell {check.cell}{where}")
    return resolved, problems


def disagreements(tasks: Sequence[Task], checks: Sequence[Check]) -> list[str]:
    """Return a line for each disagreement between resolved checks and graded cells.

    Examples are a cell whose checks have other points in total, and a cell without a check.
    """
    problems = []
    manual = {(task.notebook, task.cell) for task in tasks if task.manual}
    for check in checks:
        if (check.notebook, check.cell) in manual:
            problems.append(f"{check.name}: the cell {check.cell} is graded by a person")
        if not check.points > 0:
            problems.append(f"{check.name}: a check needs points")
    for task in tasks:
        total = sum(check.points for check in checks if (check.notebook, check.cell) == (task.notebook, task.cell))
        if not task.manual and total == 0:
            problems.append(f"{task.grade_cell}: no hidden check belongs to the cell {task.cell}")
        elif not task.manual and abs(total - task.points) > ROUNDING:
            problems.append(f"{task.grade_cell}: the cell gives {task.points:g} points, its checks {total:g}")
    names = [check.name for check in checks]
    repeated = sorted({name for name in names if names.count(name) > 1})
    problems += [f"{name}: two checks have this name" for name in repeated]
    return problems
