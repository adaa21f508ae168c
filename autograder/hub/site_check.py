"""Check a real hub: accounts, permissions, programs, certificate and ports, and how to fix them."""

from __future__ import annotations

import grp
import os
import pwd
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path
from urllib.parse import urlsplit

from autograder.course import roster
from autograder.errors import CourseError
from autograder.hub.authenticator import FIRST_UID
from autograder.hub.layout import SERVICE_USER, HubLayout, Site
from autograder.hub.serving import foreign_listeners, listeners
from autograder.hub.site import GRADERS, SETTINGS, as_account, exists, not_reachable, opened, read_settings
from autograder.records import Finding

NEEDED = ("jupyterhub", "jupyterlab", "nbgrader")  # a student's server does not run without them


def check(folder: Path) -> Iterator[Finding]:
    """Yield the findings about a real hub: what is good, what is not, and how to fix it.

    Raises CourseError when this is not root, or when the folder holds no real hub.
    """
    hub = opened(folder)
    if hub.site is None or os.geteuid() != 0:
        raise CourseError("this checks what other accounts can do: run it as root")
    yield from check_programs(hub, hub.site)
    yield from check_accounts(hub)
    yield from check_folders(hub)
    yield from check_page(hub, hub.site)


def check_programs(hub: HubLayout, site: Site) -> Iterator[Finding]:
    """Yield findings about the Python of students and grader, its packages, and the sandbox."""
    again = "run `autograder hub install` again"
    for name in NEEDED:
        ours, theirs = (version(python, name) for python in (sys.executable, site.python))
        what = f"{name} {ours or 'missing'}, for students {theirs or 'missing'}"
        yield Finding(what, bool(ours) and ours == theirs, mend=again)
    installed = version(site.python, "autograder")
    yield Finding("students' Python knows nothing of autograder", not installed, mend=f"remove it: {again}")
    closed = not_reachable(Path(site.python).resolve(), [])
    yield Finding("every account can run students' Python", not closed, mend=f"{closed} is closed to others: {again}")
    command = [sys.executable, "-m", "autograder", "doctor", "--course", str(hub.course.root)]
    doctor = as_account(SERVICE_USER, command)
    lines = (doctor.stdout + doctor.stderr).strip().splitlines()
    last = lines[-1] if lines else "`autograder doctor` printed nothing"
    yield Finding(f"{SERVICE_USER} can grade in the sandbox", doctor.returncode == 0, mend=last)


def check_accounts(hub: HubLayout) -> Iterator[Finding]:
    """Yield findings about the accounts of the roster and of the graders' group."""
    names = [person.name for person in hub.people]
    missing = [name for name in names if not exists(name)]
    fix = f"no account: {', '.join(missing[:10])}; run `autograder hub install` again"
    yield Finding(f"{len(names)} people have accounts", not missing, mend=fix)
    low = [name for name in names if exists(name) and pwd.getpwnam(name).pw_uid < FIRST_UID]
    fix = f"remove {', '.join(low)} from the roster"
    yield Finding("no system account is in the roster", not low, mend=fix)
    group = grp.getgrnam(GRADERS)
    members = set(group.gr_mem) | {entry.pw_name for entry in pwd.getpwall() if entry.pw_gid == group.gr_gid}
    strangers = sorted(members - {SERVICE_USER})
    what = f"only {SERVICE_USER} is in the group {GRADERS}"
    yield Finding(what, not strangers, mend=f"remove {', '.join(strangers)} from the group")
    open_homes = [name for name in names if exists(name) and is_open(Path(pwd.getpwnam(name).pw_dir))]
    fix = f"chmod 700 the homes of {', '.join(open_homes[:10])}"
    yield Finding("homes are closed to others", not open_homes, mend=fix)


