"""From inside a student's kernel, at both levels with walls: what is hidden, refused, and ended with the kernel."""

from __future__ import annotations

import ctypes
import os
import select
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.grading.kernel import JupyterKernel
from autograder.records import CellStatus, Level, Limits
from autograder.sandbox import launch
from tests.conftest import ROOT

pytestmark = pytest.mark.kernel
LIMITS = Limits(processes=64, memory_bytes=2 * 2**30, scratch_bytes=32 * 2**20, file_bytes=16 * 2**20)


@pytest.fixture
def kernels(level: Level) -> Iterator[list[JupyterKernel]]:
    """Two students' kernels, running at the same time."""
    both = [JupyterKernel(launch.start({}, level, LIMITS), LIMITS) for _ in range(2)]
    yield both
    for kernel in both:
        kernel.close()


# at the level landlock no student can start a process
where_processes_can_be_started = pytest.mark.parametrize("level", [Level.NAMESPACES], indirect=True)


def said(kernel: JupyterKernel, code: str, seconds: float = 30) -> str:
    """What a cell prints; a failed assertion in it is a failed test."""
    run = kernel.run(code, seconds)
    assert run.status is CellStatus.OK, run.error
    return "".join(output.get("text", "") for output in run.outputs)


REFUSED = {
    "a TCP connection": "import socket; socket.socket(socket.AF_INET, socket.SOCK_STREAM).connect(('127.0.0.1', PORT))",
    "UDP": "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', PORT))",
    "IPv6": "import socket; socket.socket(socket.AF_INET6, socket.SOCK_STREAM)",
    "netlink": "import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
    "an abstract socket of the machine": "import socket; socket.socket(socket.AF_UNIX).connect('\\0autograder-test')",
    "a new user namespace": (
        "import ctypes, os; assert ctypes.CDLL(None, use_errno=True).unshare(0x10000000) == 0 "
        "or os.strerror(ctypes.get_errno()) == ''"
    ),
    "a mount": "import ctypes; assert ctypes.CDLL(None).mount(b'none', b'/tmp', b'tmpfs', 0, None) == 0",
    "tracing": "import ctypes; assert ctypes.CDLL(None).ptrace(16, 1, 0, 0) == 0",
    "writing the system": "open('/usr/x', 'w')",
    "writing the interpreter": "import sys; open(sys.prefix + '/x', 'w')",
    "the grader": "import autograder.checking",
    "an abstract socket by datagram": (
        "import socket; socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'x', '\\0autograder-test')"
    ),
    "a socket in the file system": (
        "import socket; socket.socket(socket.AF_UNIX).connect('/run/dbus/system_bus_socket')"
    ),
    "reading another process": "import os; open('/proc/GRADER/environ', 'rb').read()",
    "its own count of memory": "import ctypes; assert ctypes.CDLL(None).prctl(4, 0) == 0",
    "messages in System V queues of others": "import ctypes, os; assert ctypes.CDLL(None).msgget(KEY, 0o666) >= 0",
    "becoming root": "import os; os.setuid(0)",
    "a lock on a file that all may read": "import fcntl, os; fcntl.flock(open(os.__file__), fcntl.LOCK_EX)",
    "asking for locks of others": "import fcntl, os; fcntl.fcntl(open(os.__file__), fcntl.F_GETLK, bytes(32))",
    "a lease on a file": "import fcntl, os; fcntl.fcntl(open(os.__file__), fcntl.F_SETLEASE, fcntl.F_RDLCK)",
    "asking for leases": "import fcntl, os; fcntl.fcntl(open(os.__file__), fcntl.F_GETLEASE)",
    "notices about a folder": "import fcntl, os; fcntl.fcntl(os.open(os.path.dirname(os.__file__), 0), 1026, 1)",
    "memory that nobody can count": "import ctypes; assert ctypes.CDLL(None).syscall(447, 0) >= 0",
    "shared memory of System V": "import ctypes; assert ctypes.CDLL(None).shmget(0, 4096, 0o1600) >= 0",
    "records of the installation": (
        "import glob, sysconfig\n"
        "names = glob.glob(sysconfig.get_path('purelib') + '/*autograder*')\n"
        "assert [open(name).read() for name in names if name.endswith('.pth')] or glob.glob(names[0] + '/*.json')"
    ),
}


