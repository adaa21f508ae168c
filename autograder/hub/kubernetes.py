"""Write values for the Helm chart Zero to JupyterHub, with ngshare as the exchange.

The values follow the documentation of both projects. They have not been run on a cluster.
"""

from __future__ import annotations

import yaml

from autograder.course.course import Course
from autograder.course.roster import STUDENT, Person
from autograder.hub.layout import COURSES, CREATE, FORMGRADER, NEWS

HEAD = """\
# Values for the chart jupyterhub/jupyterhub, for the course {course}. NOT RUN on a cluster by the authors.
# Read this file before you use it.
#
# 1. helm install ngshare ngshare/ngshare --set ngshare.hub_api_token=TOKEN
# 2. helm upgrade --install hub jupyterhub/jupyterhub --values this-file.yaml --set hub.services.ngshare.apiToken=TOKEN
# 3. in a pod of the staff: ngshare-course-management create_course {course} {instructor};
#    then add_student {course} NAME --no-gb for each student
#
# Image of students: the packages in course_data/students.txt, ngshare-exchange 0.5.3 (pip install --no-deps), and NOT
# this package.
# Image of staff: the same, with this package and bubblewrap. A pod may forbid user namespaces:
# `autograder doctor` in the pod says which isolation level is available.
# Hidden checks, solutions and the gradebook belong on a volume that only staff's pods mount, at /srv/course.
"""

EXCHANGE = """\
from ngshare_exchange import configureExchange

c = get_config()
configureExchange(c, "http://proxy-public/services/ngshare")
c.CourseDirectory.course_id = {course!r}
"""

BY_ROLE = """\
STAFF = {staff!r}

async def image_of_role(spawner):
    if spawner.user.name in STAFF:
        spawner.image = {image!r}
        spawner.environment["AUTOGRADER_COURSE"] = "/srv/course"

c.Spawner.pre_spawn_hook = image_of_role
"""


def values(course: Course, people: tuple[Person, ...], students: str, staff: str) -> str:
    """Return the text of a values file; `students` and `staff` are the names of the images, with their tags."""
    name, _, tag = students.rpartition(":")
    teaching = sorted(person.name for person in people if person.role != STUDENT)
    tree = {
        "hub": {
            "config": {"Authenticator": {"allowed_users": sorted(person.name for person in people)}},
            "services": {"ngshare": {"url": "http://ngshare:8080/services/ngshare", "oauth_no_confirm": True}},
            "loadRoles": {
                "server": {
                    "scopes": ["users:activity!user", "access:servers!server", "access:services!service=ngshare"]
                },
                "ngshare": {"services": ["ngshare"], "scopes": ["read:users:name"]},
            },
            "extraConfig": {"10-roles": BY_ROLE.format(staff=teaching, image=staff)},
        },
        "singleuser": {
            "image": {"name": name, "tag": tag},
            "defaultUrl": "/lab",
            "extraFiles": {
                "nbgrader": {
                    "mountPath": "/etc/jupyter/nbgrader_config.py",
                    "stringData": EXCHANGE.format(course=course.id),
                },
                "lab": {
                    "mountPath": "/etc/jupyter/labconfig/page_config.json",
                    "data": {"disabledExtensions": dict.fromkeys((FORMGRADER, CREATE, COURSES, NEWS), True)},
                },
            },
        },
    }
    instructor = teaching[0] if teaching else "INSTRUCTOR"
    text: str = yaml.dump(tree, Dumper=_Blocks, sort_keys=False, width=140)
    return HEAD.format(course=course.id, instructor=instructor) + "\n" + text


class _Blocks(yaml.SafeDumper):  # type: ignore[misc]
    """A YAML dumper that writes a text of several lines as a block."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Blocks.add_representer(str, _text)
