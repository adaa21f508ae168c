"""Finds a warm process for whoever needs kernels: this process's own, the run's, a kept one, or a new one."""

from __future__ import annotations

import multiprocessing.util
import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

from autograder.records import Level
from autograder.sandbox import kept
from autograder.sandbox.warm_process import WarmClient, WarmProcess, WarmSettings, announced

MAX_STARTED = 3  # 400 MB each

_started: list[tuple[int, WarmProcess]] = []  # with the id of the process that started it: a forked child owns none
_announced_in: list[Path] = []


def look_in(folder: Path) -> None:
    """Let `use` also find the warm processes that are announced in this folder; called by the workers of a run."""
    _announced_in[:] = [folder]


def use(level: Level, datasets: Mapping[str, Path], threads: int) -> WarmClient:
    """Return a client of a warm process with these settings; start one where there is none.

    It is one that this process has started, one of this run, or one that is kept between commands.

    Raises GraderError when the new warm process does not start.
    """
    settings = WarmSettings.of(level, datasets, threads)
    if own := owned(settings):
        return own.client
    for folder in _announced_in:
        if client := announced(settings, folder):
            return client
    return kept.use(settings) or start(settings)


def start(settings: WarmSettings) -> WarmClient:
    """Start a warm process of this process's own and return its client; it ends with this process at the latest.

    Raises GraderError when it does not start.
    """
    end_started(MAX_STARTED - 1)
    _end_with_this_process()
    started = WarmProcess(settings)
    started.await_ready()
    _started.append((os.getpid(), started))
    return started.client


@contextmanager
def serving(settings: WarmSettings, within: Path) -> Iterator[WarmClient]:
    """Give a client of this process's own warm process, of a kept one, or of a new one that ends with the context.

    The folder of a new one lies in `within`. Raises GraderError when it does not start.
    """
    own = owned(settings)
    if client := own.client if own else kept.use(settings):
        yield client
        return
    with closing(WarmProcess(settings, within)) as started:
        started.await_ready()
        yield started.client


@cache
def _end_with_this_process() -> None:
    """End the warm processes when this process ends; atexit would not run in worker processes."""
    multiprocessing.util.Finalize(None, end_started, exitpriority=10)


def owned(settings: WarmSettings) -> WarmProcess | None:
    """Return the warm process that this process has started for these settings; None where none is running."""
    mine = [process for pid, process in _started if pid == os.getpid() and process.client.settings == settings]
    return next((process for process in mine if process.alive()), None)


def end_started(most: int = 0) -> None:
    """End warm processes that this process has started, the oldest first, until at most `most` are left."""
    while len(_started) > most:
        pid, process = _started.pop(0)
        if pid == os.getpid():
            process.close()
