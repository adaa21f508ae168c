"""Submissions -> worker processes -> reports, as they finish; a worker that dies costs its submission one retry."""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import shutil
import signal
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from autograder.course.layout import Course
from autograder.errors import AutograderError
from autograder.grading.pipeline import course_level, grade, served
from autograder.records import GradeReport, Submission
from autograder.sandbox.zygote import Warm, Zygote, adopt

TRIES = 2
DIED = "the worker process died"
PREFIX = "autograder-run-"
PR_SET_PDEATHSIG = 1


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


def grade_all(
    course: Course, submissions: Sequence[Submission], jobs: int, level: str = "", threads: int = 1
) -> Iterator[Result]:
    """Grade submissions in `jobs` worker processes, at the course's isolation level or another, and yield each result as it comes.

    One warm process serves all workers. When the consumer stops early, or Ctrl-C arrives, the workers and their kernels
    end; what was yielded stays.
    """
    waiting = [(each, 1) for each in submissions]
    level = level or course_level(course)
    sweep()
    with tempfile.TemporaryDirectory(prefix=f"{PREFIX}{os.getpid()}-", ignore_cleanup_errors=True) as scratch:
        while waiting:
            retry: list[tuple[Submission, int]] = []
            with closing(Zygote(level, served(course), threads, Path(scratch))) as zygote:
                pool = ProcessPoolExecutor(
                    max_workers=max(1, min(jobs, len(waiting))),
                    mp_context=multiprocessing.get_context("spawn"),
                    initializer=_begin,
                    initargs=(scratch, zygote.warm),
                )
                try:
                    pool.submit(cores)  # the workers start and import while the warm process does
                    zygote.await_ready()
                    running = {pool.submit(_work, course.root, each, level, threads): (each, tries) for each, tries in waiting}
                    while running:
                        done, _ = wait(running, return_when=FIRST_COMPLETED)
                        for future in done:
                            submission, tries = running.pop(future)
                            result = _result(future, submission)
                            if result.report is None and tries < TRIES and (result.error == DIED or not zygote.alive()):
                                retry.append((submission, tries + 1))
                            else:
                                yield result
                except BaseException:
                    _stop(pool)
                    raise
                pool.shutdown()
            waiting = retry


def _result(future: Future[Result], submission: Submission) -> Result:
    try:
        return future.result()
    except BrokenProcessPool:
        return Result(submission, None, DIED)


def sweep() -> None:
    """Remove what runs that were killed have left in the temporary folder; their names hold the number of their process."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        owner = folder.name.removeprefix(PREFIX).split("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists() and folder.stat().st_uid == os.getuid():
            shutil.rmtree(folder, ignore_errors=True)


def _work(root: Path, submission: Submission, level: str, threads: int) -> Result:
    try:
        return Result(submission, grade(submission, Course.open(root), level=level, threads=threads))
    except AutograderError as error:
        return Result(submission, None, str(error), traceback.format_exc())
    except Exception as error:  # our fault: the submission stays ungraded and the class goes on
        return Result(submission, None, f"{type(error).__name__}: {error}", traceback.format_exc())


def _begin(scratch: str, warm: Warm) -> None:
    """In a worker: Ctrl-C is the parent's to handle, and so is what a worker that was killed left in `scratch`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # no worker outlives its grader
    tempfile.tempdir = scratch
    adopt(warm)


def _stop(pool: ProcessPoolExecutor) -> None:
    """End the workers in the middle of their work; their warm processes and kernels end with them."""
    workers = list((pool._processes or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for worker in workers:
        with contextlib.suppress(Exception):
            worker.terminate()
            worker.join()
