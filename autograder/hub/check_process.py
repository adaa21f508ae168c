"""Runs one check in a process of its own, which the service starts and can kill.

What it sends to the service are lines of JSON: `{"progress": ...}`, and at the end `{"result": ...}` or
`{"failed": ...}`. What the student's notebook prints does not come here.
"""

from __future__ import annotations

import ctypes
import json
import resource
import signal
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from autograder.course.assignment import Assignment
from autograder.errors import AutograderError
from autograder.grading.kernels import SandboxKernels
from autograder.grading.visible import Progress, VisibleReport, look, run_visible
from autograder.records import Submission
from autograder.sandbox import warm

PR_SET_PDEATHSIG = 1
MEMORY_BYTES = 4 * 2**30  # a notebook that takes more memory to read ends its own check, and nobody else's


@dataclass(frozen=True)
class Request:
    """What to check. `warm`: the folder where the warm process is announced. `run`: whether the tests run."""

    submission: Submission
    assignment: Assignment
    kernels: SandboxKernels
    warm: Path
    run: bool = True


def plain(report: VisibleReport) -> dict[str, Any]:
    """Return a report as plain data, as the student's page shows it."""
    return {
        "notes": list(report.notes),
        "answered": report.answered,
        "tasks": len(report.results),
        "results": [
            {
                "notebook": result.task.notebook,
                "cell": result.task.cell,
                "title": result.task.title,
                "manual": result.task.manual,
                "outcome": result.outcome.value,
                "why": result.error,
            }
            for result in report.results
        ],
    }


def work(request: Request, to_service: Connection) -> None:
    """Run the request and send what comes of it. Called in a new process."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # no check outlives its service
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
    warm.look_in(request.warm)

    def say(**line: Any) -> None:
        to_service.send_bytes(json.dumps(line).encode())

    def progress(step: Progress) -> None:
        say(progress={"done": step.done, "cells": step.cells, "title": step.title})

    try:
        if request.run:
            report = run_visible(request.submission, request.assignment, request.kernels, progress)
        else:
            report = look(request.submission, request.assignment)
    except MemoryError:
        say(failed="the notebook takes more memory to read than a check has")
    except AutograderError as error:
        say(failed=f"the check could not be run: {error}")
    else:
        say(result=plain(report))
