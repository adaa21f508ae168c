"""Starts an assignment for an instructor: a notebook with one task, its check, a right answer and a wrong one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from autograder.course.layout import Course
from autograder.course.notebooks import nbformat_tree
from autograder.errors import CourseError

INTRO = """# {title}

**Time:** about 30 minutes. **Points:** 4.

Say here in two sentences what this is about, and what a student can do after it.
"""

TASK = """## 1 The mean square

**Goal.** A function `mean_square(x)`:

$$ \\overline{{x^2}} = \\frac{{1}}{{N}} \\sum_i x_i^2 . $$

*Hint.* `np.mean` averages.
"""

SOLUTION = '''def mean_square(x):
    """The mean of the squares of x.

    x: shape (N,), numbers
    returns: one number
    """
    ### BEGIN SOLUTION
    return np.mean(np.asarray(x, dtype=float) ** 2)
    ### END SOLUTION'''

VISIBLE = "assert abs(float(mean_square(np.array([1.0, 2.0, 3.0]))) - 14 / 3) < 1e-9"

CHECKS = '''"""{title}: hidden checks. They import `autograder.checking` and nothing else of the package."""

from __future__ import annotations

import numpy as np

from autograder.checking import Student, check, expect


@check(cell="mean_square", points=3, title="mean_square averages the squares")
def test_mean_square(student: Student, rng: np.random.Generator) -> None:
    x = rng.normal(size=int(rng.integers(5, 50)))
    seen = expect.array(student.call("mean_square", x), "mean_square(x)")
    expect.close(seen, np.asarray((x**2).mean()), 1e-9, hint="First square, then average.")


@check(cell="mean_square", points=1, title="mean_square works for whole numbers")
def test_whole_numbers(student: Student, rng: np.random.Generator) -> None:
    x = rng.integers(-100, 100, 20).astype(np.int8)
    seen = expect.array(student.call("mean_square", x), "mean_square(x)")
    expect.close(seen, np.asarray((x.astype(float) ** 2).mean()), 1e-6, hint="The square of an 8-bit integer does not fit into 8 bits.")
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


def create(course: Course, name: str) -> list[Path]:
    """Write the files of a new assignment; CourseError when it exists or its name is no name. Returns what was written."""
    if not name.isidentifier():
        raise CourseError(f"{name!r} is not a name for an assignment: use letters, digits and _")
    checks = course.root / "autograder" / "checks" / name
    answers = course.root / "tests" / "answers" / name
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
    """A notebook cell as JSON, with nbgrader's flags when there are any."""
    known = {"grade_id": name, "schema_version": 3, "task": False, "cell_type": kind, **nbgrader}
    code: dict[str, Any] = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {
        "cell_type": kind,
        "id": name,
        "metadata": {"nbgrader": known} if nbgrader else {},
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
