"""Warm processes that are kept between commands."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from autograder.records import Level
from autograder.sandbox import kept, launch, levels, warm
from autograder.sandbox.warm_process import WarmSettings

LEVEL = levels.choose(Level.NONE)
USE = """
from autograder.sandbox import kept
from autograder.sandbox.warm_process import WarmSettings
print(kept.use(WarmSettings.of(%r, {}, 1)).folder)
"""


@pytest.fixture
def own_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of its own for kept warm processes; those of the run and of this process are not seen, nor touched."""
    folder = Path(f"/tmp/autograder-kept-{os.getpid()}")
    held = dict(kept._in_use)
    kept._in_use.clear()
    monkeypatch.setenv(kept.FOLDER, str(folder))
    monkeypatch.setattr(warm, "_started", [])
    monkeypatch.setattr(warm, "_announced_in", [])
    yield folder
    kept.release()
    kept._in_use.update(held)
    for file in folder.glob("*/*.pid"):
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(file.read_text()), signal.SIGKILL)
    subprocess.run(["rm", "-rf", str(folder)], check=True)


def until(holds: Callable[[], bool]) -> None:
    """Wait for another process; fail when it takes too long."""
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.kernel
def test_a_second_command_finds_the_warm_process_of_the_first_until_it_is_asked_to_end(own_folder: Path) -> None:
    commands = [subprocess.run([sys.executable, "-c", USE % str(LEVEL)], capture_output=True, text=True, check=True)]
    commands += [subprocess.run([sys.executable, "-c", USE % str(LEVEL)], capture_output=True, text=True, check=True)]
    first, second = (Path(command.stdout.strip()) for command in commands)
    assert first == second and first.is_relative_to(own_folder) and own_folder.stat().st_mode & 0o777 == 0o700
    with closing(launch.start({}, LEVEL)) as process:
        assert process.folder.parent == first and process.alive()
        kept.end_all()
        assert process.alive(), "a kernel still uses it"
    kept.release()
    until(lambda: not first.exists())


@pytest.mark.kernel
def test_when_the_keeper_was_killed_the_next_command_starts_another_one(own_folder: Path) -> None:
    settings = WarmSettings.of(LEVEL, {}, 1)
    before = kept.use(settings)
    (pid,) = own_folder.glob("*/*.pid")
    os.kill(int(pid.read_text()), signal.SIGKILL)
    assert before
    until(lambda: not before.alive())
    after = kept.use(settings)
    assert after and after.alive() and after.folder != before.folder
    assert not before.folder.exists(), "what the first has left is removed"


def test_other_settings_packages_or_data_need_another_warm_process(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    settings = WarmSettings.of(Level.NONE, {"a": tmp_path / "a"}, 1)
    before = kept.fingerprint(settings)
    assert before == kept.fingerprint(settings)
    assert before != kept.fingerprint(WarmSettings.of(Level.NONE, {"a": tmp_path / "a"}, 2))
    (tmp_path / "a" / "new.npy").touch()
    assert before != kept.fingerprint(settings)


def test_a_folder_that_another_account_can_open_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Path(f"/tmp/autograder-open-{os.getpid()}")
    monkeypatch.setenv(kept.FOLDER, str(place))
    place.mkdir(mode=0o700)
    try:
        assert kept.folder() == place
        place.chmod(0o755)
        assert kept.folder() is None
        place.rmdir()
        place.symlink_to(tmp_path)
        assert kept.folder() is None, "a link can be pointed elsewhere"
    finally:
        place.unlink()


@pytest.mark.parametrize("name", ["", "/tmp/" + "long" * 30, "/proc/no/such"])
def test_where_nothing_can_be_kept_each_command_starts_its_own(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(kept.FOLDER, name)
    assert kept.use(WarmSettings.of(Level.NONE, {}, 1)) is None


class Ends:
    """A warm process that runs for a number of looks."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    def alive(self) -> bool:
        """Called at each look."""
        self.looks -= 1
        return self.looks > 0


def test_it_ends_when_nobody_has_used_it_for_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    process = Ends(1000)
    process.client = type("Client", (), {"folder": tmp_path / "ag-1"})()  # type: ignore[attr-defined]
    announcement = tmp_path / "warm-a.json"
    announcement.write_text(f'{{"folder": "{tmp_path / "ag-1"}"}}')
    monkeypatch.setattr(kept, "POLL_SECONDS", 0.0)
    monkeypatch.setattr(kept, "IDLE_SECONDS", 0.05)
    kept._serve(process, tmp_path / "used", announcement)  # type: ignore[arg-type]
    assert process.looks > 0 and not announcement.exists()
