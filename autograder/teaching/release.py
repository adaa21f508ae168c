"""Releases an assignment: grades the reference solution, generates the students' version, and refuses leaks."""

from __future__ import annotations

import copy
import json
import logging
import re
import shutil
import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from autograder.course.assignment import Assignment
from autograder.course.course import Course
from autograder.course.notebooks import SECRET, SOLUTION, visible
from autograder.errors import CourseError
from autograder.grading.local import several_workers
from autograder.grading.mutated_replies import Trial, try_replies
from autograder.grading.pipeline import grade
from autograder.grading.replies import Recorder
from autograder.recording import gradebook
from autograder.records import GradeReport, Submission
from autograder.teaching.classroom import Grading, kernels_of

MARKERS = re.compile(r"(BEGIN|END) (SOLUTION|MARK SCHEME|HIDDEN TESTS)|mark(ing)? scheme", re.I)
MIN_LINE_LENGTH = 25  # characters; shorter lines of a hidden check can appear elsewhere by chance
MAX_LINES = 20  # of errors that are alike
REFERENCE = "reference solution"


@dataclass(frozen=True)
class Released:
    """The report on the reference solution, and the mutated replies that all checks were tried on."""

    report: GradeReport
    trial: Trial


def release(
    course: Course,
    assignment: Assignment,
    isolation: str = "",
    *,
    progress: Callable[[str], None] = lambda step: None,
    try_checks: bool = True,
) -> Released:
    """Grade the reference solution, try the checks on mutated replies, and write release/ASSIGNMENT.

    The cells are entered in the gradebook. `isolation`: the name of an isolation level (default: the strongest one
    that this machine supports). `progress` is called with what is being done. Without `try_checks` the checks run on
    the reference solution alone.

    Raises CourseError when a solution or a hidden check would leak, when the reference solution does not earn full
    points, when a cell that students are given raises an error, or when a check raises one for some reply. The folder
    release/ is then unchanged.
    """
    texts = {
        f"{notebook.name}.ipynb": "\n".join(cell.source for cell in visible(notebook.notebook).cells)
        for notebook in assignment.notebooks
    }
    _refuse_leaks(assignment, texts)
    kernels = kernels_of(course, assignment, Grading(isolation=isolation))
    progress("grading the reference solution")
    recorder, reference = Recorder(), Submission(REFERENCE, assignment.name, course.source / assignment.name)
    report = grade(reference, assignment, kernels, recorder if try_checks else None)
    failed = [
        f"{check.check.name}: {check.message if check.judged else check.detail}"
        for task in report.tasks
        for check in task.checks
        if not check.passed
    ]
    if failed:
        lines = "\n".join(f"  - {line}" for line in failed)
        raise CourseError(f"the reference solution of {assignment.name} does not earn full points:\n{lines}")
    stopped = [line for notebook in report.notebooks for line in notebook.stopped]
    if stopped:
        lines = "\n".join(f"  - {line}" for line in stopped)
        raise CourseError(f"{assignment.name} is not released, a cell that students are given does not run:\n{lines}")
    with several_workers(assignment, kernels) if try_checks else nullcontext() as executor:
        trial = try_replies(
            assignment, recorder.recordings, lambda at: progress(f"trying checks on mutated replies, {at}"), executor
        )
    if trial.crashes:
        first = {(crash.check, crash.where, crash.error): crash for crash in reversed(trial.crashes)}
        lines = "\n".join(f"  - {crash}" for crash in list(first.values())[:MAX_LINES])
        raise CourseError(
            f"{assignment.name} is not released, {len(trial.crashes)} of {trial.count} replies make a check raise an "
            f"error of its own:\n{lines}"
        )
    progress("generating the students' version")
    generate(course, assignment)
    return Released(report, trial)


def generate(course: Course, assignment: Assignment) -> None:
    """Let nbgrader generate the students' version in a temporary folder, check it for leaks, and move it to release/.

    Raises CourseError when nbgrader fails or something would leak.
    """
    building = Path(tempfile.mkdtemp(prefix=".release-", dir=course.root))
    try:
        with gradebook.opened(course):  # creates the database when there is none
            pass
        _convert(course, assignment, building.name)
        generated = building / assignment.name
        texts = {file.name: _readable(file) for file in sorted(generated.rglob("*")) if file.is_file()}
        _refuse_leaks(assignment, texts)
        target = course.release / assignment.name
        target.parent.mkdir(exist_ok=True)
        shutil.rmtree(target, ignore_errors=True)
        generated.rename(target)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _convert(course: Course, assignment: Assignment, folder: str) -> None:
    """Run nbgrader's converter on an assignment; the result goes to `folder`, a name below the course's root."""
    from nbgrader.converters import GenerateAssignment
    from nbgrader.converters.base import NbGraderException
    from nbgrader.coursedir import CourseDirectory

    config = copy.deepcopy(course.config)
    config.CourseDirectory.update(
        root=str(course.root), release_directory=folder, assignment_id=assignment.name, db_url=course.db_url
    )
    # nbgrader wants mark schemes in its *task* cells alone; here they stand in the answers that a person grades
    config.ClearMarkScheme.enforce_metadata = False
    converter = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config)
    messages: list[str] = []
    log = logging.Logger("release")
    log.addHandler(_CollectMessages(messages))
    converter.log = log
    try:
        converter.start()
    except NbGraderException as error:
        raise CourseError(f"{assignment.name} cannot be released: {messages[0] if messages else error}") from error


class _CollectMessages(logging.Handler):
    """Collects the last line of each of nbgrader's error messages: it gives the reason."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._messages = messages

    def emit(self, record: logging.LogRecord) -> None:
        lines = record.getMessage().strip().splitlines()
        uninformative = ("There was an error processing", "Please see the")
        self._messages.extend(line for line in lines[-1:] if not line.startswith(uninformative))


def secrets(assignment: Assignment) -> tuple[list[list[str]], set[str]]:
    """Return what students must not see: the lines of each solution or mark scheme, and long lines of the checks."""
    regions = [
        match.group(0)
        for notebook in assignment.notebooks
        for cell in notebook.notebook.cells
        for pattern in (SOLUTION, SECRET)
        for match in pattern.finditer(cell.source)
    ]
    solutions = [[line.strip() for line in region.splitlines()[1:-1] if line.strip()] for region in regions]
    lines = {line.strip() for _, text in assignment.checks.files for line in text.splitlines()}
    lines = {line for line in lines if not line.startswith(("import", "from", "#"))}
    return [solution for solution in solutions if solution], {line for line in lines if len(line) >= MIN_LINE_LENGTH}


def _refuse_leaks(assignment: Assignment, texts: dict[str, str]) -> None:
    """Raise CourseError when a text for students contains a solution, a mark scheme or a line of a hidden check."""
    solutions, checks = secrets(assignment)
    leaks = []
    for name, text in texts.items():
        lines = {line.strip() for line in text.splitlines()}
        if match := MARKERS.search(text):
            leaks.append(f"{name}: contains the words {match.group(0)!r}")
        leaks += [f"{name}: contains the solution {solution[0]!r}" for solution in solutions if set(solution) <= lines]
        leaks += [f"{name}: contains a line of a hidden check: {line!r}" for line in sorted(checks & lines)]
    if leaks:
        listing = "\n".join(f"  - {leak}" for leak in leaks)
        raise CourseError(f"{assignment.name} is not released, it would leak:\n{listing}")


def _readable(file: Path) -> str:
    """Return the text of a file; for a notebook, all strings in it, also those in outputs and metadata."""
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
