"""The hostile class on disk: its cases with what is expected of them, and the honest students among them."""

from __future__ import annotations

import importlib.util
import json
import shutil
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.course.answers import Answers, hand_in, read_answers
from autograder.course.course import Course
from autograder.teaching import release

HERE = Path(__file__).parent
CASES = sorted((HERE / "cases").iterdir())
ASSIGNMENT = "target"
FULL = {"double": 3.0, "total": 1.0, "classify": 3.0}

HONEST = {
    "honest_reference": {},
    "honest_loops": {
        "double": (
            "def double(x):\n    out = np.zeros(x.shape)\n"
            "    for at in np.ndindex(x.shape):\n        out[at] = x[at] + x[at]\n"
            "    return out"
        )
    },
    "honest_line": {"classify": "def predict(x):\n    return (np.asarray(x).sum(axis=1) > 0).astype(int)"},
    "honest_mistake": {"double": "def double(x):\n    x *= 2\n    return x", "total": "total = 386"},
}


@dataclass(frozen=True)
class Expected:
    """What `expected.toml` of a case says.

    `points`: the points of tasks that do not get full points. `anything`: tasks whose points do not matter, because
    the attack may or may not kill the kernel before they run. `status`: the status of solution cells. `staff`,
    `student`: texts that the report must contain. `page_lacks`: texts that must not be in the feedback page.
    """

    why: str
    points: dict[str, float] = field(default_factory=dict)
    anything: tuple[str, ...] = ()
    status: dict[str, str] = field(default_factory=dict)
    staff: tuple[str, ...] = ()
    student: tuple[str, ...] = ()
    page_lacks: tuple[str, ...] = ()
    student_name: str = ""


def expected(case: Path) -> Expected:
    """Read one case."""
    return Expected(**tomllib.loads((case / "expected.toml").read_text(encoding="utf-8")))


def student_of(case: Path) -> str:
    """The name under which a case is handed in."""
    return expected(case).student_name or case.name


def assemble(root: Path, cases: Sequence[Path]) -> Course:
    """A course folder with the released target, and the submissions of honest students and of these cases."""
    shutil.copytree(HERE / "course", root)
    repository = HERE.parent.parent
    shutil.copy(repository / "nbgrader_config.py", root)
    shutil.copy(repository / "course_data" / "datasets.toml", root / "course_data")
    course = Course.open(root)
    assignment = course.assignment(ASSIGNMENT)
    release.generate(course, assignment)
    notebook = assignment.only_notebook.notebook

    def folder(student: str) -> Path:
        made = course.submitted / student / ASSIGNMENT
        made.mkdir(parents=True)
        return made

    for student, cells in HONEST.items():
        (folder(student) / f"{ASSIGNMENT}.ipynb").write_bytes(hand_in(notebook, Answers(cells)))
    for case in cases:
        where = folder(student_of(case))
        if (case / "answers.py").is_file():
            (where / f"{ASSIGNMENT}.ipynb").write_bytes(hand_in(notebook, read_answers(case / "answers.py"), str(case)))
        else:
            tree: dict[str, Any] = json.loads(hand_in(notebook, Answers({})))
            _submit(case / "submit.py")(where, tree)
    return course


def _submit(file: Path) -> Any:
    """The function of a case that puts its submission into a folder."""
    spec = importlib.util.spec_from_file_location(f"hostile_{file.parent.name}", file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.submit
