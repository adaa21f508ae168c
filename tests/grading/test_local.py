"""Worker processes of this machine: what dies is tried once more, what stops leaves nothing behind."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import tomlkit

from autograder.course.course import Course
from autograder.errors import GraderError
from autograder.grading import local
from autograder.grading.kernels import SandboxKernels
from autograder.grading.local import DIED, WORKER_BYTES, LocalExecutor, grade_locally, local_workers
from autograder.grading.scheduling import Result, schedule
from autograder.recording import gradebook
from autograder.records import Level
from autograder.sandbox import kept, levels, warm
from autograder.sandbox.warm_process import WarmProcess, WarmSettings
from tests.hostile.class_of import ASSIGNMENT, FULL, HONEST, assemble

pytestmark = pytest.mark.kernel
LEVEL = levels.choose(Level.NONE)
KERNELS = SandboxKernels(LEVEL)


@pytest.fixture(scope="module")
def assembled(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The small course of the hostile corpus with its honest students."""
    return assemble(tmp_path_factory.mktemp("target") / "course", [])


@pytest.fixture
def target(assembled: Course, tmp_path: Path) -> Course:
    """A copy of that course."""
    return Course.open(shutil.copytree(assembled.root, tmp_path / "course"))


@pytest.fixture
def cold(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No warm process from an earlier test, none for a later one, and none that is kept between commands."""
    monkeypatch.setenv(kept.FOLDER, "")
    warm.end_started()
    yield
    warm.end_started()


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A temporary folder of its own."""
    with tempfile.TemporaryDirectory(prefix="ag-test-") as folder:
        monkeypatch.setattr("tempfile.tempdir", folder)
        yield Path(folder)


def graded(course: Course, jobs: int = 2) -> list[Result]:
    """Grade the class."""
    assignment = course.assignment(ASSIGNMENT)
    return list(grade_locally(course.submissions(assignment), assignment, KERNELS, jobs))


def errors(results: list[Result]) -> list[str]:
    return [result.error for result in results if result.report is None]


def test_a_worker_that_needs_too_much_memory_raises_and_goes_on(tmp_path: Path) -> None:
    with LocalExecutor(1, tmp_path) as executor:
        before = executor.submit(os.getpid).result()
        with pytest.raises(MemoryError):
            executor.submit(bytes, WORKER_BYTES).result()
        assert executor.submit(os.getpid).result() == before


def test_a_long_name_of_the_temporary_folder_is_no_obstacle(
    target: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cold: None
) -> None:
    (tmp_path / ("x" * 100)).mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / ("x" * 100)))
    assert errors(graded(target)) == []


def when_ready(monkeypatch: pytest.MonkeyPatch, act: Callable[[WarmProcess], object]) -> None:
    """Do something once, at the moment that a warm process is ready."""
    original, done = WarmProcess.await_ready, []

    def await_ready(process: WarmProcess) -> None:
        original(process)
        if not done:
            done.append(act(process))

    monkeypatch.setattr(WarmProcess, "await_ready", await_ready)


def kill_a_worker(process: WarmProcess) -> None:
    """Kill one worker process, as a machine that is out of memory does."""
    worker = multiprocessing.active_children()[0]
    assert worker.pid
    os.kill(worker.pid, signal.SIGKILL)


@pytest.mark.parametrize("act", [kill_a_worker, WarmProcess.kill])
def test_when_a_process_dies_its_submissions_are_tried_once_more(
    target: Course,
    temporary: Path,
    monkeypatch: pytest.MonkeyPatch,
    act: Callable[[WarmProcess], object],
    cold: None,
) -> None:
    when_ready(monkeypatch, act)
    results = graded(target)
    assert sorted(result.submission.student for result in results) == sorted(HONEST)
    assert errors(results) == []
    assert [folder.name for folder in temporary.iterdir() if folder.name.startswith(local.PREFIX)] == []


def end_this_process(text: str) -> str:
    if text == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    return text


