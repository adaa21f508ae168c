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
from autograder.sandbox import environment, isolation

START_SECONDS = 180.0


class Zygote:
    """A warm process that serves kernels of one set of datasets at one isolation level."""

    def __init__(self, level: str, datasets: dict[str, Path], threads: int) -> None:
        self.settings = (level, datasets, threads)
        self.folder = Path(tempfile.mkdtemp(prefix="ag-"))
        self.walls = isolation.around(self.folder, datasets) if level == isolation.NAMESPACES else isolation.Walls(level)
        package = isolation.MOUNTED if self.walls.command else isolation.PACKAGE
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  closed with the process
        inside = {name: package / "data" / name for name in datasets} if self.walls.command else datasets
        home = self.give(self.folder / "home")
        environment.lay_out_fonts(home)
        self.give(self.folder)
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [*self.walls.command, sys.executable, "-I", str(package / "inside" / "zygote.py"), str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env=environment.of_zygote(home, inside, threads),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._log,
                start_new_session=True,  # Ctrl-C in the terminal is the grader's to handle
            )
        self._await_ready()

    def give(self, path: Path) -> Path:
        """Make a folder if there is none, and let it, or a file, belong to the kernels' user."""
        if not path.exists():
            path.mkdir(mode=0o700)
        if self.walls.owner:
            os.chown(path, *self.walls.owner, follow_symlinks=False)
        return path

    def _await_ready(self) -> None:
        self._control.settimeout(START_SECONDS)
        try:
            ready = self._control.recv(64)
        except OSError as error:
            ready, reason = b"", str(error)
        else:
            reason = "" if ready else self._died()
        self._control.settimeout(None)
        if ready != b"ready":
            self.close()
            raise GraderError(f"the warm process did not start: {reason}")

    def _died(self) -> str:
        self._process.wait()
        return self.last_words() or "it ended without a word"

    def last_words(self) -> str:
        """The last line that it, or a kernel that could not be confined, wrote to standard error."""
        self._log.seek(0)
        said = self._log.read(100_000).decode(errors="replace").strip()
        return said.splitlines()[-1] if said else ""

    def alive(self) -> bool:
        """Whether it can fork more kernels."""
        return self._process.poll() is None

    def fork(self, arguments: list[str], env: dict[str, str], cwd: str, scratch: Path, limits: dict[str, int]) -> socket.socket:
        """Fork a kernel; returns the line by which it is signalled and tells its end."""
        confine = {"scratch": str(scratch), "run": str(self.folder), "limits": limits} if self.walls.command else None
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            request = json.dumps({"arguments": arguments, "env": env, "cwd": cwd, "confine": confine}).encode()
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
        self._log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


_current: list[tuple[int, Zygote]] = []


def warm(level: str, datasets: dict[str, Path], threads: int) -> Zygote:
    """The zygote of this process for these settings, started when there is none yet."""
    for pid, zygote in _current:
        if pid == os.getpid() and zygote.settings == (level, datasets, threads) and zygote.alive():
            return zygote
    cool()
    _current.append((os.getpid(), Zygote(level, datasets, threads)))
    return _current[-1][1]


def cool() -> None:
    """End the zygote of this process."""
    while _current:
        pid, zygote = _current.pop()
        if pid == os.getpid():
            zygote.close()


multiprocessing.util.Finalize(None, cool, exitpriority=10)  # atexit does not run in worker processes
