"""Answer submissions as they arrive: a service watches the exchange, grades new submissions and publishes feedback.

The exchange and the record `course_data/state/arrivals.jsonl` say which submissions are new and which have an answer.
The service keeps no other state. A submission that arrives while it is stopped is answered after the next start.
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
from autograder.errors import GraderError
from autograder.grading.visible import VisibleReport, run_visible
from autograder.hub.exchange import TIMESTAMP, Inbound, inbound
from autograder.hub.verbs import exchange, nbgrader_config
from autograder.recording import graded
from autograder.teaching import classroom

POLL_SECONDS = 2.0
ANSWERED, USED_UP, REFUSED, FAILED = "answered", "used up", "refused", "failed"
AGAIN = datetime.timedelta(minutes=1)  # until the next try after a failure of ours
TRIES = 3
Say = Callable[[str], None]
Pages = Mapping[str, str]  # HTML by notebook


@dataclass(frozen=True)
class Entry:
    """One line of the record: a submission, identified by its folder and its last change, and the outcome."""

    assignment: str
    student: str
    folder: str
    changed: str
    outcome: str
    when: str

    @property
    def name(self) -> tuple[str, str]:
        """The folder and the time of the last change, which identify a submission."""
        return self.folder, self.changed

    @property
    def time(self) -> datetime.datetime:
        """The time at which the line was written."""
        return datetime.datetime.fromisoformat(self.when)


def serve(course: Course, say: Say) -> None:
    """Answer submissions until SIGTERM or Ctrl-C.

    Raises GraderError when another process already answers the submissions of this course.
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with alone(course):
        while True:
            try:
                answer_arrivals(course, now(), say)
            # for instance, somebody is editing the configuration: it may be complete at the next look
            except Exception as error:
                say(f"{type(error).__name__}: {error}")
            if stop.wait(POLL_SECONDS):
                return


def answer_arrivals(course: Course, time: datetime.datetime, say: Say) -> int:
    """Answer the submissions in the exchange that are due at `time` (UTC), and return their number.

    A problem with one assignment or one submission is reported by `say`. The others are still answered.
    """
    config = nbgrader_config(course)
    exchange_folder = Path(config.Exchange.get("root", "/srv/nbgrader/exchange")) / course.id
    check_owner = config.ExchangeCollect.get("check_owner", True)
    count = 0
    for name in course.assignments():
        try:
            policy = course.settings().of(name).on_submission
            if policy.answer is Answer.OFF or not (exchange_folder / "outbound" / name).is_dir():
                continue
            assignment = course.assignment(name)
            arrived = inbound(exchange_folder / "inbound", name, check_owner)
            own = [submission for submission in arrived if not check_owner or submission.owner == submission.claimed]
            answered, used_up = due(own, entries(course, assignment), assignment.on_submission, time)
            sentence = f"You have had an answer {policy.attempts} times, and this was the last."
            for submission in used_up:
                exchange(course, "collect", assignment, submission.claimed)
                pages = partial(notice, assignment, submission.claimed, sentence)
                tell(course, assignment, submission, pages, USED_UP, say)
            answer(course, assignment, answered, say)
            count += len(answered) + len(used_up)
        except Exception as error:  # our fault or the instructor's; the other assignments go on
            say(f"{name}: nothing can be answered: {type(error).__name__}: {error}")
    return count


def due(
    arrived: Sequence[Inbound], record: Sequence[Entry], policy: OnSubmission, time: datetime.datetime
) -> tuple[list[Inbound], list[Inbound]]:
    """Return the submissions to answer now, and those whose students have used up their answers.

    Only the newest submission of each student counts. A submission that arrives before the waiting time is over stays
    in the exchange. It is due later, unless a newer one has arrived by then.
    """
    answered, used_up = [], []
    for newest in {submission.claimed: submission for submission in arrived}.values():  # in order of time
        of_student = [entry for entry in record if entry.student == newest.claimed]
        of_submission = [entry for entry in of_student if entry.name == name_of(newest)]
        failures = [entry for entry in of_submission if entry.outcome == FAILED]
        if len(of_submission) > len(failures) or len(failures) >= TRIES:
            continue
        answers = [entry for entry in of_student if entry.outcome == ANSWERED]
        if len(answers) >= policy.attempts:
            # only once: otherwise every further submission would get an answer after all
            if not any(entry.outcome == USED_UP for entry in of_student):
                used_up.append(newest)
            continue
        earliest = [entry.time + datetime.timedelta(minutes=policy.wait_minutes) for entry in answers]
        earliest += [entry.time + AGAIN for entry in failures]
        # a folder that is refused, or changes at every look, would be copied again and again
        refusals = [entry for entry in of_student if entry.outcome == REFUSED]
        earliest += [entry.time + max(AGAIN, datetime.timedelta(minutes=policy.wait_minutes)) for entry in refusals]
        if time >= max(earliest, default=time):
            answered.append(newest)
    return answered, used_up


