"""Starts one student's kernel in a scratch folder of its own, at an isolation level, and removes both at the end."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
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

# The history would write a database. The tip in the kernel's banner is drawn at random for each `kernel_info` request,
# and on a busy machine we send several: the student's random numbers would no longer be reproducible.
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
    """Offers the only kernel specification that is used here."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return our specification; called by KernelManager."""
        return SPEC


@dataclass
class Process:
    """A running kernel with its manager, client, resource monitor and control group.

    `folder` is its scratch folder; `talk` and `trainings` are open descriptors of two folders in it, one for questions
    and answers and one for cached trainings.
    """

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
        """The client of the running kernel; raises GraderError before the kernel has started."""
        if self.connected is None:
            raise GraderError("the kernel has not been started")
        return self.connected

    @property
    def _provisioner(self) -> provisioner.ZygoteProvisioner:
        return cast("provisioner.ZygoteProvisioner", self.manager.provisioner)

    def alive(self) -> bool:
        """Return whether the kernel still runs."""
        return bool(self.manager.is_alive())

    def interrupt(self) -> None:
        """Ask the running code to stop, as Ctrl-C does."""
        self.manager.interrupt_kernel()

    def how_it_ended(self) -> KernelEnd:
        """Return how a kernel that is no longer alive ended.

        Raises WarmProcessEnded when the kernel ended because the warm process did.
        """
        ending = (self.monitor.ending if self.monitor else None) or (self.group.ending() if self.group else None)
        if ending:
            return KernelEnd(ending)
        if self._provisioner.lost:
            raise WarmProcessEnded("the warm process ended, and the kernel with it")
        status = self._provisioner.status
        if self.level is Level.NAMESPACES and status is not None and status > 128:  # how the keeper reports a signal
            status = 128 - status
        return KernelEnd(Ending.KILLED_BY_SIGNAL if status is not None and status < 0 else Ending.EXITED, status)

    def end(self) -> None:
        """Kill the kernel, but leave its folder."""
        if self.monitor:
            self.monitor.close()
        with contextlib.suppress(Exception):  # the kernel may have ended already
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
    files: Sequence[tuple[str, bytes]] = (),
) -> Process:
    """Start a kernel that can load these datasets (folders by name), and return it when it is ready.

    `threads` is the number of TensorFlow threads, `seed` seeds the kernel's random numbers. `lay_out` puts the cached
    trainings in place: it is called with an open descriptor of their folder, and with the ids of the kernel's user, or
    None where the grader's own user runs the kernel. `files` are the files of the assignment, as pairs of path and
    content; the kernel finds them in its folder and cannot write to them.

    Raises GraderError when the kernel does not start, WarmProcessEnded when the warm process ends meanwhile.
    """
    client = warm.use(level, datasets, threads)
    folder = Path(tempfile.mkdtemp(prefix="k-", dir=client.folder))
    for path in (folder, *(folder / name for name in ("conn", "talk", "trainings", "home", "work"))):
        client.hand_over(path)
    # From here on both folders are used by descriptor. A student can replace a folder by a link to a file of the
    # grader; reads and writes by path would then follow it.
    talk, trainings = (
        os.open(folder / name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW) for name in ("talk", "trainings")
    )
    own_tmp = client.walls.mounted  # the kernel has a /tmp of its own
    home, work = (Path("/tmp/home"), Path("/tmp/work")) if own_tmp else (folder / "home", folder / "work")  # noqa: S108
    manager = KernelManager(
        transport="ipc", connection_file=str(folder / "conn" / "k.json"), kernel_spec_manager=_OwnSpec()
    )
    context = zmq.Context()
    context.setsockopt(zmq.MAXMSGSIZE, MAX_MESSAGE_BYTES)  # a student cannot fill the grader's memory with a huge frame
    context.setsockopt(zmq.RCVHWM, 64)
    env = environment.of_kernel(home, work, folder / "talk", threads)
    size_of_files = sum(len(content) for _, content in files)
    limits_used = limits or Limits()
    limits_used = replace(
        limits_used, scratch_bytes=limits_used.scratch_bytes + size_of_files
    )  # they are not the student's
    kernel_limits = {
        name: getattr(limits_used, name) for name in ("processes", "memory_bytes", "file_bytes", "scratch_bytes")
    }
    disk = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    process = Process(manager, context, folder, talk, trainings, client.settings.level)

    def attend(pid: int, stop: Callable[[], None]) -> None:
        process.group = Cgroup.create(pid, limits_used)
        process.monitor = ResourceMonitor(pid, disk, limits_used, stop)

    try:
        write_files(client.hand_over(folder / "files"), files)
        (folder / "trainings" / "begin").write_text(str(seed))
        client.hand_over(folder / "trainings" / "begin")
        lay_out(trainings, client.walls.owner)
        manager.start_kernel(env=env, cwd=str(work), warm=client, scratch=folder, limits=kernel_limits, attend=attend)
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


def write_files(folder: Path, files: Sequence[tuple[str, bytes]]) -> None:
    """Write the files of an assignment, read-only, into a folder that is new."""
    for name, content in files:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444), "wb") as out:
            out.write(content)
        target.chmod(0o444)  # whatever the umask is


def await_ready(process: Process) -> None:
    """Wait until the kernel answers and its outputs arrive.

    jupyter_client's own function waits another 0.2 s after the answer, at every start.

    Raises GraderError when the kernel ends, or is not ready after `START_SECONDS`.
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
            client.kernel_info()  # outputs from before our subscription are lost
