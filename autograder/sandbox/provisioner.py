"""Provides jupyter_client with kernels that are forked from the warm process.

Each kernel has a socket of its own to the warm process, its line: signals go one way, the exit status comes back.
Source: jupyter_client.provisioning, "Customizing the kernel's runtime environment".
"""

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
    """One kernel; KernelManager finds this class by the `kernel_provisioner` entry of the kernel specification."""

    line: socket.socket | None = None
    status: int | None = None
    lost = False  # whether the warm process ended before it reported how this kernel ended

    @property
    def has_process(self) -> bool:
        """Whether a kernel was launched and not yet cleaned up; called by KernelManager."""
        return self.line is not None

    async def poll(self) -> int | None:
        """Return None while the kernel runs, else its exit status; called by KernelManager.is_alive."""
        if self.line is None:
            return self.status if self.status is not None else 0
        try:
            message = self.line.recv(64, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return None
        except OSError:
            message = b""
        self.lost = not message
        self.status = int(message) if message else -signal.SIGKILL
        self._hang_up()
        return self.status

    async def wait(self) -> int | None:
        """Wait for the end and return the exit status; called by KernelManager after a kill or a shutdown request."""
        while await self.poll() is None:
            await asyncio.sleep(POLL_SECONDS)
        return self.status

    async def send_signal(self, signum: int) -> None:
        """Send a signal; called by KernelManager.interrupt_kernel and signal_kernel."""
        self._send(signum)

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel; called by KernelManager.shutdown_kernel(now=True)."""
        await self.send_signal(signal.SIGKILL)

    def kill_now(self) -> None:
        """Kill the kernel; called by the resource monitor, from its thread, when the kernel exceeds a limit."""
        self._send(signal.SIGKILL)

    def end(self) -> None:
        """Kill the kernel and wait for its end, without the 0.1 s that jupyter_client would sleep."""
        self.kill_now()
        if self.line is not None:
            self.line.settimeout(END_SECONDS)
            with contextlib.suppress(OSError):
                self.line.recv(64)
        self._hang_up()

    async def terminate(self, restart: bool = False) -> None:
        """Terminate the kernel; called by KernelManager when a kernel ignores a shutdown request."""
        await self.send_signal(signal.SIGTERM)

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Write the connection file and build the command; called by KernelManager.start_kernel first."""
        manager: Any = self.parent
        manager.write_connection_file()
        kwargs["warm"].hand_over(Path(manager.connection_file))
        self.connection_info = manager.get_connection_info()
        return await super().pre_launch(cmd=manager.format_kernel_cmd(), **kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Fork the kernel and let it run when it is monitored; called by KernelManager.start_kernel second.

        `cmd` holds the arguments of the kernel without a program.
        """
        self.status = None
        born = kwargs["warm"].fork(cmd, kwargs["env"], kwargs["cwd"], kwargs["scratch"], kwargs["limits"])
        self.line = born.line
        kwargs["attend"](born.pid, self.kill_now)
        born.release()
        return dict(self.connection_info)

    async def cleanup(self, restart: bool = False) -> None:
        """Close the line, which kills what is left; called by KernelManager when the kernel is no longer needed."""
        self._hang_up()

    def _send(self, signum: int) -> None:
        line = self.line  # read it once: another thread may set it to None
        if line is not None:
            with contextlib.suppress(OSError):
                line.send(str(int(signum)).encode())

    def _hang_up(self) -> None:
        if self.line is not None:
            self.line.close()
            self.line = None
