"""The grader's end of the warm process: starts it once per run, asks it for kernels, from any worker process."""

from __future__ import annotations

import array
import contextlib
import json
import multiprocessing.util
import os
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.errors import GraderError
from autograder.sandbox import environment, isolation
from autograder.sandbox.folders import remove

START_SECONDS = 180.0
MOST_KEPT = 3  # 400 MB each
CREDENTIALS = socket.CMSG_SPACE(12)


@dataclass(frozen=True)
class Warm:
    """How a process of the grader asks for kernels: the way to a warm process, which can be handed to workers.

    One message is one request with its descriptors, whole, so that any number of workers may send over the one socket.
    """

    control: socket.socket
    folder: Path
    walls: isolation.Walls
    datasets: tuple[tuple[str, Path], ...]
    threads: int

    @property
    def settings(self) -> tuple[object, ...]:
        """What its kernels have in common."""
        return self.walls.level, self.datasets, self.threads

    def give(self, path: Path) -> Path:
        """Make a folder if there is none, and let it, or a file, belong to the kernels' user."""
        if not path.exists():
            path.mkdir(mode=0o700)
        if self.walls.owner:
            os.chown(path, *self.walls.owner, follow_symlinks=False)
        return path

    def fork(self, arguments: list[str], env: dict[str, str], cwd: str, scratch: Path, limits: dict[str, int]) -> Born:
        """Fork a kernel that waits at its gate."""
        confine = {
            "level": self.walls.level,
            "scratch": str(scratch),
            "run": str(self.folder),
            "readable": list(self.walls.readable),
            "limits": limits,
        }
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        gate, opener = os.pipe()
        what = {
            "arguments": arguments,
            "env": env,
            "cwd": cwd,
            "confine": confine if self.walls.level != isolation.NONE else None,
        }
        try:
            rights: Any = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [theirs.fileno(), gate]))]
            with theirs:
                self.control.sendmsg([json.dumps(what).encode()], rights)
            return Born(ours, opener, self._pid(ours))
        except OSError as error:
            ours.close()
            os.close(opener)
            raise GraderError(f"the warm process is gone: {error} {self.last_words()}".rstrip()) from error
        finally:
            os.close(gate)

    def _pid(self, line: socket.socket) -> int:
        """The number by which this process, not the kernel itself, knows the kernel: Linux adds it to a message."""
        line.settimeout(START_SECONDS)
        said, ancillary, _, _ = line.recvmsg(64, CREDENTIALS)
        line.settimeout(None)
        if said != b"born" or not ancillary:
            raise GraderError(f"a kernel was not started: {self.last_words()}")
        return int.from_bytes(ancillary[0][2][:4], sys.byteorder)

    def last_words(self) -> str:
        """The last line that it, or a kernel that could not be confined, wrote to standard error."""
        try:
            said = (self.folder / "log").read_bytes()[:100_000].decode(errors="replace").strip()
        except OSError:
            return ""
        return said.splitlines()[-1] if said else ""


@dataclass(frozen=True)
class Born:
    """A kernel that waits: the line by which it is signalled and tells its end, its gate, and its process number."""

    line: socket.socket
    gate: int
    pid: int

    def go(self) -> None:
        """Let it begin."""
        os.write(self.gate, b"x")
        os.close(self.gate)


class Zygote:
    """A warm process that serves kernels of one set of datasets at one isolation level."""

    def __init__(self, level: str, datasets: dict[str, Path], threads: int, within: Path | None = None) -> None:
        folder = Path(tempfile.mkdtemp(prefix="ag-", dir=within))
        walls = isolation.walls(level, folder, datasets)
        package = isolation.MOUNTED if walls.mounted else isolation.PACKAGE
        seen = {name: package / "data" / name for name in datasets} if walls.mounted else datasets
        control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._ready = False
        self.warm = Warm(control, folder, walls, tuple(sorted(datasets.items())), threads)
        home = self.warm.give(folder / "home")
        environment.lay_out_fonts(self.warm.give(home / "matplotlib"))
        self.warm.give(folder)
        descriptor = os.open(folder / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with theirs, open(descriptor, "wb") as log:
            self._process = subprocess.Popen(
                [*walls.command, sys.executable, "-I", str(package / "inside" / "zygote.py"), str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env=environment.of_zygote(home, seen, threads, level),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is the grader's to handle
            )

    def await_ready(self) -> None:
        """Wait until it has imported everything; GraderError when it does not get there."""
        if self._ready:
            return
        control = self.warm.control
        control.settimeout(START_SECONDS)
        try:
            ready = control.recv(64)
        except OSError as error:
            ready, reason = b"", str(error)
        else:
            reason = "" if ready else self._died()
        control.settimeout(None)
        self._ready = ready == b"ready"
        if not self._ready:
            self.close()
            raise GraderError(f"the warm process did not start: {reason}")

    def _died(self) -> str:
        self._process.wait()
        return self.warm.last_words() or "it ended without a word"

    def alive(self) -> bool:
        """Whether it can fork more kernels."""
        return self._process.poll() is None

    def close(self) -> None:
        """End it and every kernel that it forked; a second time, nothing."""
        self.warm.control.close()
        if self._ready:  # one that still imports does not listen
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=5)
        self._process.kill()
        self._process.wait()
        remove(self.warm.folder)


_current: list[tuple[int, Warm, Zygote | None]] = []


def adopt(warm: Warm) -> None:
    """In a worker: take kernels from the warm process that another process has started."""
    _current.append((os.getpid(), warm, None))


def warm(level: str, datasets: dict[str, Path], threads: int) -> Warm:
    """The warm process for these settings: the one adopted, or one of this process's own, started when there is none yet."""
    for known, _ in _living(level, datasets, threads):
        return known
    cool(MOST_KEPT - 1)
    started = Zygote(level, datasets, threads)
    started.await_ready()
    _current.append((os.getpid(), started.warm, started))
    return started.warm


def kept(level: str, datasets: dict[str, Path], threads: int) -> Zygote | None:
    """The warm process that this process has started for these settings, if it lives: it serves whole runs as well."""
    return next((zygote for _, zygote in _living(level, datasets, threads) if zygote), None)


def _living(level: str, datasets: dict[str, Path], threads: int) -> list[tuple[Warm, Zygote | None]]:
    """The warm processes with these settings that this process can ask; with those that it has started itself."""
    settings = (level, tuple(sorted(datasets.items())), threads)
    mine = [(known, zygote) for pid, known, zygote in _current if pid == os.getpid() and known.settings == settings]
    return [(known, zygote) for known, zygote in mine if zygote is None or zygote.alive()]


def cool(most: int = 0) -> None:
    """End the warm processes that this process has started, the oldest first, until so many are left."""
    while len(_current) > most:
        pid, _, zygote = _current.pop(0)
        if pid == os.getpid() and zygote is not None:
            zygote.close()


multiprocessing.util.Finalize(None, cool, exitpriority=10)  # atexit does not run in worker processes