@pytest.fixture
def listening() -> Iterator[int]:
    """A TCP server and an abstract Unix socket outside, which nobody may reach; the port."""
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
        unix.bind("\0autograder-test")
        unix.listen()
        yield tcp.getsockname()[1]


@pytest.fixture
def queue() -> Iterator[int]:
    """A System V message queue outside, open to everybody; its key."""
    libc, key = ctypes.CDLL(None), 0x61677431
    made = libc.msgget(key, 0o1666)
    yield key
    libc.msgctl(made, 0, None)


def test_what_a_notebook_does_not_need_is_refused(kernels: list[JupyterKernel], listening: int, queue: int) -> None:
    for what, code in REFUSED.items():
        run = kernels[0].run(
            code.replace("PORT", str(listening)).replace("KEY", str(queue)).replace("GRADER", str(os.getpid())), 30
        )
        assert run.status is CellStatus.ERROR, f"{what} was possible"


def test_files_of_the_course_and_of_the_grader_are_hidden(kernels: list[JupyterKernel], tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    places = [
        ROOT / "source",
        ROOT / "course_data" / "checks",
        ROOT / "course_data",
        ROOT / ".git",
        tmp_path / "secret",
        Path("/etc/passwd"),
        Path.home() / ".bashrc",
    ]
    code = f"""
for place in {list(map(str, places))}:
    for attempt in (os.listdir, lambda path: open(path).read(), lambda path: open(path, "a"), os.remove):
        try:
            attempt(place)
        except OSError:
            continue
        print(place, attempt)"""
    assert said(kernels[0], "import os" + code) == ""
    assert (tmp_path / "secret").read_text() == "x"


def test_modes_and_times_of_files_outside_stay_as_they_are(kernels: list[JupyterKernel], tmp_path: Path) -> None:
    """Landlock knows nothing of these calls, and grader and kernel may be the same account."""
    tmp_path.chmod(0o777)
    file = tmp_path / "grades"
    file.write_text("x")
    file.chmod(0o666)
    before = file.stat()
    for call in (
        "os.chmod(F, 0)",
        "os.utime(F, (0, 0))",
        "os.setxattr(F, 'user.x', b'x')",
        "os.truncate(F, 0)",
        "os.rename(F, F + 'x')",
    ):
        kernels[0].run("import os\nF = " + repr(str(file)) + "\n" + call, 30)
    after = file.stat()
    assert (before.st_mode, before.st_mtime, after.st_size) == (after.st_mode, after.st_mtime, 1)


def test_no_file_that_can_be_read_holds_a_line_of_a_check(kernels: list[JupyterKernel]) -> None:
    found = said(kernels[0], "import os\nfor top, _, names in os.walk('/autograder'):\n    print(top, sorted(names))")
    assert "test_" not in found and "checks" not in found


def test_a_kernel_sees_only_its_own_process_and_can_signal_no_other(kernels: list[JupyterKernel]) -> None:
    code = f"""
import os, signal
try:
    print([int(name) for name in os.listdir('/proc') if name.isdigit()] == [os.getpid()])
except PermissionError:
    print(True)
for pid in [{os.getpid()}, {kernels[1]._process.monitor.pid if kernels[1]._process.monitor else 0}, os.getppid(), -1]:
    try:
        os.kill(pid, 0) if pid > 0 else os.kill(-1, signal.SIGWINCH) or os.kill(pid, 0)
    except OSError:
        continue
    print('signalled', pid) if pid > 0 and pid != os.getpid() else None"""
    assert said(kernels[0], code).strip() == "True"
    assert kernels[1].run("1", 30).status is CellStatus.OK


def test_two_students_cannot_exchange_a_byte(kernels: list[JupyterKernel]) -> None:
    one, other = kernels
    said(
        one,
        "import os\n"
        "for folder in ('/tmp', '/var/tmp', '/dev/shm', os.environ['AUTOGRADER_SCRATCH'], os.environ['HOME']):\n"
        "    try: open(folder + '/note', 'w').write('the answer')\n"
        "    except OSError: pass",
    )
    folder = one._process.folder
    anywhere = (
        "import os\n"
        "for top, folders, _ in os.walk('/'):\n"
        "    folders[:] = [name for name in folders if name not in ('proc', 'sys')]\n"
        "    if not top.startswith(('/tmp', '/var/tmp', '/dev/shm', os.environ['AUTOGRADER_SCRATCH'])) "
        "and os.access(top, os.W_OK): print(top)"
    )
    assert said(one, anywhere) == ""
    code = (
        "import os\n"
        f"for top in ('/tmp', '/var/tmp', '/dev/shm', '/autograder', {str(folder)!r}, {str(folder / 'talk')!r}):\n"
        "    for folder, _, names in os.walk(top):\n"
        "        if 'note' in names: print(folder)"
    )
    assert (folder / "talk" / "note").is_file()
    assert said(other, code) == ""
    said(one, "import socket; s = socket.socket(socket.AF_UNIX); s.bind('\\0meet'); s.listen()")
    assert other.run("import socket; socket.socket(socket.AF_UNIX).connect('\\0meet')", 30).status is CellStatus.ERROR


def test_a_fork_bomb_does_not_harm_other_kernels(level: Level, kernels: list[JupyterKernel]) -> None:
    one, other = kernels
    run = one.run("import os, time\nfor _ in range(1000):\n    if os.fork() == 0:\n        time.sleep(600)\n", 30)
    assert run.status is CellStatus.ERROR and "BlockingIOError" in run.error
    assert other.run("import threading; threading.Thread(target=print).start()", 30).status is CellStatus.OK
    if level == Level.LANDLOCK:
        return
    assert (
        said(
            other,
            "import os\npid = os.fork()\nif pid == 0: os._exit(7)\n"
            "print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))",
        ).strip()
        == "7"
    )


def test_memory_and_disk_are_limited(level: Level, kernels: list[JupyterKernel]) -> None:
    kernel = kernels[0]
    assert "MemoryError" in kernel.run("x = bytearray(3 * 2**30)", 30).error
    assert "OSError" in kernel.run("import os; open(os.environ['TMPDIR'] + '/big', 'wb').truncate(2**30)", 30).error
    if level == Level.NAMESPACES:
        filled = kernel.run("for k in range(10):\n    open(f'/tmp/{k}', 'wb').write(bytes(8 * 2**20))", 30)
        assert "No space left" in filled.error and kernel.run("1", 30).status is CellStatus.OK
        assert "No space left" in kernel.run("open('/dev/shm/x', 'wb').write(bytes(8 * 2**20))", 30).error


HOGS = {
    "memory": "blocks = []\nwhile True:\n    blocks.append(bytearray(b'x') * 2**20)",
    "MiB": (
        "import os\n"
        "for k in range(100_000):\n    open(os.environ['AUTOGRADER_SCRATCH'] + f'/{k}', 'wb').write(bytes(8 * 2**20))"
    ),
    "files": "import os\nfor k in range(10_000_000):\n    os.mkdir(os.environ['AUTOGRADER_SCRATCH'] + f'/{k}')",
    "threads": "import threading\nwhile True:\n    threading.Thread(target=threading.Event().wait).start()",
}


@pytest.mark.parametrize("what", HOGS)
def test_the_total_of_a_submission_is_watched_from_outside(level: Level, what: str) -> None:
    limits = Limits(processes=1000, memory_bytes=700 * 2**20, scratch_bytes=64 * 2**20)
    kernel = JupyterKernel(launch.start({}, level, limits), limits)
    try:
        run = kernel.run(HOGS[what], 120)
        said_so = run.status is CellStatus.DIED and what in run.error
        stopped = run.status is CellStatus.ERROR and any(
            word in run.error for word in ("MemoryError", "No space left", "can't start new thread")
        )
        # where it is not Python but a library that gets no more memory, the process ends by itself
        ended = what == "memory" and run.status is CellStatus.DIED and "ended the Python process" in run.error
        assert said_so or stopped or ended, run
    finally:
        kernel.close()


def test_files_are_saved_without_the_locks_that_are_refused(kernels: list[JupyterKernel]) -> None:
    """HDF5 locks its files; a database asks for other people's locks only after a crash."""
    code = (
        "import h5py, sqlite3\n"
        "with h5py.File('x.h5', 'w') as file:\n    file['x'] = [1.0, 2.0]\n"
        "with h5py.File('x.h5') as file:\n    print(file['x'][1])\n"
        "book = sqlite3.connect('x.db')\nbook.execute('create table t(a)')\nbook.execute('insert into t values (3)')\n"
        "book.commit()\nprint(*book.execute('select a from t'))"
    )
    assert said(kernels[0], code) == "2.0\n(3,)\n"


@where_processes_can_be_started
def test_memory_spread_over_many_processes_counts_as_one(level: Level) -> None:
    limits = Limits(processes=64, memory_bytes=700 * 2**20)
    kernel = JupyterKernel(launch.start({}, level, limits), limits)
    code = (
        "import os, time\n"
        "for _ in range(20):\n"
        "    if os.fork() == 0:\n"
        "        x = bytearray(b'x') * (200 * 2**20)\n"
        "        time.sleep(600)\n"
        "os.wait()"
    )
    run = kernel.run(code, 120)
    kernel.close()
    assert run.status is CellStatus.DIED and run.error == "your program used more than 700 MiB of memory"


@where_processes_can_be_started
def test_whatever_a_student_leaves_running_ends_with_the_kernel(level: Level, kernels: list[JupyterKernel]) -> None:
    """A process in a session of its own holds a pipe open; the end of the kernel closes the pipe."""
    kernel = kernels[0]
    talk = kernel._process.folder / "talk"
    os.mkfifo(talk / "alive", 0o666)
    (talk / "alive").chmod(0o666)
    reader = os.open(talk / "alive", os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(reader, True)
    said(
        kernel,
        "import os, time\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        "        pipe = open(os.environ['AUTOGRADER_SCRATCH'] + '/alive', 'wb', buffering=0)\n"
        "        pipe.write(b'x')\n"
        "        time.sleep(600)\n"
        "    os._exit(0)",
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


def test_a_kernel_has_no_capabilities_and_does_not_run_as_root(kernels: list[JupyterKernel]) -> None:
    status = dict(
        line.split(":\t", 1)
        for line in said(kernels[0], "print(open('/proc/self/status').read())").splitlines()
        if ":\t" in line
    )
    assert int(status["CapEff"], 16) == int(status["CapPrm"], 16) == 0
    assert status["NoNewPrivs"] == "1" and status["Seccomp"] == "2"
    if os.geteuid() == 0:
        assert status["Uid"].split()[0] not in ("0", str(os.geteuid()))


def test_nothing_of_course_data_can_be_opened_but_the_datasets_that_are_served(level: Level, drawn: Course) -> None:
    """Of every file below course_data, from inside a kernel of that course: only served arrays open."""
    served = {dataset.name: dataset.folder for dataset in drawn.served()}
    data = drawn.data.resolve()
    withheld = [dataset.withheld for dataset in drawn.served() if dataset.withheld]
    assert withheld, "rows of this course's datasets are withheld"
    files = sorted({str(file) for file in data.rglob("*") if file.is_file()} | {str(withheld[0] / "x_withheld.npy")})
    allowed = {str(file.resolve()) for folder in served.values() for file in folder.iterdir()}
    secret = [file for file in files if str(Path(file).resolve()) not in allowed]
    assert any("secrets/seed" in file for file in secret) and any("checks/" in file for file in secret)
    kernel = JupyterKernel(launch.start(served, level, LIMITS), LIMITS)
    try:
        code = f"""
for file in {secret!r}:
    try:
        open(file, "rb").read(1)
    except OSError:
        continue
    print(file)
"""
        assert said(kernel, code) == ""
        load = "import keras\nprint(keras.datasets.fashion_mnist.load_data()[0][0].shape)"
        assert said(kernel, load).strip() == "(3000, 28, 28)"
    finally:
        kernel.close()
