"""A real hub on this machine: accounts, Python for students, the course for the grader alone, the exchange; and whether all is well.

Below one folder, which belongs to root: `course` (the grader's alone), `students` (Python without this package), `data` (what
students may load), `exchange`, `etc` (settings by role), `hub` (root's alone), `roster.csv`. Nothing that root runs, and no folder that
root writes into once the hub is there, can be written by the grader: whoever is the grader, by a hole in a sandbox say, is not root.
"""

from __future__ import annotations

import csv
import grp
import hashlib
import json
import os
import pwd
import secrets
import shutil
import ssl
import stat
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from traitlets.config import Config

from autograder.course.layout import PACKAGE, Course
from autograder.errors import CourseError, GraderError
from autograder.grading.pipeline import served
from autograder.hub import roster
from autograder.hub.authenticator import FIRST_UID
from autograder.hub.layout import SERVICE_USER, HubLayout, Ports, Site, lay_out
from autograder.hub.serving import copy_course, foreign_listeners, listeners, proxy_command

GRADERS = "graders"
SETTINGS = "site.toml"
PASSWORDS = "first_passwords.csv"
ADDRESS, PORTS = "http://127.0.0.1:8000", {"hub": 18081, "control": 18082, "course": 18083}
NEEDED = ("jupyterhub", "jupyterlab", "nbgrader", "tensorflow")
Say = Callable[[str], None]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `fix` says what to do when it is not well."""

    what: str
    well: bool
    fix: str = ""


# --- setting up -------------------------------------------------------------------------------------------------------


def install(course: Course, folder: Path, site: dict[str, str], say: Say) -> HubLayout:
    """Make everything that is not there yet, as root; what is there stays. Raises CourseError with what to do first."""
    if os.geteuid() != 0:
        raise CourseError("a real hub makes accounts: run this as root, or try the demo hub with `autograder hub`")
    public = public_python()
    closed = not_reachable(Path(sys.executable).resolve(), [PACKAGE.parent])
    if closed:
        raise CourseError(
            f"the grader's account cannot run {sys.executable}, {closed} is closed: use a Python below /usr for .venv"
        )
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    make_grader(folder, say)
    own = folder / roster.ROSTER
    if not own.is_file():
        shutil.copyfile(course.data / roster.ROSTER, own)
    own.chmod(0o640)
    os.chown(own, 0, grp.getgrnam(GRADERS).gr_gid)
    make_accounts(folder, roster.read(own), say)
    make_students_python(folder / "students", public, say)
    if not (folder / "course").is_dir():
        make_course(course, folder, say)
    known = read_settings(folder) if is_site(folder) else {}
    write_settings(folder, course.id, site or known or {"address": ADDRESS}, known.get("ports") or PORTS)
    lay_out_exchange(folder, course.id)
    return ready(folder, say)


def make_course(course: Course, folder: Path, say: Say) -> None:
    """The grader's course, what students may load, and the exchange: whole, or not there."""
    for name in ("course", "data"):
        shutil.rmtree(folder / f"{name}.part", ignore_errors=True)
        (folder / f"{name}.part").mkdir(mode=0o700)  # solutions are in it, from the first moment
    part = folder / "course.part" / "course"
    copy_course(course, part, say, made_up=False)
    for name, found in served(Course.open(part)).items():
        say(f"copying what students may load of {name}")
        shutil.copytree(found, folder / "data.part" / name, copy_function=shutil.copyfile)
    for path in (folder / "data.part").rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    shutil.rmtree(folder / "data", ignore_errors=True)
    (folder / "data.part").rename(folder / "data")
    (folder / "data").chmod(0o755)
    uid, gid = pwd.getpwnam(SERVICE_USER).pw_uid, grp.getgrnam(GRADERS).gr_gid
    for path in [part, *part.rglob("*")]:  # nothing of the grader's has run in there yet
        os.chown(path, uid, gid, follow_symlinks=False)
    part.chmod(0o700)
    part.rename(folder / "course")
    (folder / "course.part").rmdir()


def lay_out_exchange(folder: Path, course: str) -> None:
    """The exchange with the course's folders in it, made by the grader's account before anybody else can make them."""
    root = folder / "exchange"
    if not root.is_dir():
        root.mkdir(mode=0o700)
        os.chown(root, pwd.getpwnam(SERVICE_USER).pw_uid, grp.getgrnam(GRADERS).gr_gid)
    code = "import os, sys; from pathlib import Path; from autograder.hub.exchange import lay_out; lay_out(Path(sys.argv[1]), sys.argv[2], os.getegid())"
    done = as_account(SERVICE_USER, [sys.executable, "-c", code, str(root), course])
    if done.returncode:
        raise GraderError(f"the exchange could not be laid out: {done.stderr.strip()[-300:]}")


