"""Reads answers files: a submission as one Python file in the percent format, short enough to read in seconds.

    # why: the weights belong to blue, green, red
    # fails: test_weights

    # %% to_gray
    def to_gray(images): ...

`# %% GRADE_ID` starts the text of that solution cell. Write `# %% NOTEBOOK/GRADE_ID` where several notebooks of an
assignment have a cell of that name. Cells that the file does not name keep the reference solution. The lines of a text
cell may be written as comments.

The header may have four entries. `# why:` says what the answer demonstrates. `# fails:` names the checks that have to
fail. `# flags:` names the cells that a person is asked to look at. `# data:` names an origin of the data (`stand-in`):
the other entries then hold for data of that origin only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.course.assignment import Assignment
from autograder.course.notebooks import Notebook, to_json
from autograder.errors import CourseError

CELL = re.compile(r"^# %%\s*(\S*)\s*$")
MARKER = re.compile(r"^[ \t]*### (?:BEGIN|END) SOLUTION[ \t]*\n?", re.M)
HEADER = re.compile(r"^#\s*(why|fails|flags|data):\s*(.*?)\s*$")


@dataclass(frozen=True)
class Answers:
    """The texts of solution cells by grade_id, and the entries of the header."""

    cells: Mapping[str, str]
    why: str = ""
    fails: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    data: str = ""


def read_answers(file: Path) -> Answers:
    """Read an answers file. Raises CourseError with the line number when it cannot be understood."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()  # Windows Notepad writes a mark
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{file} cannot be read: {error}") from error
    header: dict[str, str] = {}
    cells: dict[str, list[str]] = {}
    current: list[str] | None = None
    for number, line in enumerate(lines, start=1):
        if line.startswith("# %%"):
            match = CELL.match(line)
            if match is None or not match.group(1):
                raise CourseError(f"{file}:{number}: write `# %% GRADE_ID`, the name of one solution cell")
            if match.group(1) in cells:
                raise CourseError(f"{file}:{number}: the cell {match.group(1)} comes twice")
            current = cells.setdefault(match.group(1), [])
        elif current is not None:
            current.append(line)
        elif match := HEADER.match(line):
            header[match.group(1)] = match.group(2)
        elif line.strip() and not line.startswith("#"):
            raise CourseError(f"{file}:{number}: code before the first `# %% GRADE_ID`")
    fails, flags = (
        tuple(name.strip() for name in header.get(key, "").split(",") if name.strip()) for key in ("fails", "flags")
    )
    texts = {name: "\n".join(text).strip("\n") for name, text in cells.items()}
    return Answers(texts, header.get("why", ""), fails, flags, header.get("data", ""))


def hand_in(notebook: Notebook, answers: Answers, source: str = "the answers") -> bytes:
    """Return the notebook that a student with these answers hands in, as JSON.

    Raises CourseError when the answers name a cell that the notebook does not have.
    """
    solutions = {cell.grade_id: cell for cell in notebook.solutions()}
    for name in answers.cells:
        if name not in solutions:
            raise CourseError(f"{source}: there is no solution cell {name}; there are: {', '.join(solutions)}")

    def text(name: str, reference: str) -> str:
        if name not in answers.cells:
            return MARKER.sub("", reference).strip("\n")
        answer = answers.cells[name]
        if solutions[name].is_code:
            return answer
        return "\n".join(line.removeprefix("# ").removeprefix("#") for line in answer.splitlines())

    cells = tuple(
        replace(cell, source=text(cell.grade_id, cell.source)) if cell.solution else cell for cell in notebook.cells
    )
    return json.dumps(to_json(replace(notebook, cells=cells), {}, {}), indent=1).encode()


def hand_in_all(assignment: Assignment, answers: Answers, source: str = "the answers") -> dict[str, bytes]:
    """Return all notebooks of an assignment as a student with these answers hands them in: JSON by notebook name.

    Raises CourseError when the answers name a cell that no notebook has, or that several notebooks have.
    """
    parts: dict[str, dict[str, str]] = {notebook.name: {} for notebook in assignment.notebooks}
    for name, text in answers.cells.items():
        notebook, cell = _place(assignment, name, source)
        parts[notebook][cell] = text
    return {
        notebook.name: hand_in(notebook.notebook, replace(answers, cells=parts[notebook.name]), source)
        for notebook in assignment.notebooks
    }


def _place(assignment: Assignment, name: str, source: str) -> tuple[str, str]:
    """Return the notebook and the cell that a name in an answers file refers to.

    Raises CourseError when no cell or more than one has this name.
    """
    wanted, _, cell = name.rpartition("/")
    candidates = [
        (notebook.name, solution.grade_id)
        for notebook in assignment.notebooks
        for solution in notebook.notebook.solutions()
        if wanted in ("", notebook.name)
    ]
    matches = [place for place in candidates if place[1] == cell]
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise CourseError(f"{source}: {cell} is in {len(matches)} notebooks; write `# %% {matches[0][0]}/{cell}`")
    names = ", ".join(cell for _, cell in candidates)
    raise CourseError(f"{source}: there is no solution cell {name}; there are: {names}")
