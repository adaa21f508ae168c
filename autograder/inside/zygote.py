"""The warm process from which students' kernels are forked: it has imported what notebooks import, and run nothing.

It holds no secret. It takes requests over an inherited socket that listens, one a connection: a JSON object together
with two descriptors, the line by which the grader signals this one kernel and learns of its end, and the gate, behind
which the new process waits until the grader monitors it. When a line closes, its kernel is killed; when the socket of
the process that started it closes, everything ends.
"""

from __future__ import annotations

import array
import contextlib
import ctypes
import gc
import importlib
import importlib.util
import json
import os
import selectors
import signal
import socket
import sys
import tempfile
from typing import Any, NoReturn

MAX_REQUEST = 65536
MAX_DESCRIPTORS = 4096
PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
# matplotlib_inline's backend is not among them: it ties itself to the shell, which only a kernel has
PRELOADED = (
    "numpy",
    "tensorflow",
    "keras",
    "matplotlib.pyplot",
    "IPython",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "ipykernel.debugger",
    "sklearn.datasets",
    "sklearn.linear_model",
)


def main() -> None:
    """Import, freeze, serve."""
    owner, listener = (socket.socket(fileno=int(number)) for number in sys.argv[1:3])
    sys.path.insert(0, here := os.path.dirname(os.path.abspath(__file__)))
    import kernel  # type: ignore[import-not-found]

    modules = kernel.prepare()
    preload()
    sys.path.remove(here)  # what a student imports by the name of one of our files is not ours
    gc.collect()
    gc.freeze()  # collected in no child: pages that nobody writes stay shared
    die_with_parent()
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0)  # no kernel may read or trace the process that all of them come from
    owner.send(b"ready")
    Zygote(owner, listener, modules).serve()


def preload() -> None:
    """Import what notebooks import; no TensorFlow operation runs here, its threads would not survive the fork."""
    for name in PRELOADED:
        if importlib.util.find_spec(name.partition(".")[0]):  # a course need not have Keras, say
            importlib.import_module(name)
    if os.environ["AUTOGRADER_LEVEL"] != "none":  # what confines a kernel, needed by nobody else
        import confine  # type: ignore[import-not-found]  # noqa: F401
        import pyseccomp  # noqa: F401


class Zygote:
    """The loop: requests, signals, ends."""

    def __init__(self, owner: socket.socket, listener: socket.socket, modules: Any) -> None:
        self.owner, self.listener = owner, listener
        self.modules = modules
        self.selector = selectors.DefaultSelector()
        self.selector.register(owner, selectors.EVENT_READ, None)
        self.selector.register(listener, selectors.EVENT_READ, None)

    def serve(self) -> None:
        """Until the process that started it is gone."""
        while True:
            for key, _ in self.selector.select():
                if key.fileobj is self.owner:
                    return
                if key.fileobj is self.listener:
                    connection, _ = self.listener.accept()
                    self.selector.register(connection, selectors.EVENT_READ, None)
                elif key.data is None:
                    self.request(key.fileobj)
                elif key.fileobj in self.selector.get_map():  # it may have ended by an event before this one
                    key.data.event(key.fileobj)

    def request(self, connection: Any) -> None:
        """Fork one kernel, if that is what the grader's connection asks for."""
        with connection:
            self.selector.unregister(connection)
            content, ancillary, _, _ = connection.recvmsg(MAX_REQUEST, socket.CMSG_SPACE(8))
        if not content:  # it only asked whether somebody is here
            return
        descriptors = array.array("i")
        for _, _, data in ancillary:
            descriptors.frombytes(data[: len(data) - len(data) % descriptors.itemsize])
        line, gate = socket.socket(fileno=descriptors[0]), descriptors[1]
        wanted = json.loads(content)
        pid = os.fork()
        if pid == 0:
            self.become_kernel(wanted, line, gate)
        os.close(gate)
        confine = wanted["confine"]
        Child(self.selector, pid, line, confine is not None and confine["level"] == "namespaces")

    def become_kernel(self, request: dict[str, Any], line: socket.socket, gate: int) -> NoReturn:
        """In the child: leave everything of the zygote behind and run a kernel."""
        words = 2
        try:
            os.setsid()
            line.send(b"born")  # Linux tells the grader by which number it knows this process
            if not os.read(gate, 1):
                os._exit(1)
            os.closerange(3, MAX_DESCRIPTORS)  # another kernel's line must not be held open, or used, by this one
            die_with_parent()
            if request["confine"]:
                import confine

                confine.enter(**request["confine"])
            words = os.dup(2)
            silence = os.open("/dev/null", os.O_RDWR)
            for number in (0, 1, 2):  # what a student's program writes past Jupyter must not fill the grader's files
                os.dup2(silence, number)
            os.environ.clear()
            os.environ.update(request["env"])
            os.chdir(request["cwd"])
            forget_the_zygote()
            self.modules.run(request["arguments"], lambda: os.close(words))
        except SystemExit as leaving:
            os._exit(leaving.code if isinstance(leaving.code, int) else 1)
        except BaseException as error:
            with contextlib.suppress(OSError):  # open for as long as nothing of the student has run
                os.write(words, f"{type(error).__name__}: {error}\n".encode())
        finally:
            os._exit(1)


class Child:
    """A running kernel: the line to the grader and the descriptor that tells its end."""

    def __init__(self, selector: selectors.BaseSelector, pid: int, line: socket.socket, kept: bool) -> None:
        self.selector, self.pid, self.line, self.kept = selector, pid, line, kept
        self.ended = os.pidfd_open(pid)
        selector.register(line, selectors.EVENT_READ, self)
        selector.register(self.ended, selectors.EVENT_READ, self)

    def event(self, source: object) -> None:
        """A signal to pass on, the grader's hanging up, or the kernel's end."""
        if source is self.line:
            message = self.line.recv(64)
            if message:
                self.signal(int(message))
            else:
                self.signal(signal.SIGKILL)
                self.selector.unregister(self.line)
            return
        self.kill_group()  # what is left of it, while its number is still its own
        _, status = os.waitpid(self.pid, os.WNOHANG)
        with contextlib.suppress(OSError):  # the grader may have hung up
            self.line.send(str(os.waitstatus_to_exitcode(status)).encode())
        self.selector.unregister(self.ended)
        if self.line in self.selector.get_map():
            self.selector.unregister(self.line)
        os.close(self.ended)
        self.line.close()

    def signal(self, number: int) -> None:
        """Signal the kernel, or its keeper, who knows what to do with it."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if self.kept:
                os.kill(self.pid, signal.SIGTERM if number == signal.SIGKILL else number)
            else:
                os.killpg(self.pid, number)

    def kill_group(self) -> None:
        """End whatever is left in the kernel's process group."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)


def die_with_parent() -> None:
    """Be killed when the zygote dies: no kernel outlives its grader."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def forget_the_zygote() -> None:
    """Temporary folders of its own: they were named before the fork and would be everybody's."""
    tempfile.tempdir = None
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)


if __name__ == "__main__":
    main()
