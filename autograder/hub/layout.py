"""The folder of a hub: the places of its files, and the configuration files that it starts with.

There are two kinds of hub. In a demo hub everybody shares one account. A real hub has a `Site` and uses the accounts of
the machine.
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.course.course import Course
from autograder.course.roster import INSTRUCTOR, ROSTER, STUDENT, Person
from autograder.sandbox import kept

HERE = Path(__file__).parent
PACKAGE = HERE.parent
FORMGRADER, CREATE, COURSES = (
    f"@jupyter/nbgrader:{name}" for name in ("formgrader", "create-assignment", "course-list")
)
NEWS = "@jupyterlab/apputils-extension:announcements"  # its popup covers a corner of the page
SERVICE_USER = "grader"
CHECKS = "checks"  # the name of the service that checks notebooks, on the hub
ANNOUNCEMENT = (
    "<b>Demo hub.</b> Everybody shares one account of this machine: it isolates nobody, and is only for trying things "
    "out. Log in without a password as {people}."
)


@dataclass(frozen=True)
class Ports:
    """The ports of a hub: its page, the hub process behind it, the proxy's control, the course's server and the checks.

    All but the page are on the loopback interface only.
    """

    page: int
    hub: int
    control: int
    course: int
    checks: int = 18084


@dataclass(frozen=True)
class Site:
    """The settings of a real hub: Python for students, the address of its page, and the certificate with its key."""

    python: str
    address: str
    certificate: str = ""
    key: str = ""


@dataclass(frozen=True)
class HubLayout:
    """A hub: its folder, course, people and ports; without a site it is a demo hub."""

    folder: Path
    course: Course
    people: tuple[Person, ...]
    ports: Ports
    site: Site | None = None

    @property
    def private(self) -> Path:
        """The folder for the account that runs the hub only: configuration, database, cookies and log."""
        return self.folder / "hub"

    @property
    def exchange(self) -> Path:
        """The folder of the exchange."""
        return self.folder / "exchange"

    @property
    def config(self) -> Path:
        """JupyterHub's configuration file."""
        return self.private / "jupyterhub_config.py"

    @property
    def roster(self) -> Path:
        """The roster file; that of a real hub belongs to root, since the grader must not be able to admit people."""
        return (self.folder if self.site else self.course.data) / ROSTER

    @property
    def log(self) -> Path:
        """The log of the hub and of every process that it starts."""
        return self.private / "hub.log"

    @property
    def service(self) -> str:
        """The name of the course's server on the hub."""
        return self.course.id

    @property
    def url(self) -> str:
        """The address of the hub."""
        return self.site.address if self.site else f"http://127.0.0.1:{self.ports.page}"

    def settings(self, role: str) -> Path:
        """Return the folder of Jupyter's settings for a role: one for students, one for staff."""
        return self.folder / "etc" / ("student" if role == STUDENT else "staff")


