"""Proofs of checks: untrue headers, surviving mutants, cheap points and checks that raise are found and named."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course import scaffold
from autograder.course.course import Course
from autograder.course.notebooks import Cell, Notebook
from autograder.errors import CourseError
from autograder.grading.replies import Recording
from autograder.records import CellRun, CellStatus, Check
from autograder.teaching import cheap_answers, dependencies
from autograder.teaching.mutants import mutants, spread
from autograder.teaching.proof import Judged
from autograder.teaching.proving import prove
from autograder.wire import encode
from tests.conftest import FakeKernel, FakeKernels


def code(grade_id: str, source: str, **fields: bool) -> Cell:
    return Cell("code", source, grade_id, solution=bool(grade_id) and not fields, **fields)


def recording(cell: str, *names: str) -> Recording:
    made = Recording("n", Check(cell, f"test_{cell}", "title", 1), CellRun(CellStatus.OK), b"")
    made.exchanges += [(encode({"ask": "get", "name": name}), b"") for name in names]
    return made


def test_an_answer_reaches_the_tasks_whose_cells_or_checks_use_its_names() -> None:
    cells = (
        code("a", "def f(x):\n    inner = x\n    return inner"),
        code("", "given = f(1)"),
        code("b", "result = given + 1"),
        code("c", "inner = 5"),
        code("d", "print('no names')"),
    )
    found = dependencies.find(Notebook("n", cells), [recording("a", "f"), recording("d", "inner")])
    assert found.of(["a"]) == {"a", "b"}, "a local name is no name of the notebook"
    assert found.of(["c"]) == {"c", "d"}, "the check of d asks for inner"
    assert found.of(["b", "d"]) == {"b", "d"}
    assert found.of(["unknown"]) == {"unknown"}


def test_things_that_share_a_name_are_in_different_groups() -> None:
    groups = dependencies.pack({"one": ["a", "b"], "two": ["b"], "three": ["c"]})
    assert groups == [["one", "three"], ["two"]]


@pytest.mark.parametrize(
    ("source", "trains"),
    [("model.fit(x, y, epochs=3)", True), ("LogisticRegression().fit(x, y)", False), ("fit(epochs=2)", False)],
)
def test_a_cell_trains_when_it_fits_for_epochs(source: str, trains: bool) -> None:
    assert dependencies.trains(code("a", source)) is trains


def test_the_cheapest_answers_keep_names_and_arguments() -> None:
    cell = code("a", "import numpy as np\n\ndef f(x, *, rate=0.1):\n    return x\n\nu, v = f(1), 2\n")
    answer = cheap_answers.constant(cell, "{first}")
    assert answer == "import numpy as np\n\ndef f(x, *, rate=0.1):\n    return x\n\nu = 0.0\n\nv = 0.0"
    strategies = cheap_answers.strategies(Notebook("n", (code("a", "### BEGIN SOLUTION\nx = 1\n### END SOLUTION"),)))
    assert strategies["an empty cell"] == {"a": ""} and "NotImplementedError" in strategies["the stub"]["a"]
    assert strategies["one"]["a"] == "x = 1"


def test_only_what_stands_between_the_marks_is_changed() -> None:
    marked = "rate = 2\n### BEGIN SOLUTION\ny = rate * 3\n### END SOLUTION"
    assert [mutant.source for mutant in mutants("a", marked)] == [
        "rate = 2\npass",
        "rate = 2\ny = rate / 3",
        "rate = 2\ny = rate * 6",
    ]
    assert spread([1, 2, 3, 4, 5, 6], 3) == [1, 3, 5] and spread([1, 2], 9) == [1, 2] and spread([1], 0) == []


@pytest.fixture
def small(tmp_path: Path) -> Course:
    """A course with one assignment of one task, as `autograder new` makes it."""
    scaffold.create_course(tmp_path / "course")
    course = Course.open(tmp_path / "course")
    scaffold.create(course, "small")
    return course


@pytest.mark.kernel
def test_a_proof_finds_what_is_wrong_with_answers_and_checks(small: Course) -> None:
    proof = prove(small, small.assignment("small"), jobs=1)
    assert proof.holds, (proof.untrue, proof.trial.crashes, proof.never_failed, proof.unexplained)
    assert proof.mutants >= 3 and proof.killed == 1 and len(proof.answers) >= 2 and proof.trial.count > 100
    assert set(proof.cheap.values()) == {0.0} and len(proof.cheap) == len(cheap_answers.CONSTANTS) + 2

    wrong = small.answers / "small" / "wrong"
    (wrong / "not_wrong.py").write_text(
        "# why: it is right\n# fails: test_mean_square\n\n# %% mean_square\n"
        "def mean_square(x):\n    return sum(float(v) ** 2 for v in x) / len(x)\n"
    )
    (checks,) = (small.checks / "small").glob("test_*.py")
    line = "expected = np.asarray((x.astype(float)"
    checks.write_text(checks.read_text().replace(line, f"round(float(result.ravel()[0]))\n    {line}"))
    proof = prove(small, small.assignment("small"), jobs=1)
    assert not proof.holds
    assert {judged.file.name: judged.difference for judged in proof.untrue} == {
        "not_wrong.py": "test_mean_square passes",
    }
    assert any("NaN" in str(crash) and "ValueError" in str(crash) for crash in proof.trial.crashes)


@pytest.mark.parametrize(
    ("kind", "failed", "flagged", "difference"),
    [
        ("wrong", "own", "", ""),
        ("wrong", "own later", "", ""),
        ("wrong", "own earlier", "", "earlier fails: seen"),
        ("wrong", "later", "", "own passes"),
        ("wrong", "own", "c_later", ""),
        ("wrong", "own", "c_own", "the flags are ['c_own']"),
        ("right", "own later", "", "later fails: seen"),
    ],
)
def test_what_a_wrong_answer_spoils_behind_itself_need_not_stand_in_its_header(
    kind: str, failed: str, flagged: str, difference: str
) -> None:
    judged = Judged(
        Path(kind) / "answer.py",
        fails=frozenset({"own"}),
        flags=frozenset(),
        failed=dict.fromkeys(failed.split(), "seen"),
        flagged=frozenset(flagged.split()),
        later=frozenset({"later", "c_later"}),
    )
    assert judged.difference == difference and judged.is_as_said == (not difference)


def test_a_file_that_is_no_answer_of_the_assignment_is_refused(small: Course, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"there is no answers file .*elsewhere\.py"):
        prove(small, small.assignment("small"), files=[tmp_path / "elsewhere.py"], most=0, jobs=1)


def test_a_reference_that_fails_is_named(small: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.teaching.proving.kernels_of", lambda *given: FakeKernels(lambda: FakeKernel(None)))
    with pytest.raises(CourseError, match="the reference solution of small fails test_mean_square, test_whole_numbers"):
        prove(small, small.assignment("small"))
