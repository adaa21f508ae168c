"""Answers submissions as they arrive: a service that looks into the exchange, grades what is new and publishes its page.

What is new, and what has been answered, is told by the exchange and by `course_data/arrivals.jsonl` alone: what comes while the
service does not run is answered when it does again.
"""

from __future__ import annotations

import datetime
import fcntl
import json
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import jinja2

from autograder.course.layout import FULL, OFF, Course, OnSubmission
from autograder.course.notebooks import read_course_notebook
from autograder.errors import BadSubmission, GraderError
from autograder.grading.scheduling import Result
from autograder.grading.visible import Tried, run_visible
from autograder.hub.exchange import TIMESTAMP, Inbound, inbound
from autograder.hub.verbs import exchange, nbgrader_config
from autograder.recording import classroom, graded
from autograder.records import Submission

POLL_SECONDS = 2.0
ANSWERED, USED_UP, REFUSED, FAILED = "answered", "used up", "refused", "failed"
AGAIN = datetime.timedelta(minutes=1)  # after a failure of ours
TRIES = 3
Say = Callable[[str], None]


@dataclass(frozen=True)
class Entry:
    """One line of the record: a submission, by its folder and the time when it was last changed, and what became of it when."""

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
            except Exception as error:  # a configuration that is being edited, for instance: the next look may find it whole
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
    for assignment in course.assignments():
        try:
            policy = course.on_submission(assignment)
            if policy.answer == OFF or not (exchange_folder / "outbound" / assignment).is_dir():
                continue
            arrived = inbound(exchange_folder / "inbound", assignment)
            own = [each for each in arrived if not owned or each.owner == each.claimed]
            answered, used_up = due(own, entries(course, assignment), policy, time)
            last = f"You have had an answer {policy.attempts} times, and this was the last."
            for each in used_up:
                exchange(course, "collect", assignment, each.claimed)
                tell(course, assignment, each, partial(notice, course, assignment, each.claimed, last), USED_UP, say)
            answer(course, assignment, answered, policy, say)
            count += len(answered) + len(used_up)
        except Exception as error:  # ours, or the instructor's; the other assignments go on
            say(f"{assignment}: nothing can be answered: {type(error).__name__}: {error}")
    return count


def due(
    arrived: Sequence[Inbound], known: Sequence[Entry], policy: OnSubmission, time: datetime.datetime
) -> tuple[list[Inbound], list[Inbound]]:
    """Which submissions are answered now, and which are told that there are no more answers: the newest of each student.

    One that comes before the waiting time is over stays where it is, and is due later if nothing newer has come.
    """
    answered, used_up = [], []
    for each in {one.claimed: one for one in arrived}.values():  # in order of time: the newest stays
        theirs = [entry for entry in known if entry.student == each.claimed]
        same = [entry for entry in theirs if entry.name == name_of(each)]
        failures = [entry for entry in same if entry.outcome == FAILED]
        if len(same) > len(failures) or len(failures) >= TRIES:
            continue
        before = [entry for entry in theirs if entry.outcome == ANSWERED]
        if len(before) >= policy.attempts:
            if not any(entry.outcome == USED_UP for entry in theirs):  # once: more would be as good as an answer to each
                used_up.append(each)
            continue
        earliest = [entry.time + datetime.timedelta(minutes=policy.wait_minutes) for entry in before]
        earliest += [entry.time + AGAIN for entry in failures]
        if time >= max(earliest, default=time):
            answered.append(each)
    return answered, used_up


def answer(course: Course, assignment: str, arrived: Sequence[Inbound], policy: OnSubmission, say: Say) -> None:
    """Collect, grade and tell; a submission that we cannot grade is tried again later."""
    collected = []
    for each in arrived:
        try:
            exchange(course, "collect", assignment, each.claimed)
            if is_collected(course, assignment, each):
                collected.append(each)
            else:  # `course_data/refused.log` says why
                note(course, entry(assignment, each, REFUSED))
        except Exception as error:
            failed(course, assignment, each, error, say)
    problems: dict[str, str] = {}
    if policy.answer == FULL and collected:
        names = [each.claimed for each in collected]
        result = classroom.grade_class(course, assignment, students=names, watch=Quiet())
        problems = {each.submission.student: each.error for each in result.failed}
    for each in collected:
        page = partial(page_of, course, assignment, each.claimed, policy, problems.get(each.claimed, ""))
        tell(course, assignment, each, page, ANSWERED, say)


