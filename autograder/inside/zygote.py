"""Runs the warm process, from which students' kernels are forked: it has imported the libraries and run nothing else.

Theory of operation. The warm process holds no secret. It inherits a listening socket and accepts one request per
connection: a JSON object together with two descriptors. The first is the line of the new kernel: over it the grader
sends signals and receives the exit status. The second is the gate: the new process waits there until the grader
monitors it. When the grader closes a line, its kernel is killed. When the process that started the warm process closes
its own socket, the warm process and all kernels end.
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
# without matplotlib_inline's backend, which connects itself to the shell: only a kernel has one
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
    """Import the libraries, freeze the memory, and serve requests."""
    owner, listener = (socket.socket(fileno=int(number)) for number in sys.argv[1:3])
    sys.path.insert(0, here := os.path.dirname(os.path.abspath(__file__)))
    import kernel  # type: ignore[import-not-found]

    modules = kernel.prepare()
    preload()
    sys.path.remove(here)  # a student who imports a module of such a name must not get our file
    if os.environ["AUTOGRADER_LEVEL"] != "none":
        forget_other_folders()
    gc.collect()
    gc.freeze()  # garbage collection in a child must not write to these objects, so that their pages stay shared
    die_with_parent()
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0)  # stops kernels from reading or tracing this process
    owner.send(b"ready")
    Zygote(owner, listener, modules).serve()


def preload() -> None:
    """Import the libraries; no TensorFlow operation may run here, because its threads would not survive the fork."""
    for name in PRELOADED:
        if importlib.util.find_spec(name.partition(".")[0]):  # not every course has Keras, for example
            importlib.import_module(name)
    if os.environ["AUTOGRADER_LEVEL"] != "none":  # these confine a kernel
        import confine  # type: ignore[import-not-found]  # noqa: F401
        import pyseccomp  # noqa: F401
    for name in (
        "__main__",
        "kernel",
        "confine",
        "landlock",
        "syscalls",
    ):  # the extension autoreload would try to read them
        if name in sys.modules:
            vars(sys.modules[name]).pop("__file__", None)


def forget_other_folders() -> None:
    """Keep on the path of imports only what belongs to Python and its packages.

    It stops a student from learning where the course's repository is, which an editable installation adds to the path.
    """
    own = (sys.prefix, sys.base_prefix, "/usr/")
    sys.path[:] = [folder for folder in sys.path if folder.startswith(own)]
    for folder in [folder for folder in sys.path_importer_cache if not folder.startswith(own)]:
        del sys.path_importer_cache[folder]


class Zygote:
    """The loop that handles requests, signals, and the ends of kernels."""

    def __init__(self, owner: socket.socket, listener: socket.socket, modules: Any) -> None:
        self.owner, self.listener = owner, listener
        self.modules = modules
        self.selector = selectors.DefaultSelector()
        self.selector.register(owner, selectors.EVENT_READ, None)
        self.selector.register(listener, selectors.EVENT_READ, None)

    def serve(self) -> None:
        """Handle events until the process that started this one closes its socket."""
        while True:
            for key, _ in self.selector.select():
                if key.fileobj is self.owner:
                    return
                if key.fileobj is self.listener:
                    connection, _ = self.listener.accept()
                    self.selector.register(connection, selectors.EVENT_READ, None)
                elif key.data is None:
                    self.request(key.fileobj)
                elif key.fileobj in self.selector.get_map():  # an earlier event of this round may have ended it
                    key.data.event(key.fileobj)

    def request(self, connection: Any) -> None:
        """Read the request of a connection and fork one kernel; an empty request is only a test whether we run."""
        with connection:
            self.selector.unregister(connection)
            content, ancillary, _, _ = connection.recvmsg(MAX_REQUEST, socket.CMSG_SPACE(8))
        if not content:  # `WarmClient.alive` connects and closes
            return
        descriptors = array.array("i")
        for _, _, data in ancillary:
            descriptors.frombytes(data[: len(data) - len(data) % descriptors.itemsize])
        line, gate = socket.socket(fileno=descriptors[0]), descriptors[1]
        request = json.loads(content)
        pid = os.fork()
        if pid == 0:
            self.become_kernel(request, line, gate)
        os.close(gate)
        confine = request["confine"]
        Child(self.selector, pid, line, confine is not None and confine["level"] == "namespaces")

    def become_kernel(self, request: dict[str, Any], line: socket.socket, gate: int) -> NoReturn:
        """Turn the forked child into a kernel: drop what belongs to the warm process, confine it, and run."""
        error_output = 2
        try:
            os.setsid()
            line.send(b"born")  # Linux adds the process id that the grader sees
            if not os.read(gate, 1):
                os._exit(1)
            os.closerange(3, MAX_DESCRIPTORS)  # stops a student from using other kernels' lines
            die_with_parent()
            if request["confine"]:
                import confine

                confine.enter(**request["confine"])
            error_output = os.dup(2)
            null = os.open("/dev/null", os.O_RDWR)
            for number in (0, 1, 2):  # output that bypasses Jupyter must not fill the grader's log
                os.dup2(null, number)
            os.environ.clear()
            os.environ.update(request["env"])
            os.chdir(request["cwd"])
            sys.path.insert(0, request["cwd"])  # as in Jupyter; Python leaves it out in its isolated mode
            lay_out_files(os.path.join(os.path.dirname(os.environ["AUTOGRADER_SCRATCH"]), "files"))
            reset_inherited_state()
            self.modules.run(request["arguments"], lambda: os.close(error_output))
        except SystemExit as leaving:
            os._exit(leaving.code if isinstance(leaving.code, int) else 1)
        except BaseException as error:
            with contextlib.suppress(OSError):  # it is closed before any code of the student runs
                os.write(error_output, f"{type(error).__name__}: {error}\n".encode())
        finally:
            os._exit(1)


class Child:
    """A running kernel with its line to the grader; `ended` is a descriptor that becomes readable at its end."""

    def __init__(self, selector: selectors.BaseSelector, pid: int, line: socket.socket, has_keeper: bool) -> None:
        self.selector, self.pid, self.line, self.has_keeper = selector, pid, line, has_keeper
        self.ended = os.pidfd_open(pid)
        selector.register(line, selectors.EVENT_READ, self)
        selector.register(self.ended, selectors.EVENT_READ, self)

    def event(self, source: object) -> None:
        """Pass a signal on, kill the kernel when the grader closed the line, or report the kernel's end."""
        if source is self.line:
            message = self.line.recv(64)
            if message:
                self.signal(int(message))
            else:
                self.signal(signal.SIGKILL)
                self.selector.unregister(self.line)
            return
        self.kill_group()  # before `waitpid`: until then no other process can get this id
        _, status = os.waitpid(self.pid, os.WNOHANG)
        with contextlib.suppress(OSError):  # the grader may have closed the line
            self.line.send(str(os.waitstatus_to_exitcode(status)).encode())
        self.selector.unregister(self.ended)
        if self.line in self.selector.get_map():
            self.selector.unregister(self.line)
        os.close(self.ended)
        self.line.close()

    def signal(self, number: int) -> None:
        """Send a signal to the kernel's process group, or to its keeper, which passes it on."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if self.has_keeper:
                os.kill(self.pid, signal.SIGTERM if number == signal.SIGKILL else number)
            else:
                os.killpg(self.pid, number)

    def kill_group(self) -> None:
        """Kill what is left in the kernel's process group: no process of a student outlives its kernel."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)


def lay_out_files(folder: str) -> None:
    """Link the files of the assignment, which lie read-only in `folder`, into the kernel's current folder."""
    for place, _, names in os.walk(folder):
        target = os.path.relpath(place, folder)
        os.makedirs(target, exist_ok=True)
        for name in names:
            os.symlink(os.path.join(place, name), os.path.join(target, name))


def die_with_parent() -> None:
    """Let Linux kill this process when its parent dies: no kernel outlives its grader. Source: prctl(2)."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def reset_inherited_state() -> None:
    """Reset state that was inherited from the warm process: the name of the temporary folder, and signal handlers."""
    tempfile.tempdir = None
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)


if __name__ == "__main__":
    main()
