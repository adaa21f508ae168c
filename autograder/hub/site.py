"""A real hub on this machine: accounts, Python for students, the exchange, and a course that only the grader can read.

One folder, which belongs to root, holds all of it: `course` (for the grader only), `students` (Python without this
package), `data` (the datasets that students may load), `exchange`, `etc` (settings by role), `hub` (for root only) and
`roster.csv`.

The grader cannot write anything that root runs, nor any folder that root writes into once the hub is installed. An
attacker who takes over the grader's account, for instance through a hole in the sandbox, is therefore not root.
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

from autograder.course import roster
from autograder.course.copying import copy_course
from autograder.course.course import Course
from autograder.errors import CourseError, GraderError
from autograder.hub.layout import SERVICE_USER, HubLayout, Ports, Site, lay_out
from autograder.hub.serving import proxy_command

GRADERS = "graders"
SETTINGS = "site.toml"
PASSWORDS = "first_passwords.csv"
ADDRESS, PORTS = "http://127.0.0.1:8000", {"hub": 18081, "control": 18082, "course": 18083, "checks": 18084}
STUDENTS = "students.txt"  # the course's own list of packages for students
Say = Callable[[str], None]


# --- setting up -------------------------------------------------------------------------------------------------------


def install(course: Course, folder: Path, site: dict[str, str], say: Say) -> HubLayout:
    """Make everything that is missing, as root, and keep what is there.

    Raises CourseError, which says what to do first, when the machine is not ready for a hub.
    """
    if os.geteuid() != 0:
        raise CourseError("a real hub makes accounts: run this as root, or try the demo hub with `autograder hub`")
    public = public_python()
    closed = not_reachable(Path(sys.executable).resolve(), [course.root])
    if closed:
        raise CourseError(
            f"the grader's account cannot run {sys.executable}, since {closed} is closed to it: use a Python below /usr"
        )
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    make_grader(course, folder, say)
    roster_file = folder / roster.ROSTER
    if not roster_file.is_file():
        shutil.copyfile(course.data / roster.ROSTER, roster_file)
    roster_file.chmod(0o640)
    os.chown(roster_file, 0, grp.getgrnam(GRADERS).gr_gid)
    make_accounts(folder, roster.read(roster_file), say)
    make_students_python(course, folder / "students", public, say)
    if not (folder / "course").is_dir():
        make_course(course, folder, say)
    previous = read_settings(folder) if is_site(folder) else {}
    settings = {**(site or previous or {"address": ADDRESS}), "origin": str(course.root)}
    write_settings(folder, course.id, settings, previous.get("ports") or PORTS)
    lay_out_exchange(folder, course.id)
    return ready(folder, say)


def make_course(course: Course, folder: Path, say: Say) -> None:
    """Make the grader's course and the datasets that students may load, either complete or not at all."""
    for name in ("course", "data"):
        shutil.rmtree(folder / f"{name}.part", ignore_errors=True)
        (folder / f"{name}.part").mkdir(mode=0o700)  # closed from the start: it will hold solutions
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
    for path in [part, *part.rglob("*")]:  # the grader has not run anything in there yet
        os.chown(path, uid, gid, follow_symlinks=False)
    part.chmod(0o700)
    part.rename(folder / "course")
    (folder / "course.part").rmdir()


def lay_out_exchange(folder: Path, course: str) -> None:
    """Make the exchange and the course's folders in it, as the grader's account, before anybody else can."""
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
    """Write every file that the real hub in a folder starts with, and return the hub.

    Raises CourseError when this is not root.
    """
    if os.geteuid() != 0:
        raise CourseError(f"{folder} holds a real hub, which starts programs as other accounts: run it as root")
    hub = opened(folder)
    lay_out(hub, {dataset.name: dataset for dataset in sorted((folder / "data").iterdir())}, proxy_command(say))
    return hub


def add(folder: Path, person: roster.Person, say: Say) -> None:
    """Add a person to the roster of a real hub and make the account; raises CourseError when that is not possible."""
    if os.geteuid() != 0 or not is_site(folder):
        raise CourseError(f"{folder} holds no real hub, or this is not root: only root may change its roster")
    file = folder / roster.ROSTER
    roster.add(file, person)
    file.chmod(0o640)
    os.chown(file, 0, grp.getgrnam(GRADERS).gr_gid)
    make_accounts(folder, (person,), say)


def write_settings(folder: Path, course: str, site: Mapping[str, str], ports: Mapping[str, int]) -> None:
    """Write the settings that were chosen at the installation."""
    lines = [
        f"{name} = {json.dumps(site[name])}" for name in ("address", "certificate", "key", "origin") if name in site
    ]
    inner = [f"{name} = {port}" for name, port in ports.items()]
    (folder / SETTINGS).write_text("\n".join([f"course = {json.dumps(course)}", *lines, "", "[ports]", *inner, ""]))


