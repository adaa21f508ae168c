"""Submissions that ended the grader's processes are remembered until something changes."""

from __future__ import annotations

from autograder.course.assignment import Assignment
from autograder.course.course import Course
from autograder.recording import ungraded


def test_who_ended_the_graders_processes_is_remembered_until_graded(course: Course, exercise: Assignment) -> None:
    assert ungraded.read(course, exercise) == {}
    ungraded.write(course, exercise, {"eve": "key 1", "mal": "key 2"}, ["ann"])
    ungraded.write(course, exercise, {"eve": "key 3"}, ["ann", "bob"])
    assert ungraded.read(course, exercise) == {"eve": "key 3", "mal": "key 2"}
    ungraded.write(course, exercise, {}, ["mal"])
    assert ungraded.read(course, exercise) == {"eve": "key 3"}


def test_a_damaged_file_counts_as_empty_and_is_written_anew(course: Course, exercise: Assignment) -> None:
    file = course.state / ungraded.FILE
    for damage in ("{", "[]", '{"exercise_1_grayscale": 3}', '{"exercise_1_grayscale": {"eve": 3}}'):
        file.write_text(damage)
        assert ungraded.read(course, exercise) == {}
        ungraded.write(course, exercise, {"eve": "key"}, [])
        assert ungraded.read(course, exercise) == {"eve": "key"}
