"""Releases an assignment: proves that it is in order, generates the students' version, refuses when something would leak."""

from __future__ import annotations

import copy
import json
import logging
import re
import shutil
import tempfile
from pathlib import Path

from autograder.course.assignment import Assignment
from autograder.course.course import Course
from autograder.course.notebooks import SECRET, SOLUTION, visible
from autograder.errors import CourseError
from autograder.grading.pipeline import grade
from autograder.recording import gradebook
from autograder.records import GradeReport, Submission
from autograder.teaching.classroom import Grading, kernels_of

MARKERS = re.compile(r"(BEGIN|END) (SOLUTION|MARK SCHEME|HIDDEN TESTS)|mark(ing)? scheme", re.I)
TELLING = 25  # characters from which on a line of a hidden check is recognisable as its own
REFERENCE = "reference solution"


def release(course: Course, assignment: Assignment, isolation: str = "") -> GradeReport:
    """Grade the reference solution of an assignment, write release/ASSIGNMENT and the gradebook's cells.

    Returns the reference solution's report. Raises CourseError with everything that is wrong; release/ is then as it
    was.
    """
    texts = {
        f"{notebook.name}.ipynb": "\n".join(cell.source for cell in visible(notebook.notebook).cells)
        for notebook in assignment.notebooks
    }
    _refuse_leaks(assignment, texts)
    kernels = kernels_of(course, assignment, Grading(isolation=isolation))
    report = grade(Submission(REFERENCE, assignment.name, course.source / assignment.name), assignment, kernels)
    failed = [
        f"{check.check.name}: {check.message}" for task in report.tasks for check in task.checks if not check.passed
    ]
    if failed:
        lines = "\n".join(f"  - {line}" for line in failed)
        raise CourseError(f"the reference solution of {assignment.name} does not earn full points:\n{lines}")
    generate(course, assignment)
    return report


def generate(course: Course, assignment: Assignment) -> None:
    """Let nbgrader generate the students' version beside release/, look through it, and put it in place."""
    building = Path(tempfile.mkdtemp(prefix=".release-", dir=course.root))
    try:
        with gradebook.opened(course):  # makes the database when there is none
            pass
        _convert(course, assignment.name, building.name)
        made = building / assignment.name
        texts = {file.name: _readable(file) for file in sorted(made.rglob("*")) if file.is_file()}
        _refuse_leaks(assignment, texts)
        target = course.release / assignment.name
        target.parent.mkdir(exist_ok=True)
        shutil.rmtree(target, ignore_errors=True)
        made.rename(target)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _convert(course: Course, name: str, folder: str) -> None:  # nbgrader goes by the name
    from nbgrader.converters import GenerateAssignment
    from nbgrader.converters.base import NbGraderException
    from nbgrader.coursedir import CourseDirectory

    config = copy.deepcopy(course.config)
    config.CourseDirectory.update(
        root=str(course.root), release_directory=folder, assignment_id=name, db_url=course.db_url
    )
    converter = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config)
    said: list[str] = []
    log = logging.Logger("release")
    log.addHandler(_Collect(said))
    converter.log = log
    try:
        converter.start()
    except NbGraderException as error:
        raise CourseError(f"{name} cannot be released: {said[0] if said else error}") from error


class _Collect(logging.Handler):
    """Keeps nbgrader's complaints, whose last line is the reason."""

    def __init__(self, said: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._said = said

    def emit(self, record: logging.LogRecord) -> None:
        lines = record.getMessage().strip().splitlines()
        known = ("There was an error processing", "Please see the")
        self._said.extend(line for line in lines[-1:] if not line.startswith(known))


def secrets(assignment: Assignment) -> tuple[list[list[str]], set[str]]:
    """Return what must not be in a student's hands: solutions and schemes as their lines, telling lines of checks."""
    regions = [
        match.group(0)
        for notebook in assignment.notebooks
        for cell in notebook.notebook.cells
        for pattern in (SOLUTION, SECRET)
        for match in pattern.finditer(cell.source)
    ]
    solutions = [[line.strip() for line in region.splitlines()[1:-1] if line.strip()] for region in regions]
    lines = {line.strip() for _, text in assignment.checks.files for line in text.splitlines()}
    telling = {line for line in lines if len(line) >= TELLING and not line.startswith(("import", "from", "#"))}
    return [solution for solution in solutions if solution], telling


def _refuse_leaks(assignment: Assignment, texts: dict[str, str]) -> None:
    """Raise CourseError when a solution, a mark scheme or a line of a hidden check stands in a text for students."""
    solutions, checks = secrets(assignment)
    found = []
    for name, text in texts.items():
        lines = {line.strip() for line in text.splitlines()}
        if match := MARKERS.search(text):
            found.append(f"{name}: contains the words {match.group(0)!r}")
        found += [f"{name}: contains the solution {solution[0]!r}" for solution in solutions if set(solution) <= lines]
        found += [f"{name}: contains a line of a hidden check: {line!r}" for line in sorted(checks & lines)]
    if found:
        told = "\n".join(f"  - {line}" for line in found)
        raise CourseError(f"{assignment.name} is not released, it would leak:\n{told}")


def _readable(file: Path) -> str:
    """A file's text; of a notebook all strings in it, so that outputs and metadata are looked through as well."""
    text = file.read_text(errors="replace")
    if file.suffix != ".ipynb":
        return text

    def strings(node: object) -> list[str]:
        if isinstance(node, str):
            return [node]
        if isinstance(node, list):
            whole = "".join(node) if all(isinstance(part, str) for part in node) else ""
            return [whole] if whole else [text for part in node for text in strings(part)]
        return [text for part in node.values() for text in strings(part)] if isinstance(node, dict) else []

    return "\n".join(strings(json.loads(text)))
