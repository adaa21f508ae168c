"""Submissions are answered as they arrive, as often and as fully as the course says; none is lost or answered twice."""

from __future__ import annotations

import datetime
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from nbgrader.utils import notebook_hash

from autograder.course.answers import Answers, hand_in
from autograder.course.course import Course
from autograder.course.notebooks import visible
from autograder.course.settings import Answer, OnSubmission
from autograder.errors import GraderError
from autograder.hub import arrivals, exchange
from autograder.hub.arrivals import ANSWERED, FAILED, USED_UP, Entry, due
from autograder.hub.exchange import Inbound
from autograder.recording import gradebook
from autograder.records import Level
from autograder.sandbox import levels, warm
from autograder.teaching import release
from tests.conftest import scratch_course

NAME = "tensor_drills"
NOON = datetime.datetime(2026, 11, 25, 12, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)
POLICY = OnSubmission(Answer.FULL, attempts=2, wait_minutes=10)

Submit = Callable[..., str]


def arrived(student: str, at: datetime.datetime, folder: str = "") -> Inbound:
    return Inbound(Path(folder or f"{student}+{NAME}+{at:%H%M}"), student, student, at)


def known(one: Inbound, outcome: str, at: datetime.datetime) -> Entry:
    return Entry(NAME, one.claimed, one.folder.name, one.changed.isoformat(), outcome, at.isoformat())


def test_the_newest_of_each_student_is_answered() -> None:
    old, new, other = arrived("ada", NOON), arrived("ada", NOON + MINUTE), arrived("bob", NOON)
    assert due([old, other, new], [], POLICY, NOON + MINUTE) == ([new, other], [])


def test_an_answered_submission_is_answered_again_only_when_it_changed() -> None:
    one = arrived("ada", NOON)
    record = [known(one, ANSWERED, NOON)]
    assert due([one], record, POLICY, NOON + 60 * MINUTE) == ([], [])
    changed = Inbound(one.folder, "ada", "ada", NOON + MINUTE)
    assert due([changed], record, POLICY, NOON + 60 * MINUTE) == ([changed], [])


def test_a_student_waits_between_two_answers_and_others_do_not() -> None:
    first, second, other = arrived("ada", NOON), arrived("ada", NOON + MINUTE), arrived("bob", NOON + MINUTE)
    record = [known(first, ANSWERED, NOON)]
    assert due([first, second, other], record, POLICY, NOON + 9 * MINUTE) == ([other], [])
    assert due([first, second], record, POLICY, NOON + 10 * MINUTE) == ([second], [])


def test_a_student_is_told_once_that_all_attempts_are_used_up() -> None:
    seen = [arrived("ada", NOON + k * 20 * MINUTE) for k in range(3)]
    record = [known(submission, ANSWERED, submission.changed) for submission in seen[:2]]
    assert due(seen, record, POLICY, NOON + 60 * MINUTE) == ([], [seen[2]])
    record.append(known(seen[2], USED_UP, NOON + 60 * MINUTE))
    assert due(seen, record, POLICY, NOON + 90 * MINUTE) == ([], [])


def test_a_failure_of_the_grader_is_no_attempt_and_is_retried_a_limited_number_of_times() -> None:
    one = arrived("ada", NOON)
    record = [known(one, FAILED, NOON)]
    assert due([one], record, POLICY, NOON) == ([], [])
    assert due([one], record, POLICY, NOON + arrivals.AGAIN) == ([one], [])
    assert due([one], record * arrivals.TRIES, POLICY, NOON + 60 * MINUTE) == ([], [])


def test_a_folder_that_is_refused_or_changes_at_every_look_waits_like_any_other() -> None:
    """Otherwise a student makes the service copy hundreds of megabytes every two seconds."""
    first, second = arrived("ada", NOON), arrived("ada", NOON + MINUTE)
    record = [known(first, arrivals.REFUSED, NOON)]
    assert due([first, second], record, POLICY, NOON + 9 * MINUTE) == ([], [])
    assert due([first, second], record, POLICY, NOON + 10 * MINUTE) == ([second], [])
    impatient = OnSubmission(Answer.FULL, attempts=2, wait_minutes=0)
    assert due([second], record, impatient, NOON + MINUTE / 2) == ([], [])
    assert due([second], record, impatient, NOON + MINUTE) == ([second], [])