def check_folders(hub: HubLayout) -> Iterator[Finding]:
    """Yield findings about what a student can reach, tried as a student and not only read from modes."""
    owner, mode = hub.course.root.stat().st_uid, hub.course.root.stat().st_mode & 0o777
    own = owner == pwd.getpwnam(SERVICE_USER).pw_uid and mode == 0o700
    fix = f"chown -R {SERVICE_USER}:{GRADERS} and chmod 700 {hub.course.root}"
    yield Finding(f"only {SERVICE_USER} can read the course", own, mend=fix)
    students = [person.name for person in hub.people if person.role == roster.STUDENT and exists(person.name)]
    for student in students[:1]:
        secret = {"the course": hub.course.root, "the hub's files": hub.private}
        origin = Path(read_settings(hub.folder).get("origin", ""))
        if origin.is_absolute() and origin.exists():
            secret["the folder that the course comes from"] = origin
        readable = [name for name, path in secret.items() if as_account(student, ["ls", str(path)]).returncode == 0]
        what = f"{student} cannot look into {', '.join(secret)}"
        yield Finding(what, not readable, mend=f"open: {', '.join(readable)}")
        listing = as_account(student, ["ls", str(hub.exchange / hub.service)])
        fix = f"chmod 755 {hub.exchange} and the folders above it"
        yield Finding(f"{student} can reach the exchange", listing.returncode == 0, mend=fix)
    grader = pwd.getpwnam(SERVICE_USER).pw_uid
    modes = {"": 0o755, "outbound": 0o755, "inbound": 0o3733, "feedback": 0o711}
    state = {hub.exchange / hub.service / name: mode for name, mode in modes.items()}
    wrong = [
        str(place)
        for place, mode in state.items()
        if not place.is_dir() or (place.stat().st_uid, place.stat().st_mode & 0o7777) != (grader, mode)
    ]
    fix = (
        f"{', '.join(wrong)}: missing, owned by another account, or with other rights; "
        "move it away and run `autograder hub install` again"
    )
    what = f"the exchange belongs to {SERVICE_USER}: nobody else lists or removes submissions"
    yield Finding(what, not wrong, mend=fix)
    code = (
        "import sys, tempfile; from pathlib import Path; from autograder.hub.exchange import readable_by; "
        "f = tempfile.NamedTemporaryFile(dir=sys.argv[1]); readable_by(Path(f.name), 65534)"
    )
    works = as_account(SERVICE_USER, [sys.executable, "-c", code, str(hub.exchange)]).returncode == 0
    fix = "feedback needs them: use ext4, XFS, Btrfs or tmpfs, on a local disk"
    yield Finding("the exchange can hold access lists", works, mend=fix)


def check_page(hub: HubLayout, site: Site) -> Iterator[Finding]:
    """Yield findings about the address, the certificate and the ports."""
    parts = urlsplit(site.address)
    local = parts.hostname in ("127.0.0.1", "localhost", "::1")
    fix = "set --certificate and --key, or put a proxy with a certificate in front of a hub on 127.0.0.1"
    encrypted = parts.scheme == "https" or local
    yield Finding("passwords travel encrypted, or stay on this machine", encrypted, mend=fix)
    if site.certificate:
        try:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(site.certificate, site.key)
            problem = ""
        except (OSError, ssl.SSLError) as error:
            problem = str(error)
        yield Finding("certificate and key fit", not problem, mend=f"{site.certificate}: {problem}")
        private = bool(problem) or not is_open(Path(site.key))
        yield Finding("the key is root's alone", private, mend=f"chmod 600 {site.key}")
    taken = {port: uid for port, uid in listeners() if port in astuple(hub.ports)}
    strangers = foreign_listeners(hub)
    running = hub.ports.page in taken
    busy = {} if running else taken
    words = ", ".join(f"{port} by the account {uid}" for port, uid in (strangers | busy).items())
    what = "the hub runs on its own ports" if running else "the hub's ports are free"
    yield Finding(what, not strangers and not busy, mend=f"taken: {words}; change {SETTINGS}")


def version(python: str, package: str) -> str:
    """Return the version of a package in an environment, or an empty string."""
    code = f"import importlib.metadata as m; print(m.version({package!r}))"
    done = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def is_open(path: Path) -> bool:
    """Return whether accounts other than the owner and the group have any rights to a file or folder."""
    return path.exists() and bool(path.stat().st_mode & 0o007)
