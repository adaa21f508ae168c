"""A real hub on this machine: accounts, Python for students, the course for the grader alone, the exchange.

Below one folder, which belongs to root: `course` (the grader's alone), `students` (Python without this package), `data`
(what students may load), `exchange`, `etc` (settings by role), `hub` (root's alone), `roster.csv`. Nothing that root
runs, and no folder that root writes into once the hub is there, can be written by the grader: whoever is the grader, by
a hole in a sandbox say, is not root.
"""

from __future__ import annotations

import csv
import grp
import hashlib
import importlib.metadata
import json
import os
import pwd
import secrets
import shutil
import stat
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from traitlets.config import Config

from autograder.course.copying import copy_course
from autograder.course.course import Course
from autograder.errors import CourseError, GraderError
from autograder.hub import roster
from autograder.hub.layout import SERVICE_USER, HubLayout, Ports, Site, lay_out
from autograder.hub.serving import proxy_command

GRADERS = "graders"
SETTINGS = "site.toml"
PASSWORDS = "first_passwords.csv"
ADDRESS, PORTS = "http://127.0.0.1:8000", {"hub": 18081, "control": 18082, "course": 18083}
STUDENTS = "students.txt"  # the course's own list of packages for students
Say = Callable[[str], None]


# --- setting up -------------------------------------------------------------------------------------------------------


def install(course: Course, folder: Path, site: dict[str, str], say: Say) -> HubLayout:
    """Make everything that is not there yet, as root; what is there stays. Raises CourseError with what to do first."""
    if os.geteuid() != 0:
        raise CourseError("a real hub makes accounts: run this as root, or try the demo hub with `autograder hub`")
    public = public_python()
    closed = not_reachable(Path(sys.executable).resolve(), [course.root])
    if closed:
        raise CourseError(
            f"the grader's account cannot run {sys.executable}, {closed} is closed: use a Python below /usr for it"
        )
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    make_grader(course, folder, say)
    own = folder / roster.ROSTER
    if not own.is_file():
        shutil.copyfile(course.data / roster.ROSTER, own)
    own.chmod(0o640)
    os.chown(own, 0, grp.getgrnam(GRADERS).gr_gid)
    make_accounts(folder, roster.read(own), say)
    make_students_python(course, folder / "students", public, say)
    if not (folder / "course").is_dir():
        make_course(course, folder, say)
    known = read_settings(folder) if is_site(folder) else {}
    said = {**(site or known or {"address": ADDRESS}), "origin": str(course.root)}
    write_settings(folder, course.id, said, known.get("ports") or PORTS)
    lay_out_exchange(folder, course.id)
    return ready(folder, say)


def make_course(course: Course, folder: Path, say: Say) -> None:
    """The grader's course, what students may load, and the exchange: whole, or not there."""
    for name in ("course", "data"):
        shutil.rmtree(folder / f"{name}.part", ignore_errors=True)
        (folder / f"{name}.part").mkdir(mode=0o700)  # solutions are in it, from the first moment
    part = folder / "course.part" / "course"
    copy = copy_course(course, part, say=say, share_data=False)
    for dataset in copy.served():
        say(f"copying what students may load of {dataset.name}")
        shutil.copytree(dataset.folder, folder / "data.part" / dataset.name, copy_function=shutil.copyfile)
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
    code = (
        "import os, sys; from pathlib import Path; from autograder.hub.exchange import lay_out; "
        "lay_out(Path(sys.argv[1]), sys.argv[2], os.getegid())"
    )
    done = as_account(SERVICE_USER, [sys.executable, "-c", code, str(root), course])
    if done.returncode:
        raise GraderError(f"the exchange could not be laid out: {done.stderr.strip()[-300:]}")


