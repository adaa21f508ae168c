"""Notebooks as the grader reads them: parse, rebuild from the instructor's version, compare.

Notebooks are read as plain JSON: nbformat's own reader takes a second to import and repairs what it should report.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from autograder import messages
from autograder.errors import BadSubmission, CourseError
from autograder.records import Task

MAX_NOTEBOOK_BYTES = 50 * 2**20
MAX_CELL_CHARACTERS = 200_000
LONG_ANSWER = 8000  # characters: no answer to this course is that long
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
    """One cell; `grade_id` is empty for cells that nbgrader does not know.

    `for_people` is an instructor's cell with nbclient's tag `skip-execution`: a widget, say, that no grader looks at.
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

    @property
    def is_code(self) -> bool:
        """Whether it can be executed."""
        return self.kind == "code"

    @property
    def is_test(self) -> bool:
        """Whether it carries the points of the solution cell before it."""
        return self.grade and not self.solution


@dataclass(frozen=True)
class Notebook:
    """The cells of a notebook, in order."""

    name: str
    cells: tuple[Cell, ...]

    def cell(self, grade_id: str) -> Cell:
        """Return the cell of this grade_id; raises KeyError when there is none."""
        for cell in self.cells:
            if cell.grade_id == grade_id:
                return cell
        raise KeyError(grade_id)

    @property
    def title(self) -> str:
        """The first heading in it."""
        texts = [cell.source for cell in self.cells if cell.kind == "markdown"]
        return next((found[1] for text in texts if (found := re.search(r"^#\s+(.+?)\s*$", text, re.M))), self.name)

    @property
    def points(self) -> float:
        """What can be earned in it."""
        return sum(cell.points for cell in self.cells if cell.grade)

    def solutions(self) -> tuple[Cell, ...]:
        """Return the cells that students fill in."""
        return tuple(cell for cell in self.cells if cell.solution)


@dataclass(frozen=True)
class Rebuilt:
    """The notebook that runs: the instructor's, with the student's text in the solution cells.

    `missing` and `untouched` are grade_ids; `notes` tell the student, `staff_notes` tell staff, what was put aside.
    """

    notebook: Notebook
    missing: frozenset[str]
    untouched: frozenset[str]
    notes: tuple[str, ...]
    staff_notes: tuple[str, ...]


def read_course_notebook(file: Path) -> Notebook:
    """An instructor's notebook; CourseError with one line when it cannot be read."""
    try:
        return parse(file.read_bytes(), file.stem)
    except (OSError, BadSubmission) as error:
        raise CourseError(f"{file} is not a notebook: {error}") from error


