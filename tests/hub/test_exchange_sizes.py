"""One student cannot fill the grader's disk or delay the others by what lies in the exchange."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.hub import exchange

NAME = "week_1"


def empty_folders(root: Path) -> None:
    for number in range(200):
        for inner in range(5):
            (root / f"d{number}" / str(inner)).mkdir(parents=True)


def deep_folders(root: Path) -> None:
    (root / "/".join("d" * (exchange.MOST_DEPTH + 1))).mkdir(parents=True)


def many_files(root: Path) -> None:
    for number in range(exchange.MOST_FILES + 1):
        (root / f"{number}.txt").touch()


def many_links(root: Path) -> None:
    for number in range(exchange.MOST_FILES + 1):
        (root / f"{number}.txt").symlink_to("/etc/passwd")


def large_files(root: Path) -> None:
    for number in range(3):
        with open(root / f"{number}.bin", "wb") as out:
            out.truncate(exchange.MOST_BYTES // 2)


def deep_and_wide_folders(root: Path) -> None:
    place = root
    for _ in range(exchange.MOST_DEPTH):
        for number in range(40):
            (place / str(number)).mkdir()
        place = place / "0"


TOO_MUCH = [empty_folders, deep_folders, many_files, many_links, large_files, deep_and_wide_folders]


@pytest.mark.parametrize("fill", TOO_MUCH)
def test_what_is_too_much_is_refused_before_anything_is_copied(tmp_path: Path, fill: Callable[[Path], None]) -> None:
    source, target = tmp_path / "handed in", tmp_path / "copy"
    source.mkdir()
    target.mkdir()
    fill(source)
    (source / "a.ipynb").write_text("{}")
    with pytest.raises(OSError, match="more than"):
        exchange.copy_plain(source, target)
    assert list(target.iterdir()) == []


def test_thousands_of_folders_and_names_of_one_account_are_a_few(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody else is looked at as if they were not there."""
    looked_at: list[Path] = []
    measured = exchange.changed
    monkeypatch.setattr(exchange, "changed", lambda folder: (looked_at.append(folder), measured(folder))[1])
    own = exchange.account(os.getuid())
    for number in range(300):
        (tmp_path / f"victim{number}+{NAME}+t").mkdir()
        (tmp_path / f"{own}+{NAME}+{number}").mkdir()
    found = list(exchange.inbound(tmp_path, NAME))
    assert len(found) == len(looked_at) == 2 * exchange.MOST_FOLDERS
    assert sum(one.claimed == own for one in found) == exchange.MOST_FOLDERS
    everybody = list(exchange.inbound(tmp_path, NAME, check_owner=False))
    assert len({one.claimed for one in everybody}) == 301, "students of a hub with one account for all"


def test_the_log_of_refusals_says_each_thing_once_and_stays_small(tmp_path: Path) -> None:
    log = tmp_path / "state" / "refused.log"
    for minute in range(50):
        exchange.log_refusal(log, "folder: it says it is from ann", f"10:{minute:02}")
    assert log.read_text() == "folder: it says it is from ann, changed at 10:00\n"
    for number in range(3 * exchange.MOST_LOG // 1000):
        exchange.log_refusal(log, f"{number}: " + "x" * 1000, "11:00")
    assert {file.name for file in log.parent.iterdir()} == {"refused.log", "refused.log.1"}
    assert sum(file.stat().st_size for file in log.parent.iterdir()) < 2.1 * exchange.MOST_LOG
