"""The commands: bad input is one clear line with exit code 2, good input does what the README says."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder import __version__, cli
from autograder.course.course import Course
from autograder.hub import site
from autograder.recording import gradebook
from autograder.records import Level
from autograder.sandbox import levels
from tests.conftest import ANSWERS, EXERCISE, ROOT

LEVEL = levels.choose(Level.NONE)


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run a command in this process: exit code, standard output, standard error."""
    monkeypatch.setattr(sys, "argv", ["autograder", *arguments])
    for console in (cli.out, cli.err):
        monkeypatch.setattr(console, "width", 200)
    with pytest.raises(SystemExit) as left:
        cli.main()
    told = capsys.readouterr()
    return int(left.value.code or 0), told.out, told.err


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["grade", "exercise_1_greyscale"], "did you mean exercise_1_grayscale?"),
        (["release", "nothing"], "no assignment nothing in"),
        (["grade", EXERCISE], f"{EXERCISE} is not in the gradebook: run `autograder release {EXERCISE}`"),
        (["try", EXERCISE, "no_such_file.py"], "no_such_file.py cannot be read"),
        (["data", "fetch", "imagenet"], "no dataset imagenet in the registry; there are: cifar10"),
        (["data", "fetch", "cifar10", "--from", "/no/such/folder"], "/no/such/folder is not a folder"),
        (["data", "standin", "iris"], "there is no stand-in for iris"),
        (["new", "no-name"], "is not a name for an assignment"),
        (["new", EXERCISE], "exists already; nothing was written"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_input_is_one_line(
    course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], line: str
) -> None:
    code, _, err = run(monkeypatch, capsys, *arguments, "--course", str(course.root))
    assert code == 2 and line in err and len(err.strip().splitlines()) == 1 and "Traceback" not in err


def test_a_folder_that_is_no_course_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(monkeypatch, capsys, "status", "--course", str(tmp_path))
    assert code == 2 and "has no nbgrader_config.py" in err


