"""Starts one student's kernel in a scratch folder of its own, at an isolation level, and takes both away again."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import zmq
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager

from autograder.errors import GraderError
from autograder.records import Limits
from autograder.sandbox import environment, isolation, provisioner, zygote
from autograder.sandbox.watch import Watch

# IPython's history would write a database; the banner of the kernel is of no use here.
OPTIONS = ("--HistoryManager.enabled=False", "--IPKernelApp.quiet=True", "--InteractiveShell.colors=NoColor")
SPEC = KernelSpec(
    argv=["-f", "{connection_file}", *OPTIONS],
    language="python",
    metadata={"kernel_provisioner": {"provisioner_name": provisioner.NAME}},
)
START_SECONDS = 120.0
MAX_MESSAGE_BYTES = 16 * 2**20


@dataclass
class Process:
    """A running kernel: its manager, a connected client, the descriptor of the folder for questions and answers, its watch."""

    manager: KernelManager
    context: zmq.Context[zmq.Socket[bytes]]
    folder: Path
    talk: int
    watch: Watch | None = None
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

    def close(self) -> None:
        """Kill the kernel and remove its scratch folder."""
        if self.watch:
            self.watch.close()
        with contextlib.suppress(Exception):  # a kernel that is already gone is as good as one that we stop
            self.client.stop_channels()
        with contextlib.suppress(Exception):
            self.manager.shutdown_kernel(now=True)
        with contextlib.suppress(Exception):
            self.context.destroy(linger=0)
        os.close(self.talk)
        remove(self.folder)


def start(datasets: dict[str, Path], level: str = isolation.NONE, limits: Limits | None = None, threads: int = 1) -> Process:
    """Start a kernel that can load these datasets (folders by name); GraderError when it does not come up."""
    warm = zygote.warm(level, datasets, threads)
    folder = Path(tempfile.mkdtemp(prefix="k-", dir=warm.folder))
    for path in (folder, *(folder / name for name in ("conn", "talk", "home", "work"))):
        warm.give(path)
    # by descriptor from here on: a student who replaces the folder by a link must not redirect our reads and writes
    talk = os.open(folder / "talk", os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
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
    process = Process(manager, context, folder, talk)

    def attend(pid: int, stop: Callable[[], None]) -> None:
        process.watch = Watch(pid, disk, bounds, stop)

    try:
        manager.start_kernel(env=env, cwd=str(work), warm=warm, scratch=folder, limits=of_kernel, attend=attend)
        process.connected = manager.client(context=context)
        process.client.start_channels(stdin=False, hb=False)
        process.client.wait_for_ready(timeout=START_SECONDS)
    except Exception as error:
        process.close()
        raise GraderError(
            f"a kernel could not be started: {type(error).__name__}: {error} {warm.last_words()}".rstrip()
        ) from error
    return process


def remove(folder: Path) -> None:
    """Remove a folder whose kernel has ended, also what a student made inaccessible; no link is followed."""
    with contextlib.suppress(OSError):
        for _, folders, _, descriptor in os.fwalk(folder, follow_symlinks=False):
            for name in folders:
                with contextlib.suppress(OSError):
                    if stat.S_ISDIR(os.stat(name, dir_fd=descriptor, follow_symlinks=False).st_mode):
                        os.chmod(name, 0o700, dir_fd=descriptor)
    shutil.rmtree(folder, ignore_errors=True)
