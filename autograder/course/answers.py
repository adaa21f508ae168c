"""Answers files: a submission as Python in the percent format, which a person can read in seconds.

    # why: the weights belong to blue, green, red
    # fails: test_weights

    # %% to_gray
    def to_gray(images): ...

`# %% GRADE_ID` starts the text of that solution cell; cells that are not named keep the reference solution. The lines
of a text cell may stand as comments. `# fails:` names the checks that have to fail, `# flags:` the cells that a person
is asked to look at, `# data:` the only origin of the data (`stand-in`) for which all this is so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.course.notebooks import Notebook, to_json
from autograder.errors import CourseError

CELL = re.compile(r"^# %%\s*(\S*)\s*$")
MARKER = re.compile(r"^[ \t]*### (?:BEGIN|END) SOLUTION[ \t]*\n?", re.M)
HEADER = re.compile(r"^#\s*(why|fails|flags|data):\s*(.*?)\s*$")


@dataclass(frozen=True)
class Answers:
    """Texts of solution cells by grade_id, and what the header says."""

    cells: Mapping[str, str]
    why: str = ""
    fails: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    data: str = ""


def read_answers(file: Path) -> Answers:
    """Parse an answers file; CourseError with the line when it cannot be understood."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
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
    fails, flags = (tuple(name.strip() for name in header.get(key, "").split(",") if name.strip()) for key in ("fails", "flags"))
    texts = {name: "\n".join(text).strip("\n") for name, text in cells.items()}
    return Answers(texts, header.get("why", ""), fails, flags, header.get("data", ""))


def hand_in(notebook: Notebook, answers: Answers, source: str = "the answers") -> bytes:
    """The notebook that a student with these answers hands in; CourseError for a cell that does not exist."""
    known = {each.grade_id: each for each in notebook.solutions()}
    for name in answers.cells:
        if name not in known:
            raise CourseError(f"{source}: there is no solution cell {name}; there are: {', '.join(known)}")

    def text(name: str, reference: str) -> str:
        if name not in answers.cells:
            return MARKER.sub("", reference).strip("\n")
        given = answers.cells[name]
        return (
            given if known[name].is_code else "\n".join(line.removeprefix("# ").removeprefix("#") for line in given.splitlines())
        )

    cells = tuple(replace(each, source=text(each.grade_id, each.source)) if each.solution else each for each in notebook.cells)
    return json.dumps(to_json(replace(notebook, cells=cells), {}, {}), indent=1).encode()
