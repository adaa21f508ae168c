"""The grader's end of the warm process: starts it, finds one that another process has started, asks it for kernels."""

from __future__ import annotations

import array
import contextlib
import hashlib
import json
import multiprocessing.util
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from autograder.errors import GraderError, WarmProcessEnded
from autograder.records import Level
from autograder.sandbox import environment, levels
from autograder.sandbox.folders import remove
from autograder.sandbox.levels import Walls
from autograder.sandbox.levels.walls import MOUNTED, PACKAGE

START_SECONDS = 180.0
MAX_WARM = 3  # 400 MB each
CREDENTIALS = socket.CMSG_SPACE(12)
SOCKET = "fork"  # in the folder of the warm process


@dataclass(frozen=True)
class WarmSettings:
    """What all kernels of one warm process have in common."""

    level: Level
    datasets: tuple[tuple[str, str], ...]
    threads: int

    @classmethod
    def of(cls, level: Level, datasets: Mapping[str, Path], threads: int) -> WarmSettings:
        """Return the settings for datasets by name, each with its folder."""
        return cls(levels.parse(level), tuple(sorted((name, str(path)) for name, path in datasets.items())), threads)

    @property
    def digest(self) -> str:
        """A name for these settings."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class WarmClient:
    """A way to a warm process: plain values, so that any process on this machine can ask for kernels."""

    settings: WarmSettings
    folder: Path
    walls: Walls

    def hand_over(self, path: Path) -> Path:
        """Make a folder if there is none, and let it, or a file, belong to the kernels' user."""
        if not path.exists():
            path.mkdir(mode=0o700)
        if self.walls.owner:
            os.chown(path, *self.walls.owner, follow_symlinks=False)
        return path

    def fork(self, arguments: list[str], env: dict[str, str], cwd: str, scratch: Path, limits: dict[str, int]) -> Born:
        """Fork a kernel that waits at its gate; raises WarmProcessEnded when there is nobody to fork it."""
        confine = levels.module(self.settings.level).confine(self.walls, self.folder, scratch, limits)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        gate, opener = os.pipe()
        request = {"arguments": arguments, "env": env, "cwd": cwd, "confine": confine}
        try:
            rights: Any = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [theirs.fileno(), gate]))]
            with theirs, self._connected() as control:
                control.sendmsg([json.dumps(request).encode()], rights)
            return Born(ours, opener, self._pid(ours))
        except OSError as error:
            ours.close()
            os.close(opener)
            raise WarmProcessEnded(f"the warm process is gone: {error} {self.last_words()}".rstrip()) from error
        finally:
            os.close(gate)

    def alive(self) -> bool:
        """Return whether it takes requests."""
        try:
            self._connected().close()
        except OSError:
            return False
        return True

    def _connected(self) -> socket.socket:
        control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            control.connect(str(self.folder / SOCKET))
        except OSError:
            control.close()
            raise
        return control

    def _pid(self, line: socket.socket) -> int:
        """Return the number by which this process, not the kernel itself, knows the kernel: Linux adds it to a message."""
        line.settimeout(START_SECONDS)
        said, ancillary, _, _ = line.recvmsg(64, CREDENTIALS)
        line.settimeout(None)
        if said != b"born" or not ancillary:
            raise WarmProcessEnded(f"a kernel was not started: {self.last_words()}")
        return int.from_bytes(ancillary[0][2][:4], sys.byteorder)

    def last_words(self) -> str:
        """Return the last line that it, or a kernel that could not be confined, wrote to standard error."""
        try:
            said = (self.folder / "log").read_bytes()[:100_000].decode(errors="replace").strip()
        except OSError:
            return ""
        return said.splitlines()[-1] if said else ""


@dataclass(frozen=True)
class Born:
    """A kernel that waits: the line by which it is signalled and reports its end, its gate, and its process number."""

    line: socket.socket
    gate: int
    pid: int

    def release(self) -> None:
        """Let it begin."""
        os.write(self.gate, b"x")
        os.close(self.gate)


