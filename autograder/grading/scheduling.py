"""Submissions -> worker processes -> reports, as they finish; a worker that dies costs its submission one retry."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from autograder.course.layout import Course
from autograder.errors import AutograderError
from autograder.grading.pipeline import grade
from autograder.records import GradeReport, Submission

TRIES = 2


@dataclass(frozen=True)
class Result:
    """A submission with its report, or with the reason why it could not be graded (our fault, never a zero)."""

    submission: Submission
    report: GradeReport | None
    error: str = ""
    detail: str = ""


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def grade_all(course: Course, submissions: Sequence[Submission], jobs: int, level: str = "") -> Iterator[Result]:
    """Grade submissions in `jobs` worker processes, at the course's isolation level or another, and yield each result as it comes.

    When the consumer stops early, or Ctrl-C arrives, the workers and their kernels end; what was yielded stays.
    """
    waiting = [(each, 1) for each in submissions]
    with tempfile.TemporaryDirectory(prefix="autograder-", ignore_cleanup_errors=True) as scratch:
        while waiting:
            retry: list[tuple[Submission, int]] = []
            pool = ProcessPoolExecutor(
                max_workers=max(1, min(jobs, len(waiting))),
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_begin,
                initargs=(scratch,),
            )
            try:
                running = {pool.submit(_work, course.root, each, level): (each, tries) for each, tries in waiting}
                while running:
                    done, _ = wait(running, return_when=FIRST_COMPLETED)
                    for future in done:
                        submission, tries = running.pop(future)
                        try:
                            yield future.result()
                        except BrokenProcessPool:
                            if tries < TRIES:
                                retry.append((submission, tries + 1))
                            else:
                                yield Result(submission, None, "the worker process died twice")
            except BaseException:
                _stop(pool)
                raise
            pool.shutdown()
            waiting = retry


def _work(root: Path, submission: Submission, level: str) -> Result:
    try:
        return Result(submission, grade(submission, Course.open(root), level=level))
    except AutograderError as error:
        return Result(submission, None, str(error), traceback.format_exc())
    except Exception as error:  # our fault: the submission stays ungraded and the class goes on
        return Result(submission, None, f"{type(error).__name__}: {error}", traceback.format_exc())


def _begin(scratch: str) -> None:
    """In a worker: Ctrl-C is the parent's to handle, and so is what a worker that was killed left in `scratch`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tempfile.tempdir = scratch


def _stop(pool: ProcessPoolExecutor) -> None:
    """End the workers in the middle of their work; their warm processes and kernels end with them."""
    workers = list((pool._processes or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for worker in workers:
        with contextlib.suppress(Exception):
            worker.terminate()
            worker.join()
