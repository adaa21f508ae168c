"""The values file says what it is, is valid YAML, and holds Python that compiles. It was not run on a cluster."""

from __future__ import annotations

import yaml

from autograder.course.course import Course
from autograder.course.roster import Person
from autograder.hub import kubernetes

PEOPLE = (Person("marie", "instructor"), Person("lise", "assistant"), Person("ada", "student"))


def test_staff_and_students_have_images_of_their_own_and_students_see_the_list_alone(course: Course) -> None:
    text = kubernetes.values(
        course, PEOPLE, "registry.example.org:5000/ml/students:2", "registry.example.org:5000/ml/staff:3"
    )
    assert "NOT RUN" in text.splitlines()[0]
    tree = yaml.safe_load(text)
    assert tree["singleuser"]["image"] == {"name": "registry.example.org:5000/ml/students", "tag": "2"}
    config = tree["hub"]["extraConfig"]["10-roles"]
    compile(config, "10-roles", "exec")
    assert "['lise', 'marie']" in config and "ml/staff:3" in config and "ada" not in config
    files = tree["singleuser"]["extraFiles"]
    compile(files["nbgrader"]["stringData"], "nbgrader_config.py", "exec")
    assert course.id in files["nbgrader"]["stringData"]
    assert files["lab"]["data"]["disabledExtensions"]["@jupyter/nbgrader:formgrader"]
    assert tree["hub"]["config"]["Authenticator"]["allowed_users"] == ["ada", "lise", "marie"]
    assert tree["hub"]["loadRoles"]["ngshare"]["scopes"] == ["read:users:name"]
