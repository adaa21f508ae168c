"""Runs grading in worker processes of this machine, which share one warm process; a worker that dies is replaced."""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import queue
import resource
import signal
import tempfile
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from autograder.course.assignment import Assignment
from autograder.errors import WorkerEnded
from autograder.grading.kernels import SandboxKernels
from autograder.grading.scheduling import Result, schedule
from autograder.records import Submission
from autograder.sandbox import warm
from autograder.sandbox.folders import remove
from autograder.sandbox.warm_process import WarmSettings

TRIES = 2
DIED = "it ended the grader's process twice, perhaps out of memory"
WORKER_BYTES = 4 * 2**30  # of a worker's own memory: exercise 3 takes 1 GiB of it, a reply at most 64 MiB
PREFIX = "autograder-run-"
MAX_FOLDER = 36  # characters; Linux allows 107 for the path of a socket, and kernels have theirs far below
PR_SET_PDEATHSIG = 1
T = TypeVar("T")


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def local_workers(assignment: Assignment, kernels: SandboxKernels, jobs: int = 0) -> Iterator[LocalExecutor]:
    """Start worker processes, one per core by default, and find or start the warm process that serves them all.

    All of them start at once, in the background. When the context ends, also by an error or Ctrl-C, the workers end
    with all their kernels. Raises GraderError when the warm process does not start.
    """
    sweep()
    parent = tempfile.gettempdir()
    if len(parent) > MAX_FOLDER:
        parent = "/tmp"  # noqa: S108
    prefix = f"{PREFIX}{os.getpid()}-"
    settings = WarmSettings.of(kernels.level, assignment.served_folders, kernels.threads)
    with (
        tempfile.TemporaryDirectory(prefix=prefix, dir=parent, ignore_cleanup_errors=True) as folder,
        contextlib.ExitStack() as when_workers_ended,
        LocalExecutor(jobs or cores(), Path(folder)) as executor,  # these start while the warm process imports
    ):
        client = when_workers_ended.enter_context(warm.serving(settings, Path(folder)))
        client.announce(Path(folder))
        yield executor


@contextmanager
def several_workers(assignment: Assignment, kernels: SandboxKernels, jobs: int = 0) -> Iterator[LocalExecutor | None]:
    """Start worker processes as `local_workers` does; give None where one is enough, so that work is done here."""
    if (jobs or cores()) == 1:
        yield None
        return
    with local_workers(assignment, kernels, jobs) as executor:
        yield executor


def grade_locally(
    submissions: Sequence[Submission], assignment: Assignment, kernels: SandboxKernels, jobs: int = 0
) -> Generator[Result, None, None]:
    """Grade submissions in worker processes of this machine and yield every result as soon as it is known."""
    if submissions:
        with local_workers(assignment, kernels, min(jobs or cores(), len(submissions))) as executor:
            yield from schedule(submissions, assignment, executor, kernels)


class LocalExecutor(Executor):
    """Worker processes on this machine, each in a pool of its own, so that we know which call a worker died of.

    Such a call is tried once more, in a new process. If that dies too, the call's future has a WorkerEnded.
    """

    def __init__(self, jobs: int, folder: Path) -> None:
        self._closed = False
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        self._workers = [_Worker(folder) for _ in range(max(1, jobs))]
        for worker in self._workers:
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(len(self._workers), thread_name_prefix="worker")

    def submit(self, function: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Call a function in a worker process and return its future; arguments and result are pickled."""
        return self._threads.submit(self._call, function, args, kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the workers at once, even those that are working."""
        self._closed = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        for worker in self._workers:
            worker.end()
        self._threads.shutdown(wait=True)

    def _call(self, function: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> T:
        worker = self._idle.get()
        try:
            for _ in range(TRIES):
                try:
                    return worker.pool.submit(function, *args, **kwargs).result()
                except BrokenProcessPool:
                    if self._closed:
                        break
                    worker.restart()
            raise WorkerEnded(DIED)
        finally:
            self._idle.put(worker)


class _Worker:
    """One worker process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.pool, self._pid = self._start()

    def _start(self) -> tuple[ProcessPoolExecutor, Future[int]]:
        pool = ProcessPoolExecutor(
            max_workers=1,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=(str(self._folder),),
        )
        return pool, pool.submit(os.getpid)  # this call makes the worker start now, while the warm process imports

    def restart(self) -> None:
        """Start a new process in place of one that has died."""
        self.pool.shutdown(wait=False)
        self.pool, self._pid = self._start()

    def end(self) -> None:
        """End the process even when it is working; its kernels end with it."""
        with contextlib.suppress(Exception):  # a process that never started has no id
            os.kill(self._pid.result(), signal.SIGTERM)
        self.pool.shutdown(wait=True, cancel_futures=True)


def _begin(folder: str) -> None:
    """Prepare a new worker process: only its parent handles Ctrl-C and removes the files of killed workers.

    Its memory is limited: the answer that needs more is "not judged". Without a limit the operating system would end
    whichever process has the most.
    """
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    limit = WORKER_BYTES if most == resource.RLIM_INFINITY else min(WORKER_BYTES, most)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, most))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # no worker outlives its grader
    tempfile.tempdir = folder
    warm.look_in(Path(folder))


def sweep() -> None:
    """Remove the temporary folders that killed runs have left; the name of a folder contains its process id."""
    places = {tempfile.gettempdir(), "/tmp"}  # noqa: S108
    for folder in (match for place in places for match in Path(place).glob(f"{PREFIX}*-*")):
        owner = folder.name.removeprefix(PREFIX).split("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists() and folder.stat().st_uid == os.getuid():
            remove(folder)
