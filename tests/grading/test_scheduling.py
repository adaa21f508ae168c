"""A class in worker processes: what dies is tried once more, what stops leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder.course.layout import Course
from autograder.grading import scheduling
from autograder.grading.pipeline import served
from autograder.grading.scheduling import DIED, grade_all, grading
from autograder.recording import gradebook
from autograder.sandbox import isolation, zygote
from autograder.sandbox.zygote import Zygote
from tests.hostile.class_of import ASSIGNMENT, FULL, HONEST, assemble

LEVEL = isolation.choose("none")


@pytest.fixture(scope="module")
def assembled(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The small course of the hostile corpus with its honest students."""
    return assemble(tmp_path_factory.mktemp("target") / "course", hostile=False)


@pytest.fixture
def target(assembled: Course, tmp_path: Path) -> Course:
    """A copy of that course."""
    return Course.open(shutil.copytree(assembled.root, tmp_path / "course"))


@pytest.fixture(autouse=True)
def cold() -> Iterator[None]:
    """No warm process from an earlier test, and none for a later one."""
    zygote.cool()
    yield
    zygote.cool()


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A temporary folder of its own."""
    with tempfile.TemporaryDirectory(prefix="ag-test-") as folder:
        monkeypatch.setattr("tempfile.tempdir", folder)
        yield Path(folder)


def test_a_long_name_of_the_temporary_folder_is_no_obstacle(
    target: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ("x" * 100)).mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / ("x" * 100)))
    results = list(grade_all(target, target.submissions(ASSIGNMENT), 2, LEVEL))
    assert [each.error for each in results if each.report is None] == []


def when_ready(monkeypatch: pytest.MonkeyPatch, act: Callable[[Zygote], object], times: int) -> None:
    """Do something at the moment that a warm process is ready, the first few times."""
    original, done = Zygote.await_ready, []

    def await_ready(zygote: Zygote) -> None:
        original(zygote)
        if len(done) < times:
            done.append(act(zygote))

    monkeypatch.setattr(Zygote, "await_ready", await_ready)


def kill_a_worker(warm: Zygote) -> None:
    """Kill one worker process, as a machine that is out of memory does."""
    import multiprocessing

    worker = multiprocessing.active_children()[0]
    assert worker.pid
    os.kill(worker.pid, signal.SIGKILL)


def kill_the_warm_process(warm: Zygote) -> None:
    """Kill the process that kernels are forked from."""
    warm._process.kill()
    warm._process.wait()


@pytest.mark.parametrize("act", [kill_a_worker, kill_the_warm_process])
def test_what_dies_costs_its_submissions_one_more_try(
    target: Course, temporary: Path, monkeypatch: pytest.MonkeyPatch, act: Callable[[Zygote], object]
) -> None:
    when_ready(monkeypatch, act, times=1)
    results = list(grade_all(target, target.submissions(ASSIGNMENT), 2, LEVEL))
    assert sorted(each.submission.student for each in results) == sorted(HONEST)
    assert [each.error for each in results if each.report is None] == []
    assert list(temporary.iterdir()) == []


def test_what_dies_twice_stays_ungraded_and_says_why(target: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    when_ready(monkeypatch, kill_a_worker, times=2)
    results = list(grade_all(target, target.submissions(ASSIGNMENT), 1, LEVEL))
    assert [(each.report, each.error) for each in results] == [(None, DIED)] * len(HONEST)


def test_the_warm_process_that_this_process_has_serves_a_class_and_stays(
    target: Course, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warm = zygote.warm(LEVEL, served(target), 1)
    with monkeypatch.context() as patched:
        patched.setattr(scheduling, "Zygote", None)  # there is no need for another one
        results = list(grade_all(target, target.submissions(ASSIGNMENT), 2, LEVEL))
    assert [each.error for each in results if each.report is None] == []
    known = zygote.kept(LEVEL, served(target), 1)
    assert known and known.warm is warm and [each.name for each in temporary.glob("*/k-*")] == []
    kill_the_warm_process(known)
    assert zygote.kept(LEVEL, served(target), 1) is None


def test_a_run_that_is_left_early_leaves_nothing(target: Course, temporary: Path) -> None:
    with grading(target, target.submissions(ASSIGNMENT), 2, LEVEL) as results:
        assert next(results).report is not None
    assert list(temporary.iterdir()) == []


def test_what_a_killed_run_has_left_is_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for owner in (ended.pid, os.getpid()):
        (tmp_path / f"{scheduling.PREFIX}{owner}-x").mkdir()
    scheduling.sweep()
    assert [each.name for each in tmp_path.iterdir()] == [f"{scheduling.PREFIX}{os.getpid()}-x"]


def test_an_interrupted_run_keeps_what_is_graded_and_ends_everything(target: Course, temporary: Path) -> None:
    """Ctrl-C while one submission is recorded and another runs for ever; the next run goes on from there."""
    for student in list(HONEST)[1:]:
        for file in (target.submitted / student / ASSIGNMENT).iterdir():
            file.unlink()
        (target.submitted / student / ASSIGNMENT).rmdir()
        (target.submitted / student).rmdir()
    endless = target.submitted / "zoe" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    endless.parent.mkdir(parents=True)
    settings = target.data / "assignments.toml"
    settings.write_text(settings.read_text().replace("cell_seconds = 4", "cell_seconds = 3000").replace("= 40", "= 3000"))
    reference = target.submitted / next(iter(HONEST)) / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    endless.write_text(reference.read_text().replace("total = sum(", "while True: pass\\ntotal = sum("))
    command = [sys.executable, "-m", "autograder", "grade", ASSIGNMENT, "--jobs", "1", "--isolation", LEVEL]
    env = os.environ | {"TMPDIR": str(temporary), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, cwd=target.root, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as running:
        assert running.stdout and running.stderr
        for line in running.stdout:
            if line.startswith(next(iter(HONEST))):
                break
        os.killpg(running.pid, signal.SIGINT)
        said = running.stderr.read()
        assert running.wait() == 130
    assert "stopped; what was graded is recorded" in said and "Traceback" not in said
    assert list(temporary.iterdir()) == []
    assert gradebook.read(target, ASSIGNMENT, "zoe") is None
    kept = gradebook.read(target, ASSIGNMENT, next(iter(HONEST)))
    assert kept and kept.score == sum(FULL.values())
    endless.write_text(reference.read_text())
    done = subprocess.run(command, cwd=target.root, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "1 submission(s) unchanged" in done.stdout, done.stderr
