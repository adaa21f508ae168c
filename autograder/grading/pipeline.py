"""Grades one submission: rebuilds its notebooks, runs them, checks the answers, and scores the results."""

from __future__ import annotations

import dataclasses
import hashlib
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

from autograder import messages, wire
from autograder.checking.known_values import KnownValues
from autograder.checking.plugin import run_checks
from autograder.checking.student import Ask, Student
from autograder.course import datasets
from autograder.course.assignment import Assignment, InstructorNotebook
from autograder.course.notebooks import Notebook, parse, to_json
from autograder.course.placing import Rebuilt, rebuild
from autograder.course.recovery import recover
from autograder.course.submissions import digest_of, loaded
from autograder.errors import BadSubmission, GraderError, StudentFault
from autograder.grading import unusual_code
from autograder.grading.check_folder import folder_of_checks
from autograder.grading.execution import Session
from autograder.grading.kernels import KernelRequest, Kernels
from autograder.grading.replies import Recorder, Recording
from autograder.grading.scoring import refused, score
from autograder.grading.training_cache import kernel_seed
from autograder.records import (
    CellRun,
    CellStatus,
    Check,
    Dataset,
    GradeReport,
    Level,
    NotebookReport,
    Submission,
    TaskReport,
    Unreadable,
)
from autograder.sandbox import levels

TRAININGS = wire.encode({"ask": "trainings"})
REHEARSAL_ROWS = 40
EMPTY = b'{"nbformat": 4, "cells": []}'
_grading = threading.Lock()


def grade(
    submission: Submission, assignment: Assignment, kernels: Kernels, recorder: Recorder | None = None
) -> GradeReport:
    """Grade one submission and return the report, which contains everything that the student's program did.

    With a `recorder` each check is rehearsed first: it runs on few rows, and the recorder gets all replies.

    The only files that it writes are entries of the training cache. A process can grade one submission at a time,
    because the checks run in a pytest session. Raises GraderError when our own machinery fails.
    """
    with _one_at_a_time():
        handed_in = loaded(submission, assignment)
        contents = handed_in.contents or {}
        reports = []
        for notebook in assignment.notebooks:
            content = contents[notebook.name]
            try:
                reports.append(_grade_notebook(notebook, content, handed_in, assignment, kernels, recorder))
            except BadSubmission as fault:
                why = Unreadable(fault.message, fault.hint, fault.detail)
                reports.append(_refused(notebook, why, assignment))
        about_all, first = handed_in.notes.get("", ()), reports[0]
        staff_notes = (*about_all, *first.staff_notes)
        reports[0] = dataclasses.replace(first, notes=(*about_all, *first.notes), staff_notes=staff_notes)
        return GradeReport(
            student=submission.student,
            assignment=assignment.name,
            key=key(handed_in, assignment, kernels.level),
            notebooks=tuple(reports),
            timestamp=submission.timestamp,
            data=assignment.data,
            isolation=kernels.level,
        )


def key(submission: Submission, assignment: Assignment, level: Level) -> str:
    """Return a hash of what is graded: the submission, the version of the assignment, and the isolation level."""
    levels.parse(level)
    contents = loaded(submission, assignment).contents or {}
    parts = [f"{name} {digest_of(content)}" for name, content in sorted(contents.items())]
    return hashlib.sha256("\n".join([assignment.version, level, *parts, submission.timestamp]).encode()).hexdigest()


