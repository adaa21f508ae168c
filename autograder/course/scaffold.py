"""Writes the files of a new course or a new assignment: one task, its hidden checks, a right and a wrong answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from autograder.course.course import CONFIG, Course
from autograder.course.notebooks import nbformat_tree
from autograder.errors import CourseError

NBGRADER_CONFIG = '''"""nbgrader's settings for this course: its commands and formgrader's buttons use autograder."""

c = get_config()

c.CourseDirectory.course_id = {name!r}

# `nbgrader autograde` and the Autograde button grade with hidden checks, outside the student's process.
c.Autograde.exporter_class = "autograder.recording.nbgrader_plugin.GradingExporter"
c.Autograde.sanitize_preprocessors = []
c.Autograde.autograde_preprocessors = []
c.Autograde.pre_convert_hook = "autograder.recording.nbgrader_plugin.add_missing_notebooks"

# `nbgrader generate_feedback` writes the same pages as `autograder feedback`.
c.GenerateFeedback.exporter_class = "autograder.recording.nbgrader_plugin.FeedbackExporter"
c.GenerateFeedback.preprocessors = []

# A submission counts for the account that owns its files; each student can read only their own feedback.
c.ExchangeFactory.release_assignment = "autograder.hub.exchange.ReleaseAssignment"
c.ExchangeFactory.collect = "autograder.hub.exchange.Collect"
c.ExchangeFactory.release_feedback = "autograder.hub.exchange.ReleaseFeedback"
'''

ASSIGNMENTS = """# The settings of this course. A section [ASSIGNMENT] gives the datasets of an assignment, and
# the limits that differ from the defaults (seconds are wall-clock time):
#
# [week_2]
# datasets = ["fashion_mnist"]
# notebook_seconds = 600
#
# The default limits:
# cell_seconds = 60, call_seconds = 20, notebook_seconds = 300, output_bytes = 4194304,
# reply_bytes = 67108864, memory_bytes = 6442450944, scratch_bytes = 536870912,
# file_bytes = 536870912, processes = 256

# The minimum isolation level for running students' code: "namespaces" (bubblewrap and seccomp),
# "landlock" (Linux 6.12) or "none" (no sandbox). Only the option --isolation can select a weaker level.
isolation = "landlock"
"""

DATASETS = """# The datasets of this course; `autograder data status` lists them. An example:
#
# [fashion_mnist]
# title = "Fashion-MNIST"
# format = "idx"              # or "npz", "cifar"
# folder = "fashion-mnist"
# image = [28, 28]
# train = 60000
# test = 10000
# classes = ["T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"]
# licence = "MIT"
# citation = "H. Xiao, K. Rasul, R. Vollgraf, Fashion-MNIST, 2017"
#
# [fashion_mnist.files]
# "train-images-idx3-ubyte.gz" = { url = "https://...", sha256 = "..." }
"""

STUDENTS = """# Python packages for students, one on each line; `autograder hub install` installs them.
ipykernel
jupyterhub
jupyterlab
matplotlib
nbgrader
numpy
"""

ROSTER = "name,role,email,group\n"

IGNORED = """/submitted/
/autograded/
/feedback/
/gradebook.db*
/course_data/state/
.ipynb_checkpoints/
__pycache__/
.nbgrader.log
"""

INTRO = """# {title}

**Time:** about 30 minutes. **Points:** 4.

Write two sentences here: what this assignment is about, and what students can do when they have solved it.
"""

TASK = """## 1 The mean square

**Goal.** Write a function `mean_square(x)` that returns the mean of the squares of $N$ numbers:

$$ \\overline{{x^2}} = \\frac{{1}}{{N}} \\sum_i x_i^2 . $$

<details><summary>Hint</summary>

Which function of NumPy averages the elements of an array?