@pytest.fixture(scope="module")
def drill_released(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course with the drill released, made once."""
    course = scratch_course(tmp_path_factory.mktemp("drill") / "course", None, NAME, "gradient_drills")
    release.generate(course, course.assignment(NAME))
    return course


@pytest.fixture
def hub(drill_released: Course, tmp_path: Path) -> tuple[Course, Submit]:
    """A copy of that course with an exchange where everybody is this account, and a way to hand in."""
    made = Course.open(shutil.copytree(drill_released.root, tmp_path / "course"))
    warm.use(levels.choose(Level.NONE), {}, 1)  # one for all answers of this file
    settings = f"\nc.Exchange.root = {str(tmp_path / 'exchange')!r}\nc.ExchangeCollect.check_owner = False\n"
    with open(made.root / "nbgrader_config.py", "a") as out:
        out.write(settings)
    course = Course.open(made.root)
    inbound = exchange.lay_out(tmp_path / "exchange", course.id, 0)
    (tmp_path / "exchange" / course.id / "outbound" / NAME).mkdir()
    notebook = course.assignment(NAME).only_notebook.notebook

    def submit(student: str, stamp: str, cells: dict[str, str]) -> str:
        folder = inbound / f"{student}+{NAME}+{stamp}"
        folder.mkdir()
        (folder / f"{NAME}.ipynb").write_bytes(hand_in(visible(notebook), Answers(cells)))
        (folder / "submission_secret.txt").write_text(f"secret of {student} {stamp}")
        return notebook_hash(secret=f"secret of {student} {stamp}", notebook_id=NAME) + ".html"

    return course, submit


def policy(course: Course, text: str) -> None:
    file = course.data / "assignments.toml"
    file.write_text(file.read_text() + f"\n[{NAME}.on_submission]\n{text}\n")


def reference(course: Course, *cells: str) -> dict[str, str]:
    solutions = course.assignment(NAME).only_notebook.notebook.solutions()
    sources = {cell.grade_id: cell.source for cell in solutions}
    return {name: sources[name] for name in cells or sources}


def test_nothing_is_touched_when_answers_are_off(hub: tuple[Course, Submit]) -> None:
    course, submit = hub
    submit("ada", "1", {})
    assert course.assignment(NAME).on_submission.answer is Answer.OFF
    assert arrivals.answer_arrivals(course, arrivals.now(), print) == 0
    assert not course.submitted.exists() and not (course.state / "arrivals.jsonl").exists()


def test_full_feedback_is_published_for_submissions_that_are_waiting(hub: tuple[Course, Submit]) -> None:
    course, submit = hub
    policy(course, f'answer = "{Answer.FULL}"\nattempts = 1\nwait_minutes = 0')
    pages = {"ada": submit("ada", "1", reference(course)), "bob": submit("bob", "1", {})}
    assert arrivals.answer_arrivals(course, arrivals.now(), print) == 2
    published = course.root.parent / "exchange" / course.id / "feedback"
    assignment = course.assignment(NAME)
    points, earned = assignment.points, sum(task.points for task in assignment.tasks if not task.manual)
    assert f'content="{earned:g} of {points:g}"' in (published / pages["ada"]).read_text()
    assert f'content="0 of {points:g}"' in (published / pages["bob"]).read_text()
    grades = gradebook.read(course, course.assignment(NAME), "ada")
    assert grades and grades.score == earned
    assert arrivals.answer_arrivals(course, arrivals.now(), print) == 0, "once is enough"
    last = submit("bob", "2", reference(course))
    assert arrivals.answer_arrivals(course, arrivals.now(), print) == 1
    assert "this was the last" in (published / last).read_text()
    grades = gradebook.read(course, course.assignment(NAME), "bob")
    assert grades and grades.score == 0, "it waits for the class to be graded"
    told = json.loads((published.parent / "course.json").read_text())[NAME]
    assert told["points"] == points and told["rule"] == course.assignment(NAME).on_submission.rule


def test_the_visible_part_says_what_passes_and_gives_no_hidden_check_away(hub: tuple[Course, Submit]) -> None:
    course, submit = hub
    policy(course, f'answer = "{Answer.VISIBLE}"')
    first = next(iter(reference(course)))
    page = submit("ada", "1", reference(course, first))
    assert arrivals.answer_arrivals(course, arrivals.now(), print) == 1
    text = (course.root.parent / "exchange" / course.id / "feedback" / page).read_text()
    tests = sum(not task.manual for task in course.assignment(NAME).tasks)
    assert f"1 of {tests} visible tests pass" in text and "not attempted" in text
    assert gradebook.read(course, course.assignment(NAME), "ada") is None, "nothing is graded"


def test_a_submission_that_is_no_notebook_is_answered_too(hub: tuple[Course, Submit]) -> None:
    course, submit = hub
    policy(course, f'answer = "{Answer.VISIBLE}"')
    page = submit("ada", "1", {})
    file = course.root.parent / "exchange" / course.id / "inbound" / f"ada+{NAME}+1" / f"{NAME}.ipynb"
    file.write_text("<html>")
    assert arrivals.answer_arrivals(course, arrivals.now(), print) == 1
    assert "not valid JSON" in (course.root.parent / "exchange" / course.id / "feedback" / page).read_text()


def test_a_second_service_for_the_same_course_is_refused(course: Course) -> None:
    with arrivals.alone(course), pytest.raises(GraderError, match="by another process already"), arrivals.alone(course):
        pass


def test_a_refused_submission_or_a_failing_assignment_leaves_the_others_answered(hub: tuple[Course, Submit]) -> None:
    course, submit = hub
    policy(course, f'answer = "{Answer.FULL}"')
    page = submit("ada", "1", reference(course))
    submit("bob", "1", {})
    inbound = course.root.parent / "exchange" / course.id / "inbound"
    for number in range(exchange.MOST_FILES + 1):
        (inbound / f"bob+{NAME}+1" / f"{number}.txt").write_text("")
    (inbound.parent / "outbound" / "gradient_drills").mkdir()  # before it in the alphabet, and in no gradebook
    (inbound / "cyd+gradient_drills+1").mkdir()
    with open(course.data / "assignments.toml", "a") as out:
        out.write('\n[gradient_drills.on_submission]\nanswer = "full"\n')
    said: list[str] = []
    arrivals.answer_arrivals(course, arrivals.now(), said.append)
    assert (inbound.parent / "feedback" / page).is_file()
    assert any(line.startswith("gradient_drills: nothing can be answered") for line in said), said
    outcomes = {entry.student: entry.outcome for entry in arrivals.entries(course, course.assignment(NAME))}
    assert outcomes == {"ada": ANSWERED, "bob": arrivals.REFUSED}


def test_an_assignment_that_is_not_released_is_neither_answered_nor_announced(hub: tuple[Course, Submit]) -> None:
    course, submit = hub
    policy(course, f'answer = "{Answer.VISIBLE}"')
    submit("ada", "1", {})
    folder = course.root.parent / "exchange" / course.id
    (folder / "outbound" / NAME).rmdir()
    assert arrivals.answer_arrivals(course, arrivals.now(), print) == 0
    exchange.announce(folder, course.root)
    assert json.loads((folder / "course.json").read_text()) == {}


def test_a_line_that_a_crash_cut_off_leaves_the_other_lines_readable(drill_released: Course) -> None:
    course = drill_released
    course.state.mkdir(exist_ok=True)
    (course.state / "arrivals.jsonl").write_text('{"assignment": "tensor_dr')
    line = known(arrived("ada", NOON), ANSWERED, NOON)
    arrivals.note(course, line)
    assert arrivals.entries(course, course.assignment(NAME)) == [line]
    (course.state / "arrivals.jsonl").unlink()
