"""Reads and writes notebooks, and finds the tasks in them.

Notebooks are read as plain JSON. The reader of nbformat takes a second to import, and it repairs what we have to
report.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from autograder import messages, plain_files
from autograder.course import pictures
from autograder.course.large_notebooks import without_outputs
from autograder.errors import BadSubmission, CourseError
from autograder.records import Task

MAX_NOTEBOOK_BYTES = 50 * 2**20
MAX_CELL_CHARACTERS = 200_000
TEST_PREFIX = "test_"
CODE_STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
NOT_RUN = "skip-execution"
TEXT_STUB = "YOUR ANSWER HERE"
SOLUTION = re.compile(r"^[ \t]*###\s*BEGIN SOLUTION.*?^[ \t]*###\s*END SOLUTION[^\n]*$", re.S | re.M)
SECRET = re.compile(
    r"^[ \t]*###\s*BEGIN (?:MARK SCHEME|HIDDEN TESTS).*?^[ \t]*###\s*END (?:MARK SCHEME|HIDDEN TESTS)[^\n]*\n?",
    re.S | re.M,
)


@dataclass(frozen=True)
class Cell:
    """One cell of a notebook.

    `kind`: the nbformat cell type, for example `code` or `markdown`.
    `grade_id`: empty for cells without nbgrader metadata.
    `for_people`: whether the cell has nbclient's tag `skip-execution`, for example a widget; the grader skips it.
    `added`: whether this is a code cell of the student's own in a rebuilt notebook.
    `edited`: whether it is the student's version of a given cell, which runs after the original.
    `task`: whether this is nbgrader's "manually graded task", whose answer stands in cells that students add.
    """

    kind: str
    source: str
    grade_id: str = ""
    grade: bool = False
    solution: bool = False
    locked: bool = False
    points: float = 0.0
    cell_id: str = ""
    for_people: bool = False
    attachments: Mapping[str, Any] = field(default_factory=dict)
    added: bool = False
    edited: bool = False
    task: bool = False

    @property
    def is_code(self) -> bool:
        """Whether this is a code cell."""
        return self.kind == "code"

    @property
    def is_test(self) -> bool:
        """Whether this cell carries the points of a solution cell before it."""
        return self.grade and not self.solution


@dataclass(frozen=True)
class Notebook:
    """The cells of a notebook, in order."""

    name: str
    cells: tuple[Cell, ...]

    def cell(self, grade_id: str) -> Cell:
        """Return the cell with this grade_id. Raises KeyError when there is none."""
        for cell in self.cells:
            if cell.grade_id == grade_id:
                return cell
        raise KeyError(grade_id)

    @property
    def title(self) -> str:
        """The first top-level heading, or the name of the notebook."""
        texts = [cell.source for cell in self.cells if cell.kind == "markdown"]
        headings = (re.search(r"^#\s+(.+?)\s*$", text, re.M) for text in texts)
        return next((heading[1] for heading in headings if heading), self.name)

    @property
    def points(self) -> float:
        """The points that can be earned."""
        return sum(cell.points for cell in self.cells if cell.grade)

    def solutions(self) -> tuple[Cell, ...]:
        """Return the cells that students fill in."""
        return tuple(cell for cell in self.cells if cell.solution)


def read_course_notebook(file: Path) -> Notebook:
    """Read an instructor's notebook. Raises CourseError with one line when it cannot be read."""
    try:
        return parse(file.read_bytes(), file.stem)
    except (OSError, BadSubmission) as error:
        raise CourseError(f"{file} is not a notebook: {error}") from error


