"""Where a hub keeps its things, and the configuration files that it is started with: all below one folder."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.course.layout import PACKAGE, Course
from autograder.hub.roster import ASSISTANT, INSTRUCTOR, STUDENT, Person, having

HERE = Path(__file__).parent
FORMGRADER, CREATE, COURSES = (f"@jupyter/nbgrader:{name}" for name in ("formgrader", "create-assignment", "course-list"))
NEWS = "@jupyterlab/apputils-extension:announcements"  # its popup covers a corner of the page
SERVICE_USER = "grader"
ANNOUNCEMENT = (
    "<b>Demo hub.</b> Everybody is one account of this machine: it isolates nobody, and is for looking. Log in without a "
    "password as {people}."
)


@dataclass(frozen=True)
class Ports:
    """Of the page, of the hub behind it, of the proxy's control, and of the course's server; loopback only."""

    page: int
    hub: int
    control: int
    course: int


@dataclass(frozen=True)
class HubLayout:
    """A demo hub: its folder, the course in it, its people and ports."""

    folder: Path
    course: Course
    people: tuple[Person, ...]
    ports: Ports

    @property
    def exchange(self) -> Path:
        """Where submissions pass."""
        return self.folder / "exchange"

    @property
    def config(self) -> Path:
        """JupyterHub's configuration file."""
        return self.folder / "jupyterhub_config.py"

    @property
    def service(self) -> str:
        """The name of the course's server on the hub."""
        return self.course.id

    @property
    def url(self) -> str:
        """The address of the hub."""
        return f"http://127.0.0.1:{self.ports.page}"

    def settings(self, role: str) -> Path:
        """The folder of Jupyter's settings for a role: students, or staff."""
        return self.folder / "etc" / ("student" if role == STUDENT else "staff")


def lay_out(hub: HubLayout, data: Mapping[str, Path], proxy: Sequence[str]) -> None:
    """Write everything that the hub is started with; `data` are the datasets' folders, `proxy` the proxy's command."""
    for name in ("exchange", "homes", "etc/student/labconfig", "etc/student/python", "etc/staff/labconfig"):
        (hub.folder / name).mkdir(parents=True, exist_ok=True)
    hub.exchange.chmod(0o777)
    own = "import os\nc = get_config()\n"
    common = f"c.CourseDirectory.course_id = {hub.course.id!r}\nc.Exchange.root = {str(hub.exchange)!r}\n"
    student, staff = hub.settings(STUDENT), hub.settings(INSTRUCTOR)
    identity = 'import os\nc.CourseDirectory.student_id = os.environ["JUPYTERHUB_USER"]\n'  # all are one account here
    (student / "nbgrader_config.py").write_text((HERE / "student_config.py").read_text() + "\n" + common + identity)
    (staff / "nbgrader_config.py").write_text(own + common + "c.ExchangeCollect.check_owner = False\n")
    shutil.copy(PACKAGE / "inside" / "datasets.py", student / "python" / "autograder_datasets.py")
    shutil.copy(HERE / "site_datasets.py", student / "python" / "sitecustomize.py")
    _json(
        student / "labconfig" / "page_config.json",
        {"disabledExtensions": dict.fromkeys((FORMGRADER, CREATE, COURSES, NEWS), True)},
    )
    _json(staff / "labconfig" / "page_config.json", {"disabledExtensions": {COURSES: True, NEWS: True}})
    formgrader, courses = "nbgrader.server_extensions.formgrader", "nbgrader.server_extensions.course_list"
    root = {"allow_root": True} if os.geteuid() == 0 else {}  # in a container, for instance
    _json(
        student / "jupyter_server_config.json",
        {"ServerApp": {**root, "jpserver_extensions": {formgrader: False, courses: False}}},
    )
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
                    "nbgrader.server_extensions.validate_assignment": False,
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
    """The text of jupyterhub_config.py."""
    names = [each.name for each in hub.people]
    staff = having(hub.people, INSTRUCTOR, ASSISTANT)
    people = "; ".join(f"{each.name} ({each.role})" for each in hub.people)
    service = f"service={hub.service}"
    values = {
        "JupyterHub.bind_url": hub.url,
        "JupyterHub.hub_bind_url": f"http://127.0.0.1:{hub.ports.hub}",
        "ConfigurableHTTPProxy.api_url": f"http://127.0.0.1:{hub.ports.control}",
        "ConfigurableHTTPProxy.command": proxy,
        "ConfigurableHTTPProxy.pid_file": str(hub.folder / "proxy.pid"),
        "JupyterHub.db_url": f"sqlite:///{hub.folder / 'jupyterhub.sqlite'}",
        "JupyterHub.cookie_secret_file": str(hub.folder / "cookie_secret"),
        "JupyterHub.authenticator_class": "dummy",
        "Authenticator.allowed_users": set(names),
        "JupyterHub.spawner_class": "simple",
        "SimpleLocalProcessSpawner.home_dir_template": str(hub.folder / "homes" / "{username}"),
        "Spawner.cmd": [sys.executable, "-m", "jupyterhub.singleuser"],
        "Spawner.default_url": "/lab",
        "Spawner.start_timeout": 120,
        "Spawner.http_timeout": 120,
        "Spawner.environment": {
            "JUPYTER_CONFIG_PATH": str(hub.settings(STUDENT)),
            "PYTHONPATH": str(hub.settings(STUDENT) / "python"),
            "AUTOGRADER_DATA": json.dumps({name: str(folder) for name, folder in data.items()}),
            "TF_CPP_MIN_LOG_LEVEL": "3",
        },
        "JupyterHub.template_vars": {"announcement_login": ANNOUNCEMENT.format(people=people)},
        "JupyterHub.load_groups": {
            "staff": {"users": [*staff, SERVICE_USER]},
            "students": {"users": having(hub.people, STUDENT)},
        },
        "JupyterHub.load_roles": [
            {
                "name": "staff",
                "groups": ["staff"],
                "scopes": [f"access:services!{service}", "list:services", f"read:services!{service}"],
            },
            {"name": "server", "scopes": ["users:activity!user", "access:servers!server"]},
        ],
        "JupyterHub.services": [
            {
                "name": hub.service,
                "url": f"http://127.0.0.1:{hub.ports.course}",
                "command": [sys.executable, "-m", "jupyterhub.singleuser", f"--ServerApp.root_dir={hub.course.root}"],
                "cwd": str(hub.course.root),
                "oauth_no_confirm": True,
                "environment": {
                    "JUPYTERHUB_USER": SERVICE_USER,
                    "JUPYTERHUB_DEFAULT_URL": "/autograder",
                    "JUPYTER_CONFIG_PATH": str(hub.settings(INSTRUCTOR)),
                    "AUTOGRADER_COURSE": str(hub.course.root),
                    "HOME": str(hub.folder / "homes" / SERVICE_USER),
                },
            }
        ],
    }
    lines = [f"c.{name} = {value!r}" for name, value in values.items()]
    return "c = get_config()\n" + "\n".join(lines) + "\n"