def ready(folder: Path, say: Say) -> HubLayout:
    """The real hub in a folder, with everything written that it is started with."""
    if os.geteuid() != 0:
        raise CourseError(f"{folder} holds a real hub, which starts programs as other accounts: run it as root")
    hub = opened(folder)
    lay_out(hub, {dataset.name: dataset for dataset in sorted((folder / "data").iterdir())}, proxy_command(say))
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
    lines = [
        f"{name} = {json.dumps(site[name])}" for name in ("address", "certificate", "key", "origin") if name in site
    ]
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
    python = str(folder / "students" / "bin" / "python")
    site = Site(python, address, settings.get("certificate", ""), settings.get("key", ""))
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
    places = [Path(folder) / name for folder in ("/usr/bin", "/usr/local/bin") for name in names]
    for candidate in [own, *places]:
        if candidate.exists() and not not_reachable(candidate.resolve(), []):
            return candidate
    raise CourseError(
        "no Python 3.11 or newer that every account can run: install Debian's package python3, for instance"
    )


def not_reachable(file: Path, ours: list[Path]) -> str:
    """The first folder above a file through which other accounts do not get; those in `ours` are opened for the grader."""
    for above in reversed(file.parents):
        if above not in ours and not above.stat().st_mode & stat.S_IXOTH:
            return str(above)
    return ""


def make_grader(course: Course, folder: Path, say: Say) -> None:
    """Make the account that grades, and its group, which alone gets into the folder that the course comes from."""
    run("groupadd", "--system", "--force", GRADERS)
    if not exists(SERVICE_USER):
        say(f"making the account {SERVICE_USER}")
        home = folder / "grader"
        options = ("--gid", GRADERS, "--create-home", "--home-dir", str(home), "--shell", nologin())
        run("useradd", "--system", *options, SERVICE_USER)
        home.chmod(0o700)
    os.chown(course.root, 0, grp.getgrnam(GRADERS).gr_gid)  # solutions and checks are in it
    course.root.chmod(0o750)


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
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        with open(os.open(folder / "hub" / PASSWORDS, flags, 0o600), "a", newline="") as out:
            csv.writer(out, lineterminator="\n").writerow([person.name, password])
    if new:
        say(f"{len(new)} accounts made; their first passwords are in {folder / 'hub' / PASSWORDS}")


def make_students_python(course: Course, target: Path, public: Path, say: Say) -> None:
    """Install what students run: the packages of the course's list, in the versions that the grader has."""
    file, stamp = course.data / STUDENTS, target / ".installed"
    if not file.is_file():
        raise CourseError(
            f"{file} is missing: it names the packages for students, a line each, jupyterlab for instance"
        )
    pinned = "".join(sorted(f"{name}=={version}\n" for name, version in installed_versions().items()))
    digest = hashlib.sha256(file.read_bytes() + pinned.encode()).hexdigest()
    if stamp.is_file() and stamp.read_text() == digest:
        return
    say("installing Python for students")
    env = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
    uv = (sys.executable, "-m", "uv")
    run(*uv, "venv", "--quiet", "--allow-existing", "--python", str(public), str(target), env=env)
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as constraints:
        constraints.write(pinned)
        constraints.flush()
        options = ("--quiet", "--python", str(target / "bin" / "python"), "--compile-bytecode")
        run(*uv, "pip", "install", *options, "--constraints", constraints.name, "--requirements", str(file), env=env)
    stamp.write_text(digest)


def installed_versions() -> dict[str, str]:
    """Return the version of every package that the grader has, by name."""
    packages = [package for package in importlib.metadata.distributions() if package.metadata["Name"]]
    found = {package.metadata["Name"]: package.version for package in packages}
    return {name: version for name, version in found.items() if name.lower() != "autograder" and "+" not in version}


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


def as_account(name: str, command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command as somebody else, with nothing of ours in its environment."""
    entry = pwd.getpwnam(name)
    env = {"HOME": entry.pw_dir, "PATH": os.defpath, "USER": name}
    groups = os.getgrouplist(name, entry.pw_gid)
    who: dict[str, Any] = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": groups}
    return subprocess.run(command, cwd="/", env=env, capture_output=True, text=True, check=False, **who)
