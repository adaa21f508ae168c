"""One pytest session per notebook: declared checks run in the order of the cells, and a broken check is our fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.checking.plugin import declared_checks, run_checks
from autograder.checking.student import Student
from autograder.errors import GraderError, KernelDied
from autograder.messages import NOT_JUDGED
from autograder.records import CellRun, CellStatus, Check
from tests.conftest import FakeKernel

HEAD = "from autograder.checking import check, expect\n"
GOOD = (
    HEAD
    + """
@check(cell="b", points=1, title="second")
def test_second(student, rng):
    expect.that(student.get("x") == 2, "x is not two", hint="add one")

@check(cell="a", points=2, title="first")
def test_first(student, rng):
    expect.that(student.get("x") == 1, "x is not one")

@check(cell="b", points=1, title="assertion")
def test_assertion(student, rng):
    assert student.get("x") == 3, "the expected value is 3"
"""
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "test_checks.py").write_text(GOOD)
    return tmp_path


class Reach:
    """Remembers in which order the cells were reached."""

    def __init__(self, value: object = 1) -> None:
        self.cells: list[str] = []
        self.value = value

    def __call__(self, declared: Check) -> Student:
        self.cells.append(declared.cell)
        return Student(FakeKernel(self.value).ask, CellRun(CellStatus.OK), lambda name: pytest.fail("no data here"))


def test_checks_run_in_the_order_of_the_cells_and_the_work_is_reached_before_each(folder: Path) -> None:
    reach = Reach()
    results = run_checks(folder, ["a", "b"], reach, b"seed")
    assert reach.cells == ["a", "b", "b"], "before each check"
    assert [(result.check.name, result.passed) for result in results] == [
        ("test_first", True),
        ("test_second", False),
        ("test_assertion", False),
    ]


def test_a_failed_check_says_what_its_author_wrote_and_an_assertion_is_for_staff(folder: Path) -> None:
    by_name = {result.check.name: result for result in run_checks(folder, ["a", "b"], Reach(), b"seed")}
    assert (by_name["test_second"].message, by_name["test_second"].hint) == ("x is not two", "add one")
    assert (
        "3" not in by_name["test_assertion"].message and "the expected value is 3" in by_name["test_assertion"].detail
    )


def test_declared_checks_are_listed_without_running(folder: Path) -> None:
    assert [
        (declared.name, declared.cell, declared.points, declared.title) for declared in declared_checks(folder)
    ] == [
        ("test_second", "b", 1, "second"),
        ("test_first", "a", 2, "first"),
        ("test_assertion", "b", 1, "assertion"),
    ]


def test_random_inputs_depend_on_the_seed_and_the_check_alone(tmp_path: Path) -> None:
    (tmp_path / "test_random.py").write_text(
        HEAD + "@check(cell='a', points=1, title='t')\n"
        "def test_r(student, rng):\n    expect.fail(str(rng.integers(10**9)))\n"
        "@check(cell='a', points=1, title='t')\n"
        "def test_s(student, rng):\n    expect.fail(str(rng.integers(10**9)))\n"
    )
    one, again, other = (
        [result.message for result in run_checks(tmp_path, ["a"], Reach(), seed)] for seed in (b"1", b"1", b"2")
    )
    assert one == again and one != other and one[0] != one[1]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("def test_x(student):\n    pass\n", "has no @check"),
        ("import no_such_module\n", "no_such_module"),
        ("@check(cell='zz', points=1, title='t')\ndef test_x(student):\n    pass\n", "the cell zz"),
        ("@check(cell='a', points=1, title='t')\ndef test_x(students):\n    pass\n", "students"),
        (
            "@check(cell='a', points=1, title='t')\ndef test_x(student):\n    import sys; sys.exit(3)\n",
            "could not be run|SystemExit",
        ),
    ],
    ids=["undeclared", "import", "unknown cell", "unknown fixture", "exits"],
)
def test_a_broken_check_is_our_fault_and_never_a_zero(tmp_path: Path, code: str, reason: str) -> None:
    (tmp_path / "test_broken.py").write_text(HEAD + code)
    with pytest.raises(GraderError, match=reason):
        run_checks(tmp_path, ["a"], Reach(), b"")


def test_a_check_that_raises_gives_no_verdict_and_the_others_do(tmp_path: Path) -> None:
    (tmp_path / "test_mixed.py").write_text(
        HEAD + "@check(cell='a', points=1, title='t')\ndef test_x(student, rng):\n    {}['k']\n"
        "@check(cell='a', points=1, title='t')\ndef test_y(student, rng):\n    expect.that(True, '')\n"
    )
    one, two = run_checks(tmp_path, ["a"], Reach(), b"")
    assert (one.passed, one.judged, one.code) == (False, False, NOT_JUDGED.code)
    assert one.detail == "test_x raised KeyError: 'k' at test_mixed.py:" + one.detail.rsplit(":", 1)[1]
    assert two.passed and two.judged


def test_a_folder_without_checks_is_our_fault(tmp_path: Path) -> None:
    with pytest.raises(GraderError, match="has no checks"):
        declared_checks(tmp_path)


def test_a_conftest_beside_the_checks_is_not_read(folder: Path) -> None:
    (folder / "conftest.py").write_text("raise SystemExit('must not be imported')\n")
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    assert len(run_checks(folder, ["a", "b"], Reach(), b"")) == 3


def test_a_dead_kernel_fails_its_checks_only(folder: Path) -> None:
    def reach(declared: Check) -> Student:
        def dead(question: bytes) -> bytes:
            raise KernelDied("your program ended the Python process")

        return Student(
            dead if declared.cell == "a" else FakeKernel(2).ask, CellRun(CellStatus.OK), lambda name: pytest.fail("")
        )

    by_name = {result.check.name: result for result in run_checks(folder, ["a", "b"], reach, b"")}
    assert not by_name["test_first"].passed and by_name["test_first"].message == "your program ended the Python process"
    assert by_name["test_second"].passed
