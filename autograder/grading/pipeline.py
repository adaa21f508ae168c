"""Grades one submission, on one screen: rebuild, run, check, score."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder import wire
from autograder.checking.plugin import declared_checks, run_checks
from autograder.checking.student import Student
from autograder.course import datasets, thresholds, withholding
from autograder.course.layout import Course, fingerprint
from autograder.course.notebooks import parse, problems, read_course_notebook, read_submission, rebuild, tasks, to_json
from autograder.errors import BadSubmission, CourseError, GraderError, StudentFault
from autograder.grading.execution import Session
from autograder.grading.kernel import JupyterKernel, Kernel
from autograder.grading.memory import Memory, kernel_seed, memory_of
from autograder.grading.scoring import disagreements, refused, score
from autograder.records import GradeReport, Limits, Submission
from autograder.sandbox import isolation, launch

StartKernel = Callable[[Limits], Kernel]
TRAININGS = wire.encode({"ask": "trainings"})


def grade(
    submission: Submission,
    course: Course,
    start: StartKernel | None = None,
    level: str = "",
    threads: int = 1,
    fresh: bool = False,
) -> GradeReport:
    """Grade one submission at an isolation level (the course's by default); the report says everything.

    Nothing is written but what its trainings gave, to be remembered; `fresh` ignores what was remembered before.

    Raises CourseError when the assignment itself is not in order and GraderError when our machinery fails; whatever
    the student did is in the report.
    """
    begun, begun_cpu = time.monotonic(), time.process_time()
    level = level or course_level(course)
    instructor = read_course_notebook(course.source_notebook(submission.assignment))
    graded = tasks(instructor)
    folder, limits = course.checks(submission.assignment), course.limits(submission.assignment)
    bounds = thresholds.read(course, submission.assignment)
    common: dict[str, Any] = {
        "student": submission.student,
        "assignment": submission.assignment,
        "timestamp": submission.timestamp,
        "key": key(submission, course, level),
        "data": data_origins(course, submission.assignment),
        "isolation": level,
    }
    try:
        content = read_submission(submission.notebook)
        rebuilt = rebuild(instructor, parse(content, instructor.name))
    except BadSubmission as fault:
        verdict = refused(graded, declared_checks(folder), fault.message, fault.hint)
        empty = rebuild(instructor, parse(b'{"nbformat": 4, "cells": []}', instructor.name)).notebook
        return GradeReport(
            **common, tasks=verdict, notebook=to_json(empty, {}, {}), notes=(fault.message,), staff_notes=(fault.detail,)
        )

    memory = memory_of(course, submission.assignment, submission.student, rebuilt.notebook, fresh)
    starter = start or kernel_starter(
        course, level, threads, kernel_seed(course, submission.assignment, submission.student), memory
    )
    kept: dict[str, Any] = {}  # by checks, from one cell to the next
    with Session(rebuilt.notebook, lambda: starter(limits), limits) as session:

        def reach(cell: str) -> Student:
            run = session.reach(cell)
            return Student(session.ask, run, lambda name: open_data(course, name), limits.reply_bytes, bounds, kept)

        seed = hashlib.sha256(course.secret() + content).digest()
        order = [cell.grade_id for cell in rebuilt.notebook.cells if cell.grade_id]
        results = run_checks(folder, order, reach, seed)
        session.finish()
        trained, remembered, kernel_cpu = trainings(session)

    cells = rebuilt.notebook.cells
    runs = {cells[index].grade_id: run for index, run in session.runs.items() if cells[index].grade_id}
    outputs = {index: list(run.outputs) for index, run in session.runs.items()}
    cpu = {"kernel cpu": kernel_cpu, "grader cpu": time.process_time() - begun_cpu}
    seconds = {**session.seconds, "training": trained, **cpu, "total": time.monotonic() - begun}
    again = (f"{remembered} trainings were remembered from an earlier run",) if remembered else ()
    return GradeReport(
        **common,
        tasks=score(graded, results, runs, rebuilt.untouched),
        notebook=to_json(rebuilt.notebook, outputs, {}),
        notes=rebuilt.notes,
        staff_notes=(*rebuilt.staff_notes, *again),
        seconds=tuple(seconds.items()),
    )


def course_level(course: Course, wanted: str = "") -> str:
    """The isolation level at which this course is graded on this machine; CourseError when it is below the course's minimum."""
    return isolation.choose(course.minimum_isolation(), wanted)


def kernel_starter(course: Course, level: str, threads: int, seed: int, memory: Memory) -> StartKernel:
    """Starts kernels that see the course's datasets, and what this submission's trainings gave."""
    folders = served(course)
    return lambda limits: JupyterKernel(
        launch.start(folders, level, limits, threads, seed, memory.lay_out), limits, memory.collect
    )


def trainings(session: Session) -> tuple[float, int, float]:
    """Seconds of CPU of `fit`, how many trainings were remembered, seconds of the kernel: its own claim, for staff to read."""
    try:
        told = wire.decode(session.ask(TRAININGS))["value"]
        fits = [(float(cpu), known is True) for cpu, known, _ in told["fits"]]
        return sum(cpu for cpu, known in fits if not known), sum(known for _, known in fits), float(told["cpu"])
    except (StudentFault, wire.WireError, KeyError, TypeError, ValueError):
        return 0.0, 0, 0.0


def served(course: Course) -> dict[str, Path]:
    """The datasets that kernels of this course can load, by name: those that are in the store."""
    folders = {name: datasets.folder_of(course.store, name) for name in datasets.read_registry(course.data / "datasets.toml")}
    withheld = course.withheld()
    return {
        name: withholding.serve(course.store, name, course.secret()) if name in withheld else folder
        for name, folder in folders.items()
        if folder is not None
    }


def open_data(course: Course, name: str) -> datasets.Dataset:
    """A dataset as kernels are served it, with the rows that are withheld from them beside it."""
    if name in course.withheld():
        return withholding.open_served(course.store, name, course.secret())
    return datasets.open_dataset(course.store, name)


def data_origins(course: Course, assignment: str) -> tuple[tuple[str, str], ...]:
    """Where each dataset of an assignment came from; DataError, before any work, when one is not in the store."""
    return tuple((name, datasets.open_dataset(course.store, name).origin) for name in course.datasets(assignment))


def key(submission: Submission, course: Course, level: str) -> str:
    """A name for what is graded: the submission, the instructor's version, the checks, the settings, the level and the data."""
    checks = sorted(course.checks(submission.assignment).glob("*.py"))
    settings = f"{course.limits(submission.assignment)} {data_origins(course, submission.assignment)} {level}"
    settings += f" {sorted(thresholds.read(course, submission.assignment).items())}"
    version = fingerprint(course.source_notebook(submission.assignment), *checks)
    try:
        handed_in = hashlib.sha256(read_submission(submission.notebook)).hexdigest()
    except BadSubmission as fault:
        handed_in = fault.message
    return hashlib.sha256("\n".join([version, settings, handed_in, submission.timestamp]).encode()).hexdigest()


def validate(course: Course, assignment: str) -> list[str]:
    """What is wrong with an assignment before anyone runs it: its notebook, its checks, and whether they agree."""
    notebook = read_course_notebook(course.source_notebook(assignment))
    found = problems(notebook)
    folder = course.checks(assignment)
    if not sorted(folder.glob("test_*.py")):
        return [*found, f"{folder} has no checks (test_*.py)"]
    try:
        return found + disagreements(tasks(notebook), declared_checks(folder))
    except (CourseError, GraderError) as error:
        return [*found, str(error)]
