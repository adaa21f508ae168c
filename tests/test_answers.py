"""The checks are proved: right answers pass, wrong ones fail what they name, mutants lose points, nothing is free."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from autograder.course.answers import read_answers
from autograder.course.course import Course
from autograder.teaching.proof import KILLED, Proof
from autograder.teaching.proving import MUTANTS, prove
from tests.conftest import ANSWERS, fix_secret, scratch_course

FILES = sorted(ANSWERS.glob("*/*/*.py"))
ASSIGNMENTS = sorted(folder.name for folder in ANSWERS.iterdir())
# where an answer takes seconds, because it trains, works on all images, or is run again
TRAIN = ["exercise_2_playground", "exercise_3_fashion", "mnist_digits", "training_drills"]
LONG = ["exercise_1_grayscale", "network_drills", *TRAIN]
# there are many: `make test` tries some of them for each check, the matrix all
MANY = ["gradient_drills", "operation_drills", "optimizer_drills", "tensor_drills"]
PROOF_SECONDS = 3600
FREE = 0.03  # the share of the points that a constant or noise may earn: where a number is asked for, one may fit


@pytest.fixture
def course(tmp_path: Path, standin_store: Path) -> Course:
    """A scratch course in which the same rows are withheld each time: what a training measures stays as it is."""
    made = scratch_course(tmp_path / "course", standin_store)
    fix_secret(made)
    return made


def expect_proof(proof: Proof) -> None:
    """Fail unless everything that was tried went as the course says."""
    assert [f"{judged.file.name}: {judged.difference}" for judged in proof.untrue] == []
    assert [str(crash) for crash in proof.trial.crashes] == []
    if proof.mutants >= 40:  # of fewer, one is more than the share
        assert proof.killed >= KILLED, [mutant.name for mutant in proof.unexplained]
    points = sum(task.points for task in proof.assignment.tasks if not task.manual)
    free = {name: earned for name, earned in proof.cheap.items() if earned}
    assert not {"an empty cell", "the stub", "None"} & set(free), free
    assert max(free.values(), default=0) <= FREE * points, free
    assert proof.never_failed == []


def cover(course: Course, name: str) -> list[Path]:
    """Answers of an assignment with which each check has one that passes it and one that fails it."""
    data = {origin for _, origin in course.assignment(name).data}
    every = sorted((course.answers / name).glob("*/*.py"))
    files = [file for file in every if read_answers(file).data in ("", *data)]
    chosen = [file for file in files if file.parent.name == "right"][:1]
    fails = {file: set(read_answers(file).fails) for file in files if file.parent.name == "wrong"}
    left = {check for checks in fails.values() for check in checks}
    while left:  # the answer that fails the most checks that none fails yet
        best = max(sorted(fails), key=lambda file: len(fails[file] & left))
        chosen.append(best)
        left -= fails[best]
    return chosen


@pytest.mark.kernel
@pytest.mark.timeout(PROOF_SECONDS)
@pytest.mark.parametrize("name", [name for name in ASSIGNMENTS if name not in TRAIN])
def test_answers_that_do_not_train_get_their_verdicts(name: str, course: Course) -> None:
    files = cover(course, name) if name in LONG + MANY else None
    proof = prove(course, course.assignment(name), files=files, most=0, replies=False, jobs=1)
    assert proof.answers and proof.left_out == []
    expect_proof(proof)


@pytest.mark.kernel
@pytest.mark.matrix
@pytest.mark.timeout(PROOF_SECONDS)
@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_answers_that_train_get_their_verdicts_and_no_reply_makes_a_check_raise(name: str, course: Course) -> None:
    files = cover(course, name) if name in TRAIN else []
    files += sorted((course.answers / name).glob("*/*.py")) if name in MANY else []
    most = 0 if name in LONG else MUTANTS
    proof = prove(course, course.assignment(name), trainings=True, files=files, most=most, of_trainings=0, jobs=1)
    assert {judged.file for judged in proof.answers} == set(files) and proof.trial.count > 1000
    expect_proof(proof)


@pytest.mark.kernel
@pytest.mark.exhaustive
@pytest.mark.timeout(10 * PROOF_SECONDS)
@pytest.mark.parametrize("name", LONG)
def test_checks_are_proved_by_all_answers_and_mutants(name: str, course: Course) -> None:
    expect_proof(prove(course, course.assignment(name), trainings=True, jobs=1))


def test_there_are_enough_answers_in_enough_styles() -> None:
    assert len(list((ANSWERS / "exercise_1_grayscale" / "right").glob("*.py"))) >= 12
    assert len(list((ANSWERS / "exercise_1_grayscale" / "wrong").glob("*.py"))) >= 20


@pytest.mark.parametrize("assignment", [name for name in ASSIGNMENTS if name.endswith("_drills")])
def test_every_task_of_a_drill_has_two_right_and_two_wrong_answers(assignment: str, drawn: Course) -> None:
    parts = [task for task in drawn.assignment(assignment).tasks if not task.manual]
    for kind in ("right", "wrong"):
        cells = Counter(
            cell for file in (ANSWERS / assignment / kind).glob("*.py") for cell in read_answers(file).cells
        )
        assert {task.cell: cells[task.cell] for task in parts if cells[task.cell] < 2} == {}


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_check_has_a_wrong_answer_that_fails_it(assignment: str, drawn: Course) -> None:
    named = {name for file in (ANSWERS / assignment).glob("*/*.py") for name in read_answers(file).fails}
    assert named == {check.name for check in drawn.assignment(assignment).checks.declared}


def test_every_file_says_why() -> None:
    assert [file.name for file in FILES if not read_answers(file).why] == []
