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
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import KernelManager

from autograder.errors import GraderError, WarmProcessEnded
from autograder.records import Ending, KernelEnd, Level, Limits
from autograder.sandbox import environment, provisioner, warm
from autograder.sandbox.cgroup import Cgroup
from autograder.sandbox.folders import remove
from autograder.sandbox.monitor import ResourceMonitor

# IPython's history would write a database; the tip in the kernel's banner is drawn anew each time that it is asked who
# it is, and on a busy machine that is asked several times: the student's random numbers would begin elsewhere.
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


class _OwnSpec(KernelSpecManager):
    """Knows the one kernel that is started here."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Called by KernelManager."""
        return SPEC


@dataclass
class Process:
    """A running kernel: manager, client, monitor, control group; descriptors of its folders `talk` and `trainings`."""

    manager: KernelManager
    context: zmq.Context[zmq.Socket[bytes]]
    folder: Path
    talk: int
    trainings: int
    level: Level
    monitor: ResourceMonitor | None = None
    group: Cgroup | None = None
    connected: BlockingKernelClient | None = None

    @property
    def client(self) -> BlockingKernelClient:
        """The client; there is one from the moment that the kernel runs."""
        if self.connected is None:
            raise GraderError("the kernel has not been started")
        return self.connected

    @property
    def _provisioner(self) -> provisioner.ZygoteProvisioner:
        return cast("provisioner.ZygoteProvisioner", self.manager.provisioner)

    def alive(self) -> bool:
        """Return whether the process still runs."""
        return bool(self.manager.is_alive())

    def interrupt(self) -> None:
        """Ask the running code to stop, as Ctrl-C does."""
        self.manager.interrupt_kernel()

    def how_it_ended(self) -> KernelEnd:
        """Return how a kernel that is no longer alive ended; raises WarmProcessEnded when it ended with the warm process."""
        ending = (self.monitor.ending if self.monitor else None) or (self.group.ending() if self.group else None)
        if ending:
            return KernelEnd(ending)
        if self._provisioner.lost:
            raise WarmProcessEnded("the warm process ended, and the kernel with it")
        status = self._provisioner.status
        if self.level is Level.NAMESPACES and status is not None and status > 128:  # as its keeper reports a signal
            status = 128 - status
        return KernelEnd(Ending.KILLED_BY_SIGNAL if status is not None and status < 0 else Ending.EXITED, status)

    def end(self) -> None:
        """Kill the kernel; its folder stays."""
        if self.monitor:
            self.monitor.close()
        with contextlib.suppress(Exception):  # a kernel that is already gone is as good as one that we stop
            self.client.stop_channels()
        with contextlib.suppress(Exception):
            self._provisioner.end()
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
        os.close(self.trainings)
        remove(self.folder)


def start(
    datasets: dict[str, Path],
    level: Level,
    limits: Limits | None = None,
    threads: int = 1,
    seed: int = 0,
    lay_out: Callable[[int, tuple[int, int] | None], None] = lambda trainings, owner: None,
) -> Process:
    """Start a kernel that can load these datasets (folders by name); raises GraderError when it does not come up.

    `lay_out` is called with the descriptor of the folder of remembered trainings, and the kernel's user if that is
    another one.
    """
    client = warm.use(level, datasets, threads)
    folder = Path(tempfile.mkdtemp(prefix="k-", dir=client.folder))
    for path in (folder, *(folder / name for name in ("conn", "talk", "trainings", "home", "work"))):
        client.hand_over(path)
    # by descriptor from here on: a student who replaces the folder by a link must not redirect our reads and writes
    talk, trainings = (
        os.open(folder / name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW) for name in ("talk", "trainings")
    )
    inner = client.walls.mounted  # a /tmp of its own
    home, work = (Path("/tmp/home"), Path("/tmp/work")) if inner else (folder / "home", folder / "work")  # noqa: S108
    manager = KernelManager(
        transport="ipc", connection_file=str(folder / "conn" / "k.json"), kernel_spec_manager=_OwnSpec()
    )
    context = zmq.Context()
    context.setsockopt(zmq.MAXMSGSIZE, MAX_MESSAGE_BYTES)  # a gigantic frame must not fill the grader's memory
    context.setsockopt(zmq.RCVHWM, 64)
    env = environment.of_kernel(home, work, folder / "talk", threads)
    bounds = limits or Limits()
    of_kernel = {name: getattr(bounds, name) for name in ("processes", "memory_bytes", "file_bytes", "scratch_bytes")}
    disk = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    process = Process(manager, context, folder, talk, trainings, client.settings.level)

    def attend(pid: int, stop: Callable[[], None]) -> None:
        process.group = Cgroup.create(pid, bounds)
        process.monitor = ResourceMonitor(pid, disk, bounds, stop)

    try:
        (folder / "trainings" / "begin").write_text(str(seed))
        client.hand_over(folder / "trainings" / "begin")
        lay_out(trainings, client.walls.owner)
        manager.start_kernel(env=env, cwd=str(work), warm=client, scratch=folder, limits=of_kernel, attend=attend)
        process.connected = manager.client(context=context)
        process.client.start_channels(stdin=False, hb=False)
        await_ready(process)
    except WarmProcessEnded:
        process.close()
        raise
    except Exception as error:
        process.close()
        raise GraderError(
            f"a kernel could not be started: {type(error).__name__}: {error} {client.last_words()}".rstrip()
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
                raise GraderError(f"it ended before it was ready: {process.how_it_ended().ending}")
            if time.monotonic() > deadline:
                raise GraderError(f"it was not ready after {START_SECONDS:.0f} s")
            client.kernel_info()  # what it said before our subscription had reached it is lost
