"""Hostile submissions get their verdicts, at both levels, as root and as an ordinary account, beside honest ones."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from autograder.course.course import Course
from autograder.recording import gradebook
from autograder.records import Level
from autograder.sandbox import levels
from autograder.sandbox.levels.walls import DROP_ROOT, python_folders
from tests.conftest import ROOT
from tests.hostile.class_of import ASSIGNMENT, CASES, FULL, HONEST, assemble, expected, student_of

ORDINARY = 61_234  # an account that owns nothing but the course folder
# attacks on processes, files, limits and the network; the other groups are about what stands in a notebook
BY_ACCOUNT = [case for case in CASES if case.name[0] in "ABCEFG"]
# each level and each account once; the other two combinations are part of the matrix, which tries all at each level
WAYS = [
    pytest.param(("ordinary", Level.NAMESPACES, CASES), id="namespaces-ordinary"),
    pytest.param(("root", Level.LANDLOCK, BY_ACCOUNT), id="landlock-root"),
    pytest.param(("root", Level.NAMESPACES, BY_ACCOUNT), id="namespaces-root", marks=pytest.mark.matrix),
    pytest.param(("ordinary", Level.LANDLOCK, CASES), id="landlock-ordinary", marks=pytest.mark.matrix),
]
GRADE_SECONDS = 900
MOST_OF_A_PAGE, MOST_OF_A_LINE = 3_000_000, 3_000  # characters


@dataclass(frozen=True)
class Class:
    """A graded class: where its course is, who graded it and at which level."""

    course: Course
    account: str
    level: Level
    cases: tuple[Path, ...]

    def report(self, student: str) -> dict[str, Any]:
        """The staff report of a student."""
        tree: dict[str, Any] = json.loads((self.course.reports / ASSIGNMENT / f"{student}.json").read_text())
        return tree

    def points(self, student: str) -> dict[str, float]:
        """Points by task, as the gradebook has them."""
        grades = gradebook.read(self.course, self.course.assignment(ASSIGNMENT), student)
        assert grades
        cells = [grade for grade in grades.cells if grade.cell != "essay" and grade.points]
        return {grade.cell.removeprefix("test_"): grade.score for grade in cells}

    def page(self, student: str) -> str:
        """The feedback page of a student."""
        return (self.course.feedback / student / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text()


def graded(account: str, level: Level, cases: Sequence[Path]) -> Class:
    """Grade these cases and the honest students as this account at this level, in a folder that the account owns."""
    root = Path(tempfile.mkdtemp(prefix="hostile-"))
    root.chmod(0o755)
    course = assemble(root / "course", cases)
    command = [sys.executable, "-m", "tests.hostile.grade", str(course.root), level]
    own = {"HOME": str(root), "TMPDIR": str(root / "tmp"), "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    (root / "tmp").mkdir()
    if account == "ordinary" and os.geteuid() == 0:
        for path in [root, *root.rglob("*")]:
            os.chown(path, ORDINARY, ORDINARY, follow_symlinks=False)
        visible = [*map(str, python_folders()), str(ROOT), str(root)]
        command = [sys.executable, "-I", str(DROP_ROOT), str(ORDINARY), str(ORDINARY), *visible, "--", *command]
    done = subprocess.run(
        command, cwd=ROOT, env=own, capture_output=True, text=True, timeout=GRADE_SECONDS, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    left = sorted(path.name for path in (root / "tmp").iterdir())
    assert left == [], "files were left under the temporary folder"
    return Class(course, account, level, tuple(cases))


def why_not(account: str, level: Level) -> str:
    """Why this machine cannot grade in this way."""
    if account == "root" and os.geteuid() != 0:
        return "as root: these tests do not run as root"
    reason = levels.why_not(level)
    return f"isolation level {level}: {reason}" if reason else ""


@pytest.fixture(scope="module", params=WAYS)
def hostile(request: pytest.FixtureRequest) -> Iterator[Class]:
    """The whole class, graded in one run."""
    account, level, cases = request.param
    if reason := why_not(account, level):
        pytest.skip(reason)
    made = graded(account, level, cases)
    yield made
    shutil.rmtree(made.course.root.parent)


@pytest.fixture(scope="module")
def by_themselves() -> Iterator[dict[str, Class]]:
    """The honest students alone, by the level at which they were graded."""
    made: dict[str, Class] = {}
    yield made
    for graded_class in made.values():
        shutil.rmtree(graded_class.course.root.parent)


@pytest.fixture(scope="module")
def alone(hostile: Class, by_themselves: dict[str, Class]) -> Class:
    """The honest students alone, graded at the same level."""
    if hostile.level not in by_themselves:
        by_themselves[hostile.level] = graded(hostile.account, hostile.level, [])
    return by_themselves[hostile.level]


@pytest.mark.kernel
def test_hostile_submissions_get_their_verdicts(hostile: Class, subtests: pytest.Subtests) -> None:
    for case in hostile.cases:
        with subtests.test(case.name):
            verdict_of(case, hostile)


def verdict_of(case: Path, hostile: Class) -> None:
    """Compare one case with what its expected.toml says."""
    wanted, student = expected(case), student_of(case)
    report, page = hostile.report(student), hostile.page(student)
    points = {name: value for name, value in hostile.points(student).items() if name not in wanted.anything}
    assert points == {name: wanted.points.get(name, full) for name, full in FULL.items() if name not in wanted.anything}
    assert report["isolation"] == hostile.level
    (notebook,) = report["notebooks"]
    states = {task["task"]["cell"]: task["status"] for task in notebook["tasks"]}
    assert {name: states[name] for name in wanted.status} == wanted.status
    checks = [check for task in notebook["tasks"] for check in task["checks"]]
    told = notebook["notes"] + [task["error"] for task in notebook["tasks"]] + [check["message"] for check in checks]
    known = told + notebook["staff_notes"] + [check["detail"] for check in checks]
    known += [text for task in notebook["tasks"] for text in task["unusual"]]
    for text in wanted.student:
        assert any(text in line for line in told), told
    for text in wanted.staff:
        assert any(text in line for line in known), known
    for text in wanted.page_lacks:
        assert text not in page
    assert len(page) < MOST_OF_A_PAGE and max(map(len, known), default=0) < MOST_OF_A_LINE
    reader = Reader()
    reader.feed(page)
    assert reader.found == []


class Reader(HTMLParser):
    """Collects what a browser would run, or fetch from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element of the page."""
        if tag in ("script", "iframe", "object", "embed", "form", "input", "link", "base", "frame"):
            self.found.append(tag)
        for name, value in attrs:
            address = "".join((value or "").split()).lower()
            if name.startswith("on") or (tag, name, address) == ("meta", "http-equiv", "refresh"):
                self.found.append(f"{tag} {name}")
            if name in ("href", "src", "xlink:href", "action", "data") and address.startswith(
                ("javascript:", "data:text", "vbscript:")
            ):
                self.found.append(f"{tag} {name}={value}")
            if name in ("src", "srcset", "poster", "background") and not address.startswith(("data:image/", "#")):
                self.found.append(f"{tag} {name}={value}")


@pytest.mark.kernel
def test_honest_students_get_the_same_grades_as_in_a_class_without_hostile_ones(hostile: Class, alone: Class) -> None:
    for student in HONEST:
        among, by_themselves = hostile.report(student), alone.report(student)
        assert essence(among) == essence(by_themselves)
        assert hostile.points(student) == alone.points(student)
        assert hostile.page(student) == alone.page(student)
    assert hostile.points("honest_mistake") == {"double": 2.0, "total": 0.0, "classify": 3.0}
    assert all(hostile.points(student) == FULL for student in HONEST if student != "honest_mistake")


def essence(report: dict[str, Any]) -> dict[str, Any]:
    """A report without what differs from run to run: times, and inputs drawn from the course's own secret."""
    (notebook,) = report["notebooks"]
    tasks = [
        {**task, "checks": [{**check, "seconds": 0, "detail": ""} for check in task["checks"]]}
        for task in notebook["tasks"]
    ]
    return {**report, "key": "", "notebooks": [{**notebook, "seconds": [], "tasks": tasks}]}


def test_the_corpus_covers_every_group() -> None:
    groups = Counter(case.name[0] for case in CASES)
    assert len(CASES) >= 70 and all(groups[letter] >= 4 for letter in "ABCDEFGHIJ"), groups
    assert [case.name for case in CASES if not expected(case).why] == []