def test_work_that_kills_its_worker_twice_fails_and_leaves_other_work_unaffected(tmp_path: Path) -> None:
    with LocalExecutor(2, tmp_path) as executor:
        futures = [executor.submit(end_this_process, text) for text in ("a", "die", "b", "c")]
        outcomes = [error if (error := future.exception()) else future.result() for future in futures]
    assert isinstance(outcomes[1], GraderError) and str(outcomes[1]) == DIED
    assert [outcomes[0], *outcomes[2:]] == ["a", "b", "c"]


def test_the_warm_process_that_this_process_owns_serves_a_class_and_keeps_running(
    target: Course, temporary: Path, monkeypatch: pytest.MonkeyPatch, cold: None
) -> None:
    assignment = target.assignment(ASSIGNMENT)
    client = warm.use(LEVEL, assignment.served_folders, 1)
    with monkeypatch.context() as patched:
        patched.setattr(warm, "WarmProcess", None)  # there is no need for another one
        assert errors(graded(target)) == []
    owned = warm.owned(WarmSettings.of(LEVEL, assignment.served_folders, 1))
    assert owned and owned.client is client and [path.name for path in temporary.glob("*/k-*")] == []
    owned.kill()
    assert warm.owned(client.settings) is None


def test_a_run_that_is_left_early_leaves_nothing(target: Course, temporary: Path, cold: None) -> None:
    assignment = target.assignment(ASSIGNMENT)
    with local_workers(assignment, KERNELS, 2) as executor:
        results = schedule(target.submissions(assignment), assignment, executor, KERNELS)
        assert next(results).report is not None
        results.close()
    assert list(temporary.iterdir()) == []


def test_folders_that_a_killed_run_left_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for owner in (ended.pid, os.getpid()):
        (tmp_path / f"{local.PREFIX}{owner}-x").mkdir()
    local.sweep()
    assert [folder.name for folder in tmp_path.iterdir()] == [f"{local.PREFIX}{os.getpid()}-x"]


def test_an_interrupted_run_keeps_what_is_graded_and_ends_everything(target: Course, temporary: Path) -> None:
    """Ctrl-C while one submission is recorded and another runs for ever; the next run goes on from there.

    The process that starts the command ignores SIGINT, as a script does for what it runs in the background: the
    command sets its own handler.
    """
    for student in list(HONEST)[1:]:
        shutil.rmtree(target.submitted / student)
    endless = target.submitted / "zoe" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    endless.parent.mkdir(parents=True)
    settings = target.data / "assignments.toml"
    tree = tomllib.loads(settings.read_text())
    tree[ASSIGNMENT] |= dict.fromkeys(("cell_seconds", "call_seconds", "notebook_seconds"), 3000)
    settings.write_text(tomlkit.dumps(tree))
    first = next(iter(HONEST))
    reference = target.submitted / first / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    endless.write_text(reference.read_text().replace("total = sum(", "while True: pass\\ntotal = sum("))
    command = [sys.executable, "-m", "autograder", "grade", ASSIGNMENT, "--jobs", "1", "--isolation", LEVEL]
    in_the_background = ["sh", "-c", "trap '' INT; exec \"$@\"", "sh", *command]
    env = os.environ | {"TMPDIR": str(temporary), "PYTHONUNBUFFERED": "1"}
    pipe = subprocess.PIPE
    with subprocess.Popen(
        in_the_background, cwd=target.root, env=env, stdout=pipe, stderr=pipe, text=True, start_new_session=True
    ) as running:
        assert running.stdout and running.stderr
        for line in running.stdout:
            if line.startswith(first):
                break
        os.killpg(running.pid, signal.SIGINT)
        said = running.stderr.read()
        assert running.wait() == 130
    assert "stopped; what was graded is recorded" in said and "Traceback" not in said
    assert list(temporary.iterdir()) == []
    assignment = target.assignment(ASSIGNMENT)
    assert gradebook.read(target, assignment, "zoe") is None
    kept = gradebook.read(target, assignment, first)
    assert kept and kept.score == sum(FULL.values())
    endless.write_text(reference.read_text())
    done = subprocess.run(command, cwd=target.root, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "1 submission(s) unchanged" in done.stdout, done.stderr
