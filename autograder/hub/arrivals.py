"""Answers submissions as they arrive: a service that looks into the exchange, grades what is new and publishes its page.

What is new, and what has been answered, is told by the exchange and by `course_data/state/arrivals.jsonl` alone: what
comes while the service does not run is answered when it does again.
"""

from __future__ import annotations

import datetime
import fcntl
import json
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import jinja2

from autograder.course.assignment import Assignment
from autograder.course.course import Course
from autograder.course.settings import Answer, OnSubmission
from autograder.errors import BadSubmission, GraderError
from autograder.grading.visible import VisibleResult, run_visible
from autograder.hub.exchange import TIMESTAMP, Inbound, inbound
from autograder.hub.verbs import exchange, nbgrader_config
from autograder.recording import graded
from autograder.teaching import classroom

POLL_SECONDS = 2.0
ANSWERED, USED_UP, REFUSED, FAILED = "answered", "used up", "refused", "failed"
AGAIN = datetime.timedelta(minutes=1)  # after a failure of ours
TRIES = 3
Say = Callable[[str], None]
Pages = Mapping[str, str]  # HTML by notebook


@dataclass(frozen=True)
class Entry:
    """One line of the record: a submission, by its folder and the time of its last change, and what became of it."""

    assignment: str
    student: str
    folder: str
    changed: str
    outcome: str
    when: str

    @property
    def name(self) -> tuple[str, str]:
        """What tells submissions apart."""
        return self.folder, self.changed

    @property
    def time(self) -> datetime.datetime:
        """When it was written."""
        return datetime.datetime.fromisoformat(self.when)


