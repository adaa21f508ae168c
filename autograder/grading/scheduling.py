"""Submissions -> an executor -> results, as they finish."""

from __future__ import annotations

import traceback
from collections.abc import Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, replace
from itertools import islice

from autograder.course.assignment import Assignment
from autograder.course.submissions import loaded
from autograder.errors import AutograderError, WarmProcessEnded
from autograder.grading.kernels import Kernels, SandboxKernels
from autograder.grading.pipeline import grade
from autograder.records import GradeReport, Submission
from autograder.sandbox import levels

IN_FLIGHT = 64  # submissions whose notebooks are read and not graded yet: a class of thousands need not fit into memory


@dataclass(frozen=True)
class Result:
    """A submission with its report, or with the reason why it could not be graded (our fault, never a zero)."""

    submission: Submission
    report: GradeReport | None
    error: str = ""
    detail: str = ""


def schedule(
    submissions: Iterable[Submission],
    assignment: Assignment,
    executor: Executor,
    kernels: Kernels | None = None,
    in_flight: int = IN_FLIGHT,
) -> Generator[Result, None, None]:
    """Grade submissions by an executor and yield each result as it comes.

    The executor's workers need not see the course's folder: assignment and submission travel to them, each with all
    that it is made of. Each worker finds or starts a warm process of its own. `kernels` are those of the sandbox at the
    least level of the assignment, unless others are given. At most `in_flight` submissions are with the executor.
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
        names = [notebook.name for notebook in assignment.notebooks]
        return executor.submit(grade_one, loaded(submission, names), assignment, kernels)
    except Exception as error:  # an executor that is broken or closed: this submission stays ungraded
        refused: Future[Result] = Future()
        refused.set_exception(error)
        return refused


def _result(future: Future[Result], submission: Submission) -> Result:
    """Return what became of a submission; an error of the executor, whichever it is, leaves it ungraded."""
    error = future.exception()
    if error is not None:
        said = str(error) if isinstance(error, AutograderError) else f"{type(error).__name__}: {error}"
        return Result(submission, None, said, "".join(traceback.format_exception(error)))
    return replace(future.result(), submission=submission)


def grade_one(submission: Submission, assignment: Assignment, kernels: Kernels) -> Result:
    """Grade one submission and return what became of it; runs in a worker of the executor, and raises nothing.

    When the warm process ends meanwhile, all its kernels end with it: the submission is graded once more.
    """
    bare = replace(submission, contents=None)  # the way back is shorter
    try:
        try:
            return Result(bare, grade(submission, assignment, kernels))
        except WarmProcessEnded:
            return Result(bare, grade(submission, assignment, kernels))
    except AutograderError as error:
        return Result(bare, None, str(error), traceback.format_exc())
    except Exception as error:  # our fault: the submission stays ungraded and the class goes on
        return Result(bare, None, f"{type(error).__name__}: {error}", traceback.format_exc())
