"""The same made-up class graded by stock nbgrader and by this engine, alternating: how many submissions a minute each grades.

Both are started as their users start them, as a command, and graded by the wall clock. Two classes: small notebooks of
six short tasks, and notebooks that train a network for about twenty seconds.
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
from autograder.course.notebooks import nbformat_tree
from autograder.course.scaffold import cell
from autograder.errors import CourseError, GraderError
from autograder.grading.local import cores
from autograder.grading.pipeline import grade
from autograder.grading.scheduling import Result
from autograder.recording import gradebook
from autograder.recording.sinks import record, standard_sinks
from autograder.records import Level, Submission
from autograder.sandbox import launch, levels, monitor
from autograder.teaching import benchmark_trainings, release
from autograder.teaching.benchmark_trainings import Trainings
from autograder.teaching.classroom import Grading, grade_class, kernels_of

ROUNDS = 2
SMALL, TRAINING = "small", "training"
SETTINGS = 'isolation = "{level}"\n\n[training]\ncell_seconds = 600\ncall_seconds = 60\nnotebook_seconds = 900\n'
STOCK = "c = get_config()\nc.CourseDirectory.course_id = 'bench'\nc.ExecutePreprocessor.timeout = 900\n"

EPOCHS = 24
RANDOM = "rng.normal(size=(5, 4)).astype(np.float32)"


@dataclass(frozen=True)
class BenchTask:
    """One task of a class: its function, the assert that stock nbgrader grades by, and input and oracle of our hidden check."""

    function: str
    solution: str
    visible: str
    wanted: str
    drawn: str = RANDOM
    compare: str = "expect.close(seen, wanted, 1e-4, hint='Compare with NumPy.')"


TASKS = {
    SMALL: [
        BenchTask(
            "rank",
            "def rank(x):\n    return tf.rank(x)",
            "assert rank(tf.zeros((2, 3))) == 2",
            "np.asarray(3)",
            drawn="np.ones((3, 2, 4))",
        ),
        BenchTask("double", "def double(x):\n    return 2 * x", "assert double(tf.ones(3))[0] == 2", "2 * x"),
        BenchTask("last_row", "def last_row(x):\n    return x[-1]", "assert last_row(tf.eye(3))[2] == 1", "x[-1]"),
        BenchTask(
            "column_means",
            "def column_means(x):\n    return tf.reduce_mean(x, axis=0)",
            "assert column_means(tf.eye(4))[0] == 0.25",
            "x.mean(axis=0)",
        ),
        BenchTask(
            "gram", "def gram(x):\n    return tf.transpose(x) @ x", "assert gram(tf.eye(4)).shape == (4, 4)", "x.T @ x"
        ),
        BenchTask(
            "slope",
            "def slope(x):\n    with tf.GradientTape() as tape:\n        tape.watch(x)\n        y = tf.reduce_sum(x**3)\n    return tape.gradient(y, x)",
            "assert abs(float(slope(tf.constant(2.0))) - 12) < 1e-4",
            "3 * x**2",
        ),
    ],
    TRAINING: [
        BenchTask(
            "classify",
            "rng = np.random.default_rng(0)\nimages = rng.random((20_000, 784), dtype='float32')\nlabels = (images[:, :392].sum(1) > images[:, 392:].sum(1)).astype('int32')\n"
            "model = tf.keras.Sequential([tf.keras.Input((784,)), tf.keras.layers.Dense(256, 'relu'), tf.keras.layers.Dense(128, 'relu'), tf.keras.layers.Dense(2, 'softmax')])\n"
            "model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])\n"
            f"model.fit(images, labels, epochs={EPOCHS}, batch_size=64, verbose=0)\n"
            "def classify(x):\n    return model(x)",
            "assert classify(tf.zeros((5, 784))).shape == (5, 2)",
            "np.zeros((7, 2))",
            drawn="np.zeros((7, 784), np.float32)",
            compare="expect.shape(seen, wanted.shape)",
        ),
    ],
}


@dataclass(frozen=True)
class Speed:
    """One class graded both ways: submissions, seconds of each round, and where our seconds per submission go."""

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
    """What the figures were measured on, and what one kernel takes."""

    cores: int
    system: str
    level: str
    kernel_bytes: int


@dataclass(frozen=True)
class Endurance:
    """One long run: resident bytes of the grader and its workers as it went on, and what it left behind."""

    submissions: int
    memory: tuple[tuple[int, int], ...]
    zombies: int
    files_left: int


@dataclass(frozen=True)
class Measured:
    """All that one run of the benchmark found; `assignments` are seconds of one submission by assignment: at first, and again."""

    machine: Machine
    speeds: tuple[Speed, ...]
    lasting: Endurance | None
    trainings: tuple[Trainings, ...]
    assignments: tuple[tuple[str, float, float], ...]


def run(
    course: Course, submissions: int, training: int, long: int, models: int, isolation: str, say: Callable[[str], None]
) -> Measured:
    """Measure both classes, one long run, and the course's own assignments; `say` is told what is being done."""
    level = levels.choose(course.settings().isolation, isolation)
    with tempfile.TemporaryDirectory(prefix="autograder-bench-") as folder:
        speeds = []
        for name, count in ((SMALL, submissions), (TRAINING, training)):
            if count:
                speeds.append(measure(Path(folder) / name, name, count, level, say))
        lasting = endure(Path(folder) / "long", long, level, say) if long else None
        own = tuple(own_assignments(course, level, say)) if submissions else ()
        say("the memory of a kernel")
        system = f"Linux {platform.release()}, Python {platform.python_version()}"
        machine = Machine(cores(), system, level, kernel_bytes(level))
    plan = benchmark_trainings.read_plan(course) if models else None
    trainings = tuple(
        benchmark_trainings.measure(course, plan, variant, models, level, done, say)
        for variant in (plan.variants if plan else ())
        if plan
    )
    return Measured(machine, tuple(speeds), lasting, trainings, own)