def ready(folder: Path, say: Say) -> HubLayout:
    """The real hub in a folder, with everything written that it is started with."""
    if os.geteuid() != 0:
        raise CourseError(f"{folder} holds a real hub, which starts programs as other accounts: run it as root")
    hub = opened(folder)
    lay_out(hub, {each.name: each for each in sorted((folder / "data").iterdir())}, proxy_command(say))
    return hub


def add(folder: Path, person: roster.Person, say: Say) -> None:
    """Put somebody into the roster of a real hub, with an account; CourseError when that is not possible."""
    if os.geteuid() != 0 or not is_site(folder):
        raise CourseError(f"{folder} holds no real hub, or this is not root, who alone changes its roster")
    file = folder / roster.ROSTER
    roster.add(file, person)
    file.chmod(0o640)
    os.chown(file, 0, grp.getgrnam(GRADERS).gr_gid)
    make_accounts(folder, (person,), say)


def write_settings(folder: Path, course: str, site: Mapping[str, str], ports: Mapping[str, int]) -> None:
    """Keep what was said at the installation."""
    lines = [f"{name} = {json.dumps(site[name])}" for name in ("address", "certificate", "key") if name in site]
    inner = [f"{name} = {port}" for name, port in ports.items()]
    (folder / SETTINGS).write_text("\n".join([f"course = {json.dumps(course)}", *lines, "", "[ports]", *inner, ""]))


def read_settings(folder: Path) -> dict[str, Any]:
    """What was said at the installation; CourseError when there was none, or it cannot be read."""
    try:
        return tomllib.loads((folder / SETTINGS).read_text())
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise CourseError(f"{folder / SETTINGS} cannot be read: {error}") from error


def is_site(folder: Path | None) -> bool:
    """Whether a folder holds a real hub."""
    return folder is not None and (folder / SETTINGS).is_file()


def opened(folder: Path) -> HubLayout:
    """The real hub in a folder."""
    settings = read_settings(folder)
    address = settings["address"]
    ports = Ports(port_of(address), **settings["ports"])
    site = Site(str(folder / "students" / "bin" / "python"), address, settings.get("certificate", ""), settings.get("key", ""))
    # not Course.open: that runs the course's nbgrader_config.py, which is the grader's, and this is root
    course = Course(folder / "course", Config({"CourseDirectory": {"course_id": settings["course"]}}))
    return HubLayout(folder, course, roster.read(folder / roster.ROSTER), ports, site)


def port_of(address: str) -> int:
    """The port of the page."""
    parts = urlsplit(address)
    return parts.port or (443 if parts.scheme == "https" else 80)


def public_python() -> Path:
    """A Python that everybody on this machine can run; CourseError when there is none."""
    names = [f"python3.{minor}" for minor in range(14, 10, -1)]
    own = Path(sys.executable).resolve()
    for candidate in [own, *(Path("/usr/bin") / name for name in names), *(Path("/usr/local/bin") / name for name in names)]:
        if candidate.exists() and not not_reachable(candidate.resolve(), []):
            return candidate
    raise CourseError("no Python 3.11 or newer that every account can run: install Debian's package python3, for instance")


def not_reachable(file: Path, ours: list[Path]) -> str:
    """The first folder above a file through which other accounts do not get; those in `ours` are opened for the grader."""
    for above in reversed(file.parents):
        if above not in ours and not above.stat().st_mode & stat.S_IXOTH:
            return str(above)
    return ""


def make_grader(folder: Path, say: Say) -> None:
    """The account that grades, and its group, which alone gets into the folder of this program."""
    run("groupadd", "--system", "--force", GRADERS)
    if not exists(SERVICE_USER):
        say(f"making the account {SERVICE_USER}")
        home = folder / "grader"
        run("useradd", "--system", "--gid", GRADERS, "--create-home", "--home-dir", str(home), "--shell", nologin(), SERVICE_USER)
        home.chmod(0o700)
    program = PACKAGE.parent  # solutions and checks are in it
    os.chown(program, 0, grp.getgrnam(GRADERS).gr_gid)
    program.chmod(0o750)


