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
    r"^[ \t]*###\s*BEGIN (?:MARK SCHEME|HIDDEN TESTS).*?^[ \t]*###\s*END (?:MARK SCHEME|HIDDEN TESTS)[^\n]*\n?", re.S | re.M
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
        """The cell of this grade_id; KeyError when there is none."""
        for each in self.cells:
            if each.grade_id == grade_id:
                return each
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
        """The cells that students fill in."""
        return tuple(each for each in self.cells if each.solution)


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
        raise BadSubmission(
            f"There is no notebook {file.name} in what you handed in.",
            hint="Hand in the notebook under its own name.",
            detail=str(error),
        ) from error
    with open(descriptor, "rb") as stream:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise BadSubmission(f"{file.name} is not a plain file.")
        if status.st_size > MAX_NOTEBOOK_BYTES:
            raise BadSubmission(
                f"{file.name} has {status.st_size / 2**20:.0f} MB; the limit is {MAX_NOTEBOOK_BYTES // 2**20} MB.",
                hint="Clear the outputs (Kernel, Restart and Clear Outputs) and hand in again.",
            )
        return stream.read(MAX_NOTEBOOK_BYTES + 1)


def parse(content: bytes, name: str) -> Notebook:
    """Read nbformat 4 JSON; BadSubmission says what is wrong with anything else."""
    try:
        tree = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadSubmission("The notebook is not UTF-8 text.", hint="Download it again from JupyterLab.") from error
    except (ValueError, RecursionError) as error:
        raise BadSubmission(
            "The notebook is not valid JSON, so no cell of it could be read.",
            hint="Open it in JupyterLab: if that fails too, hand in an older copy.",
            detail=str(error)[:300],
        ) from error
    if not isinstance(tree, dict) or tree.get("nbformat") != 4 or not isinstance(tree.get("cells"), list):
        raise BadSubmission("This is not a notebook of format 4.", hint="Open it in JupyterLab and save it again.")
    return Notebook(name, tuple(_cell(each) for each in tree["cells"] if isinstance(each, dict)))


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
        for_people=isinstance(metadata, dict) and isinstance(metadata.get("tags"), list) and NOT_RUN in metadata["tags"],
        attachments=attachments if isinstance(attachments := tree.get("attachments"), dict) else {},
    )


def _text(value: object) -> str:
    """A string or a list of lines as one string; lone surrogates, which no file or kernel can take, are replaced."""
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def tasks(notebook: Notebook) -> tuple[Task, ...]:
    """The graded parts of an instructor's notebook, in order."""
    found = []
    title = ""
    for each in notebook.cells:
        if each.kind == "markdown" and not each.solution:
            heading = re.search(r"^#+\s*(.+?)\s*$", each.source, re.M)
            title = heading.group(1) if heading else title
        if each.grade and each.solution:
            found.append(Task(each.grade_id, each.grade_id, each.points, title or each.grade_id, manual=True))
        elif each.is_test:
            solution = each.grade_id.removeprefix(TEST_PREFIX)
            found.append(Task(solution, each.grade_id, each.points, title or solution))
    return tuple(found)


def problems(notebook: Notebook) -> list[str]:
    """What is wrong with an instructor's notebook: ids, points, and the pairing of solution and test cells."""
    found = []
    ids = [each.grade_id for each in notebook.cells if each.grade_id]
    found += [f"the grade_id {each} is used {count} times" for each, count in Counter(ids).items() if count > 1]
    found += [f"{each} is not a name (letters, digits, _)" for each in ids if not each.isidentifier()]
    solutions = {each.grade_id for each in notebook.cells if each.solution}
    seen: set[str] = set()
    for each in notebook.cells:
        if (each.grade or each.solution) and not each.grade_id:
            found.append(f"a graded cell has no grade_id: {each.source[:40]!r}")
        if each.grade and not each.points > 0:
            found.append(f"{each.grade_id}: a graded cell needs points")
        if each.is_test and each.grade_id.removeprefix(TEST_PREFIX) not in seen:
            found.append(f"{each.grade_id}: no solution cell {each.grade_id.removeprefix(TEST_PREFIX)} comes before it")
        if each.solution:
            seen.add(each.grade_id)
        if each.solution and not each.grade and TEST_PREFIX + each.grade_id not in ids:
            found.append(f"{each.grade_id}: no graded cell {TEST_PREFIX}{each.grade_id} follows it")
        if each.solution and not SOLUTION.search(each.source):
            found.append(f"{each.grade_id}: no ### BEGIN SOLUTION ... ### END SOLUTION in it")
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
    """The instructor's notebook without solutions, mark schemes and hidden tests: what students may see."""
    return replace(notebook, cells=tuple(replace(each, source=released_text(each)) for each in notebook.cells))


