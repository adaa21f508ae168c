"""What the commands show in a terminal: tables, progress, labels. No decisions, no I/O but printing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from autograder.course.assignment import Assignment
from autograder.course.course import Course
from autograder.course.datasets import BUNDLED, PUBLISHED, STANDIN, StoreStatus
from autograder.recording.marks import Mark
from autograder.records import Finding, GradeReport, Level

if TYPE_CHECKING:
    from autograder.grading.scheduling import Result
    from autograder.recording.gradebook import Grades
    from autograder.teaching.archives import Collected
    from autograder.teaching.classroom import AssignmentStatus, Graded
    from autograder.teaching.demo import Demonstration

MAX_ROWS = 60
MAX_NAMED = 5
MAX_NAME = 24  # characters of a student's name in a table
QUIET = ("new", "unchanged", "replaced")  # what may become of a hand-in that nobody needs to look at


def points(earned: float | None, of: float) -> Text:
    """Points with a colour: all, some, none, or still waiting."""
    if earned is None:
        return Text("…", "yellow")
    return Text(f"{earned:g}", "green" if earned >= of else "red" if earned == 0 else "")


def mark(earned: float | None, of: float) -> Text:
    """One character for the points of a task."""
    shown = points(earned, of)
    return Text("…" if earned is None else "●" if earned >= of else "○" if earned == 0 else "◐", shown.style)


class GradeProgress:
    """A progress bar with a line per submission as it finishes."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress = Progress(
            TextColumn("grading"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._task: Any = None

    @contextmanager
    def begin(self, total: int, unchanged: int) -> Iterator[None]:
        """Show the bar while submissions are graded."""
        if unchanged:
            self._console.print(f"{unchanged} submission(s) unchanged since they were graded")
        if not total:
            yield
            return
        with self._progress:
            self._task = self._progress.add_task("grading", total=total)
            yield

    def finished(self, result: Result) -> None:
        """One submission is done."""
        self._progress.advance(self._task)
        name = Text(f"{result.submission.student:<20} ")
        if result.report is None:
            reason = result.error.splitlines()[0] if result.error else "unknown"
            self._progress.console.print(name + Text(f"not graded: {reason}", "red"))
            return
        report = result.report
        seconds = report.seconds.get("total", 0.0)
        line = name + points(report.earned, report.auto_points)
        line += Text(f" of {report.auto_points:g}   {seconds:.1f} s")
        attempted = [check for task in report.tasks if task.attempted for check in task.checks]
        failed = ", ".join(check.check.name for check in attempted if not check.passed)
        if any(task.open for task in report.tasks):
            line += Text("   needs a look", "yellow")
        self._progress.console.print(
            line + Text(f"   {failed}", "dim"), soft_wrap=False, no_wrap=True, overflow="ellipsis"
        )


class DemoProgress(GradeProgress):
    """What the demo says as it goes on."""

    def say(self, step: str, text: str) -> None:
        """Print a step."""
        self._console.print(Text(f"{step:<11}", "bold") + Text(text), soft_wrap=True)

    def working(self, text: str) -> None:
        """Print what takes a while."""
        self._console.print(Text(text, "dim"), soft_wrap=True)


def print_demo(console: Console, done: Demonstration) -> None:
    """Show the grades of the demo, and where everything is."""
    for part in done.parts:
        console.print(grade_table(part.assignment, part.graded.grades, marks=part.graded.marks))
    last = done.parts[-1]
    print_labels(console, last.graded)
    failed = [row.student for row in last.graded.grades if 0 < row.score < row.points]
    wrong = next((page for page in last.pages if set(page.parts) & set(failed[-1:])), last.pages[0])
    console.print(
        f"\nfeedback   {wrong}\nall pages  {done.course.feedback}\n"
        f"gradebook  {done.course.root / 'gradebook.db'}\ncourse     {done.course.root}\n\n"
        f"Look at a feedback page in a browser. `nbgrader export` in {done.course.root} writes the grades as CSV.",
        soft_wrap=True,
    )


def _width(assignment: Assignment, grades: Sequence[Grades]) -> int:
    """Return how many columns of a terminal a table takes that has a column for each task."""
    names = min(MAX_NAME, max((len(row.student) for row in grades[:MAX_ROWS]), default=0)) + len(Mark) + 1
    words = [max(len(word) for word in task.cell.split("_")) for task in assignment.tasks]
    return max(names, len("student")) + sum(max(word, 4) + 3 for word in words) + len("total") + 3 + 4


def grade_table(
    assignment: Assignment,
    grades: Sequence[Grades],
    width: int = 80,
    marks: Mapping[str, tuple[Mark, ...]] | None = None,
) -> RenderableType:
    """Return points by student and task, with the class mean; the first rows only of a large class.

    `marks`: what stands out about each student's submission.
    Many tasks do not fit side by side: each is then a mark, and below the table stands which is which.
    """
    marks = marks or {}
    marked = {mark for row in grades[:MAX_ROWS] for mark in marks.get(row.student, ())}
    parts = assignment.tasks
    total = sum(task.points for task in parts)
    table = Table(title=assignment.name, title_justify="left", title_style="bold")
    narrow = _width(assignment, grades) > width
    if narrow:
        table.add_column("student", no_wrap=True)
        table.add_column(" ".join(f"{number:>2}" for number in range(1, len(parts) + 1)), no_wrap=True)
        table.add_column(f"of {total:g}", justify="right", style="bold", no_wrap=True)
    else:
        lines = max(task.cell.count("_") for task in parts) + 1
        table.add_column("\n" * lines + "student", no_wrap=True)
        for task in parts:
            words = "\n".join([""] * (lines - task.cell.count("_") - 1) + task.cell.split("_"))
            table.add_column(f"{words}\n{task.points:g}", justify="right", no_wrap=True)
        table.add_column("\n" * (lines - 1) + f"total\n{total:g}", justify="right", style="bold")
    for row in list(grades)[:MAX_ROWS]:
        cells = {(grade.notebook, grade.cell): grade for grade in row.cells}
        shown, dots = [], Text()
        for task in parts:
            grade = cells.get((task.notebook, task.grade_cell))
            waiting = grade is None or (grade.auto_score is None and grade.manual_score is None)
            earned = None if waiting or grade is None else grade.score
            shown.append(points(earned, task.points))
            dots.append(" ").append(mark(earned, task.points)).append(" ")
        letters = "".join(each.letter for each in marks.get(row.student, ()))
        name = Text(shortened(row.student)).append(f" {letters}" if letters else "", "yellow")
        table.add_row(name, *([dots] if narrow else shown), f"{row.score - row.late_penalty:g}")
    if len(grades) > 1:
        table.add_section()
        by_cell = {(task.notebook, task.grade_cell): 0.0 for task in parts}
        for row in grades:
            for grade in row.cells:
                if (grade.notebook, grade.cell) in by_cell:
                    by_cell[grade.notebook, grade.cell] += grade.score
        means = [""] if narrow else [f"{score / len(grades):.1f}" for score in by_cell.values()]
        table.add_row("mean", *means, f"{sum(row.score for row in grades) / len(grades):.1f}")
    names = "  ".join(f"{number} {task.cell}" for number, task in enumerate(parts, start=1)) if narrow else ""
    legend = f"● all points, ◐ some, ○ none, … a person grades.  {names}" if narrow else ""
    more = len(grades) - MAX_ROWS
    note = f"… and {more} more; `nbgrader export` writes all of them" if more > 0 else ""
    reviews = sum(row.needs_manual_grade for row in grades)
    review = f"{reviews} submission(s) have a part (…) that a person grades, in formgrader" if reviews else ""
    about = [f"{each.letter} {each}" for each in Mark if each in marked]
    return Group(table, *(Text(line, "dim") for line in (legend, note, review, *about) if line))


def shortened(name: str) -> str:
    """Return the name of a student with its middle left out where it is long: all totals stay in the table."""
    return name if len(name) <= MAX_NAME else f"{name[: MAX_NAME - 9]}…{name[-8:]}"


def print_labels(console: Console, graded: Graded) -> None:
    """Say on which data and at which isolation level grades were made, and what a person should look at."""
    origins = ", ".join(f"{name} ({origin})" for name, origin in graded.data)
    standin = any(origin == STANDIN for _, origin in graded.data)
    if origins:
        warning = " - drawn images, not a result on the real data" if standin else ""
        console.print(Text(f"data: {origins}{warning}", "yellow" if standin else ""))
    for result in graded.results:
        flags = [flag for task in result.report.tasks for flag in task.flags] if result.report else []
        if flags:
            told = f"{result.submission.student}: a person should look at this: {flags[0]}"
            console.print(Text(told, "yellow"))
    levels = sorted({result.report.isolation for result in graded.results if result.report})
    if Level.NONE in levels:
        told = "isolation: none - student code ran with your rights: grade only trusted people"
        console.print(Text(told, "yellow"))
    elif levels:
        console.print(f"isolation: {', '.join(levels)}")


def check_table(report: GradeReport) -> RenderableType:
    """Return what each check said about one submission."""
    table = Table(
        title=f"{report.student}: {report.earned:g} of {report.auto_points:g} points by checks",
        title_justify="left",
        title_style="bold",
    )
    for name in ("cell", "check", "", "points", "what the student reads"):
        table.add_column(name, justify="right" if name == "points" else "left", overflow="fold")
    for task in report.tasks:
        for check in task.checks:
            verdict = "" if check.passed else f"{check.message}\n{check.hint}"
            said = "\n".join([verdict, *(remark.text for remark in check.remarks)]).strip()
            earned = check.check.points if check.passed else 0.0
            table.add_row(
                task.task.cell,
                check.check.name,
                Text("✓", "green") if check.passed else Text("✗", "red"),
                f"{earned:g} of {check.check.points:g}",
                Text(said),
            )
        if task.error:
            table.add_row(task.task.cell, "", "", "", Text(f"the cell stopped with {task.error}", "yellow"))
        table.add_section()
    notes = [Text(note, "yellow") for note in report.staff_notes]
    data = ", ".join(f"{name} ({origin})" for name, origin in report.data)
    return Group(table, *notes, Text(f"data: {data or 'none'}; isolation: {report.isolation}", "dim"))


def report_tree(report: GradeReport) -> dict[str, Any]:
    """Return a report as plain data, for programs."""
    return {
        "assignment": report.assignment,
        "score": report.earned,
        "max_score": report.auto_points,
        "manual_points": report.manual_points,
        "data": dict(report.data),
        "isolation": report.isolation,
        "notes": list(report.staff_notes),
        "seconds": report.seconds,
        "cells": [
            {
                "notebook": task.task.notebook,
                "cell": task.task.cell,
                "status": task.status.value,
                "attempted": task.attempted,
                "error": task.error,
                "points": task.earned,
                "max_points": task.task.points,
                "manual": task.task.manual,
            }
            for task in report.tasks
        ],
        "checks": [
            {
                "cell": task.task.cell,
                "check": check.check.name,
                "title": check.check.title,
                "verdict": "passed" if check.passed else "failed",
                "points": check.check.points if check.passed else 0.0,
                "max_points": check.check.points,
                "message": check.message,
                "hint": check.hint,
                "detail": check.detail,
            }
            for task in report.tasks
            for check in task.checks
        ],
    }


def status_table(course: Course, rows: Sequence[AssignmentStatus]) -> RenderableType:
    """Return the state of the course; what is wrong with an assignment stands below the table."""
    table = Table(title=str(course.root), title_justify="left", title_style="bold")
    for name in ("assignment", "re-\nleased", "handed\nin", "graded", "to\ngrade", "to\nreview", "mean"):
        table.add_column(name, justify="left" if name == "assignment" else "right", no_wrap=True)
    notes = []
    for row in rows:
        counts = (row.submitted, row.graded, row.to_grade, row.to_review)
        shown = ["?"] * len(counts) if row.problem else [str(count) for count in counts]
        mean = "" if row.mean is None else f"{row.mean:.1f}/{row.points:g}"
        table.add_row(row.name, "yes" if row.released else "no", *shown, mean)
        if row.to_look:
            notes.append(Text(f"{row.name}: {needs_a_look(row.to_look)}", "yellow"))
        if row.problem:
            notes.append(Text(f"{row.name}: {row.problem}", "red"))
        elif standins := [name for name, origin in row.data if origin == STANDIN]:
            notes.append(Text(f"{row.name}: {', '.join(standins)} is a stand-in, not the real data", "yellow"))
    if not rows:
        return Text(f"no assignment in {course.source} yet: `autograder new NAME` starts one")
    return Group(table, *notes)


def collected_lines(collected: Collected) -> RenderableType:
    """What became of an archive's hand-ins: how many of each kind, and by name what a person should look at."""
    counts = Counter(collected.people.values())
    told = ", ".join(f"{count} {became}" for became, count in counts.items())
    lines = [Text(f"{len(collected.people)} hand-in(s): {told}" if told else "no hand-in could be placed")]
    for name, became in collected.people.items():
        if became not in QUIET:
            lines.append(Text(f"{name}: {became}", "yellow"))
    lines += [Text(f"not found in the roster: {label}", "yellow") for label in collected.unknown[:MAX_ROWS]]
    if len(collected.unknown) > MAX_ROWS:
        lines.append(Text(f"… and {len(collected.unknown) - MAX_ROWS} more", "yellow"))
    if collected.unknown:
        lines.append(Text("add their full names or addresses to course_data/roster.csv, and collect again", "dim"))
    lines += [Text(problem, "yellow") for problem in collected.roster_problems]
    return Group(*lines)


def needs_a_look(students: Sequence[str]) -> str:
    """Return a line about hand-ins in which a person has to find an answer."""
    named = ", ".join(shortened(student) for student in students[:MAX_NAMED])
    more = f" and {len(students) - MAX_NAMED} more" if len(students) > MAX_NAMED else ""
    return f"{len(students)} hand-in(s) need a look: {named}{more}"


def finding_line(finding: Finding) -> Text:
    """One line of the doctor."""
    mark = Text("✓ ", "green") if finding.good else Text("✗ ", "red")
    mend = Text(f"   mend: {finding.mend}", "yellow") if finding.mend and not finding.good else Text("")
    return mark + Text(f"{finding.name:<44} {finding.seen}") + mend


def data_table(rows: Sequence[StoreStatus]) -> RenderableType:
    """Return the state of the dataset store."""
    table = Table()
    for name in ("dataset", "in the store", "images", "size", "licence"):
        table.add_column(name)
    colours = {PUBLISHED: "green", STANDIN: "yellow", BUNDLED: "green", "": "dim"}
    words = {
        PUBLISHED: "published, verified",
        STANDIN: "STAND-IN, not the real data",
        BUNDLED: "comes with scikit-learn",
        "": "no",
    }
    for row in rows:
        state = Text(row.problem, "red") if row.problem else Text(words[row.origin], colours[row.origin])
        size = f"{row.bytes / 1e6:.0f} MB" if row.bytes else ""
        counts = row.rows or (row.spec.train, row.spec.test)
        shape = (
            f"{' + '.join(map(str, counts))}, {' x '.join(map(str, row.spec.image))}"
            if row.spec.test
            else f"{row.spec.train} rows of {row.spec.image[0]}"
        )
        table.add_row(f"{row.spec.name}", state, shape, size, row.spec.licence)
    return table