def read_submission(file: Path) -> bytes:
    """The bytes that a student handed in; BadSubmission when there is no plain file of a sensible size.

    Opened without following links or waiting for a writer: a link, a FIFO or a device in place of the notebook is a
    way to make the grader read what the student cannot, or hang.
    """
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise messages.NO_NOTEBOOK.filled(file=file.name).fault(BadSubmission, detail=str(error)) from error
    with open(descriptor, "rb") as stream:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise messages.NOT_A_FILE.filled(file=file.name).fault(BadSubmission)
        if status.st_size > MAX_NOTEBOOK_BYTES:
            sizes = {"size": status.st_size / 2**20, "limit": MAX_NOTEBOOK_BYTES // 2**20}
            raise messages.FILE_TOO_LARGE.filled(file=file.name, **sizes).fault(BadSubmission)
        return stream.read(MAX_NOTEBOOK_BYTES + 1)


def parse(content: bytes, name: str) -> Notebook:
    """Read nbformat 4 JSON; BadSubmission says what is wrong with anything else."""
    try:
        tree = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise messages.NOT_UTF8.fault(BadSubmission) from error
    except (ValueError, RecursionError) as error:
        raise messages.NOT_JSON.fault(BadSubmission, detail=str(error)[:300]) from error
    if not isinstance(tree, dict) or tree.get("nbformat") != 4 or not isinstance(tree.get("cells"), list):
        raise messages.NOT_FORMAT_4.fault(BadSubmission)
    return Notebook(name, tuple(_cell(cell) for cell in tree["cells"] if isinstance(cell, dict)))


def _cell(tree: dict[str, Any]) -> Cell:
    metadata = tree.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    nbgrader = nbgrader if isinstance(nbgrader, dict) else {}
    points = nbgrader.get("points", 0)
    return Cell(
        kind=_text(tree.get("cell_type")),
        source=_text(tree.get("source"))[: MAX_CELL_CHARACTERS + 1],
        grade_id=_text(nbgrader.get("grade_id")),
        grade=nbgrader.get("grade") is True,
        solution=nbgrader.get("solution") is True,
        locked=nbgrader.get("locked") is True,
        points=float(points) if isinstance(points, int | float) else 0.0,
        cell_id=_text(tree.get("id")),
        for_people=isinstance(metadata, dict)
        and isinstance(metadata.get("tags"), list)
        and NOT_RUN in metadata["tags"],
        attachments=attachments if isinstance(attachments := tree.get("attachments"), dict) else {},
    )


def _text(value: object) -> str:
    """A string or a list of lines as one string; lone surrogates, which no file or kernel can take, are replaced."""
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def tasks(notebook: Notebook) -> tuple[Task, ...]:
    """Return the graded parts of an instructor's notebook, in order."""
    found = []
    title = ""
    for cell in notebook.cells:
        if cell.kind == "markdown" and not cell.solution:
            heading = re.search(r"^#+\s*(.+?)\s*$", cell.source, re.M)
            title = heading.group(1) if heading else title
        if cell.grade and cell.solution:
            manual = Task(cell.grade_id, cell.grade_id, cell.points, title or cell.grade_id, True, notebook.name)
            found.append(manual)
        elif cell.is_test:
            answer = cell.grade_id.removeprefix(TEST_PREFIX)
            found.append(Task(answer, cell.grade_id, cell.points, title or answer, False, notebook.name))
    return tuple(found)


def problems(notebook: Notebook) -> list[str]:
    """Return what is wrong with an instructor's notebook: ids, points, and the pairing of solution and test cells."""
    found = []
    ids = [cell.grade_id for cell in notebook.cells if cell.grade_id]
    found += [f"the grade_id {name} is used {count} times" for name, count in Counter(ids).items() if count > 1]
    found += [f"{name} is not a name (letters, digits, _)" for name in ids if not name.isidentifier()]
    solutions: set[str] = set()
    for cell in notebook.cells:
        name = cell.grade_id
        if (cell.grade or cell.solution) and not name:
            found.append(f"a graded cell has no grade_id: {cell.source[:40]!r}")
        if cell.grade and not cell.points > 0:
            found.append(f"{name}: a graded cell needs points")
        if cell.is_test and name.removeprefix(TEST_PREFIX) not in solutions:
            found.append(f"{name}: no solution cell {name.removeprefix(TEST_PREFIX)} comes before it")
        if cell.solution:
            solutions.add(name)
        if cell.solution and not cell.grade and TEST_PREFIX + name not in ids:
            found.append(f"{name}: no graded cell {TEST_PREFIX}{name} follows it")
        if cell.solution and not SOLUTION.search(cell.source):
            found.append(f"{name}: no ### BEGIN SOLUTION ... ### END SOLUTION in it")
    if not solutions:
        found.append("there is no solution cell")
    return found


def released_text(cell: Cell) -> str:
    """A cell as students get it: solutions replaced by nbgrader's stubs, mark schemes and hidden tests cut."""

    def stub(match: re.Match[str]) -> str:
        indent = match.group(0)[: len(match.group(0)) - len(match.group(0).lstrip())]
        return "\n".join(indent + line for line in (CODE_STUB if cell.is_code else TEXT_STUB).splitlines())

    return SECRET.sub("", SOLUTION.sub(stub, cell.source))


def visible(notebook: Notebook) -> Notebook:
    """Return the instructor's notebook without solutions, mark schemes and hidden tests: what students may see."""
    return replace(notebook, cells=tuple(replace(cell, source=released_text(cell)) for cell in notebook.cells))


def rebuild(instructor: Notebook, student: Notebook) -> Rebuilt:
    """Put the student's text into the solution cells of the instructor's notebook, by grade_id, and nothing else.

    Whatever else the student's notebook says about itself (flags, points, order, test cells, invented ids) counts for
    nothing and is reported.
    """
    template = visible(instructor)
    theirs: dict[str, list[Cell]] = {}
    for cell in student.cells:
        if cell.grade_id:
            theirs.setdefault(cell.grade_id, []).append(cell)
    cells, notes, staff = [], [], []
    missing, untouched = set(), set()
    for cell in template.cells:
        found = theirs.get(cell.grade_id, []) if cell.grade_id else []
        if cell.solution:
            text, note = _solution_text(cell, found)
            if note:
                notes.append(note.text)
                missing.update([cell.grade_id] if not found else [])
            if _same(text, cell.source):
                untouched.add(cell.grade_id)
            if len(text) > LONG_ANSWER and cell.is_code:
                staff.append(f"{cell.grade_id}: {len(text):,} characters; are there data, or weights, pasted into it?")
            cells.append(replace(cell, source=text))
            continue
        if cell.grade_id and not found:
            staff.append(f"{cell.grade_id}: the cell was deleted; the original was used")
        elif cell.grade_id and any(not _same(copy.source, cell.source) for copy in found):
            staff.append(f"{cell.grade_id}: the cell was edited; the original was used")
            if cell.is_test:
                notes.append(messages.TEST_CHANGED.filled(cell=cell.grade_id).text)
        cells.append(cell)
    staff += _changed_flags(template, theirs)
    added = _added_cells(template, student)
    if added:
        notes.append(messages.CELLS_ADDED.filled(count=added).text)
        staff.append(f"{added} added code cell(s) left out")
    return Rebuilt(
        replace(template, cells=tuple(cells)),
        frozenset(missing),
        frozenset(untouched),
        tuple(notes),
        tuple(notes + staff),
    )


def _changed_flags(template: Notebook, theirs: Mapping[str, list[Cell]]) -> list[str]:
    """Return what staff is told of cells that the assignment does not have, and of flags that were changed."""
    known = {cell.grade_id: cell for cell in template.cells if cell.grade_id}
    told = [f"{name}: there is no such cell in the assignment; it was left out" for name in theirs if name not in known]
    for name, copies in theirs.items():
        original = known.get(name)
        flags = [(copy.grade, copy.solution, copy.points) for copy in copies]
        if original and any(flag != (original.grade, original.solution, original.points) for flag in flags):
            told.append(f"{name}: its nbgrader flags or points were changed; the original ones count")
    return told


def _added_cells(template: Notebook, student: Notebook) -> int:
    """Return how many code cells the student added."""
    added = [cell for cell in student.cells if cell.is_code and not cell.grade_id and cell.source.strip()]
    return sum(not any(_same(cell.source, known.source) for known in template.cells) for cell in added)


def _solution_text(cell: Cell, found: list[Cell]) -> tuple[str, messages.Message | None]:
    """Return the text that runs for a solution cell and, when it is not simply the student's, why."""
    if not found:
        return cell.source, messages.ANSWER_MISSING.filled(cell=cell.grade_id)
    if len(found) > 1:
        return cell.source, messages.ANSWER_TWICE.filled(count=len(found), cell=cell.grade_id)
    if found[0].kind != cell.kind:
        kinds = {"found": found[0].kind or "nameless", "kind": cell.kind}
        return cell.source, messages.ANSWER_OF_OTHER_KIND.filled(cell=cell.grade_id, **kinds)
    if len(found[0].source) > MAX_CELL_CHARACTERS:
        return cell.source, messages.ANSWER_TOO_LONG.filled(cell=cell.grade_id, limit=MAX_CELL_CHARACTERS)
    return found[0].source, None


def _same(one: str, other: str) -> bool:
    def lines(text: str) -> list[str]:
        return [line.rstrip() for line in text.strip().splitlines()]

    return lines(one) == lines(other)


def to_json(notebook: Notebook, outputs: dict[int, list[dict[str, Any]]], metadata: dict[str, Any]) -> dict[str, Any]:
    """Nbformat 4.5 JSON of a notebook with outputs by cell index; ids come from the instructor's cells or the position."""
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
        if cell.for_people and not cell.solution:
            entry["metadata"]["tags"] = [NOT_RUN]
        if cell.attachments and not cell.solution:  # pictures of the task; a student's own could be anything
            entry["attachments"] = cell.attachments
        if cell.is_code:
            entry |= {"execution_count": None, "outputs": outputs.get(index, [])}
        cells.append(entry)
    return nbformat_tree(cells, metadata)


def nbformat_tree(cells: list[dict[str, Any]], metadata: dict[str, Any] | None = None) -> dict[str, Any]:
    """Nbformat 4.5 JSON of a Python notebook with these cells."""
    kernelspec = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": kernelspec | (metadata or {}), "cells": cells}