def read_submission(file: Path) -> bytes:
    """Read the bytes of a submitted notebook. Raises BadSubmission when it is not a regular file or is too large.

    A large one is read without its outputs. Links are not followed; see `autograder/plain_files.py`.
    """
    try:
        with plain_files.opened(file) as (stream, status):
            if stream is None:
                raise messages.NOT_A_FILE.filled(file=file.name).fault(BadSubmission)
            if status.st_size <= MAX_NOTEBOOK_BYTES:
                return stream.read(MAX_NOTEBOOK_BYTES + 1)
            content = without_outputs(stream, MAX_NOTEBOOK_BYTES)
            if content is None:
                sizes = {"size": status.st_size / 2**20, "limit": MAX_NOTEBOOK_BYTES // 2**20}
                raise messages.FILE_TOO_LARGE.filled(file=file.name, **sizes).fault(BadSubmission)
            return content
    except OSError as error:
        raise messages.NO_NOTEBOOK.filled(file=file.name).fault(BadSubmission, detail=str(error)) from error


def parse(content: bytes, name: str) -> Notebook:
    """Read a notebook from nbformat 4 JSON. Raises BadSubmission, with the reason, for anything else."""
    try:
        tree = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise messages.NOT_JSON.fault(BadSubmission, detail=str(error)[:300]) from error
    return from_tree(tree, name)


def from_tree(tree: Any, name: str) -> Notebook:
    """Return the notebook that this nbformat 4 JSON describes. Raises BadSubmission for anything else."""
    if not isinstance(tree, dict) or tree.get("nbformat") != 4 or not isinstance(tree.get("cells"), list):
        raise messages.NOT_FORMAT_4.fault(BadSubmission)
    return Notebook(name, tuple(_cell(cell) for cell in tree["cells"] if isinstance(cell, dict)))


def _cell(tree: dict[str, Any]) -> Cell:
    metadata = tree.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    nbgrader = nbgrader if isinstance(nbgrader, dict) else {}
    points = nbgrader.get("points", 0)
    kind, source = _text(tree.get("cell_type")), _text(tree.get("source"))
    attachments = tree.get("attachments")
    attachments = attachments if isinstance(attachments, dict) else {}
    if kind != "code":
        source, in_the_text = pictures.apart(source)
        attachments = attachments | in_the_text
    return Cell(
        kind=kind,
        source=source[: MAX_CELL_CHARACTERS + 1],
        grade_id=_text(nbgrader.get("grade_id")),
        grade=nbgrader.get("grade") is True,
        solution=nbgrader.get("solution") is True,
        locked=nbgrader.get("locked") is True,
        points=float(points) if isinstance(points, int | float) else 0.0,
        cell_id=_text(tree.get("id")),
        for_people=isinstance(metadata, dict)
        and isinstance(metadata.get("tags"), list)
        and NOT_RUN in metadata["tags"],
        attachments=attachments,
        task=nbgrader.get("task") is True,
    )


def _text(value: object) -> str:
    """Return a string or a list of lines as one string. Lone surrogates, which cannot be encoded, are replaced."""
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def tasks(notebook: Notebook) -> tuple[Task, ...]:
    """Return the tasks of an instructor's notebook, in order."""
    graded = []
    title = ""
    for cell in notebook.cells:
        if cell.kind == "markdown" and not cell.solution:
            heading = re.search(r"^#+\s*(.+?)\s*$", cell.source, re.M)
            title = heading.group(1) if heading else title
        if cell.grade and cell.solution:
            manual = Task(cell.grade_id, cell.grade_id, cell.points, title or cell.grade_id, True, notebook.name)
            graded.append(manual)
        elif cell.is_test:
            answer = cell.grade_id.removeprefix(TEST_PREFIX)
            graded.append(Task(answer, cell.grade_id, cell.points, title or answer, False, notebook.name))
    return tuple(graded)


def problems(notebook: Notebook) -> list[str]:
    """Return a line for each error in an instructor's notebook: in ids, points, or pairs of solution and test cells."""
    errors = []
    ids = [cell.grade_id for cell in notebook.cells if cell.grade_id]
    errors += [f"the grade_id {name} is used {count} times" for name, count in Counter(ids).items() if count > 1]
    errors += [f"{name} is not a name (letters, digits, _)" for name in ids if not name.isidentifier()]
    solutions: set[str] = set()
    for cell in notebook.cells:
        name = cell.grade_id
        if (cell.grade or cell.solution) and not name:
            errors.append(f"a graded cell has no grade_id: {cell.source[:40]!r}")
        if cell.grade and not cell.points > 0:
            errors.append(f"{name}: a graded cell needs points")
        if cell.task:  # nobody could reach its points
            errors.append(f"{name}: manually graded *task* cells are not supported; make it a manually graded answer")
        if cell.is_test and name.removeprefix(TEST_PREFIX) not in solutions:
            errors.append(f"{name}: no solution cell {name.removeprefix(TEST_PREFIX)} comes before it")
        if cell.solution:
            solutions.add(name)
        if cell.solution and not cell.grade and TEST_PREFIX + name not in ids:
            errors.append(f"{name}: no graded cell {TEST_PREFIX}{name} follows it")
        if cell.solution and not SOLUTION.search(cell.source):
            errors.append(f"{name}: no ### BEGIN SOLUTION ... ### END SOLUTION in it")
    if not solutions:
        errors.append("there is no solution cell")
    return errors


def released_text(cell: Cell) -> str:
    """Return the text of a cell for students: stubs in place of solutions, no mark schemes, no hidden tests."""

    def stub(match: re.Match[str]) -> str:
        indent = match.group(0)[: len(match.group(0)) - len(match.group(0).lstrip())]
        return "\n".join(indent + line for line in (CODE_STUB if cell.is_code else TEXT_STUB).splitlines())

    return SECRET.sub("", SOLUTION.sub(stub, cell.source))


def visible(notebook: Notebook) -> Notebook:
    """Return the instructor's notebook as students may see it: without solutions, mark schemes and hidden tests."""
    return replace(notebook, cells=tuple(replace(cell, source=released_text(cell)) for cell in notebook.cells))


def to_json(notebook: Notebook, outputs: dict[int, list[dict[str, Any]]], metadata: dict[str, Any]) -> dict[str, Any]:
    """Return a notebook as nbformat 4.5 JSON.

    `outputs`: the nbformat outputs of each cell, by the index of the cell.
    Attachments are written as they are: those of a student must be pictures that `pictures.rewritten` returned.
    The id of a cell is that of the instructor's cell; a cell without one gets an id from its position.
    """
    cells: list[dict[str, Any]] = []
    for index, cell in enumerate(notebook.cells):
        entry: dict[str, Any] = {
            "cell_type": cell.kind,
            "id": cell.cell_id or f"cell-{index}",
            "metadata": {},
            "source": cell.source,
        }
        if cell.grade_id:
            entry["metadata"]["nbgrader"] = {
                "grade_id": cell.grade_id,
                "grade": cell.grade,
                "solution": cell.solution,
                "locked": cell.locked,
                "schema_version": 3,
                "task": False,
                "cell_type": cell.kind,
            } | ({"points": cell.points} if cell.grade else {})
        if cell.added:
            entry["metadata"]["autograder"] = {"added": True}
        if cell.for_people and not cell.solution:
            entry["metadata"]["tags"] = [NOT_RUN]
        if cell.attachments and not cell.is_code:
            entry["attachments"] = cell.attachments
        if cell.is_code:
            entry |= {"execution_count": None, "outputs": outputs.get(index, [])}
        cells.append(entry)
    return nbformat_tree(cells, metadata)


def nbformat_tree(cells: list[dict[str, Any]], metadata: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a Python notebook with these cells as nbformat 4.5 JSON."""
    kernelspec = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": kernelspec | (metadata or {}), "cells": cells}
