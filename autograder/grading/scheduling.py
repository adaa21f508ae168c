"""Hands submissions to an executor and yields the results as they finish."""

from __future__ import annotations

import traceback
from collections.abc import Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, replace
from itertools import islice

from autograder.course.assignment import Assignment
from autograder.course.submissions import loaded
from autograder.errors import AutograderError, WarmProcessEnded, WorkerEnded
from autograder.grading.kernels import Kernels, SandboxKernels
from autograder.grading.pipeline import grade
from autograder.records import GradeReport, Submission
from autograder.sandbox import levels

IN_FLIGHT = 64  # submissions in memory at a time, so that a class of thousands fits


@dataclass(frozen=True)
class Result:
    """A submission with its report, or with the error that prevented grading: our fault, never zero points.

    `ended_worker`: it has ended two worker processes, and would end the next one.
    """

    submission: Submission
    report: GradeReport | None
    error: str = ""
    detail: str = ""
    ended_worker: bool = False


def schedule(
    submissions: Iterable[Submission],
    assignment: Assignment,
    executor: Executor,
    kernels: Kernels | None = None,
    in_flight: int = IN_FLIGHT,
) -> Generator[Result, None, None]:
    """Grade submissions with an executor and yield every result as soon as it is known.

    The workers of the executor need no access to the course's folder: assignment and submission are sent to them
    complete. Every worker finds a warm process or starts one. The default for `kernels` is the sandbox at the strongest
    level that works here, at least that of the assignment. At most `in_flight` submissions are with the executor.

    Raises CourseError when no sufficient isolation level works on this machine.
    """
    kernels = kernels or SandboxKernels(levels.choose(assignment.isolation))
    waiting = iter(submissions)
    running: dict[Future[Result], Submission] = {}
    try:
        while True:
            for submission in islice(waiting, in_flight - len(running)):
                running[_submit(executor, submission, assignment, kernels)] = submission
            if not running:
                return
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield _result(future, running.pop(future))
    finally:
        for future in running:
            future.cancel()


def _submit(executor: Executor, submission: Submission, assignment: Assignment, kernels: Kernels) -> Future[Result]:
    try:
        return executor.submit(grade_one, loaded(submission, assignment), assignment, kernels)
    except Exception as error:  # the executor is broken or closed: the submission stays ungraded
        refused: Future[Result] = Future()
        refused.set_exception(error)
        return refused


def _result(future: Future[Result], submission: Submission) -> Result:
    """Return the result of a submission; after any error of the executor, the submission stays ungraded."""
    error = future.exception()
    if error is not None:
        text = str(error) if isinstance(error, AutograderError) else f"{type(error).__name__}: {error}"
        detail = "".join(traceback.format_exception(error))
        return Result(submission, None, text, detail, ended_worker=isinstance(error, WorkerEnded))
    return replace(future.result(), submission=submission)


def grade_one(submission: Submission, assignment: Assignment, kernels: Kernels) -> Result:
    """Grade one submission in a worker of the executor and return the result; it raises no error.

    When the warm process ends, its kernels end with it; the submission is then graded once more.
    """
    bare = replace(submission, contents=None)  # no need to send the contents back
    try:
        try:
            return Result(bare, grade(submission, assignment, kernels))
        except WarmProcessEnded:
            return Result(bare, grade(submission, assignment, kernels))
    except AutograderError as error:
        return Result(bare, None, str(error), traceback.format_exc())
    except Exception as error:  # our fault: the submission stays ungraded and the class goes on
        return Result(bare, None, f"{type(error).__name__}: {error}", traceback.format_exc())