def rebuild(instructor: Notebook, student: Notebook) -> Rebuilt:
    """Put the student's text into the solution cells of the instructor's notebook, by grade_id, and nothing else.

    Whatever else the student's notebook says about itself (flags, points, order, test cells, invented ids) counts for
    nothing and is reported.
    """
    template = visible(instructor)
    theirs: dict[str, list[Cell]] = {}
    for each in student.cells:
        if each.grade_id:
            theirs.setdefault(each.grade_id, []).append(each)
    cells, notes, staff = [], [], []
    missing, untouched = set(), set()
    for cell in template.cells:
        found = theirs.get(cell.grade_id, []) if cell.grade_id else []
        if cell.solution:
            text, note = _solution_text(cell, found)
            if note:
                notes.append(note)
                missing.update([cell.grade_id] if not found else [])
            if _same(text, cell.source):
                untouched.add(cell.grade_id)
            if len(text) > LONG_ANSWER and cell.is_code:
                staff.append(f"{cell.grade_id}: {len(text):,} characters; are there data, or weights, pasted into it?")
            cells.append(replace(cell, source=text))
            continue
        if cell.grade_id and not found:
            staff.append(f"{cell.grade_id}: the cell was deleted; the original was used")
        elif cell.grade_id and any(not _same(each.source, cell.source) for each in found):
            staff.append(f"{cell.grade_id}: the cell was edited; the original was used")
            if cell.is_test:
                notes.append(f"You changed the visible test {cell.grade_id}. It was graded in its original form.")
        cells.append(cell)
    known = {each.grade_id: each for each in template.cells if each.grade_id}
    staff += [f"{each}: there is no such cell in the assignment; it was left out" for each in theirs if each not in known]
    for name, found in theirs.items():
        original = known.get(name)
        if original and any(
            (each.grade, each.solution, each.points) != (original.grade, original.solution, original.points) for each in found
        ):
            staff.append(f"{name}: its nbgrader flags or points were changed; the original ones count")
    extra = sum(
        1
        for each in student.cells
        if each.is_code
        and not each.grade_id
        and each.source.strip()
        and not any(_same(each.source, known_cell.source) for known_cell in template.cells)
    )
    if extra:
        notes.append(
            f"{extra} code cell(s) that you added are not part of the assignment and did not run. Only the answer cells count."
        )
        staff.append(f"{extra} added code cell(s) left out")
    return Rebuilt(
        replace(template, cells=tuple(cells)), frozenset(missing), frozenset(untouched), tuple(notes), tuple(notes + staff)
    )


def _solution_text(cell: Cell, found: list[Cell]) -> tuple[str, str]:
    """The text that runs for a solution cell and, when it is not simply the student's, a note that says why."""
    if not found:
        return cell.source, f"The answer cell {cell.grade_id} is missing from your notebook."
    if len(found) > 1:
        return (
            cell.source,
            f"Your notebook has {len(found)} answer cells {cell.grade_id}; none of them could be graded. Keep one.",
        )
    if found[0].kind != cell.kind:
        return (
            cell.source,
            f"The answer cell {cell.grade_id} was turned into a {found[0].kind or 'nameless'} cell; it has to be a {cell.kind} cell.",
        )
    if len(found[0].source) > MAX_CELL_CHARACTERS:
        return cell.source, f"The answer cell {cell.grade_id} is longer than {MAX_CELL_CHARACTERS} characters and was not run."
    return found[0].source, ""


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