def own_assignments(course: Course, level: Level, say: Callable[[str], None]) -> Iterator[tuple[str, float, float]]:
    """Yield the seconds that a warm worker takes for each reference solution whose data is at hand, and for a regrade."""
    ready = []
    for name in course.assignments():
        with suppress(CourseError):
            ready.append(course.assignment(name))
    for assignment in sorted(ready, key=lambda assignment: len(assignment.datasets))[:1]:
        # so that the warm process is there before anything is timed
        grade(reference(course, assignment), assignment, kernels_of(course, assignment, Grading(isolation=level)))
    for assignment in ready:
        say(f"{assignment.name}: the reference solution in a warm worker")
        submission = reference(course, assignment)
        grade(submission, assignment, kernels_of(course, assignment, Grading(isolation=level)))
        took = []
        for fresh in (True, False):
            begun = time.monotonic()
            grade(submission, assignment, kernels_of(course, assignment, Grading(isolation=level, fresh=fresh)))
            took.append(time.monotonic() - begun)
        yield assignment.name, took[0], took[1]


def reference(course: Course, assignment: Assignment) -> Submission:
    """Return the reference solution, handed in."""
    return Submission(release.REFERENCE, assignment.name, course.source / assignment.name)


def measure(root: Path, name: str, count: int, level: Level, say: Callable[[str], None]) -> Speed:
    """Grade `count` submissions of one class both ways, in rounds that alternate."""
    ours, stock = our_course(root / "ours", name, level), stock_course(root / "stock", name)
    assignment = ours.assignment(name)
    content = hand_in(assignment.only_notebook.notebook, Answers({}))
    seconds: dict[str, list[float]] = {"stock": [], "ours": []}
    for number, students in enumerate(shares(count, ROUNDS), start=1):
        for who, course, command in (("stock", stock, "nbgrader autograde"), ("ours", ours, "autograder grade")):
            for student in students:
                put(course.root, student, name, content)
            say(f"{name}: round {number} of {ROUNDS}, {len(students)} submissions by `{command}`")
            options = ["--isolation", level] if who == "ours" else []
            begun = time.monotonic()
            done(course.root, *command.split(), name, *options)
            seconds[who].append(time.monotonic() - begun)
            for student, grades in zip(students, gradebook.read_all(course, assignment, students), strict=True):
                if grades is None or grades.score != grades.points:
                    raise GraderError(f"`{command}` did not give full points to {student}")
    return Speed(name, count, tuple(seconds["stock"]), tuple(seconds["ours"]), split(ours, assignment))


def endure(root: Path, count: int, level: Level, say: Callable[[str], None]) -> Endurance:
    """Grade many small submissions in one run, in this process, and look at it meanwhile."""
    course = our_course(root / "course", SMALL, level)
    assignment = course.assignment(SMALL)
    content = hand_in(assignment.only_notebook.notebook, Answers({}))
    for student in shares(count, 1)[0]:
        put(course.root, student, SMALL, content)
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="ag-long-") as folder:
        tempfile.tempdir = folder
        try:
            looking = Looking(count, say)
            grade_class(course, assignment, Grading(isolation=level), looking)
            left = len(list(Path(folder).iterdir()))
        finally:
            tempfile.tempdir = before
    return Endurance(count, tuple(looking.memory), max(looking.zombies, zombies()), left)


