"""Runs cells in one kernel and asks it questions, within limits.

Theory of operation. The student's code can send any message and write any file, so nothing from the kernel is trusted:
messages that cannot be read are dropped, outputs and answers have a maximum size, and every step has a deadline.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Callable
from typing import Any, Protocol

import zmq

from autograder import messages, plain_files
from autograder.errors import BadReply, KernelDied, OutOfTime, printable
from autograder.records import CellRun, CellStatus, Ending, KernelEnd, Limits
from autograder.sandbox import launch

IDLE_GRACE_SECONDS = 2.0
INTERRUPT_GRACE_SECONDS = 3.0
POLL_MILLISECONDS = 100
MAX_OUTPUTS = 300


class Kernel(Protocol):
    """The lowest boundary of grading: implemented by a student's process, or by a fake in a test."""

    def run(self, code: str, seconds: float) -> CellRun:
        """Execute a cell for at most `seconds`; errors and timeouts are reported in the result."""

    def ask(self, question: bytes, seconds: float) -> bytes:
        """Ask the bridge a question and return its answer; raises BadReply, KernelDied or OutOfTime."""

    def usable(self) -> bool:
        """Return whether it can run more cells."""

    def close(self) -> None:
        """End it and remove its files."""


class JupyterKernel:
    """A kernel process that speaks Jupyter's protocol; questions and answers are files in its scratch folder."""

    def __init__(
        self, process: launch.Process, limits: Limits, collect: Callable[[int], None] = lambda trainings: None
    ) -> None:
        self._process = process
        self._limits = limits
        self._collect = collect  # called with its folder of cached trainings (a descriptor) when it has ended
        self._usable = True
        self._end: KernelEnd | None = None
        self._closed = False

    def usable(self) -> bool:
        """Return whether it can run more cells: False after it died or ignored an interrupt."""
        return self._usable

    def close(self) -> None:
        """End it, collect its trainings, and remove its files."""
        self._usable = False
        if not self._closed:
            self._closed = True
            try:
                self._process.end()
                self._collect(self._process.trainings)
            finally:
                self._process.close()

    def run(self, code: str, seconds: float) -> CellRun:
        """Execute a cell for at most `seconds`; errors and timeouts are reported in the result."""
        outputs = _Outputs(self._limits.output_bytes)
        started_at = time.monotonic()
        status, error, end = CellStatus.OK, "", None
        try:
            reply = self._execute(code, seconds, outputs.add, silent=False)
            if reply.get("status") != "ok":
                status = CellStatus.ERROR
                error = _line(f"{reply.get('ename', 'Error')}: {reply.get('evalue', '')}")
        except KernelDied as death:
            status, error, end = CellStatus.DIED, death.message, self._end
        except OutOfTime as late:
            status, error, end = CellStatus.OUT_OF_TIME, late.message, KernelEnd(Ending.OUT_OF_TIME)
            self._usable = False
        seconds = time.monotonic() - started_at
        return CellRun(status, tuple(outputs.entries), error, seconds, end, outputs.cut)

    def ask(self, question: bytes, seconds: float) -> bytes:
        """Ask the bridge a question and return its answer; raises BadReply, KernelDied or OutOfTime."""
        token = secrets.token_hex(16)
        self._write(f"{token}.question", question)
        try:
            code = f"__import__('sys').modules['autograder_bridge'].answer('{token}')"
            self._execute(code, seconds, lambda message: None, silent=True)
            return self._read(f"{token}.answer")
        except OutOfTime:
            self._interrupt()
            raise
        finally:
            for name in (f"{token}.question", f"{token}.answer"):
                with contextlib.suppress(OSError):
                    os.unlink(name, dir_fd=self._process.talk)

    def _interrupt(self) -> None:
        """Interrupt a call that took too long; a kernel that ignores this is not used again."""
        self._process.interrupt()
        try:
            self._execute("None", INTERRUPT_GRACE_SECONDS, lambda message: None, silent=True)
        except (OutOfTime, KernelDied):
            self._usable = False

    def _execute(
        self, code: str, seconds: float, output: Callable[[dict[str, Any]], None], silent: bool
    ) -> dict[str, Any]:
        """Send an execute request and wait for its reply, and unless it is silent for the status idle.

        Messages that do not belong to the request are dropped. Raises OutOfTime or KernelDied.
        """
        client = self._process.client
        request = client.execute(code, silent=silent, store_history=not silent, allow_stdin=False, stop_on_error=False)
        shell, iopub = client.shell_channel.socket, client.iopub_channel.socket
        poller = zmq.Poller()
        poller.register(shell, zmq.POLLIN)
        poller.register(iopub, zmq.POLLIN)
        deadline = time.monotonic() + seconds
        reply: dict[str, Any] | None = None
        idle = silent  # for a question the reply is enough: what comes later are outputs
        while not (reply is not None and idle):
            events = dict(poller.poll(POLL_MILLISECONDS))
            for socket in events:
                message = self._receive(socket)
                if message is None or message.get("parent_header", {}).get("msg_id") != request:
                    continue
                kind, content = message.get("msg_type"), message.get("content")
                if not isinstance(content, dict):
                    continue
                if socket is shell and kind == "execute_reply":
                    reply = content
                    deadline = min(deadline, time.monotonic() + IDLE_GRACE_SECONDS)
                elif socket is iopub and kind == "status":
                    idle = idle or content.get("execution_state") == "idle"
                elif socket is iopub:
                    output(message)
            if time.monotonic() > deadline:
                if reply is not None:  # the message idle was lost among too many outputs
                    break
                raise messages.RAN_TOO_LONG.filled(seconds=seconds).fault(OutOfTime)
            if not events and not self._process.alive():
                self._usable = False
                raise self._death()
        return reply

    def _death(self) -> KernelDied:
        """Return why the kernel died, as an error; raises WarmProcessEnded when the student did not cause it."""
        self._end = self._process.how_it_ended()
        return messages.of_ending(self._end, self._limits).fault(KernelDied)

    def _receive(self, socket: Any) -> dict[str, Any] | None:
        """Return one message, or None for an invalid one: the student's process has the key and can send anything."""
        try:
            message: dict[str, Any] = self._process.client.session.recv(socket, mode=zmq.NOBLOCK)[1]
        except Exception:
            return None
        return message if isinstance(message, dict) else None

    def _write(self, name: str, content: bytes) -> None:
        # O_EXCL and O_NOFOLLOW: a student who leaves a link under this name must not redirect what we write
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        try:
            with open(os.open(name, flags, 0o644, dir_fd=self._process.talk), "wb") as out:
                out.write(content)
        except OSError as error:  # the student removed the folder, or filled it
            raise messages.UNREADABLE_REPLY.fault(
                BadReply, detail=f"the question could not be written: {error}"
            ) from None

    def _read(self, name: str) -> bytes:
        try:
            with plain_files.opened(name, self._process.talk) as (stream, status):
                if stream is None:
                    raise messages.UNREADABLE_REPLY.fault(BadReply, detail="the answer is not a plain file")
                if status.st_size > self._limits.reply_bytes:
                    large = messages.REPLY_TOO_LARGE.filled(mebibytes=self._limits.reply_bytes // 2**20)
                    raise large.fault(BadReply, detail=f"{status.st_size} bytes")
                return stream.read(self._limits.reply_bytes + 1)
        except OSError as error:
            raise messages.UNREADABLE_REPLY.fault(BadReply, detail=f"no answer file: {error}") from None


class _Outputs:
    """Collects the outputs of a cell in the format of nbformat 4, up to a number of bytes; the rest is dropped."""

    def __init__(self, limit: int) -> None:
        self.entries: list[dict[str, Any]] = []
        self._left = limit
        self.cut = False

    def add(self, message: dict[str, Any]) -> None:
        kind, content = message.get("msg_type"), message["content"]
        if kind == "stream":
            self._stream(str(content.get("name")), str(content.get("text", "")))
        elif kind in ("display_data", "execute_result") and isinstance(content.get("data"), dict):
            data = {str(key): value for key, value in content["data"].items() if isinstance(value, str)}
            entry: dict[str, Any] = {"output_type": kind, "data": data, "metadata": {}}
            self._keep(
                entry | ({"execution_count": None} if kind == "execute_result" else {}), sum(map(len, data.values()))
            )
        elif kind == "error":
            trace = (
                [str(line) for line in content.get("traceback", [])]
                if isinstance(content.get("traceback"), list)
                else []
            )
            text = {"ename": str(content.get("ename", "")), "evalue": str(content.get("evalue", ""))}
            self._keep({"output_type": "error", **text, "traceback": trace}, sum(map(len, trace)) + len(text["evalue"]))

    def _stream(self, name: str, text: str) -> None:
        name = name if name in ("stdout", "stderr") else "stdout"
        last = self.entries[-1] if self.entries else {}
        if last.get("output_type") == "stream" and last.get("name") == name and not self.cut:
            part = text[: max(self._left, 0)]
            last["text"] += part
            self._left -= len(part)
            if len(part) < len(text):
                self._cut()
        else:
            self._keep({"output_type": "stream", "name": name, "text": text[: max(self._left, 0)]}, len(text))

    def _keep(self, entry: dict[str, Any], size: int) -> None:
        if self.cut:
            return
        if (size > self._left and entry["output_type"] != "stream") or len(self.entries) >= MAX_OUTPUTS:
            self._cut()
            return
        self.entries.append(entry)
        self._left -= size
        if self._left <= 0:
            self._cut()

    def _cut(self) -> None:
        self.cut = True
        self.entries.append(
            {"output_type": "stream", "name": "stderr", "text": "\n[the rest of this output was cut: it is too long]\n"}
        )


def _line(text: str) -> str:
    lines = printable(text).strip().splitlines()
    return lines[0][:300] if lines else ""
