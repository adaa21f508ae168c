"""From inside a student's kernel at level `namespaces`: what is not there, what is refused, what ends with the kernel."""

from __future__ import annotations

import os
import select
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.grading.kernel import JupyterKernel
from autograder.records import CellStatus, Limits
from autograder.sandbox import isolation, launch
from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(
    bool(isolation.why_no_namespaces()), reason=f"isolation level namespaces: {isolation.why_no_namespaces()}"
)
LIMITS = Limits(processes=64, memory_bytes=2 * 2**30, scratch_bytes=32 * 2**20, file_bytes=16 * 2**20)


@pytest.fixture
def kernels() -> Iterator[list[JupyterKernel]]:
    """Two students' kernels, running at the same time."""
    both = [JupyterKernel(launch.start({}, isolation.NAMESPACES, LIMITS), LIMITS) for _ in range(2)]
    yield both
    for kernel in both:
        kernel.close()


def said(kernel: JupyterKernel, code: str, seconds: float = 30) -> str:
    """What a cell prints; a failed assertion in it is a failed test."""
    run = kernel.run(code, seconds)
    assert run.status is CellStatus.OK, run.error
    return "".join(each.get("text", "") for each in run.outputs)


REFUSED = {
    "a TCP connection": "import socket; socket.socket(socket.AF_INET, socket.SOCK_STREAM).connect(('127.0.0.1', PORT))",
    "UDP": "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', PORT))",
    "IPv6": "import socket; socket.socket(socket.AF_INET6, socket.SOCK_STREAM)",
    "netlink": "import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
    "an abstract socket of the machine": "import socket; socket.socket(socket.AF_UNIX).connect('\\0autograder-test')",
    "a new user namespace": "import ctypes, os; assert ctypes.CDLL(None, use_errno=True).unshare(0x10000000) == 0 or os.strerror(ctypes.get_errno()) == ''",
    "a mount": "import ctypes; assert ctypes.CDLL(None).mount(b'none', b'/tmp', b'tmpfs', 0, None) == 0",
    "tracing": "import ctypes; assert ctypes.CDLL(None).ptrace(16, 1, 0, 0) == 0",
    "writing the system": "open('/usr/x', 'w')",
    "writing the interpreter": "import sys; open(sys.prefix + '/x', 'w')",
    "the grader's hidden checks": "import autograder.checks",
    "becoming root": "import os; os.setuid(0)",
}


@pytest.fixture
def listening() -> Iterator[int]:
    """A TCP server and an abstract Unix socket outside, which nobody may reach; the port."""
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
        unix.bind("\0autograder-test")
        unix.listen()
        yield tcp.getsockname()[1]


def test_what_a_notebook_does_not_need_is_refused(kernels: list[JupyterKernel], listening: int) -> None:
    for what, code in REFUSED.items():
        run = kernels[0].run(code.replace("PORT", str(listening)), 30)
        assert run.status is CellStatus.ERROR, f"{what} was possible"