def is_collected(course: Course, assignment: str, arrived: Inbound) -> bool:
    """Whether this very submission is the one in submitted/."""
    file = course.submitted / arrived.claimed / assignment / TIMESTAMP
    return file.is_file() and file.read_text(errors="replace").strip() == arrived.stamp


def page_of(course: Course, assignment: str, student: str, policy: OnSubmission, problem: str) -> str:
    """The page for a student; GraderError when grading failed."""
    if problem:
        raise GraderError(problem)
    if policy.answer != FULL:
        return visible_page(course, assignment, student)
    return classroom.write_feedback(course, assignment, student)[0].read_text(encoding="utf-8")


def tell(course: Course, assignment: str, arrived: Inbound, page: Callable[[], str], outcome: str, say: Say) -> None:
    """Put a page where its student finds it, and note that; what fails is noted too."""
    try:
        file = course.feedback / arrived.claimed / assignment / f"{course.source_notebook(assignment).stem}.html"
        graded.write_atomically(file, page())
        exchange(course, "publish", assignment, arrived.claimed)
    except Exception as error:
        failed(course, assignment, arrived, error, say)
        return
    note(course, entry(assignment, arrived, outcome))
    say(f"{assignment}: {arrived.claimed} has an answer ({outcome})")


def failed(course: Course, assignment: str, arrived: Inbound, error: Exception, say: Say) -> None:
    """Note that there was no answer, and why."""
    say(f"{assignment}: {arrived.claimed} could not be answered: {type(error).__name__}: {error}")
    note(course, entry(assignment, arrived, FAILED))


def visible_page(course: Course, assignment: str, student: str) -> str:
    """The page that says which of the visible tests pass."""
    file = course.submitted / student / assignment / course.source_notebook(assignment).name
    try:
        tried = run_visible(Submission(student, assignment, file), course)
    except BadSubmission as fault:
        return notice(course, assignment, student, f"{fault.message} {fault.hint}")
    passed = sum(each.passed for each in tried if not each.task.manual)
    tests = sum(not each.task.manual for each in tried)
    return notice(course, assignment, student, f"{passed} of {tests} visible tests pass.", tried)


def notice(course: Course, assignment: str, student: str, said: str, tried: tuple[Tried, ...] = ()) -> str:
    """A page with one sentence, and what was tried below it."""
    title = read_course_notebook(course.source_notebook(assignment)).title
    return _template().render(title=title, student=student, said=said, tried=tried)


def _template() -> jinja2.Template:
    loader = jinja2.FileSystemLoader(Path(__file__).parent)
    return jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined).get_template("answer.html")


# --- the record -------------------------------------------------------------------------------------------------------


def now() -> datetime.datetime:
    """The time, UTC."""
    return datetime.datetime.now(datetime.UTC)


def name_of(arrived: Inbound) -> tuple[str, str]:
    """What tells submissions apart."""
    return arrived.folder.name, arrived.changed.isoformat()


def entry(assignment: str, arrived: Inbound, outcome: str) -> Entry:
    """A line about a submission, now."""
    return Entry(assignment, arrived.claimed, *name_of(arrived), outcome, now().isoformat(timespec="seconds"))


def entries(course: Course, assignment: str) -> list[Entry]:
    """What is on record about an assignment, in order; a line that was cut off by a crash counts for nothing."""
    file = _file(course)
    found = []
    for line in file.read_text(encoding="utf-8").splitlines() if file.is_file() else []:
        try:
            found.append(Entry(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return [each for each in found if each.assignment == assignment]


def note(course: Course, line: Entry) -> None:
    """Add a line."""
    with open(_file(course), "a", encoding="utf-8") as out:
        out.write("\n" + json.dumps(asdict(line)) + "\n")  # a line that a crash cut off ends here


def _file(course: Course) -> Path:
    return course.data / "arrivals.jsonl"


@contextmanager
def alone(course: Course) -> Iterator[None]:
    """One service for a course: two would answer everything twice."""
    with open(course.data / "arrivals.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise GraderError(f"submissions to {course.root} are answered by another process already") from error
        yield


class Quiet:
    """Nobody watches."""

    @contextmanager
    def begin(self, total: int, unchanged: int) -> Iterator[None]:
        """Nothing to show."""
        yield

    def finished(self, result: Result) -> None:
        """Nothing to show: what failed is in the result of the class."""