def _grade_notebook(
    notebook: InstructorNotebook,
    content: bytes | Unreadable,
    submission: Submission,
    assignment: Assignment,
    kernels: Kernels,
    recorder: Recorder | None = None,
) -> NotebookReport:
    """Grade one notebook in a kernel of its own; raises BadSubmission when the notebook cannot be read."""
    if isinstance(content, Unreadable):
        return _refused(notebook, content, assignment)
    started_at, cpu_at_start = time.monotonic(), time.process_time()
    placed = place(notebook, content, submission)
    rebuilt = placed.rebuilt
    request = request_for(rebuilt, submission.student, assignment, kernels)
    with Session(rebuilt.notebook, lambda: kernels.start(request), assignment.limits) as session:
        # equal answers of two students, or of one at two times, meet other inputs; a regrade meets the same
        who = f"\0{submission.student}\0{submission.timestamp}\0".encode(errors="surrogatepass")
        seed = hashlib.sha256(assignment.seed_key + who + content).digest()
        known = KnownValues()

        def reach(check: Check) -> Student:
            return student_of(assignment, session.ask, session.reach(check.cell), known.of(check.cell))

        def rehearse(check: Check) -> Student:
            recording = Recording(notebook.name, check, session.reach(check.cell), seed)
            ask = recorder.listen(recording, session.ask) if recorder else session.ask
            return student_of(assignment, ask, recording.run, KnownValues(), REHEARSAL_ROWS)

        order = [cell.grade_id for cell in rebuilt.notebook.cells if cell.grade_id]
        chosen = {check.name for check in assignment.checks_of(notebook.name)}
        results = run_checks(folder_of_checks(assignment), order, reach, seed, chosen, rehearse if recorder else None)
        session.finish()
        trained, reused, kernel_cpu = trainings(session)

    cells = rebuilt.notebook.cells
    runs = {cells[index].grade_id: run for index, run in session.runs.items() if cells[index].grade_id}
    outputs = {index: list(run.outputs) for index, run in session.runs.items()}
    cpu = {"kernel cpu": kernel_cpu, "grader cpu": time.process_time() - cpu_at_start}
    seconds = {**session.seconds, "training": trained, **cpu, "total": time.monotonic() - started_at}
    reuse_note = (f"{reused} trainings were remembered from an earlier run",) if reused else ()
    stopped = tuple(_given_cells_that_stopped(rebuilt.notebook, session.runs))
    reports = score(notebook.tasks, results, runs, rebuilt.untouched, placed.opened)
    return NotebookReport(
        name=notebook.name,
        tasks=tuple(with_unusual_code(reports, rebuilt.notebook)),
        tree=to_json(rebuilt.notebook, outputs, {}),
        notes=placed.notes,
        staff_notes=(*placed.staff_notes, *stopped, *reuse_note),
        seconds=tuple(seconds.items()),
        stopped=stopped,
    )


def student_of(
    assignment: Assignment, ask: Ask, run: CellRun, known: KnownValues, most_rows: int | None = None
) -> Student:
    """Return what the checks of a cell see of a student's work: answers to questions, and the assignment's data."""
    limit, thresholds = assignment.limits.reply_bytes, dict(assignment.thresholds)
    secret = assignment.seed_key
    return Student(ask, run, lambda name: open_dataset(assignment, name), limit, thresholds, known, most_rows, secret)


@dataclass(frozen=True)
class Placed:
    """A submitted notebook, rebuilt, with all notes about it; a person has to find the answers of `opened`."""

    rebuilt: Rebuilt
    notes: tuple[str, ...]
    staff_notes: tuple[str, ...]
    opened: frozenset[str]


def place(notebook: InstructorNotebook, content: bytes, submission: Submission) -> Placed:
    """Read and rebuild one submitted notebook; raises BadSubmission when it cannot be read."""
    recovered = recover(content, notebook.name)
    rebuilt = rebuild(notebook.notebook, recovered.notebook)
    found = (*submission.notes.get(notebook.name, ()), *(note.text for note in recovered.notes))
    if not recovered.cut_off:
        if not rebuilt.missing and len(rebuilt.untouched) == len(notebook.notebook.solutions()):
            found = (*found, messages.UNTOUCHED.text)
        return Placed(rebuilt, (*found, *rebuilt.notes), (*found, *rebuilt.staff_notes), rebuilt.opened)
    said = {messages.ANSWER_MISSING.filled(cell=cell).text for cell in rebuilt.missing}  # one note says it of them all
    notes, staff_notes = ([note for note in own if note not in said] for own in (rebuilt.notes, rebuilt.staff_notes))
    return Placed(rebuilt, (*found, *notes), (*found, *staff_notes), rebuilt.opened | rebuilt.missing)


