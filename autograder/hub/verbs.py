"""nbgrader's commands for the exchange, as this course configures them."""

from __future__ import annotations

import contextlib
from typing import Any

from autograder.course.assignment import Assignment
from autograder.course.course import Course

VERBS = {"release": "ReleaseAssignment", "collect": "Collect", "publish": "ReleaseFeedback"}


def exchange(course: Course, verb: str, assignment: Assignment, student: str = "") -> None:
    """Release or collect an assignment, or publish its feedback, for all students or for one.

    Raises what nbgrader raises.
    """
    from nbgrader.auth import Authenticator
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.exchange import ExchangeFactory

    config = nbgrader_config(course)
    config.ExchangeCollect.update = True
    config.ExchangeReleaseAssignment.force = True
    chosen = {"student_id": student} if student else {}
    where = {"root": str(course.root), "assignment_id": assignment.name, "course_id": course.id, **chosen}
    directory = CourseDirectory(config=config, **where)
    command = getattr(ExchangeFactory(config=config), VERBS[verb])
    command(coursedir=directory, authenticator=Authenticator(config=config), config=config).start()


def nbgrader_config(course: Course) -> Any:
    """Return the settings that nbgrader finds when it is started in the course's folder."""
    from jupyter_core.paths import jupyter_config_path
    from traitlets.config.loader import Config, ConfigFileNotFound, PyFileConfigLoader

    config = Config()
    for folder in [*reversed(jupyter_config_path()), str(course.root)]:
        with contextlib.suppress(ConfigFileNotFound):
            config.merge(PyFileConfigLoader("nbgrader_config.py", path=folder).load_config())
    return config