@pytest.mark.kernel
def test_grading_a_class_with_a_broken_notebook_in_it(
    released: Course,
    submit: Callable[[Course, str, str], Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    submit(released, "ann", "right/reference.py")
    submit(released, "bob", "wrong/violet_and_yellow.py")
    submit(released, "cyd", "right/reference.py").write_bytes(b"{ broken")
    where = ("--course", str(released.root))

    code, out, err = run(monkeypatch, capsys, "grade", EXERCISE, *where)
    assert code == 0, err
    assert {
        row: gradebook.read(released, released.assignment(EXERCISE), row).score for row in ("ann", "bob", "cyd")
    } == {
        "ann": 25,
        "bob": 24,
        "cyd": 0,
    }  # type: ignore[union-attr]
    assert "cifar10 (stand-in)" in out and f"isolation: {LEVEL}" in out and "test_grey_colour_map" in out

    code, out, _ = run(monkeypatch, capsys, "grade", EXERCISE, *where)
    assert code == 0 and "3 submission(s) unchanged" in out

    submit(released, "bob", "wrong/no_names.py")
    code, out, _ = run(monkeypatch, capsys, "grade", EXERCISE, *where)
    assert "2 submission(s) unchanged" in out and "test_names_at_images" in out

    code, out, _ = run(monkeypatch, capsys, "feedback", EXERCISE, *where)
    assert code == 0 and "3 page(s)" in out
    assert "not valid JSON" in (released.feedback / "cyd" / EXERCISE / f"{EXERCISE}.html").read_text()

    code, out, _ = run(monkeypatch, capsys, "status", *where)
    assert code == 0 and EXERCISE in out and "16.3/30" in out

    code, _, err = run(monkeypatch, capsys, "grade", EXERCISE, "--student", "zoe", *where)
    assert code == 2 and "no submission of zoe" in err


@pytest.mark.kernel
def test_what_could_not_be_recorded_is_graded_again_by_the_next_run(
    released: Course,
    submit: Callable[[Course, str, str], Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    submit(released, "ann", "right/reference.py").write_bytes(b"{ broken")
    where = ("--course", str(released.root))
    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", lambda descriptor: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        code, _, err = run(monkeypatch, capsys, "grade", EXERCISE, *where)
    assert (
        code == 2
        and "No space left on device" in err
        and gradebook.read(released, released.assignment(EXERCISE), "ann") is None
    )
    code, _, _ = run(monkeypatch, capsys, "grade", EXERCISE, *where)
    assert code == 0 and gradebook.read(released, released.assignment(EXERCISE), "ann") is not None
    assert (released.reports / EXERCISE / "ann.json").is_file()


@pytest.mark.kernel
def test_try_prints_each_checks_verdict_as_json(
    course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = ANSWERS / EXERCISE / "wrong" / "blue_green_red.py"
    code, out, _ = run(monkeypatch, capsys, "try", EXERCISE, str(answers), "--json", "--course", str(course.root))
    tree = json.loads(out)
    assert code == 0 and tree["score"] == 23 and tree["max_score"] == 25
    assert tree["data"] == {"cifar10": "stand-in", "cifar100": "stand-in"}
    failed = [check for check in tree["checks"] if check["verdict"] == "failed"]
    assert [(check["cell"], check["check"], check["points"], check["max_points"]) for check in failed] == [
        ("to_gray", "test_weights", 0, 2)
    ]
    assert failed[0]["message"].startswith("this is blue, green, red")


@pytest.mark.kernel
def test_a_new_assignment_can_be_tried_and_released_as_it_is(
    course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ("--course", str(course.root))
    assert run(monkeypatch, capsys, "new", "week_2", *where)[0] == 0
    folder = course.answers / "week_2"
    code, out, _ = run(monkeypatch, capsys, "try", "week_2", str(folder / "right" / "loop.py"), "--json", *where)
    assert code == 0 and json.loads(out)["score"] == 4
    code, out, _ = run(monkeypatch, capsys, "try", "week_2", str(folder / "wrong" / "square_of_the_mean.py"), *where)
    assert code == 0 and "First square, then average." in out
    code, out, err = run(monkeypatch, capsys, "release", "week_2", *where)
    assert code == 0 and "earns 4 of 4 points" in out, err


@pytest.mark.slow
def test_the_data_commands_say_what_is_a_standin(
    course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ("--course", str(course.root))
    code, out, _ = run(monkeypatch, capsys, "data", "standin", "mnist", *where)
    assert code == 0 and "mnist: stand-in (not the real data)" in out
    code, out, _ = run(monkeypatch, capsys, "data", "status", *where)
    assert "2000 + 400, 32 x 32 x 3" in out and "60000 + 10000, 28 x 28" in out
    assert code == 0 and out.count("STAND-IN, not the real data") == 4 and "comes with scikit-learn" in out


@pytest.mark.slow
def test_commands_start_without_importing_slow_packages() -> None:
    slow = {"tensorflow", "matplotlib", "scipy.stats", "scipy.special"}
    code = (
        "import sys, autograder.cli, autograder.teaching.classroom, autograder.teaching.demo; "
        f"print(*({slow} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


@pytest.mark.parametrize(("options", "chosen"), [([], {}), (["--address", "http://h:1"], {"address": "http://h:1"})])
def test_a_hub_without_an_address_keeps_the_one_it_has(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    options: list[str],
    chosen: dict[str, str],
) -> None:
    seen = []
    monkeypatch.setattr(site, "install", lambda course, folder, given, say: seen.append(given))
    where = ("hub", "install", str(tmp_path / "hub"), "--course", str(ROOT))
    code, _, err = run(monkeypatch, capsys, *where, *options)
    assert code == 0 and seen == [chosen], err


def test_the_version_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, capsys, "--version") == (0, f"autograder {__version__}\n", "")