def test_files_of_the_course_and_of_the_grader_are_not_there(kernels: list[JupyterKernel], tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    places = [
        ROOT / "source",
        ROOT / "autograder" / "checks",
        ROOT / "course_data",
        ROOT / ".git",
        tmp_path / "secret",
        Path("/etc/passwd"),
        Path.home() / ".bashrc",
    ]
    assert (
        said(kernels[0], f"import os; print([place for place in {list(map(str, places))} if os.path.exists(place)])").strip()
        == "[]"
    )


def test_no_file_that_can_be_read_holds_a_line_of_a_check(kernels: list[JupyterKernel]) -> None:
    found = said(kernels[0], "import os\nfor top, _, names in os.walk('/autograder'):\n    print(top, sorted(names))")
    assert "test_" not in found and "checks" not in found


def test_only_the_own_processes_are_seen(kernels: list[JupyterKernel]) -> None:
    pids = said(kernels[0], "import os; print(sorted(int(name) for name in os.listdir('/proc') if name.isdigit()))")
    assert pids.strip() == "[1]"


def test_two_students_cannot_exchange_a_byte(kernels: list[JupyterKernel]) -> None:
    one, other = kernels
    said(
        one,
        "import os\nfor folder in ('/tmp', '/var/tmp', '/dev/shm', os.environ['AUTOGRADER_SCRATCH'], os.environ['HOME']):\n    open(folder + '/note', 'w').write('the answer')",
    )
    code = "import os\nfor top in ('/tmp', '/var/tmp', '/dev/shm', '/autograder'):\n    for folder, _, names in os.walk(top):\n        if 'note' in names: print(folder)"
    assert said(other, code) == ""
    said(one, "import socket; s = socket.socket(socket.AF_UNIX); s.bind('\\0meet'); s.listen()")
    assert other.run("import socket; socket.socket(socket.AF_UNIX).connect('\\0meet')", 30).status is CellStatus.ERROR


def test_a_fork_bomb_hurts_nobody_else(kernels: list[JupyterKernel]) -> None:
    one, other = kernels
    run = one.run("import os, time\nfor _ in range(1000):\n    if os.fork() == 0:\n        time.sleep(600)\n", 30)
    assert run.status is CellStatus.ERROR and "BlockingIOError" in run.error
    assert (
        said(
            other, "import os\npid = os.fork()\nif pid == 0: os._exit(7)\nprint(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))"
        ).strip()
        == "7"
    )


def test_memory_and_disk_end_at_a_number(kernels: list[JupyterKernel]) -> None:
    kernel = kernels[0]
    assert "MemoryError" in kernel.run("x = bytearray(3 * 2**30)", 30).error
    assert "OSError" in kernel.run("open('/tmp/big', 'wb').truncate(2**30)", 30).error
    filled = kernel.run("for k in range(10):\n    open(f'/tmp/{k}', 'wb').write(bytes(8 * 2**20))", 30)
    assert "No space left" in filled.error and kernel.run("1", 30).status is CellStatus.OK


def test_whatever_a_student_leaves_running_ends_with_the_kernel(kernels: list[JupyterKernel]) -> None:
    """A straggler in a session of its own holds a pipe open; the kernel's end closes it."""
    kernel = kernels[0]
    talk = kernel._process.folder / "talk"
    os.mkfifo(talk / "alive", 0o666)
    (talk / "alive").chmod(0o666)
    reader = os.open(talk / "alive", os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(reader, True)
    said(
        kernel,
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        pipe = open(os.environ['AUTOGRADER_SCRATCH'] + '/alive', 'wb', buffering=0)\n        pipe.write(b'x')\n        time.sleep(600)\n    os._exit(0)",
    )
    assert select.select([reader], [], [], 60)[0] and os.read(reader, 1) == b"x"
    ended = threading.Event()
    threading.Thread(target=lambda: (os.read(reader, 1), ended.set()), daemon=True).start()
    kernel.close()
    assert ended.wait(timeout=60), "a process of the student outlived its kernel"
    os.close(reader)


def test_a_kernel_that_leaves_its_group_and_ignores_signals_is_killed(kernels: list[JupyterKernel]) -> None:
    kernel = kernels[0]
    code = "import ctypes, os, signal\nctypes.CDLL(None).prctl(1, 0)\nos.setpgid(0, 0) if os.getpgid(0) else None\n"
    kernel.run(code + "for number in (1, 2, 15):\n    signal.signal(number, signal.SIG_IGN)\n", 30)
    kernel.close()
    assert not kernel._process.alive()


def test_nobody_and_nothing(kernels: list[JupyterKernel]) -> None:
    status = dict(
        line.split(":\t", 1) for line in said(kernels[0], "print(open('/proc/self/status').read())").splitlines() if ":\t" in line
    )
    assert int(status["CapEff"], 16) == int(status["CapBnd"], 16) == 0
    assert status["NoNewPrivs"] == "1" and status["Seccomp"] == "2"
    if os.geteuid() == 0:
        assert status["Uid"].split()[0] not in ("0", str(os.geteuid()))
