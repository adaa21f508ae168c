"""The grader's end of the warm process: starts it once per worker, asks it for kernels."""

from __future__ import annotations

import array
import contextlib
import json
import multiprocessing.util
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from autograder.errors import GraderError
from autograder.sandbox import environment

PROGRAM = Path(__file__).resolve().parent.parent / "inside" / "zygote.py"
START_SECONDS = 180.0


class Zygote:
    """A warm process that serves kernels of one set of datasets."""

    def __init__(self, datasets: dict[str, Path], threads: int) -> None:
        self.settings = (datasets, threads)
        self._home = Path(tempfile.mkdtemp(prefix="ag-zygote-"))
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", str(PROGRAM), str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env=environment.of_zygote(self._home, datasets, threads),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,  # Ctrl-C in the terminal is the grader's to handle
            )
        self._await_ready()

    def _await_ready(self) -> None:
        self._control.settimeout(START_SECONDS)
        try:
            ready = self._control.recv(64)
        except OSError as error:
            ready, reason = b"", str(error)
        else:
            reason = "" if ready else self._last_words()
        self._control.settimeout(None)
        if ready != b"ready":
            self.close()
            raise GraderError(f"the warm process did not start: {reason}")

    def _last_words(self) -> str:
        said = self._process.stderr.read(20_000).decode(errors="replace") if self._process.stderr else ""
        return said.strip().splitlines()[-1] if said.strip() else "it ended without a word"

    def alive(self) -> bool:
        """Whether it can fork more kernels."""
        return self._process.poll() is None

    def fork(self, arguments: list[str], env: dict[str, str], cwd: str) -> socket.socket:
        """Fork a kernel; returns the line by which it is signalled and tells its end."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            request = json.dumps({"arguments": arguments, "env": env, "cwd": cwd}).encode()
            rights: Any = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [theirs.fileno()]))]
            try:
                self._control.sendmsg([request], rights)
            except OSError as error:
                ours.close()
                raise GraderError(f"the warm process is gone: {error}") from error
        return ours

    def close(self) -> None:
        """End it and every kernel that it forked."""
        self._control.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=5)
        self._process.kill()
        self._process.wait()
        if self._process.stderr:
            self._process.stderr.close()
        shutil.rmtree(self._home, ignore_errors=True)


_current: list[tuple[int, Zygote]] = []


def warm(datasets: dict[str, Path], threads: int) -> Zygote:
    """The zygote of this process for these datasets, started when there is none yet."""
    for pid, zygote in _current:
        if pid == os.getpid() and zygote.settings == (datasets, threads) and zygote.alive():
            return zygote
    cool()
    _current.append((os.getpid(), Zygote(datasets, threads)))
    return _current[-1][1]


def cool() -> None:
    """End the zygote of this process."""
    while _current:
        pid, zygote = _current.pop()
        if pid == os.getpid():
            zygote.close()


multiprocessing.util.Finalize(None, cool, exitpriority=10)  # atexit does not run in worker processes
