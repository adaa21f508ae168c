"""A class never stops for one: ten of thirty hand-ins are odd; all are graded with a note, or wait for a person."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.course.answers import Answers, hand_in
from autograder.course.course import Course
from autograder.grading.local import DIED
from autograder.hub.staff import Staff
from autograder.teaching import classroom
from tests.hostile.class_of import ASSIGNMENT, FULL, assemble

pytestmark = pytest.mark.kernel

FILE = f"{ASSIGNMENT}.ipynb"
LONG = "Anna-Katharina von und zu Hohenstein-Waldburg_330101_assignsubmission_file_"


def timed(content: bytes) -> Callable[[Path, bytes], object]:
    return lambda folder, solved: [(folder / FILE).write_bytes(solved), (folder / "timestamp.txt").write_bytes(content)]


def zipped(folder: Path, solved: bytes) -> None:
    with zipfile.ZipFile(folder / "work.zip", "w") as out:
        out.writestr(f"work/{FILE}", solved)


# what each leaves in their folder, and whether a person has to look
ODD: dict[str, tuple[Callable[[Path, bytes], object], bool]] = {
    "a_time_in_words": (timed(b"yesterday evening"), False),
    "a_time_in_german": (timed("05.11.2026 um 18 Uhr".encode("utf-16")), False),
    "b_folder": (lambda folder, solved: (folder / FILE).mkdir(), True),
    "c_pipe": (lambda folder, solved: os.mkfifo(folder / FILE), True),
    "d_half_a_file": (lambda folder, solved: (folder / FILE).write_bytes(solved[: len(solved) * 2 // 3]), True),
    "e_encoding": (lambda folder, solved: (folder / FILE).write_bytes(solved.decode().encode("utf-16")), False),
    "f_zip": (zipped, False),
    "g_nothing": (lambda folder, solved: None, True),
    "h_no_notebook": (lambda folder, solved: (folder / FILE).write_bytes(b"\0" * 1000), True),
    LONG: (lambda folder, solved: (folder / f"{ASSIGNMENT} (1).ipynb").write_bytes(solved), False),
}


def in_a_terminal(*arguments: str) -> tuple[str, int]:
    """What a command prints in 80 columns, and its exit code."""
    env = {**os.environ, "COLUMNS": "80"}
    command = [sys.executable, "-m", "autograder", *arguments]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr, done.returncode


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Course, str, int]]:
    """The class, what `autograder grade` printed in 80 columns, and its exit code."""
    course = assemble(tmp_path_factory.mktemp("odd") / "course", [])
    notebook = course.assignment(ASSIGNMENT).only_notebook.notebook
    solved = hand_in(notebook, Answers({}))
    for number in range(16):
        folder = course.submitted / f"student_{number:02}" / ASSIGNMENT
        folder.mkdir(parents=True)
        (folder / FILE).write_bytes(solved)
    for name, (leave, _) in ODD.items():
        folder = course.submitted / name / ASSIGNMENT
        folder.mkdir(parents=True)
        leave(folder, solved)
    (course.data / "roster.csv").write_text("name,role\nstudent_00,student\nNot A Name,student\n")
    yield course, *in_a_terminal("grade", ASSIGNMENT, "--course", str(course.root))


def test_everybody_is_graded_with_a_note_or_waits_for_a_person(graded: tuple[Course, str, int]) -> None:
    course, printed, code = graded
    assert code == 0, printed
    assert len(course.submissions(course.assignment(ASSIGNMENT))) == 30
    for name, (_, to_look) in ODD.items():
        report = json.loads((course.reports / ASSIGNMENT / f"{name}.json").read_text())
        (notebook,) = report["notebooks"]
        assert notebook["notes"], name
        tasks = [task for task in notebook["tasks"] if not task["task"]["manual"]]
        assert any(task["open"] for task in tasks) == to_look, name
        if not to_look:
            assert {task["task"]["cell"]: task["earned"] for task in tasks} == FULL, name


def test_the_grade_table_keeps_its_totals_and_marks_what_stands_out(graded: tuple[Course, str, int]) -> None:
    _, printed, _ = graded
    table = printed[printed.index("┏") :].splitlines()
    assert all(len(line) <= 80 for line in table), max(table, key=len)
    rows = {line.split("│")[1].strip(): line.split("│")[-2].strip() for line in table if line.count("│") > 2}
    assert rows["student_00"] == "7" and "student_01 n" in rows
    assert next(total for name, total in rows.items() if name.startswith("Anna-Katharina")) == "7"
    assert next(name for name in rows if name.startswith("b_folder")).endswith("?gn")
    for words in ("? needs a look", "g something was found", "n not in the roster"):
        assert words in printed


def test_status_and_the_staffs_page_say_it_in_one_line(graded: tuple[Course, str, int]) -> None:
    course, _, _ = graded
    printed, code = in_a_terminal("status", "--course", str(course.root))
    assert code == 0
    (line,) = [line for line in printed.splitlines() if "need a look" in line]
    assert line.startswith(f"{ASSIGNMENT}: 5 hand-in(s) need a look: b_folder, c_pipe, d_half_a_file")
    (status,) = [each for each in classroom.course_status(Staff(course).course) if each.name == ASSIGNMENT]
    assert status.to_look == ("b_folder", "c_pipe", "d_half_a_file", "g_nothing", "h_no_notebook")


TOTAL = 'expect.close(expect.array(student.get("total"), "total")'
# stands for a worker that runs out of memory
KILLER = """if isinstance(student.get("total"), str):
        import os

        os.kill(os.getpid(), 9)
    """


def test_who_ends_the_graders_processes_is_met_once_and_everybody_else_is_graded(tmp_path: Path) -> None:
    course = assemble(tmp_path / "course", [])
    checks = course.checks / ASSIGNMENT / "test_target.py"
    checks.write_text(checks.read_text().replace(TOTAL, KILLER + TOTAL))
    notebook = course.assignment(ASSIGNMENT).only_notebook.notebook

    def submit(student: str, answers: dict[str, str]) -> None:
        folder = course.submitted / student / ASSIGNMENT
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FILE).write_bytes(hand_in(notebook, Answers(answers)))

    def graded(**how: Any) -> tuple[set[str], dict[str, str]]:
        """Who was graded, and who could not be graded for which reason."""
        assignment = Course.open(course.root).assignment(ASSIGNMENT)
        done = classroom.grade_class(course, assignment, classroom.Grading(jobs=2, **how))
        failed = {result.submission.student: result.error for result in done.failed}
        return {result.submission.student for result in done.results if result.report}, failed

    for number in range(4):
        submit(f"student_{number}", {})
    submit("eve", {"total": "total = 'x'"})
    others = {f"student_{number}" for number in range(4)} | {path.name for path in course.submitted.glob("honest_*")}
    assert graded() == (others, {"eve": DIED})
    again, failed = graded()
    assert again == set() and failed["eve"].startswith(f"{DIED}; it is left alone until")
    assert graded(students=["eve"]) == (set(), {"eve": DIED}), "by name it is tried again"
    submit("eve", {"total": "total = 385"})
    assert graded() == ({"eve"}, {})
    submit("eve", {"total": "total = 'x'"})
    assert graded()[1] == {"eve": DIED}
    checks.write_text(checks.read_text().replace("os.kill", "print"))
    assert graded() == (others | {"eve"}, {}), "and when the checks change"