def answer(course: Course, assignment: Assignment, arrived: Sequence[Inbound], say: Say) -> None:
    """Collect and grade submissions, and publish the answers; a submission that fails is tried again later."""
    collected = []
    for submission in arrived:
        try:
            exchange(course, "collect", assignment, submission.claimed)
            if is_collected(course, assignment, submission):
                collected.append(submission)
            else:  # `course_data/state/refused.log` says why
                note(course, entry(assignment, submission, REFUSED))
        except Exception as error:
            failed(course, assignment, submission, error, say)
    problems: dict[str, str] = {}
    if assignment.on_submission.answer is Answer.FULL and collected:
        options = classroom.Grading(students=[submission.claimed for submission in collected])
        result = classroom.grade_class(course, assignment, options)
        problems = {failure.submission.student: failure.error for failure in result.failed}
    for submission in collected:
        student = submission.claimed
        pages = partial(pages_of, course, assignment, student, problems.get(student, ""))
        tell(course, assignment, submission, pages, ANSWERED, say)


def is_collected(course: Course, assignment: Assignment, arrived: Inbound) -> bool:
    """Return whether exactly this submission is in submitted/."""
    file = course.submitted / arrived.claimed / assignment.name / TIMESTAMP
    return file.is_file() and file.read_text(errors="replace").strip() == arrived.stamp


def pages_of(course: Course, assignment: Assignment, student: str, problem: str) -> Pages:
    """Return the pages for a student, by notebook; raises GraderError when grading failed."""
    if problem:
        raise GraderError(problem)
    if assignment.on_submission.answer is not Answer.FULL:
        return visible_pages(course, assignment, student)
    written = classroom.write_feedback(course, assignment, student)
    return {page.stem: page.read_text(encoding="utf-8") for page in written}


def tell(
    course: Course, assignment: Assignment, arrived: Inbound, pages: Callable[[], Pages], outcome: str, say: Say
) -> None:
    """Publish pages for their student and record the outcome; a failure is recorded too."""
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
    """Report why a submission got no answer, and record the failure."""
    say(f"{assignment.name}: {arrived.claimed} could not be answered: {type(error).__name__}: {error}")
    note(course, entry(assignment, arrived, FAILED))


def visible_pages(course: Course, assignment: Assignment, student: str) -> Pages:
    """Return the pages that say which of the visible tests pass."""
    submission = course.submission(assignment, student)
    kernels = classroom.kernels_of(course, assignment, classroom.Grading())
    report = run_visible(submission, assignment, kernels)
    passed = sum(result.passed for result in report.tests)
    return notice(assignment, student, f"{passed} of {len(report.tests)} visible tests pass.", report)


def notice(assignment: Assignment, student: str, sentence: str, report: VisibleReport | None = None) -> Pages:
    """Return a page for each notebook, with one sentence and the results of the visible tests below it."""
    return {
        notebook.name: _template().render(
            title=notebook.notebook.title,
            student=student,
            said=sentence,
            notes=report.notes if report else (),
            tried=[result for result in (report.results if report else ()) if result.task.notebook == notebook.name],
        )
        for notebook in assignment.notebooks
    }


def _template() -> jinja2.Template:
    loader = jinja2.FileSystemLoader(Path(__file__).parent)
    environment = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
    return environment.get_template("answer.html")


# --- the record -------------------------------------------------------------------------------------------------------


def now() -> datetime.datetime:
    """Return the current time in UTC."""
    return datetime.datetime.now(datetime.UTC)


def name_of(arrived: Inbound) -> tuple[str, str]:
    """Return the folder and the time of the last change, which identify a submission."""
    return arrived.folder.name, arrived.changed.isoformat()


def entry(assignment: Assignment, arrived: Inbound, outcome: str) -> Entry:
    """Return a line of the record about a submission, with the current time."""
    return Entry(assignment.name, arrived.claimed, *name_of(arrived), outcome, now().isoformat(timespec="seconds"))


def entries(course: Course, assignment: Assignment) -> list[Entry]:
    """Return the lines of the record about an assignment, in order; lines that a crash cut off are skipped."""
    file = _file(course)
    lines = []
    for line in file.read_text(encoding="utf-8").splitlines() if file.is_file() else []:
        try:
            lines.append(Entry(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return [line for line in lines if line.assignment == assignment.name]


def note(course: Course, line: Entry) -> None:
    """Append a line to the record."""
    with open(_file(course), "a", encoding="utf-8") as out:
        out.write("\n" + json.dumps(asdict(line)) + "\n")  # the first line break ends a line that a crash cut off


def _file(course: Course) -> Path:
    course.state.mkdir(parents=True, exist_ok=True)
    return course.state / "arrivals.jsonl"


@contextmanager
def alone(course: Course) -> Iterator[None]:
    """Hold the lock of a course, so that only one service runs: two would answer everything twice.

    Raises GraderError when another process holds the lock.
    """
    with open(_file(course).with_suffix(".lock"), "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise GraderError(f"submissions to {course.root} are answered by another process already") from error
        yield