def lay_out(hub: HubLayout, data: Mapping[str, Path], proxy: Sequence[str]) -> None:
    """Write every file that the hub starts with.

    `data` are the folders of the datasets by name, and `proxy` is the command that starts the proxy.
    """
    for name in ("etc/student/labconfig", "etc/student/python", "etc/staff/labconfig"):
        (hub.folder / name).mkdir(parents=True, exist_ok=True)
    hub.private.mkdir(exist_ok=True, mode=0o700)
    if not hub.site:
        for person in [*(member.name for member in hub.people), SERVICE_USER]:
            (hub.folder / "homes" / person).mkdir(parents=True, exist_ok=True)
        hub.exchange.mkdir(exist_ok=True)
        hub.exchange.chmod(0o777)
    own = "import os\nc = get_config()\n"
    common = f"c.CourseDirectory.course_id = {hub.course.id!r}\nc.Exchange.root = {str(hub.exchange)!r}\n"
    student, staff = hub.settings(STUDENT), hub.settings(INSTRUCTOR)
    identity = 'import os\nc.CourseDirectory.student_id = os.environ["JUPYTERHUB_USER"]\n'  # one account for all
    trust = "c.ExchangeCollect.check_owner = False\n"
    student_settings = (HERE / "student_config.py").read_text() + "\n" + common
    (student / "nbgrader_config.py").write_text(student_settings if hub.site else student_settings + identity)
    (staff / "nbgrader_config.py").write_text(own + common + ("" if hub.site else trust))
    shutil.copy(PACKAGE / "inside" / "datasets.py", student / "python" / "autograder_datasets.py")
    for file in ("course_page.py", "course_page.html"):
        shutil.copy(HERE / file, student / "python")
    shutil.copy(HERE / "site_datasets.py", student / "python" / "sitecustomize.py")
    _json(
        student / "labconfig" / "page_config.json",
        {"disabledExtensions": dict.fromkeys((FORMGRADER, CREATE, COURSES, NEWS), True)},
    )
    _json(staff / "labconfig" / "page_config.json", {"disabledExtensions": {COURSES: True, NEWS: True}})
    formgrader, courses = "nbgrader.server_extensions.formgrader", "nbgrader.server_extensions.course_list"
    root = {"allow_root": True} if os.geteuid() == 0 and not hub.site else {}  # in a container, for instance
    validate = "nbgrader.server_extensions.validate_assignment"  # `course_page` answers this button
    extensions = {formgrader: False, courses: False, validate: False, "course_page": True}
    _json(student / "jupyter_server_config.json", {"ServerApp": {**root, "jpserver_extensions": extensions}})
    _json(
        staff / "jupyter_server_config.json",
        {
            "ServerApp": {
                **root,
                # validating runs a notebook without a sandbox, and fetching is for students
                "jpserver_extensions": {
                    formgrader: True,
                    "autograder.hub.staff": True,
                    courses: False,
                    validate: False,
                    "nbgrader.server_extensions.assignment_list": False,
                },
                "authorizer_class": "autograder.hub.staff.RoleAuthorizer",
            },
            "LabApp": {"extension_manager": "readonly"},
        },
    )
    hub.config.write_text(_hub_config(hub, data, list(proxy)))


def _json(file: Path, content: Any) -> None:
    file.write_text(json.dumps(content, indent=1) + "\n")


def _hub_config(hub: HubLayout, data: Mapping[str, Path], proxy: list[str]) -> str:
    """Return the text of jupyterhub_config.py."""
    service = f"service={hub.service}"
    values = {
        "JupyterHub.bind_url": hub.url,
        "JupyterHub.hub_bind_url": f"http://127.0.0.1:{hub.ports.hub}",
        "ConfigurableHTTPProxy.api_url": f"http://127.0.0.1:{hub.ports.control}",
        "ConfigurableHTTPProxy.command": proxy,
        "ConfigurableHTTPProxy.pid_file": str(hub.private / "proxy.pid"),
        "JupyterHub.db_url": f"sqlite:///{hub.private / 'jupyterhub.sqlite'}",
        "JupyterHub.cookie_secret_file": str(hub.private / "cookie_secret"),
        "Spawner.default_url": "/course",
        "Spawner.start_timeout": 120,
        "Spawner.http_timeout": 120,
        "JupyterHub.load_roles": [
            {
                "name": "staff",
                "groups": ["staff"],  # the authenticator puts people of the roster into it at login
                "users": [SERVICE_USER],
                "scopes": [f"access:services!{service}", "list:services", f"read:services!{service}"],
            },
            {"name": "user", "scopes": ["self", f"access:services!service={CHECKS}"]},
            {
                "name": "server",
                "scopes": ["users:activity!user", "access:servers!server", f"access:services!service={CHECKS}"],
            },
        ],
        "JupyterHub.services": _services(hub),
        **(_of_site(hub, hub.site) if hub.site else _of_demo(hub)),
    }
    values["Spawner.environment"] = {
        "JUPYTER_CONFIG_PATH": str(hub.settings(STUDENT)),
        "PYTHONPATH": str(hub.settings(STUDENT) / "python"),
        "AUTOGRADER_DATA": json.dumps({name: str(folder) for name, folder in data.items()}),
        "AUTOGRADER_CHECKS": f"http://127.0.0.1:{hub.ports.checks}/services/{CHECKS}/",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        **({"PATH": os.pathsep.join([str(Path(hub.site.python).parent), os.defpath])} if hub.site else {}),
    }
    lines = [f"c.{name} = {value!r}" for name, value in values.items()]
    return "c = get_config()\n" + "\n".join(lines) + "\n"