def _given_cells_that_stopped(notebook: Notebook, runs: Mapping[int, CellRun]) -> Iterator[str]:
    """Yield a line for each of the assignment's own cells, no answers, that did not run to its end."""
    for index, run in runs.items():
        cell = notebook.cells[index]
        if not (cell.solution or cell.added or cell.is_test) and run.status is not CellStatus.OK:
            first_line = cell.source.strip().splitlines()[0][:60]
            yield f"the given cell {cell.grade_id or repr(first_line)} stopped: {run.error or run.status.value}"


def with_unusual_code(reports: Iterable[TaskReport], notebook: Notebook) -> Iterator[TaskReport]:
    """Yield the reports of tasks with what is unusual in the code of their answers, and of cells that follow them."""
    last = next((cell.grade_id for cell in notebook.cells if cell.solution), "")
    own: dict[str, list[str]] = {}
    earlier: dict[str, list[str]] = {}
    reaching: list[tuple[str, unusual_code.Unusual]] = []
    for cell in notebook.cells:
        if cell.solution:
            last = cell.grade_id
            earlier[last] = [f"{name}: {each}" for name, each in reaching if name != last]
        if cell.is_code and (cell.solution or cell.added):
            found = unusual_code.unusual(cell.source)
            own.setdefault(last, []).extend(map(str, found))
            reaching += [(last, each) for each in found if each.reaches]
    for report in reports:
        name = report.task.cell
        unusual = [] if report.task.manual else [*own.get(name, ()), *earlier.get(name, ())]
        yield dataclasses.replace(report, unusual=tuple(dict.fromkeys(unusual)))


def request_for(rebuilt: Rebuilt, student: str, assignment: Assignment, kernels: Kernels) -> KernelRequest:
    """Return the request for a kernel that can run this rebuilt notebook."""
    seed = kernel_seed(assignment.seed_key, assignment.name, student)
    if kernels.cache is None:
        return KernelRequest(assignment.limits, assignment.served_folders, seed, files=assignment.files)
    only = len(assignment.notebooks) == 1
    cached = kernels.cache.of(assignment.name, student, rebuilt.notebook, assignment.seed_key, only)
    return KernelRequest(assignment.limits, assignment.served_folders, cached.seed(seed), cached, assignment.files)


def _refused(notebook: InstructorNotebook, why: Unreadable, assignment: Assignment) -> NotebookReport:
    """Return the report on a notebook that cannot be read."""
    verdict = refused(notebook.tasks, assignment.checks_of(notebook.name), why)
    told = messages.NOT_READABLE.filled(reason=why.message).text
    empty = rebuild(notebook.notebook, parse(EMPTY, notebook.name)).notebook
    return NotebookReport(notebook.name, verdict, to_json(empty, {}, {}), (told,), (why.message, why.detail))


def open_dataset(assignment: Assignment, name: str) -> Dataset:
    """Open a dataset with the rows that kernels do not get; raises GraderError when it is not in the store."""
    for dataset in assignment.served:
        if dataset.name == name:
            return _opened(dataset.name, dataset.origin, dataset.folder, dataset.withheld)
    raise GraderError(f"a check of {assignment.name} asks for the dataset {name}, which is not in the store")


# Checks compute tables from a dataset and find them again only if it is the same object.
_opened = lru_cache(maxsize=8)(datasets.open_folders)


def trainings(session: Session) -> tuple[float, int, float]:
    """Return the CPU seconds of `fit`, how many trainings came from the cache, and the CPU seconds of the kernel.

    These are claims of the student's process and only for information; no answer gives zeros.
    """
    try:
        claims = wire.decode(session.ask(TRAININGS))["value"]
        fits = [(float(cpu), reused is True) for cpu, reused, _ in claims["fits"]]
        return sum(cpu for cpu, reused in fits if not reused), sum(reused for _, reused in fits), float(claims["cpu"])
    except (StudentFault, wire.WireError, KeyError, TypeError, ValueError):
        return 0.0, 0, 0.0


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    if not _grading.acquire(blocking=False):
        raise GraderError(
            "a submission is being graded in this process already: checks run in a pytest session, of which a process "
            "can have one at a time; use more processes instead of more threads"
        )
    try:
        yield
    finally:
        _grading.release()