</details>
"""

SOLUTION = '''def mean_square(x):
    """Return the mean of the squares of x.

    x: array of shape (N,)
    returns: float
    """
    ### BEGIN SOLUTION
    return np.mean(np.asarray(x, dtype=float) ** 2)
    ### END SOLUTION'''

VISIBLE = "assert abs(float(mean_square(np.array([1.0, 2.0, 3.0]))) - 14 / 3) < 1e-9"

CHECKS = '''"""{title}: hidden checks. They import from the package `autograder.checking` only."""

from __future__ import annotations

import numpy as np

from autograder.checking import Student, check, expect


@check(cell="mean_square", points=3, title="mean_square averages the squares")
def test_mean_square(student: Student, rng: np.random.Generator) -> None:
    x = rng.normal(size=int(rng.integers(5, 50)))
    result = expect.array(student.call("mean_square", x), "mean_square(x)")
    expected = np.asarray((x**2).mean())
    expect.close(result, expected, 1e-9, hint="First square, then average.")


@check(cell="mean_square", points=1, title="mean_square works for whole numbers")
def test_whole_numbers(student: Student, rng: np.random.Generator) -> None:
    x = rng.integers(-100, 100, 20).astype(np.int8)
    result = expect.array(student.call("mean_square", x), "mean_square(x)")
    expected = np.asarray((x.astype(float) ** 2).mean())
    expect.close(result, expected, 1e-6, hint="The square of an 8-bit integer may not fit into 8 bits.")
'''

RIGHT = """# why: a loop instead of NumPy

# %% mean_square
def mean_square(x):
    return sum(float(value) ** 2 for value in x) / len(x)
"""

WRONG = """# why: the square is taken after the mean
# fails: test_mean_square, test_whole_numbers

# %% mean_square
def mean_square(x):
    return np.mean(np.asarray(x, dtype=float)) ** 2
"""


def create_course(root: Path) -> list[Path]:
    """Write the files of a new course and return their paths.

    Raises CourseError when the name of the folder cannot be the name of a course, or one of the files exists.
    """
    name = root.resolve().name
    if not all(character.isalnum() or character in "_-" for character in name):
        raise CourseError(f"{name!r} is not a name for a course: use letters, digits, _ and - for the folder")
    files = {
        root / CONFIG: NBGRADER_CONFIG.format(name=name),
        root / "course_data" / "assignments.toml": ASSIGNMENTS,
        root / "course_data" / "datasets.toml": DATASETS,
        root / "course_data" / "students.txt": STUDENTS,
        root / "course_data" / "roster.csv": ROSTER,
        root / ".gitignore": IGNORED,
    }
    if existing := [file for file in files if file.exists()]:
        raise CourseError(f"{existing[0]} exists already; nothing was written")
    try:
        for file, text in files.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        (root / "source").mkdir(exist_ok=True)
    except OSError as error:
        raise CourseError(f"{root} could not be written: {error.strerror}") from error
    return list(files)


def create(course: Course, name: str) -> list[Path]:
    """Write the files of a new assignment and return their paths.

    Raises CourseError when the assignment exists, or its name is not a Python identifier.
    """
    if not name.isidentifier():
        raise CourseError(f"{name!r} is not a name for an assignment: use letters, digits and _")
    checks, answers = course.checks / name, course.answers / name
    for folder in (course.source / name, checks, answers):
        if folder.exists():
            raise CourseError(f"{folder} exists already; nothing was written")
    title = name.replace("_", " ").capitalize()
    files = {
        course.source / name / f"{name}.ipynb": json.dumps(_notebook(title), indent=1, ensure_ascii=False) + "\n",
        checks / f"test_{name}.py": CHECKS.format(title=title),
        answers / "right" / "loop.py": RIGHT,
        answers / "wrong" / "square_of_the_mean.py": WRONG,
    }
    for file, text in files.items():
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
    return list(files)


def cell(kind: str, name: str, source: str, **nbgrader: Any) -> dict[str, Any]:
    """Return a notebook cell as nbformat JSON.

    `nbgrader`: the flags `grade`, `locked`, `solution` and `points` of nbgrader; without them the cell is a plain one.
    """
    nbgrader_metadata = {"grade_id": name, "schema_version": 3, "task": False, "cell_type": kind, **nbgrader}
    code: dict[str, Any] = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {
        "cell_type": kind,
        "id": name,
        "metadata": {"nbgrader": nbgrader_metadata} if nbgrader else {},
        "source": source.strip("\n"),
        **code,
    }


def _notebook(title: str) -> dict[str, Any]:
    return nbformat_tree(
        [
            cell("markdown", "intro", INTRO.format(title=title)),
            cell("code", "setup", "import numpy as np", grade=False, locked=True, solution=False),
            cell("markdown", "task_mean_square", TASK.format()),
            cell("code", "mean_square", SOLUTION, grade=False, locked=False, solution=True),
            cell("code", "test_mean_square", VISIBLE, grade=True, locked=True, solution=False, points=4),
        ]
    )