def read_settings(folder: Path) -> dict[str, Any]:
    """Return the settings that were chosen at the installation; raises CourseError when they cannot be read."""
    try:
        return tomllib.loads((folder / SETTINGS).read_text())
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise CourseError(f"{folder / SETTINGS} cannot be read: {error}") from error


def is_site(folder: Path | None) -> bool:
    """Return whether a folder holds a real hub."""
    return folder is not None and (folder / SETTINGS).is_file()


def opened(folder: Path) -> HubLayout:
    """Return the real hub in a folder, as its settings describe it."""
    settings = read_settings(folder)
    address = settings["address"]
    ports = Ports(port_of(address), **settings["ports"])
    python = str(folder / "students" / "bin" / "python")
    site = Site(python, address, settings.get("certificate", ""), settings.get("key", ""))
    # not Course.open: it runs the course's nbgrader_config.py, which the grader can write, and this is root
    course = Course(folder / "course", Config({"CourseDirectory": {"course_id": settings["course"]}}))
    return HubLayout(folder, course, roster.read(folder / roster.ROSTER), ports, site)


def port_of(address: str) -> int:
    """Return the port of the page at an address."""
    parts = urlsplit(address)
    return parts.port or (443 if parts.scheme == "https" else 80)


def public_python() -> Path:
    """Return a Python that every account of this machine can run; raises CourseError when there is none."""
    names = [f"python3.{minor}" for minor in range(14, 10, -1)]
    own = Path(sys.executable).resolve()
    places = [Path(folder) / name for folder in ("/usr/bin", "/usr/local/bin") for name in names]
    for candidate in [own, *places]:
        if candidate.exists() and not not_reachable(candidate.resolve(), []):
            return candidate
    raise CourseError(
        "there is no Python 3.11 or newer that every account can run: install Debian's package python3, for instance"
    )


def not_reachable(file: Path, ours: list[Path]) -> str:
    """Return the first folder above a file that other accounts cannot enter, or an empty string.

    The folders in `ours` are skipped, since the installation opens them for the grader.
    """
    for above in reversed(file.parents):
        if above not in ours and not above.stat().st_mode & stat.S_IXOTH:
            return str(above)
    return ""


def make_grader(course: Course, folder: Path, say: Say) -> None:
    """Make the account that grades, and its group; close the folder that the course comes from to all others."""
    run("groupadd", "--system", "--force", GRADERS)
    if not exists(SERVICE_USER):
        say(f"making the account {SERVICE_USER}")
        home = folder / "grader"
        options = ("--gid", GRADERS, "--create-home", "--home-dir", str(home), "--shell", nologin())
        run("useradd", "--system", *options, SERVICE_USER)
        home.chmod(0o700)
    os.chown(course.root, 0, grp.getgrnam(GRADERS).gr_gid)  # it holds solutions and checks
    course.root.chmod(0o750)


def make_accounts(folder: Path, people: tuple[roster.Person, ...], say: Say) -> None:
    """Make accounts for the people who have none, each with a first password that only root can read."""
    new = [person for person in people if not exists(person.name)]
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
    """Install Python for students: the packages of the course's list, in the versions that the grader has."""
    file, stamp = course.data / STUDENTS, target / ".installed"
    if not file.is_file():
        raise CourseError(
            f"{file} is missing: it lists the packages for students, one per line, for instance jupyterlab"
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
    versions = {package.metadata["Name"]: package.version for package in packages}
    return {name: version for name, version in versions.items() if name.lower() != "autograder" and "+" not in version}


def exists(name: str) -> bool:
    """Return whether an account of this name exists, in its own files or in a directory service that it uses."""
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def nologin() -> str:
    """Return a shell that refuses every login."""
    return shutil.which("nologin", path="/usr/sbin:/sbin:/usr/bin") or "/bin/false"


def run(*command: str, text: str = "", env: dict[str, str] | None = None) -> None:
    """Run a system program; raises GraderError, with its output, when it is missing or fails."""
    path = os.pathsep.join(["/usr/sbin", "/sbin", os.environ.get("PATH", os.defpath)])
    program = shutil.which(command[0], path=path)
    if program is None:
        raise GraderError(f"{command[0]} is not on this machine")
    done = subprocess.run([program, *command[1:]], input=text, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise GraderError(f"{command[0]} failed: {(done.stderr or done.stdout).strip()[-500:]}")


def as_account(name: str, command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command as another account, without the environment variables of this process."""
    entry = pwd.getpwnam(name)
    env = {"HOME": entry.pw_dir, "PATH": os.defpath, "USER": name}
    groups = os.getgrouplist(name, entry.pw_gid)
    identity: dict[str, Any] = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": groups}
    return subprocess.run(command, cwd="/", env=env, capture_output=True, text=True, check=False, **identity)
