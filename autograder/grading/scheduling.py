"""Submissions -> worker processes -> reports, as they finish; a worker that dies costs its submission one retry."""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import signal
import tempfile
import traceback
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from autograder.course.layout import Course
from autograder.errors import AutograderError
from autograder.grading.pipeline import course_level, grade, served
from autograder.records import GradeReport, Submission
from autograder.sandbox.folders import remove
from autograder.sandbox.zygote import Warm, Zygote, adopt, kept

TRIES = 2
DIED = "the worker process died"
PREFIX = "autograder-run-"
MAX_FOLDER = 36
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


@contextmanager
def grading(
    course: Course, submissions: Sequence[Submission], jobs: int, level: str = "", threads: int = 1, fresh: bool = False
) -> Iterator[Iterator[Result]]:
    """Begin to grade submissions in `jobs` worker processes; gives the results as they come.

    The workers and the one warm process that serves them all start at once and in the background. When the consumer
    stops early, or Ctrl-C arrives, they and their kernels end; what was given stays. With `fresh` nothing that an
    earlier run trained is remembered.
    """
    level = level or course_level(course)
    sweep()
    where = tempfile.gettempdir()
    if len(where) > MAX_FOLDER:  # Linux allows 107 characters for the name of a socket, and kernels have theirs below it
        where = "/tmp"  # noqa: S108
    with tempfile.TemporaryDirectory(prefix=f"{PREFIX}{os.getpid()}-", dir=where, ignore_cleanup_errors=True) as folder:
        first = _Crew(course, Path(folder), min(jobs, len(submissions)), level, threads) if submissions else None
        results = _results(first, course, submissions, level, threads, fresh)
        try:
            yield results
        finally:
            results.close()
            if first:
                first.dismiss()


def grade_all(
    course: Course, submissions: Sequence[Submission], jobs: int, level: str = "", threads: int = 1, fresh: bool = False
) -> Iterator[Result]:
    """Grade submissions and yield each result as it comes, like `grading`."""
    with grading(course, submissions, jobs, level, threads, fresh) as results:
        yield from results


class _Crew:
    """Workers with the warm process that serves them: one of their own, or the one that this process has for itself."""

    def __init__(self, course: Course, folder: Path, jobs: int, level: str, threads: int) -> None:
        self.folder, self.jobs = folder, max(1, jobs)
        datasets = served(course)
        known = kept(level, datasets, threads)
        self.own, self.zygote = known is None, known or Zygote(level, datasets, threads, folder)
        self.pool = ProcessPoolExecutor(
            max_workers=self.jobs,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=(str(folder), self.zygote.warm),
        )
        for _ in range(self.jobs):
            self.pool.submit(cores)  # they import while the warm process does

    def dismiss(self) -> None:
        """End them, in the middle of their work if need be."""
        _stop(self.pool)
        if self.own:
            self.zygote.close()


def _results(
    crew: _Crew | None, course: Course, submissions: Sequence[Submission], level: str, threads: int, fresh: bool
) -> Generator[Result, None, None]:
    waiting = [(each, 1) for each in submissions]
    while crew and waiting:
        retry: list[tuple[Submission, int]] = []
        try:
            crew.zygote.await_ready()
            running = {_submit(crew.pool, course, each, level, threads, fresh): (each, tries) for each, tries in waiting}
            while running:
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    submission, tries = running.pop(future)
                    result = _result(future, submission)
                    if result.report is None and tries < TRIES and (result.error == DIED or not crew.zygote.alive()):
                        retry.append((submission, tries + 1))
                    else:
                        yield result
        finally:
            crew.dismiss()
        waiting = retry
        if waiting:
            crew = _Crew(course, crew.folder, min(crew.jobs, len(waiting)), level, threads)


def _submit(
    pool: ProcessPoolExecutor, course: Course, submission: Submission, level: str, threads: int, fresh: bool
) -> Future[Result]:
    try:
        return pool.submit(_work, course.root, submission, level, threads, fresh)
    except BrokenProcessPool as broken:  # a worker died before it had anything to do
        refused: Future[Result] = Future()
        refused.set_exception(broken)
        return refused


def _result(future: Future[Result], submission: Submission) -> Result:
    try:
        return future.result()
    except BrokenProcessPool:
        return Result(submission, None, DIED)


def sweep() -> None:
    """Remove what runs that were killed have left in the temporary folder; their names hold the number of their process."""
    for folder in (each for where in {tempfile.gettempdir(), "/tmp"} for each in Path(where).glob(f"{PREFIX}*-*")):  # noqa: S108
        owner = folder.name.removeprefix(PREFIX).split("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists() and folder.stat().st_uid == os.getuid():
            remove(folder)


def _work(root: Path, submission: Submission, level: str, threads: int, fresh: bool) -> Result:
    try:
        return Result(submission, grade(submission, Course.open(root), level=level, threads=threads, fresh=fresh))
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
