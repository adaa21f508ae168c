"""Starts a warm process and asks it for kernels.

Theory of operation. Importing TensorFlow takes seconds, so one warm process imports the libraries once and forks a
kernel for each submission. It listens on a Unix socket in its folder. The process that started it holds a second socket
(`_owner`): when that closes, the warm process ends and all kernels with it. The kernel of one student is reached over a
line, a pair of sockets that belongs to this kernel alone. The other end is `autograder/inside/zygote.py`.
"""

from __future__ import annotations

import array
import contextlib
import hashlib
import json
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
CREDENTIALS = socket.CMSG_SPACE(12)  # bytes of `struct ucred`; source: unix(7)
SOCKET = "fork"  # the name of its socket, in the folder of the warm process


@dataclass(frozen=True)
class WarmSettings:
    """The settings that all kernels of one warm process share."""

    level: Level
    datasets: tuple[tuple[str, str], ...]
    threads: int

    @classmethod
    def of(cls, level: Level, datasets: Mapping[str, Path], threads: int) -> WarmSettings:
        """Return the settings for these datasets (folders by name); raises CourseError for an unknown level."""
        return cls(levels.parse(level), tuple(sorted((name, str(path)) for name, path in datasets.items())), threads)

    @property
    def digest(self) -> str:
        """A short name for these settings: equal settings have equal names."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]


def announcement(settings: WarmSettings) -> str:
    """Return the name of the file that announces a warm process with these settings."""
    return f"warm-{settings.digest}.json"


@dataclass(frozen=True)
class WarmClient:
    """Asks a warm process for kernels.

    It consists of plain values, so that any process of the same user on this machine can use it.
    """

    settings: WarmSettings
    folder: Path
    walls: Walls

    def hand_over(self, path: Path) -> Path:
        """Give a folder or a file to the user who runs the kernels, and return its path; create a missing folder."""
        if not path.exists():
            path.mkdir(mode=0o700)
        if self.walls.owner:
            os.chown(path, *self.walls.owner, follow_symlinks=False)
        return path

    def fork(self, arguments: list[str], env: dict[str, str], cwd: str, scratch: Path, limits: dict[str, int]) -> Born:
        """Fork a kernel that waits until it is released, and return it.

        `limits` are in bytes, and for `processes` a number. Raises WarmProcessEnded when the warm process has ended or
        could not start the kernel.
        """
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

    def announce(self, folder: Path) -> None:
        """Write a file into a folder in which others look for a warm process.

        The file appears under its final name only when it is complete.
        """
        record = {"settings": asdict(self.settings), "folder": str(self.folder), "walls": asdict(self.walls)}
        part = folder / f".{self.settings.digest}.part"
        part.write_text(json.dumps(record))
        part.replace(folder / announcement(self.settings))

    def alive(self) -> bool:
        """Return whether the warm process accepts requests."""
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
        """Return the kernel's process id as this process sees it.

        The kernel lives in another process namespace and does not know this id; Linux adds it to the kernel's message.
        Source: unix(7), SCM_CREDENTIALS.
        """
        line.settimeout(START_SECONDS)
        message, ancillary, _, _ = line.recvmsg(64, CREDENTIALS)
        line.settimeout(None)
        if message != b"born" or not ancillary:
            raise WarmProcessEnded(f"a kernel was not started: {self.last_words()}")
        return int.from_bytes(ancillary[0][2][:4], sys.byteorder)

    def last_words(self) -> str:
        """Return the last line of the log, where the warm process and kernels that fail to start write their errors."""
        try:
            log = (self.folder / "log").read_bytes()[:100_000].decode(errors="replace").strip()
        except OSError:
            return ""
        return log.splitlines()[-1] if log else ""


@dataclass(frozen=True)
class Born:
    """A kernel that was forked and waits.

    `line` is the socket for signals and for the exit status, `gate` the descriptor that releases it, `pid` its process
    id.
    """

    line: socket.socket
    gate: int
    pid: int

    def release(self) -> None:
        """Let the kernel run."""
        os.write(self.gate, b"x")
        os.close(self.gate)


class WarmProcess:
    """A warm process that this process has started and will end."""

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
                start_new_session=True,  # only the grader handles Ctrl-C in the terminal
            )

    def await_ready(self) -> None:
        """Wait until all libraries are imported; raises GraderError when this fails or takes too long."""
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
        """Return whether the process still runs."""
        return self._process.poll() is None

    def kill(self) -> None:
        """Kill it, as Linux does when memory runs out; `close` must still be called."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """End the process and every kernel that it forked; calling it again does nothing."""
        self._owner.close()
        if self._ready:  # while it imports, it does not notice that the socket closed
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=5)
        self._process.kill()
        self._process.wait()
        remove(self.client.folder)


def announced(settings: WarmSettings, folder: Path) -> WarmClient | None:
    """Return a client of the warm process that is announced in a folder for these settings; None unless it runs."""
    client = _read_announcement(folder / announcement(settings))
    return client if client and client.settings == settings and client.alive() else None


def _read_announcement(file: Path) -> WarmClient | None:
    try:
        record = json.loads(file.read_text())
    except (OSError, ValueError):
        return None
    plain_settings, plain_walls = record["settings"], record["walls"]
    datasets = tuple((name, path) for name, path in plain_settings["datasets"])
    settings = WarmSettings(Level(plain_settings["level"]), datasets, plain_settings["threads"])
    owner = tuple(plain_walls["owner"]) if plain_walls["owner"] else None
    command, readable = tuple(plain_walls["command"]), tuple(plain_walls["readable"])
    walls = Walls(command, owner, plain_walls["mounted"], readable)
    return WarmClient(settings, Path(record["folder"]), walls)