class WarmProcess:
    """A warm process that this process has started, and ends."""

    def __init__(self, settings: WarmSettings, within: Path | None = None) -> None:
        folder = Path(tempfile.mkdtemp(prefix="ag-", dir=within))
        datasets = {name: Path(path) for name, path in settings.datasets}
        walls = levels.module(settings.level).command(folder, datasets)
        package = MOUNTED if walls.mounted else PACKAGE
        visible = {name: package / "data" / name for name in datasets} if walls.mounted else datasets
        self._ready = False
        self.client = WarmClient(settings, folder, walls)
        self._owner, owner_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        listener.bind(str(folder / SOCKET))
        listener.listen(64)
        home = self.client.hand_over(folder / "home")
        environment.lay_out_fonts(self.client.hand_over(home / "matplotlib"))
        self.client.hand_over(folder)
        descriptor = os.open(folder / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        program = [sys.executable, "-I", str(package / "inside" / "zygote.py")]
        with owner_end, listener, open(descriptor, "wb") as log:
            self._process = subprocess.Popen(
                [*walls.command, *program, str(owner_end.fileno()), str(listener.fileno())],
                pass_fds=[owner_end.fileno(), listener.fileno()],
                env=environment.of_zygote(home, visible, settings.threads, settings.level),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is the grader's to handle
            )

    def await_ready(self) -> None:
        """Wait until it has imported everything; raises GraderError when it does not get there."""
        if self._ready:
            return
        self._owner.settimeout(START_SECONDS)
        try:
            ready = self._owner.recv(64)
        except OSError as error:
            ready, reason = b"", str(error)
        else:
            reason = "" if ready else self._reason_of_death()
        self._ready = ready == b"ready"
        if not self._ready:
            self.close()
            raise GraderError(f"the warm process did not start: {reason}")

    def _reason_of_death(self) -> str:
        self._process.wait()
        return self.client.last_words() or "it ended without a word"

    def alive(self) -> bool:
        """Return whether it can fork more kernels."""
        return self._process.poll() is None

    def kill(self) -> None:
        """Kill it, as a machine without memory does; `close` is still to be called."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """End it and every kernel that it forked; a second time, nothing."""
        self._owner.close()
        if self._ready:  # one that still imports does not listen
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=5)
        self._process.kill()
        self._process.wait()
        remove(self.client.folder)

    def announce(self, folder: Path) -> None:
        """Let the workers of a run find it: a file in the run's folder, written whole."""
        settings = self.client.settings
        record = {"settings": asdict(settings), "folder": str(self.client.folder), "walls": asdict(self.client.walls)}
        part = folder / f".{settings.digest}.part"
        part.write_text(json.dumps(record))
        part.replace(folder / f"warm-{settings.digest}.json")


# --- the warm processes that this process can use ---------------------------------------------------------------------

_started: list[tuple[int, WarmProcess]] = []  # by the number of the process that started it: a fork owns nothing
_announced_in: list[Path] = []


def look_in(folder: Path) -> None:
    """Find warm processes that are announced in this folder, too; for the workers of a run."""
    _announced_in[:] = [folder]


def use(level: Level, datasets: Mapping[str, Path], threads: int) -> WarmClient:
    """Return a way to a warm process with these settings: one that is there, or a new one of this process's own."""
    settings = WarmSettings.of(level, datasets, threads)
    if own := owned(settings):
        return own.client
    for folder in _announced_in:
        client = _read_announcement(folder / f"warm-{settings.digest}.json")
        if client and client.settings == settings and client.alive():
            return client
    end_started(MAX_WARM - 1)
    started = WarmProcess(settings)
    started.await_ready()
    _started.append((os.getpid(), started))
    return started.client


def owned(settings: WarmSettings) -> WarmProcess | None:
    """Return the warm process that this process has started for these settings, if it lives."""
    mine = [process for pid, process in _started if pid == os.getpid() and process.client.settings == settings]
    return next((process for process in mine if process.alive()), None)


def end_started(most: int = 0) -> None:
    """End the warm processes that this process has started, the oldest first, until so many are left."""
    while len(_started) > most:
        pid, process = _started.pop(0)
        if pid == os.getpid():
            process.close()


def _read_announcement(file: Path) -> WarmClient | None:
    try:
        record = json.loads(file.read_text())
    except (OSError, ValueError):
        return None
    told, walls = record["settings"], record["walls"]
    settings = WarmSettings(
        Level(told["level"]), tuple((name, path) for name, path in told["datasets"]), told["threads"]
    )
    owner = tuple(walls["owner"]) if walls["owner"] else None
    found = Walls(tuple(walls["command"]), owner, walls["mounted"], tuple(walls["readable"]))
    return WarmClient(settings, Path(record["folder"]), found)


multiprocessing.util.Finalize(None, end_started, exitpriority=10)  # atexit does not run in worker processes
