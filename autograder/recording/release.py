"""Releases an assignment: proves that it is in order, generates the students' version, refuses when something would leak."""

from __future__ import annotations

import copy
import json
import logging
import re
import shutil
import tempfile
from pathlib import Path

from autograder.course.layout import Course
from autograder.course.notebooks import SECRET, SOLUTION, Notebook, read_course_notebook, visible
from autograder.errors import CourseError
from autograder.grading.pipeline import course_level, grade, validate
from autograder.recording import gradebook
from autograder.records import GradeReport, Submission

MARKERS = re.compile(r"(BEGIN|END) (SOLUTION|MARK SCHEME|HIDDEN TESTS)|mark(ing)? scheme", re.I)
TELLING = 25  # characters from which on a line of a hidden check is recognisable as its own


def release(course: Course, assignment: str, isolation: str = "") -> GradeReport:
    """Check an assignment, grade its reference solution, write release/ASSIGNMENT and the gradebook's cells.

    Returns the reference solution's report. Raises CourseError with everything that is wrong; release/ is then as it was.
    """
    found = validate(course, assignment)
    if found:
        raise CourseError(f"{assignment} cannot be released:\n" + "\n".join(f"  - {each}" for each in found))
    source = course.source_notebook(assignment)
    notebook = read_course_notebook(source)
    _refuse_leaks(course, assignment, notebook, {source.name: _text_of(visible(notebook))})
    report = grade(Submission("reference solution", assignment, source), course, level=course_level(course, isolation))
    failed = [f"{check.check.name}: {check.message}" for task in report.tasks for check in task.checks if not check.passed]
    if failed:
        raise CourseError(
            f"the reference solution of {assignment} does not earn full points:\n" + "\n".join(f"  - {each}" for each in failed)
        )
    generate(course, assignment)
    return report


def generate(course: Course, assignment: str) -> None:
    """Let nbgrader generate the students' version beside release/, look through it, and put it in place."""
    building = Path(tempfile.mkdtemp(prefix=".release-", dir=course.root))
    try:
        with gradebook.opened(course):  # makes the database when there is none
            pass
        _convert(course, assignment, building.name)
        made = building / assignment
        texts = {file.name: _readable(file) for file in sorted(made.rglob("*")) if file.is_file()}
        notebook = read_course_notebook(course.source_notebook(assignment))
        _refuse_leaks(course, assignment, notebook, texts)
        target = course.release / assignment
        target.parent.mkdir(exist_ok=True)
        shutil.rmtree(target, ignore_errors=True)
        made.rename(target)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _convert(course: Course, assignment: str, folder: str) -> None:
    from nbgrader.converters import GenerateAssignment
    from nbgrader.converters.base import NbGraderException
    from nbgrader.coursedir import CourseDirectory

    config = copy.deepcopy(course.config)
    config.CourseDirectory.update(root=str(course.root), release_directory=folder, assignment_id=assignment, db_url=course.db_url)
    converter = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config)
    said: list[str] = []
    log = logging.Logger("release")
    log.addHandler(_Collect(said))
    converter.log = log
    try:
        converter.start()
    except NbGraderException as error:
        raise CourseError(f"{assignment} cannot be released: {said[0] if said else error}") from error


class _Collect(logging.Handler):
    """Keeps nbgrader's complaints, whose last line is the reason."""

    def __init__(self, said: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._said = said

    def emit(self, record: logging.LogRecord) -> None:
        lines = record.getMessage().strip().splitlines()
        self._said.extend(line for line in lines[-1:] if not line.startswith(("There was an error processing", "Please see the")))


def secrets(course: Course, assignment: str, notebook: Notebook) -> tuple[list[list[str]], set[str]]:
    """What must not be in a student's hands: solutions and schemes, each as its lines, and telling lines of the checks."""
    regions = [
        match.group(0) for cell in notebook.cells for pattern in (SOLUTION, SECRET) for match in pattern.finditer(cell.source)
    ]
    solutions = [[line.strip() for line in region.splitlines()[1:-1] if line.strip()] for region in regions]
    lines = {line.strip() for file in course.checks(assignment).glob("*.py") for line in file.read_text().splitlines()}
    return [each for each in solutions if each], {
        line for line in lines if len(line) >= TELLING and not line.startswith(("import", "from", "#"))
    }


def _refuse_leaks(course: Course, assignment: str, notebook: Notebook, texts: dict[str, str]) -> None:
    """CourseError when a solution, a mark scheme or a line of a hidden check stands in a text for students."""
    solutions, checks = secrets(course, assignment, notebook)
    found = []
    for name, text in texts.items():
        lines = {line.strip() for line in text.splitlines()}
        if match := MARKERS.search(text):
            found.append(f"{name}: contains the words {match.group(0)!r}")
        found += [f"{name}: contains the solution {each[0]!r}" for each in solutions if set(each) <= lines]
        found += [f"{name}: contains a line of a hidden check: {line!r}" for line in sorted(checks & lines)]
    if found:
        raise CourseError(f"{assignment} is not released, it would leak:\n" + "\n".join(f"  - {each}" for each in found))


def _text_of(notebook: Notebook) -> str:
    return "\n".join(cell.source for cell in notebook.cells)


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