def _of_demo(hub: HubLayout) -> dict[str, Any]:
    """Return the settings of a demo hub: everybody shares this account and needs no password."""
    people = "; ".join(f"{person.name} ({person.role})" for person in hub.people)
    return {
        "JupyterHub.authenticator_class": "autograder.hub.authenticator.RosterDummy",
        "RosterDummy.roster_file": str(hub.roster),
        "JupyterHub.spawner_class": "simple",
        "SimpleLocalProcessSpawner.home_dir_template": str(hub.folder / "homes" / "{username}"),
        "Spawner.cmd": [sys.executable, "-m", "jupyterhub.singleuser"],
        "JupyterHub.template_vars": {"announcement_login": ANNOUNCEMENT.format(people=people)},
    }


def _of_site(hub: HubLayout, site: Site) -> dict[str, Any]:
    """Return the settings of a real hub: its people have accounts of the machine and run the students' Python."""
    return {
        "JupyterHub.authenticator_class": "autograder.hub.authenticator.RosterPAM",
        "RosterPAM.roster_file": str(hub.roster),
        "JupyterHub.spawner_class": "jupyterhub.spawner.LocalProcessSpawner",
        "Spawner.cmd": [site.python, "-m", "jupyterhub.singleuser"],
        **({"JupyterHub.ssl_cert": site.certificate, "JupyterHub.ssl_key": site.key} if site.certificate else {}),
    }


def _services(hub: HubLayout) -> list[dict[str, Any]]:
    """Return the services: the course's server, the checks, and the process that answers submissions.

    They have no roles of their own, so their tokens allow nothing else.
    """
    home = Path(pwd.getpwnam(SERVICE_USER).pw_dir) if hub.site else hub.folder / "homes" / SERVICE_USER
    common: dict[str, Any] = {"cwd": str(hub.course.root), **({"user": SERVICE_USER} if hub.site else {})}
    environment = {"JUPYTER_CONFIG_PATH": str(hub.settings(INSTRUCTOR)), "HOME": str(home)}
    environment[kept.FOLDER] = ""  # no process outlives the hub
    return [
        common
        | {
            "name": hub.service,
            "url": f"http://127.0.0.1:{hub.ports.course}",
            "command": [sys.executable, "-m", "jupyterhub.singleuser", f"--ServerApp.root_dir={hub.course.root}"],
            "oauth_no_confirm": True,
            "environment": environment
            | {
                "JUPYTERHUB_USER": SERVICE_USER,
                "JUPYTERHUB_DEFAULT_URL": "/autograder",
                "AUTOGRADER_COURSE": str(hub.course.root),
                "AUTOGRADER_ROSTER": str(hub.roster),
            },
        },
        common
        | {
            "name": CHECKS,
            "url": f"http://127.0.0.1:{hub.ports.checks}",
            "command": [sys.executable, "-m", "autograder", "hub", "checks", "--course", str(hub.course.root)],
            "environment": environment,
            "oauth_no_confirm": True,
        },
        common
        | {
            "name": "arrivals",
            "command": [sys.executable, "-m", "autograder", "hub", "answer", "--course", str(hub.course.root)],
            "environment": environment,
        },
    ]
