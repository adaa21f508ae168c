"""An assignment as a value: everything that grading depends on, read once, and nothing that has to be looked up again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course.notebooks import Notebook
from autograder.course.settings import OnSubmission
from autograder.errors import CourseError
from autograder.records import Check, Level, Limits, Task

ROUNDING = 1e-9


@dataclass(frozen=True)
class InstructorNotebook:
    """One notebook of the instructor's, with solutions, and its graded parts in order."""

    notebook: Notebook
    tasks: tuple[Task, ...]

    @property
    def name(self) -> str:
        """The name of its file, without suffix."""
        return self.notebook.name


@dataclass(frozen=True)
class CheckModules:
    """The hidden checks: the text of each file by its name, and what they declare.

    `folder` is where the instructor finds them: for messages, nothing is read there.
    """

    folder: str
    files: tuple[tuple[str, str], ...] = field(repr=False)
    declared: tuple[Check, ...]


@dataclass(frozen=True)
class ServedDataset:
    """A dataset as kernels are served it; `withheld` is the folder of rows that they are not served, if there are any."""

    name: str
    origin: str
    folder: Path
    withheld: Path | None = None


@dataclass(frozen=True)
class Assignment:
    """Everything about an assignment that grading needs.

    `datasets` are those that the assignment asks for; `served` all that kernels can load. `seed_key` is derived from
    the course's secret for this assignment alone. `version` is a fingerprint of all that grades depend on: not of the
    policy on submission. `files` are the other files of the assignment, by their path.
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
        """The graded parts of all notebooks, in order."""
        return tuple(task for notebook in self.notebooks for task in notebook.tasks)

    @property
    def points(self) -> float:
        """What can be earned."""
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
        """The notebook of an assignment that has one; raises CourseError for another one."""
        if len(self.notebooks) != 1:
            raise CourseError(f"{self.name} has {len(self.notebooks)} notebooks: name the one that is meant")
        return self.notebooks[0]

    def checks_of(self, notebook: str) -> tuple[Check, ...]:
        """Return the declared checks whose cells are in this notebook."""
        return tuple(check for check in self.checks.declared if check.notebook == notebook)


def resolve(checks: Iterable[Check], tasks: Sequence[Task]) -> tuple[list[Check], list[str]]:
    """Return the checks with the notebook of each filled in, and what is wrong with those that have none or several.

    A check that names no notebook belongs to the one that has its cell.
    """
    resolved, problems = [], []
    for check in checks:
        owners = [task.notebook for task in tasks if task.cell == check.cell]
        if check.notebook:
            owners = [owner for owner in owners if owner == check.notebook]
        if len(owners) == 1:
            resolved.append(Check(check.cell, check.name, check.title, check.points, owners[0]))
        elif owners:
            told = f"{check.name}: the cell {check.cell} is in {len(owners)} notebooks"
            problems.append(f'{told}; write @check(notebook="{owners[0]}", ...)')
        else:
            where = f" in the notebook {check.notebook}" if check.notebook else ""
            problems.append(f"{check.name}: there is no graded cell {check.cell}{where}")
    return resolved, problems


def disagreements(tasks: Sequence[Task], checks: Sequence[Check]) -> list[str]:
    """Return where resolved checks and graded cells do not fit together: sums of points, cells without a check."""
    found = []
    manual = {(task.notebook, task.cell) for task in tasks if task.manual}
    for check in checks:
        if (check.notebook, check.cell) in manual:
            found.append(f"{check.name}: the cell {check.cell} is graded by a person")
        if not check.points > 0:
            found.append(f"{check.name}: a check needs points")
    for task in tasks:
        total = sum(check.points for check in checks if (check.notebook, check.cell) == (task.notebook, task.cell))
        if not task.manual and total == 0:
            found.append(f"{task.grade_cell}: no hidden check belongs to the cell {task.cell}")
        elif not task.manual and abs(total - task.points) > ROUNDING:
            found.append(f"{task.grade_cell}: the cell gives {task.points:g} points, its checks {total:g}")
    names = [check.name for check in checks]
    found += [f"{name}: two checks have this name" for name in sorted({n for n in names if names.count(n) > 1})]
    return found
