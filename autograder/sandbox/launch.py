"""Starts one student's kernel in a scratch folder of its own, at an isolation level, and takes both away again."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import zmq
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager

from autograder.errors import GraderError
from autograder.records import Limits
from autograder.sandbox import environment, isolation, provisioner, zygote
from autograder.sandbox.cgroup import Cgroup
from autograder.sandbox.folders import remove
from autograder.sandbox.watch import Watch

# IPython's history would write a database; the tip in the kernel's banner is drawn anew each time that it is asked who it is, and
# on a busy machine that is asked several times, so that the student's random numbers would begin elsewhere.
OPTIONS = (
    "--HistoryManager.enabled=False",
    "--IPKernelApp.quiet=True",
    "--InteractiveShell.colors=NoColor",
    "--InteractiveShell.enable_tip=False",
)
SPEC = KernelSpec(
    argv=["-f", "{connection_file}", *OPTIONS],
    language="python",
    metadata={"kernel_provisioner": {"provisioner_name": provisioner.NAME}},
)
START_SECONDS = 120.0
ASK_AGAIN_MILLISECONDS = 100
MAX_MESSAGE_BYTES = 16 * 2**20


@dataclass
class Process:
    """A running kernel: manager, connected client, watch, group; descriptors of the folders where it talks and remembers."""

    manager: KernelManager
    context: zmq.Context[zmq.Socket[bytes]]
    folder: Path
    talk: int
    memory: int
    watch: Watch | None = None
    group: Cgroup | None = None
    connected: BlockingKernelClient | None = None

    @property
    def client(self) -> BlockingKernelClient:
        """The client; there is one from the moment that the kernel runs."""
        if self.connected is None:
            raise GraderError("the kernel has not been started")
        return self.connected

    def alive(self) -> bool:
        """Whether the process still runs."""
        return bool(self.manager.is_alive())

    def interrupt(self) -> None:
        """Ask the running code to stop, as Ctrl-C does."""
        self.manager.interrupt_kernel()

    def verdict(self) -> str:
        """Why we ended the kernel, in words for the student, or nothing when it ended by itself."""
        return (self.watch.verdict if self.watch else "") or (self.group.verdict() if self.group else "")

    def end(self) -> None:
        """Kill the kernel; its folder stays."""
        if self.watch:
            self.watch.close()
        with contextlib.suppress(Exception):  # a kernel that is already gone is as good as one that we stop
            self.client.stop_channels()
        with contextlib.suppress(Exception):
            cast("provisioner.ZygoteProvisioner", self.manager.provisioner).end()
        with contextlib.suppress(Exception):
            self.manager.cleanup_resources()
        if self.group:
            self.group.close()
        with contextlib.suppress(Exception):
            self.context.destroy(linger=0)

    def close(self) -> None:
        """Kill the kernel and remove its folder."""
        self.end()
        os.close(self.talk)
        os.close(self.memory)
        remove(self.folder)


def start(
    datasets: dict[str, Path],
    level: str = isolation.NONE,
    limits: Limits | None = None,
    threads: int = 1,
    seed: int = 0,
    lay_out: Callable[[int, tuple[int, int] | None], None] = lambda memory, owner: None,
) -> Process:
    """Start a kernel that can load these datasets (folders by name); GraderError when it does not come up.

    `lay_out` is called with the descriptor of the folder of what it remembers, and the kernel's user if that is another one.
    """
    warm = zygote.warm(level, datasets, threads)
    folder = Path(tempfile.mkdtemp(prefix="k-", dir=warm.folder))
    for path in (folder, *(folder / name for name in ("conn", "talk", "memory", "home", "work"))):
        warm.give(path)
    # by descriptor from here on: a student who replaces the folder by a link must not redirect our reads and writes
    talk, memory = (os.open(folder / name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW) for name in ("talk", "memory"))
    inner = warm.walls.mounted  # a /tmp of its own
    home, work = (Path("/tmp/home"), Path("/tmp/work")) if inner else (folder / "home", folder / "work")  # noqa: S108
    manager = KernelManager(transport="ipc", connection_file=str(folder / "conn" / "k.json"))
    manager._kernel_spec = SPEC
    context = zmq.Context()
    context.setsockopt(zmq.MAXMSGSIZE, MAX_MESSAGE_BYTES)  # a gigantic frame must not fill the grader's memory
    context.setsockopt(zmq.RCVHWM, 64)
    env = environment.of_kernel(home, work, folder / "talk", threads)
    bounds = limits or Limits()
    of_kernel = {name: getattr(bounds, name) for name in ("processes", "memory_bytes", "file_bytes", "scratch_bytes")}
    disk = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    process = Process(manager, context, folder, talk, memory)

    def attend(pid: int, stop: Callable[[], None]) -> None:
        process.group = Cgroup.around(pid, bounds)
        process.watch = Watch(pid, disk, bounds, stop)

    try:
        (folder / "memory" / "begin").write_text(str(seed))
        warm.give(folder / "memory" / "begin")
        lay_out(memory, warm.walls.owner)
        manager.start_kernel(env=env, cwd=str(work), warm=warm, scratch=folder, limits=of_kernel, attend=attend)
        process.connected = manager.client(context=context)
        process.client.start_channels(stdin=False, hb=False)
        await_ready(process)
    except Exception as error:
        process.close()
        raise GraderError(
            f"a kernel could not be started: {type(error).__name__}: {error} {warm.last_words()}".rstrip()
        ) from error
    return process


def await_ready(process: Process) -> None:
    """Wait until the kernel answers and its outputs reach us; GraderError when it ends, or takes too long.

    jupyter_client's own wait goes on for another 0.2 s after the answer, at every start.
    """
    client = process.client
    shell, iopub = client.shell_channel.socket, client.iopub_channel.socket
    poller = zmq.Poller()
    poller.register(shell, zmq.POLLIN)
    poller.register(iopub, zmq.POLLIN)
    silent = {shell, iopub}
    deadline = time.monotonic() + START_SECONDS
    client.kernel_info()
    while silent:
        ready = dict(poller.poll(ASK_AGAIN_MILLISECONDS))
        for socket in ready:
            client.session.recv(socket, mode=zmq.NOBLOCK)  # nothing of the student has run yet
            silent.discard(socket)
        if not ready:
            if not process.alive():
                raise GraderError("it ended before it was ready")
            if time.monotonic() > deadline:
                raise GraderError(f"it was not ready after {START_SECONDS:.0f} s")
            client.kernel_info()  # what it said before our subscription had reached it is lost
