"""Measures how many submissions a minute stock nbgrader and this engine grade, with the same made-up class.

The two take turns. Both are started as users start them, by a command, and measured in wall-clock time. There are two
classes: small notebooks of six short tasks, and notebooks that train a network for about twenty seconds.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from autograder.course.answers import Answers, hand_in
from autograder.course.assignment import Assignment
from autograder.course.course import CONFIG, Course
from autograder.errors import CourseError, GraderError
from autograder.grading.local import cores
from autograder.grading.pipeline import grade
from autograder.grading.scheduling import Result
from autograder.recording import gradebook
from autograder.recording.sinks import record, standard_sinks
from autograder.records import Level, Submission
from autograder.sandbox import launch, levels, monitor
from autograder.teaching import benchmark_trainings, release
from autograder.teaching.benchmark_classes import SMALL, TRAINING, write_checks, write_source
from autograder.teaching.benchmark_trainings import Trainings
from autograder.teaching.classroom import Grading, grade_class, kernels_of

ROUNDS = 2
SETTINGS = 'isolation = "{level}"\n\n[training]\ncell_seconds = 600\ncall_seconds = 60\nnotebook_seconds = 900\n'
STOCK = "c = get_config()\nc.CourseDirectory.course_id = 'bench'\nc.ExecutePreprocessor.timeout = 900\n"


@dataclass(frozen=True)
class Speed:
    """The speed of grading one class both ways.

    `stock_seconds`, `our_seconds`: the seconds of each round.
    `split`: our mean seconds of a submission, by step.
    """

    name: str
    submissions: int
    stock_seconds: tuple[float, ...]
    our_seconds: tuple[float, ...]
    split: dict[str, float]

    @property
    def stock_rate(self) -> float:
        """Submissions a minute by `nbgrader autograde`."""
        return 60 * self.submissions / sum(self.stock_seconds)

    @property
    def our_rate(self) -> float:
        """Submissions a minute by `autograder grade`."""
        return 60 * self.submissions / sum(self.our_seconds)


@dataclass(frozen=True)
class Machine:
    """The machine of the benchmark, and the memory of one kernel on it."""

    cores: int
    system: str
    level: str
    kernel_bytes: int


@dataclass(frozen=True)
class LongRun:
    """The resources of one long run.

    `memory`: pairs of the number of graded submissions and the resident bytes of the grader and its workers.
    `zombies`: the highest number of zombie processes.
    `files_left`: the number of files that were left in the temporary folder.
    """

    submissions: int
    memory: tuple[tuple[int, int], ...]
    zombies: int
    files_left: int


@dataclass(frozen=True)
class Measured:
    """The results of the benchmark.

    `lasting`: the long run.
    `assignments`: name of the assignment, seconds of one submission, and seconds of grading it again.
    """

    machine: Machine
    speeds: tuple[Speed, ...]
    lasting: LongRun | None
    trainings: tuple[Trainings, ...]
    assignments: tuple[tuple[str, float, float], ...]


def run(
    course: Course, submissions: int, training: int, long: int, models: int, isolation: str, say: Callable[[str], None]
) -> Measured:
    """Measure both classes, one long run, and the course's own assignments.

    `submissions`, `training`: the number of submissions of the small class and of the class that trains.
    `long`: the number of submissions of the long run.
    `models`: the number of full submissions that train, by the plan of the course (see `benchmark_trainings`).
    `isolation`: the name of an isolation level (default: the strongest one that this machine supports).
    `say`: called with a line before each step.

    A measurement with the number 0 is left out. Raises GraderError when a submission does not get full points.
    """
    level = levels.choose(course.settings().isolation, isolation)
    with tempfile.TemporaryDirectory(prefix="autograder-bench-") as folder:
        speeds = []
        for name, count in ((SMALL, submissions), (TRAINING, training)):
            if count:
                speeds.append(measure(Path(folder) / name, name, count, level, say))
        long_run = measure_long_run(Path(folder) / "long", long, level, say) if long else None
        own = tuple(measure_assignments(course, level, say)) if submissions else ()
        say("the memory of a kernel")
        system = f"Linux {platform.release()}, Python {platform.python_version()}"
        machine = Machine(cores(), system, level, kernel_bytes(level))
    plan = benchmark_trainings.read_plan(course) if models else None
    trainings = tuple(
        benchmark_trainings.measure(course, plan, variant, models, level, run_command, say)
        for variant in (plan.variants if plan else ())
        if plan
    )
    return Measured(machine, tuple(speeds), long_run, trainings, own)


def measure_assignments(course: Course, level: Level, say: Callable[[str], None]) -> Iterator[tuple[str, float, float]]:
    """Yield for each assignment the seconds of grading its reference solution in a warm worker, and again.

    Assignments that cannot be read, for example because a dataset is missing, are left out.
    """
    ready = []
    for name in course.assignments():
        with suppress(CourseError):
            ready.append(course.assignment(name))
    for assignment in sorted(ready, key=lambda assignment: len(assignment.datasets))[:1]:
        # starts the warm process before anything is timed
        grade(
            reference_submission(course, assignment),
            assignment,
            kernels_of(course, assignment, Grading(isolation=level)),
        )
    for assignment in ready:
        say(f"{assignment.name}: the reference solution in a warm worker")
        submission = reference_submission(course, assignment)
        grade(submission, assignment, kernels_of(course, assignment, Grading(isolation=level)))
        times = []
        for fresh in (True, False):
            begun = time.monotonic()
            grade(submission, assignment, kernels_of(course, assignment, Grading(isolation=level, fresh=fresh)))
            times.append(time.monotonic() - begun)
        yield assignment.name, times[0], times[1]


def reference_submission(course: Course, assignment: Assignment) -> Submission:
    """Return the reference solution as a submission."""
    return Submission(release.REFERENCE, assignment.name, course.source / assignment.name)


def measure(root: Path, name: str, count: int, level: Level, say: Callable[[str], None]) -> Speed:
    """Grade `count` submissions of one class both ways, in alternating rounds.

    Raises GraderError when a submission does not get full points.
    """
    ours, stock = our_course(root / "ours", name, level), stock_course(root / "stock", name)
    assignment = ours.assignment(name)
    content = hand_in(assignment.only_notebook.notebook, Answers({}))
    seconds: dict[str, list[float]] = {"stock": [], "ours": []}
    for number, students in enumerate(students_by_round(count, ROUNDS), start=1):
        for engine, course, command in (("stock", stock, "nbgrader autograde"), ("ours", ours, "autograder grade")):
            for student in students:
                write_submission(course.root, student, name, content)
            say(f"{name}: round {number} of {ROUNDS}, {len(students)} submissions by `{command}`")
            options = ["--isolation", level] if engine == "ours" else []
            begun = time.monotonic()
            run_command(course.root, *command.split(), name, *options)
            seconds[engine].append(time.monotonic() - begun)
            for student, grades in zip(students, gradebook.read_all(course, assignment, students), strict=True):
                if grades is None or grades.score != grades.points:
                    raise GraderError(f"`{command}` did not give full points to {student}")
    return Speed(name, count, tuple(seconds["stock"]), tuple(seconds["ours"]), seconds_by_step(ours, assignment))


def measure_long_run(root: Path, count: int, level: Level, say: Callable[[str], None]) -> LongRun:
    """Grade many small submissions in one run, in this process, and measure its memory, zombies and files left behind.

    Raises GraderError when a submission does not get full points.
    """
    course = our_course(root / "course", SMALL, level)
    assignment = course.assignment(SMALL)
    content = hand_in(assignment.only_notebook.notebook, Answers({}))
    for student in students_by_round(count, 1)[0]:
        write_submission(course.root, student, SMALL, content)
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="ag-long-") as folder:
        tempfile.tempdir = folder
        try:
            listener = ResourceListener(count, say)
            grade_class(course, assignment, Grading(isolation=level), listener)
            left = len(list(Path(folder).iterdir()))
        finally:
            tempfile.tempdir = before
    return LongRun(count, tuple(listener.memory), max(listener.zombies, count_zombies()), left)


class ResourceListener:
    """A progress listener that measures memory and zombie processes ten times during a run."""

    def __init__(self, count: int, say: Callable[[str], None]) -> None:
        self.memory: list[tuple[int, int]] = []
        self.zombies = 0
        self._count, self._say, self._graded = count, say, 0

    @contextmanager
    def begin(self, total: int, unchanged: int) -> Iterator[None]:
        """Do nothing before the first submission."""
        yield

    def finished(self, result: Result) -> None:
        """Count the submission, and measure after every tenth part of the run."""
        self._graded += 1
        if result.report is None or result.report.earned != result.report.auto_points:
            raise GraderError(f"{result.submission.student} did not get full points: {result.error}")
        if self._graded % max(1, self._count // 10) == 0:
            workers = [child.pid for child in multiprocessing.active_children() if child.pid]
            self.memory.append((self._graded, sum(map(monitor.resident_bytes, [os.getpid(), *workers]))))
            self.zombies = max(self.zombies, count_zombies())
            self._say(f"{SMALL}: one run of {self._count} submissions, {self._graded} done")


def count_zombies() -> int:
    """Return the number of processes that this process, or a descendant of it, has not waited for."""
    count = 0
    for pid in monitor.tree(os.getpid()):
        with suppress(OSError):
            count += Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return count


def students_by_round(count: int, rounds: int) -> list[list[str]]:
    """Return the names of `count` students, divided into rounds."""
    students = [f"s{number:04d}" for number in range(count)]
    size = -(-count // rounds)
    return [students[start : start + size] for start in range(0, count, size)]


def write_submission(root: Path, student: str, name: str, content: bytes) -> None:
    """Write a submission of one notebook to the folder submitted/ of a course."""
    folder = root / "submitted" / student / name
    folder.mkdir(parents=True)
    (folder / f"{name}.ipynb").write_bytes(content)


def seconds_by_step(course: Course, assignment: Assignment) -> dict[str, float]:
    """Return the mean seconds of a submission by step.

    The staff reports have all steps except the recording, which is measured here for one submission.
    """
    files = sorted((course.reports / assignment.name).glob("*.json"))
    parts = [dict(json.loads(file.read_text())["notebooks"][0]["seconds"]) for file in files]
    means = {key: sum(part[key] for part in parts) / len(parts) for key in ("start", "import", "cells", "total")}
    report = grade(course.submissions(assignment)[0], assignment, kernels_of(course, assignment, Grading()))
    begun = time.monotonic()
    record(report, assignment, standard_sinks(course))
    before_checks = means["start"] + means["import"] + means["cells"]
    return {
        "start": means["start"],
        "import": means["import"],
        "cells": means["cells"],
        "checks": means["total"] - before_checks,
        "record": time.monotonic() - begun,
        "total": means["total"],
    }


def kernel_bytes(level: Level) -> int:
    """Return the memory (PSS, bytes) of a kernel after a TensorFlow operation, while a second kernel runs."""
    with ExitStack() as running:
        processes = [running.enter_context(closing(launch.start({}, level))) for _ in range(2)]
        for process in processes:
            process.client.execute("import tensorflow as tf; tf.reduce_sum(tf.ones(3)).numpy()", reply=True, timeout=60)
        trees = [monitor.tree(process.monitor.pid) for process in processes if process.monitor]
        return max(sum(map(monitor.proportional_bytes, tree)) for tree in trees)


def our_course(root: Path, name: str, level: Level) -> Course:
    """Return a scratch course of this engine in which the assignment is released."""
    (root / "course_data").mkdir(parents=True)
    write_source(root, name)
    (root / CONFIG).write_text("c = get_config()\nc.CourseDirectory.course_id = 'bench'\n")
    (root / "course_data" / "datasets.toml").write_text("")
    (root / "course_data" / "assignments.toml").write_text(SETTINGS.format(level=level))
    write_checks(root / "course_data" / "checks" / name, name)
    course = Course.open(root)
    release.generate(course, course.assignment(name))
    return course


def stock_course(root: Path, name: str) -> Course:
    """Return a course with the same assignment for stock nbgrader, which grades by the visible asserts."""
    write_source(root, name)
    (root / CONFIG).write_text(STOCK)
    run_command(root, "nbgrader", "generate_assignment", name)
    return Course.open(root)


def run_command(folder: Path, *command: str) -> None:
    """Run a command of this environment in a folder. Raises GraderError with its output when it fails."""
    scripts = sysconfig.get_path("scripts")
    env = os.environ | {
        "PATH": os.pathsep.join([scripts, os.environ.get("PATH", os.defpath)]),
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    program = shutil.which(command[0], path=scripts) or command[0]
    result = subprocess.run(
        [sys.executable, program, *command[1:]], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise GraderError(f"`{' '.join(command)}` failed: {(result.stderr or result.stdout).strip()[-2000:]}")