def serve(course: Course, say: Say) -> None:
    """Look and answer until SIGTERM or Ctrl-C; GraderError when another such service runs for this course."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with alone(course):
        while True:
            try:
                answer_arrivals(course, now(), say)
            except (
                Exception
            ) as error:  # a configuration that is being edited, for instance: the next look may find it whole
                say(f"{type(error).__name__}: {error}")
            if stop.wait(POLL_SECONDS):
                return


def answer_arrivals(course: Course, time: datetime.datetime, say: Say) -> int:
    """Answer everything that waits in the exchange and may be answered at this time (UTC); how many submissions that were.

    What goes wrong with one assignment, or one submission, is said and costs no other one its answer.
    """
    config = nbgrader_config(course)
    exchange_folder = Path(config.Exchange.get("root", "/srv/nbgrader/exchange")) / course.id
    owned = config.ExchangeCollect.get("check_owner", True)
    count = 0
    for name in course.assignments():
        try:
            policy = course.settings().of(name).on_submission
            if policy.answer is Answer.OFF or not (exchange_folder / "outbound" / name).is_dir():
                continue
            assignment = course.assignment(name)
            arrived = inbound(exchange_folder / "inbound", name)
            own = [one for one in arrived if not owned or one.owner == one.claimed]
            answered, used_up = due(own, entries(course, assignment), assignment.on_submission, time)
            last = f"You have had an answer {policy.attempts} times, and this was the last."
            for one in used_up:
                exchange(course, "collect", assignment, one.claimed)
                tell(course, assignment, one, partial(notice, assignment, one.claimed, last), USED_UP, say)
            answer(course, assignment, answered, say)
            count += len(answered) + len(used_up)
        except Exception as error:  # ours, or the instructor's; the other assignments go on
            say(f"{name}: nothing can be answered: {type(error).__name__}: {error}")
    return count


def due(
    arrived: Sequence[Inbound], known: Sequence[Entry], policy: OnSubmission, time: datetime.datetime
) -> tuple[list[Inbound], list[Inbound]]:
    """Which submissions are answered now, and which are told that there are no more answers: the newest of each student.

    One that comes before the waiting time is over stays where it is, and is due later if nothing newer has come.
    """
    answered, used_up = [], []
    for newest in {one.claimed: one for one in arrived}.values():  # in order of time: the newest stays
        theirs = [entry for entry in known if entry.student == newest.claimed]
        same = [entry for entry in theirs if entry.name == name_of(newest)]
        failures = [entry for entry in same if entry.outcome == FAILED]
        if len(same) > len(failures) or len(failures) >= TRIES:
            continue
        before = [entry for entry in theirs if entry.outcome == ANSWERED]
        if len(before) >= policy.attempts:
            # once: more would be as good as an answer to each
            if not any(entry.outcome == USED_UP for entry in theirs):
                used_up.append(newest)
            continue
        earliest = [entry.time + datetime.timedelta(minutes=policy.wait_minutes) for entry in before]
        earliest += [entry.time + AGAIN for entry in failures]
        if time >= max(earliest, default=time):
            answered.append(newest)
    return answered, used_up


def answer(course: Course, assignment: Assignment, arrived: Sequence[Inbound], say: Say) -> None:
    """Collect, grade and tell; a submission that we cannot grade is tried again later."""
    collected = []
    for one in arrived:
        try:
            exchange(course, "collect", assignment, one.claimed)
            if is_collected(course, assignment, one):
                collected.append(one)
            else:  # `course_data/state/refused.log` says why
                note(course, entry(assignment, one, REFUSED))
        except Exception as error:
            failed(course, assignment, one, error, say)
    problems: dict[str, str] = {}
    if assignment.on_submission.answer is Answer.FULL and collected:
        how = classroom.Grading(students=[one.claimed for one in collected])
        result = classroom.grade_class(course, assignment, how)
        problems = {failure.submission.student: failure.error for failure in result.failed}
    for one in collected:
        pages = partial(pages_of, course, assignment, one.claimed, problems.get(one.claimed, ""))
        tell(course, assignment, one, pages, ANSWERED, say)


def is_collected(course: Course, assignment: Assignment, arrived: Inbound) -> bool:
    """Return whether this very submission is the one in submitted/."""
    file = course.submitted / arrived.claimed / assignment.name / TIMESTAMP
    return file.is_file() and file.read_text(errors="replace").strip() == arrived.stamp


def pages_of(course: Course, assignment: Assignment, student: str, problem: str) -> Pages:
    """Return the pages for a student by notebook; raises GraderError when grading failed."""
    if problem:
        raise GraderError(problem)
    if assignment.on_submission.answer is not Answer.FULL:
        return visible_pages(course, assignment, student)
    written = classroom.write_feedback(course, assignment, student)
    return {page.stem: page.read_text(encoding="utf-8") for page in written}


def tell(
    course: Course, assignment: Assignment, arrived: Inbound, pages: Callable[[], Pages], outcome: str, say: Say
) -> None:
    """Put pages where their student finds them, and note that; what fails is noted too."""
    try:
        for name, page in pages().items():
            file = course.feedback / arrived.claimed / assignment.name / f"{name}.html"
            graded.write_atomically(file, page)
        exchange(course, "publish", assignment, arrived.claimed)
    except Exception as error:
        failed(course, assignment, arrived, error, say)
        return
    note(course, entry(assignment, arrived, outcome))
    say(f"{assignment.name}: {arrived.claimed} has an answer ({outcome})")


def failed(course: Course, assignment: Assignment, arrived: Inbound, error: Exception, say: Say) -> None:
    """Note that there was no answer, and why."""
    say(f"{assignment.name}: {arrived.claimed} could not be answered: {type(error).__name__}: {error}")
    note(course, entry(assignment, arrived, FAILED))


def visible_pages(course: Course, assignment: Assignment, student: str) -> Pages:
    """Return the pages that say which of the visible tests pass."""
    submission = course.submission(assignment, student)
    kernels = classroom.kernels_of(course, assignment, classroom.Grading())
    try:
        results = run_visible(submission, assignment, kernels)
    except BadSubmission as fault:
        return notice(assignment, student, f"{fault.message} {fault.hint}")
    tests = [result for result in results if not result.task.manual]
    passed = sum(result.passed for result in tests)
    return notice(assignment, student, f"{passed} of {len(tests)} visible tests pass.", results)


def notice(assignment: Assignment, student: str, said: str, results: tuple[VisibleResult, ...] = ()) -> Pages:
    """Return pages with one sentence, and what was tried below it: one for each notebook."""
    return {
        notebook.name: _template().render(
            title=notebook.notebook.title,
            student=student,
            said=said,
            tried=[result for result in results if result.task.notebook == notebook.name],
        )
        for notebook in assignment.notebooks
    }


def _template() -> jinja2.Template:
    loader = jinja2.FileSystemLoader(Path(__file__).parent)
    environment = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
    return environment.get_template("answer.html")


# --- the record -------------------------------------------------------------------------------------------------------


def now() -> datetime.datetime:
    """The time, UTC."""
    return datetime.datetime.now(datetime.UTC)


def name_of(arrived: Inbound) -> tuple[str, str]:
    """What tells submissions apart."""
    return arrived.folder.name, arrived.changed.isoformat()


def entry(assignment: Assignment, arrived: Inbound, outcome: str) -> Entry:
    """Return a line about a submission, now."""
    return Entry(assignment.name, arrived.claimed, *name_of(arrived), outcome, now().isoformat(timespec="seconds"))


def entries(course: Course, assignment: Assignment) -> list[Entry]:
    """What is on record about an assignment, in order; a line that was cut off by a crash counts for nothing."""
    file = _file(course)
    found = []
    for line in file.read_text(encoding="utf-8").splitlines() if file.is_file() else []:
        try:
            found.append(Entry(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return [line for line in found if line.assignment == assignment.name]


def note(course: Course, line: Entry) -> None:
    """Add a line."""
    with open(_file(course), "a", encoding="utf-8") as out:
        out.write("\n" + json.dumps(asdict(line)) + "\n")  # a line that a crash cut off ends here


def _file(course: Course) -> Path:
    course.state.mkdir(parents=True, exist_ok=True)
    return course.state / "arrivals.jsonl"


@contextmanager
def alone(course: Course) -> Iterator[None]:
    """Let one service run for a course: two would answer everything twice."""
    with open(_file(course).with_suffix(".lock"), "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise GraderError(f"submissions to {course.root} are answered by another process already") from error
        yield