def make_accounts(folder: Path, people: tuple[roster.Person, ...], say: Say) -> None:
    """Accounts for those of the roster who have none, with a first password that root alone can read."""
    new = [each for each in people if not exists(each.name)]
    (folder / "hub").mkdir(exist_ok=True, mode=0o700)
    for person in new:
        say(f"making the account {person.name}")
        run("useradd", "--create-home", "--user-group", "--shell", "/bin/bash", person.name)
        password = secrets.token_urlsafe(9)
        run("chpasswd", text=f"{person.name}:{password}\n")
        Path(pwd.getpwnam(person.name).pw_dir).chmod(0o700)
        with open(os.open(folder / "hub" / PASSWORDS, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", newline="") as out:
            csv.writer(out, lineterminator="\n").writerow([person.name, password])
    if new:
        say(f"{len(new)} accounts made; their first passwords are in {folder / 'hub' / PASSWORDS}")


def make_students_python(target: Path, public: Path, say: Say) -> None:
    """What students run: the libraries of this program's lock, without this program."""
    program, stamp = PACKAGE.parent, target / ".locked"
    lock = program / "uv.lock"
    if not lock.is_file():
        raise CourseError(f"{lock} is missing: install from a clone of the course's repository")
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == digest:
        return
    say("installing Python for students")
    uv = str(Path(sysconfig.get_path("scripts")) / "uv")
    env = {**os.environ, "VIRTUAL_ENV": str(target), "UV_PYTHON_DOWNLOADS": "never"}
    run(uv, "venv", "--quiet", "--allow-existing", "--python", str(public), str(target), env=env)
    options = ("--active", "--frozen", "--no-dev", "--no-install-project", "--compile-bytecode", "--project", str(program))
    run(uv, "sync", "--quiet", *options, env=env)
    stamp.write_text(digest)


def exists(name: str) -> bool:
    """Whether there is an account of this name, here or where this machine looks for accounts."""
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def nologin() -> str:
    """A shell that lets nobody in."""
    return shutil.which("nologin", path="/usr/sbin:/sbin:/usr/bin") or "/bin/false"


def run(*command: str, text: str = "", env: dict[str, str] | None = None) -> None:
    """Run a program of the system; GraderError with what it said when it fails."""
    path = os.pathsep.join(["/usr/sbin", "/sbin", os.environ.get("PATH", os.defpath)])
    program = shutil.which(command[0], path=path)
    if program is None:
        raise GraderError(f"{command[0]} is not on this machine")
    done = subprocess.run([program, *command[1:]], input=text, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise GraderError(f"{command[0]} failed: {(done.stderr or done.stdout).strip()[-500:]}")


# --- looking ----------------------------------------------------------------------------------------------------------


def check(folder: Path) -> Iterator[Finding]:
    """Walk over a real hub, and say of each thing whether it is well and what to do when it is not."""
    hub = opened(folder)
    if hub.site is None or os.geteuid() != 0:
        raise CourseError("this looks at what other accounts can do: run it as root")
    yield from check_programs(hub, hub.site)
    yield from check_accounts(hub)
    yield from check_folders(hub)
    yield from check_page(hub, hub.site)


def check_programs(hub: HubLayout, site: Site) -> Iterator[Finding]:
    """Python of students and graders, their libraries, the sandbox."""
    again = "run `autograder hub install` again"
    for name in NEEDED:
        ours, theirs = (version(python, name) for python in (sys.executable, site.python))
        yield Finding(f"{name} {ours or 'missing'}, for students {theirs or 'missing'}", bool(ours) and ours == theirs, again)
    yield Finding("students' Python knows nothing of autograder", not version(site.python, "autograder"), f"remove it: {again}")
    closed = not_reachable(Path(site.python).resolve(), [])
    yield Finding("every account can run students' Python", not closed, f"{closed} is closed to others: {again}")
    told = as_account(SERVICE_USER, [sys.executable, "-m", "autograder", "doctor", "--course", str(hub.course.root)])
    words = (told.stdout + told.stderr).strip().splitlines()
    yield Finding(f"{SERVICE_USER} can grade in the sandbox", told.returncode == 0, words[-1] if words else "it said nothing")


def check_accounts(hub: HubLayout) -> Iterator[Finding]:
    """Who is in the roster, and who is in the graders' group."""
    names = [each.name for each in hub.people]
    missing = [name for name in names if not exists(name)]
    yield Finding(
        f"{len(names)} people have accounts", not missing, f"no account: {', '.join(missing[:10])}; `autograder hub install`"
    )
    low = [name for name in names if exists(name) and pwd.getpwnam(name).pw_uid < FIRST_UID]
    yield Finding("no account of the system is in the roster", not low, f"take out {', '.join(low)}")
    members = set(grp.getgrnam(GRADERS).gr_mem) | {
        each.pw_name for each in pwd.getpwall() if each.pw_gid == grp.getgrnam(GRADERS).gr_gid
    }
    strangers = sorted(members - {SERVICE_USER})
    yield Finding(f"{SERVICE_USER} alone is in the group {GRADERS}", not strangers, f"take out {', '.join(strangers)}")
    open_homes = [name for name in names if exists(name) and is_open(Path(pwd.getpwnam(name).pw_dir))]
    yield Finding("homes are closed to others", not open_homes, f"chmod 700 the homes of {', '.join(open_homes[:10])}")


def check_folders(hub: HubLayout) -> Iterator[Finding]:
    """What a student gets at: tried as a student, not read off modes alone."""
    owner, mode = hub.course.root.stat().st_uid, hub.course.root.stat().st_mode & 0o777
    own = owner == pwd.getpwnam(SERVICE_USER).pw_uid and mode == 0o700
    yield Finding(
        f"the course is {SERVICE_USER}'s alone", own, f"chown -R {SERVICE_USER}:{GRADERS} and chmod 700 {hub.course.root}"
    )
    student = next((each.name for each in hub.people if each.role == roster.STUDENT and exists(each.name)), "")
    if student:
        secret = {"course": hub.course.root, "the program": PACKAGE.parent, "the hub's files": hub.private}
        seen = [name for name, path in secret.items() if as_account(student, ["ls", str(path)]).returncode == 0]
        yield Finding(f"{student} cannot look into the course, the program, the hub", not seen, f"open: {', '.join(seen)}")
        there = as_account(student, ["ls", str(hub.exchange / hub.service)])
        yield Finding(f"{student} gets to the exchange", there.returncode == 0, f"chmod 755 {hub.exchange} and what is above it")
    grader = pwd.getpwnam(SERVICE_USER).pw_uid
    modes = {"": 0o755, "outbound": 0o755, "inbound": 0o3733, "feedback": 0o711}
    state = {hub.exchange / hub.service / name: mode for name, mode in modes.items()}
    wrong = [
        str(each)
        for each, mode in state.items()
        if not each.is_dir() or (each.stat().st_uid, each.stat().st_mode & 0o7777) != (grader, mode)
    ]
    told = f"{', '.join(wrong)}: missing, another one's or open; move it away and run `autograder hub install` again"
    yield Finding(f"the exchange is {SERVICE_USER}'s: nobody lists or takes away submissions", not wrong, told)
    code = "import sys, tempfile; from pathlib import Path; from autograder.hub.exchange import readable_by; f = tempfile.NamedTemporaryFile(dir=sys.argv[1]); readable_by(Path(f.name), 65534)"
    works = as_account(SERVICE_USER, [sys.executable, "-c", code, str(hub.exchange)]).returncode == 0
    yield Finding(
        "the exchange can hold access lists", works, "feedback needs them: use ext4, XFS, Btrfs or tmpfs, on local disk"
    )


def check_page(hub: HubLayout, site: Site) -> Iterator[Finding]:
    """The address, and its certificate."""
    parts = urlsplit(site.address)
    local = parts.hostname in ("127.0.0.1", "localhost", "::1")
    told = "set --certificate and --key, or let a proxy with a certificate stand in front of a hub on 127.0.0.1"
    yield Finding("passwords travel encrypted, or stay on this machine", parts.scheme == "https" or local, told)
    if site.certificate:
        try:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(site.certificate, site.key)
            problem = ""
        except (OSError, ssl.SSLError) as error:
            problem = str(error)
        yield Finding("certificate and key fit", not problem, f"{site.certificate}: {problem}")
        private = bool(problem) or not is_open(Path(site.key))
        yield Finding("the key is root's alone", private, f"chmod 600 {site.key}")
    taken, strangers = {port: uid for port, uid in listeners() if port in astuple(hub.ports)}, foreign_listeners(hub)
    running = hub.ports.page in taken
    busy = {} if running else taken
    words = ", ".join(f"{port} by the account {uid}" for port, uid in (strangers | busy).items())
    what = "the hub runs, at ports of its own" if running else "the hub's ports are free"
    yield Finding(what, not strangers and not busy, f"taken: {words}; change {SETTINGS}")


def version(python: str, package: str) -> str:
    """The version of a package in an environment, or nothing."""
    code = f"import importlib.metadata as m; print(m.version({package!r}))"
    done = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def as_account(name: str, command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command as somebody else, with nothing of ours in its environment."""
    entry = pwd.getpwnam(name)
    env = {"HOME": entry.pw_dir, "PATH": os.defpath, "USER": name}
    groups = os.getgrouplist(name, entry.pw_gid)
    who: dict[str, Any] = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": groups}
    return subprocess.run(command, cwd="/", env=env, capture_output=True, text=True, check=False, **who)


def is_open(path: Path) -> bool:
    """Whether others than owner and group can do anything with a file or folder."""
    return path.exists() and bool(path.stat().st_mode & 0o007)
