"""Examines what this machine can do for grading, and names a command that repairs what is missing.

Every finding comes from an experiment: the doctor starts a warm process and a kernel, and runs in that kernel what a
student's program must not be able to do.
"""

from __future__ import annotations

import importlib.util
import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from autograder.errors import GraderError
from autograder.records import Finding, Level, Limits
from autograder.sandbox import launch, levels, monitor, warm
from autograder.sandbox.levels import INSTALL
from autograder.sandbox.warm_process import WarmSettings

PROBE_SECONDS = 60.0

# Code that a student's kernel must refuse. A probe that raises an exception was refused.
PROBES = {
    "reach a TCP port of this machine": "import socket; socket.create_connection(('127.0.0.1', {port}), 2)",
    "reach an abstract socket of this machine": "import socket; socket.socket(socket.AF_UNIX).connect({abstract!r})",
    "ask the network interfaces": "import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
    "read a file of the grader": "open({file!r}).read()",
    "see or signal the grader": "import os; os.kill({pid}, 0)",
    "trace a process": "import ctypes; assert ctypes.CDLL(None).ptrace(16, os.getppid() or 1, 0, 0) == 0",
    "make namespaces of its own": "import ctypes; assert ctypes.CDLL(None).unshare(0x10000000) == 0",
    "write to the interpreter": "import sys; open(sys.prefix + '/probe', 'w')",
    "take more memory than its limit": "bytearray({memory})",
}

NAMES = (
    "Landlock does not hide them: a program that guesses a path learns whether the file exists, its size and its age; "
    "keep the course in a folder that only its owner can enter (chmod 700), and grade as root or with bubblewrap"
)


def examine(minimum: Level) -> Iterator[Finding]:
    """Examine this machine and yield the findings; `minimum` is the isolation level that the course asks for."""
    minimum = levels.parse(minimum)
    reasons = {level: levels.why_not(level) for level in Level}
    order = list(Level)
    level = next(level for level in order if not reasons[level])
    enough = order.index(level) <= order.index(minimum)
    yield Finding("isolation level", enough, f"{level}; the course asks for {minimum}", "" if enough else INSTALL)
    for isolating in (Level.NAMESPACES, Level.LANDLOCK):
        reason = reasons[isolating]
        repair = INSTALL if isolating is Level.NAMESPACES and reason else ""
        yield Finding(f"level {isolating}", not reason, reason or "works here", repair)
    yield _bytecode()
    started_at = time.monotonic()
    try:
        warm.start(WarmSettings.of(level, {}, 1))  # whether one can start is the question
    except GraderError as error:
        yield Finding("warm process", False, str(error), "make test")
        return
    yield Finding("warm process", True, f"libraries imported once in {time.monotonic() - started_at:.1f} s")
    started_at = time.monotonic()
    with closing(launch.start({}, level)) as process:
        yield Finding("kernel", True, f"ready in {time.monotonic() - started_at:.2f} s")
        if level is Level.NONE:
            yield Finding("walls", False, "none: a student's code can do what you can", INSTALL)
            return
        yield from _probe(process)
        yield _measurable(process)
    if level is Level.LANDLOCK:
        yield Finding("names of files", True, NAMES)
    limits = Limits()
    yield Finding(
        "limits of a submission",
        True,
        f"{limits.memory_bytes / 2**30:.0f} GiB of memory, {limits.scratch_bytes / 2**20:.0f} MiB of files, "
        f"{limits.processes} processes and threads, {limits.cell_seconds:.0f} s per cell, "
        f"{limits.notebook_seconds:.0f} s in all",
    )


def _measurable(process: launch.Process) -> Finding:
    """Find out whether the grader can measure a kernel's memory from outside."""
    pids = monitor.tree(process.monitor.pid) if process.monitor else []
    used = sum(map(monitor.proportional_bytes, pids))
    measured = f"{used / 2**20:.0f} MB, counted from outside" if used else "cannot be counted"
    return Finding("memory of a kernel", used > 0, measured)


def _bytecode() -> Finding:
    """Find out whether libraries are compiled: without bytecode TensorFlow takes ten seconds to import, not four."""
    spec = importlib.util.find_spec("tensorflow") or importlib.util.find_spec("numpy")
    origin = spec.origin if spec else None
    compiled = origin is not None and Path(importlib.util.cache_from_source(origin)).is_file()
    repair = "" if compiled else f"{sys.executable} -m compileall -q {sys.prefix}"
    return Finding("bytecode", compiled, "compiled" if compiled else "not compiled", repair)


def _probe(process: launch.Process) -> Iterator[Finding]:
    """Run each probe in a kernel; a probe for something that students must not do has to raise an exception."""
    with _bait() as bait:
        code = "import json, os\nresults = {}\n"
        for name, text in PROBES.items():
            code += f"try:\n    {text.format(**bait)}\n    results[{name!r}] = 'possible'\n"
            code += f"except BaseException as error:\n    results[{name!r}] = type(error).__name__\n"
        reply: Any = process.client.execute(
            code, user_expressions={"results": "json.dumps(results)"}, reply=True, timeout=PROBE_SECONDS
        )
    expression = reply["content"].get("user_expressions", {}).get("results", {}).get("data", {}).get("text/plain", "''")
    results = json.loads(expression[1:-1] or "{}")
    for name in PROBES:
        outcome = results.get(name, "no answer")
        refused = outcome not in ("possible", "no answer")
        yield Finding(f"cannot {name}", refused, outcome if outcome != "possible" else "it can")


@contextmanager
def _bait() -> Iterator[dict[str, Any]]:
    """Provide targets that a kernel must not reach: a port, an abstract socket, this process, this file."""
    abstract = f"\0autograder-doctor-{os.getpid()}"
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
        unix.bind(abstract)
        unix.listen()
        yield {
            "port": tcp.getsockname()[1],
            "abstract": abstract,
            "file": __file__,
            "pid": os.getpid(),
            "memory": Limits().memory_bytes + 2**30,
        }
