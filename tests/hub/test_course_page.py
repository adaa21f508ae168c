"""The students' page of the course: what it tells of each assignment, and what passes, in words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from nbgrader.utils import notebook_hash
from traitlets.config import Config

from autograder.hub import course_page


@pytest.fixture
def course(tmp_path: Path) -> course_page.ReleasedCourse:
    """Two released assignments, one of them fetched and handed in twice."""
    exchange, home = tmp_path / "exchange" / "ml", tmp_path / "home"
    for name in ("week_1", "week_2"):
        (exchange / "outbound" / name).mkdir(parents=True)
        (exchange / "outbound" / name / f"{name}.ipynb").write_text("{}")
    (exchange / "feedback").mkdir()
    told = {
        "week_1": {"title": "First", "points": 10, "due": "2026-12-02T12:00:00Z"},
        "week_2": {"title": "Second", "points": 12, "due": "2026-12-01T12:00:00Z", "rule": "Up to 3 times."},
    }
    (exchange / "course.json").write_text(json.dumps(told))
    (home / "ml" / "week_1").mkdir(parents=True)
    for stamp in ("2026-11-24 10:00:00 UTC", "2026-11-25 10:00:00 UTC"):
        folder = tmp_path / "cache" / "ml" / f"ada+week_1+{stamp}"
        folder.mkdir(parents=True)
        (folder / "submission_secret.txt").write_text(stamp)
    config = Config()
    config.CourseDirectory.course_id, config.CourseDirectory.student_id = "ml", "ada"
    config.Exchange.root, config.Exchange.cache = str(tmp_path / "exchange"), str(tmp_path / "cache")
    return course_page.ReleasedCourse(config, home)


def test_the_assignment_that_is_due_first_comes_first(course: course_page.ReleasedCourse) -> None:
    found = course.assignments()
    assert [(assignment["title"], assignment["points"], assignment["fetched"]) for assignment in found] == [
        ("Second", 12, False),
        ("First", 10, True),
    ]
    assert [assignment["rule"] for assignment in found] == ["Up to 3 times.", ""]
    assert found[1]["notebooks"] == ["ml/week_1/week_1.ipynb"]


def test_a_score_stands_beside_the_submission_that_it_is_for(course: course_page.ReleasedCourse) -> None:
    name = notebook_hash(secret="2026-11-25 10:00:00 UTC", notebook_id="week_1")
    page = course.exchange / "feedback" / f"{name}.html"
    page.write_text('<head><meta name="score" content="7.5 of 10"></head>')
    newest, older = course.assignments()[1]["handed_in"]
    assert newest["pages"] == [{"notebook": "week_1", "page": name, "score": "7.5 of 10"}]
    assert older["pages"] == []


def test_each_notebook_of_an_assignment_has_its_page(course: course_page.ReleasedCourse) -> None:
    (course.exchange / "outbound" / "week_1" / "week_1b.ipynb").write_text("{}")
    for notebook, score in (("week_1", "3 of 4"), ("week_1b", "5 of 6")):
        name = notebook_hash(secret="2026-11-25 10:00:00 UTC", notebook_id=notebook)
        page = f'<head><meta name="score" content="{score}"></head>'
        (course.exchange / "feedback" / f"{name}.html").write_text(page)
    found = course.assignments()[1]
    assert found["notebooks"] == ["ml/week_1/week_1.ipynb", "ml/week_1/week_1b.ipynb"]
    assert [(page["notebook"], page["score"]) for page in found["handed_in"][0]["pages"]] == [
        ("week_1", "3 of 4"),
        ("week_1b", "5 of 6"),
    ]


def test_a_course_without_a_description_shows_the_names_of_its_assignments(course: course_page.ReleasedCourse) -> None:
    (course.exchange / "course.json").write_text("{ broken")
    assert [assignment["title"] for assignment in course.assignments()] == ["week_1", "week_2"]
