"""A kernel provisioner for jupyter_client: a kernel is a fork of the warm process, signalled over a line of its own."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from pathlib import Path
from typing import Any

from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase

NAME = "autograder-zygote"
POLL_SECONDS = 0.01
END_SECONDS = 10.0


class ZygoteProvisioner(KernelProvisionerBase):
    """One kernel; its settings come with the kernel spec's `kernel_provisioner` entry."""

    line: socket.socket | None = None
    status: int | None = None
    lost = False  # whether the warm process ended without a word about this kernel

    @property
    def has_process(self) -> bool:
        """Called by KernelManager to see whether a kernel was launched and not yet cleaned up."""
        return self.line is not None

    async def poll(self) -> int | None:
        """Called by KernelManager.is_alive: None while the kernel runs, else its exit status."""
        if self.line is None:
            return self.status if self.status is not None else 0
        try:
            told = self.line.recv(64, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return None
        except OSError:
            told = b""
        self.lost = not told
        self.status = int(told) if told else -signal.SIGKILL
        self._hang_up()
        return self.status

    async def wait(self) -> int | None:
        """Called by KernelManager after a kill or a shutdown request."""
        while await self.poll() is None:
            await asyncio.sleep(POLL_SECONDS)
        return self.status

    async def send_signal(self, signum: int) -> None:
        """Called by KernelManager.interrupt_kernel and signal_kernel."""
        self._send(signum)

    async def kill(self, restart: bool = False) -> None:
        """Called by KernelManager.shutdown_kernel(now=True)."""
        await self.send_signal(signal.SIGKILL)

    def kill_now(self) -> None:
        """Called by the resource monitor, from its thread: the kernel takes more than it may."""
        self._send(signal.SIGKILL)

    def end(self) -> None:
        """Kill the kernel and wait for its end; jupyter_client's own way sleeps for a tenth of a second."""
        self.kill_now()
        if self.line is not None:
            self.line.settimeout(END_SECONDS)
            with contextlib.suppress(OSError):
                self.line.recv(64)
        self._hang_up()

    async def terminate(self, restart: bool = False) -> None:
        """Called by KernelManager when a kernel does not shut down when asked."""
        await self.send_signal(signal.SIGTERM)

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Called by KernelManager.start_kernel first: writes the connection file and builds the command."""
        manager: Any = self.parent
        manager.write_connection_file()
        kwargs["warm"].hand_over(Path(manager.connection_file))
        self.connection_info = manager.get_connection_info()
        return await super().pre_launch(cmd=manager.format_kernel_cmd(), **kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Called by KernelManager.start_kernel second: `cmd` holds the arguments of the kernel, no program."""
        self.status = None
        born = kwargs["warm"].fork(cmd, kwargs["env"], kwargs["cwd"], kwargs["scratch"], kwargs["limits"])
        self.line = born.line
        kwargs["attend"](born.pid, self.kill_now)
        born.release()
        return dict(self.connection_info)

    async def cleanup(self, restart: bool = False) -> None:
        """Called by KernelManager when the kernel is no longer needed: hanging up kills what is left."""
        self._hang_up()

    def _send(self, signum: int) -> None:
        line = self.line  # once: another thread may hang up
        if line is not None:
            with contextlib.suppress(OSError):
                line.send(str(int(signum)).encode())

    def _hang_up(self) -> None:
        if self.line is not None:
            self.line.close()
            self.line = None