class Looking:
    """Looks at the grader's memory ten times during a run."""

    def __init__(self, count: int, say: Callable[[str], None]) -> None:
        self.memory: list[tuple[int, int]] = []
        self.zombies = 0
        self._count, self._say, self._done = count, say, 0

    @contextmanager
    def begin(self, total: int, unchanged: int) -> Iterator[None]:
        """Grading begins."""
        yield

    def finished(self, result: Result) -> None:
        """One more submission is graded."""
        self._done += 1
        if result.report is None or result.report.earned != result.report.auto_points:
            raise GraderError(f"{result.submission.student} did not get full points: {result.error}")
        if self._done % max(1, self._count // 10) == 0:
            workers = [child.pid for child in multiprocessing.active_children() if child.pid]
            self.memory.append((self._done, sum(map(monitor.resident_bytes, [os.getpid(), *workers]))))
            self.zombies = max(self.zombies, zombies())
            self._say(f"{SMALL}: one run of {self._count} submissions, {self._done} done")


def zombies() -> int:
    """Processes that this one, or a descendant of it, has not waited for."""
    count = 0
    for pid in monitor.tree(os.getpid()):
        with suppress(OSError):
            count += Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return count


def shares(count: int, rounds: int) -> list[list[str]]:
    """The students of each round."""
    students = [f"s{k:04d}" for k in range(count)]
    size = -(-count // rounds)
    return [students[at : at + size] for at in range(0, count, size)]


def put(root: Path, student: str, name: str, content: bytes) -> None:
    """Hand in."""
    folder = root / "submitted" / student / name
    folder.mkdir(parents=True)
    (folder / f"{name}.ipynb").write_bytes(content)


def split(course: Course, assignment: Assignment) -> dict[str, float]:
    """Return mean seconds of a submission by what they went to, from the reports, and of recording one, measured here."""
    files = sorted((course.reports / assignment.name).glob("*.json"))
    parts = [dict(json.loads(file.read_text())["notebooks"][0]["seconds"]) for file in files]
    means = {key: sum(part[key] for part in parts) / len(parts) for key in ("start", "import", "cells", "total")}
    report = grade(course.submissions(assignment)[0], assignment, kernels_of(course, assignment, Grading()))
    begun = time.monotonic()
    record(report, standard_sinks(course))
    known = means["start"] + means["import"] + means["cells"]
    return {
        "start": means["start"],
        "import": means["import"],
        "cells": means["cells"],
        "checks": means["total"] - known,
        "record": time.monotonic() - begun,
        "total": means["total"],
    }


def kernel_bytes(level: Level) -> int:
    """PSS of a kernel after a TensorFlow operation, while another one runs beside it."""
    with ExitStack() as running:
        processes = [running.enter_context(closing(launch.start({}, level))) for _ in range(2)]
        for process in processes:
            process.client.execute("import tensorflow as tf; tf.reduce_sum(tf.ones(3)).numpy()", reply=True, timeout=60)
        pids = [monitor.tree(process.monitor.pid) for process in processes if process.monitor]
        return max(sum(map(monitor.proportional_bytes, tree)) for tree in pids)


def our_course(root: Path, name: str, level: Level) -> Course:
    """A released scratch course of this engine."""
    (root / "course_data").mkdir(parents=True)
    write_source(root, name)
    (root / CONFIG).write_text("c = get_config()\nc.CourseDirectory.course_id = 'bench'\n")
    (root / "course_data" / "datasets.toml").write_text("")
    (root / "course_data" / "assignments.toml").write_text(SETTINGS.format(level=level))
    checks = root / "course_data" / "checks" / name
    checks.mkdir(parents=True)
    (checks / f"test_{name}.py").write_text(CHECKS + "".join(check_of(task) for task in TASKS[name]))
    course = Course.open(root)
    release.generate(course, course.assignment(name))
    return course


def stock_course(root: Path, name: str) -> Course:
    """The same assignment for nbgrader alone, graded by its visible asserts."""
    write_source(root, name)
    (root / CONFIG).write_text(STOCK)
    done(root, "nbgrader", "generate_assignment", name)
    return Course.open(root)


def write_source(root: Path, name: str) -> None:
    """The instructor's notebook of a class."""
    cells = [
        cell("code", "setup", "import numpy as np\nimport tensorflow as tf", grade=False, locked=True, solution=False)
    ]
    for task in TASKS[name]:
        marked = f"### BEGIN SOLUTION\n{task.solution}\n### END SOLUTION"
        cells.append(cell("code", task.function, marked, grade=False, locked=False, solution=True))
        cells.append(
            cell("code", f"test_{task.function}", task.visible, grade=True, locked=True, solution=False, points=1)
        )
    folder = root / "source" / name
    folder.mkdir(parents=True)
    (folder / f"{name}.ipynb").write_text(json.dumps(nbformat_tree(cells)))


CHECKS = '''"""Hidden checks of the class of the benchmark."""

import numpy as np

from autograder.checking import Student, Tensor, check, expect

'''


def check_of(task: BenchTask) -> str:
    """A hidden check, as text, that calls the function of a task with new input."""
    name = task.function
    return f"""
@check(cell="{name}", points=1, title="{name} is right for new input")
def test_{name}(student: Student, rng: np.random.Generator) -> None:
    x = {task.drawn}
    seen = expect.array(student.call("{name}", Tensor(x)), "{name}(x)")
    wanted = np.asarray({task.wanted})
    {task.compare}

"""


def done(folder: Path, *command: str) -> None:
    """Run a command of this environment in a folder; GraderError with what it said when it fails."""
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
