"""The pages for teachers name every hidden check with its points, and every threshold with the trainings behind it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
import scipy.stats

from autograder.checking.plugin import declared_checks
from tests.conftest import ROOT

PAGES = ROOT / "docs" / "teachers"
CHECKS = ROOT / "course_data" / "checks"
THRESHOLDS: dict[str, Any] = tomllib.loads((ROOT / "course_data" / "thresholds.toml").read_text(encoding="utf-8"))
ASSIGNMENTS = sorted(folder.name for folder in (ROOT / "source").iterdir() if folder.is_dir())


def page(assignment: str) -> str:
    return (PAGES / f"{assignment}.md").read_text(encoding="utf-8")


def calibrated(assignment: str) -> dict[str, Any]:
    """Return the thresholds of an assignment by name, for each kind of data."""
    kinds = THRESHOLDS[assignment].values()
    return {name: entry for part in kinds for name, entry in part.items() if name != "versions"}


def row_of(assignment: str, name: str) -> list[str]:
    """Return the cells of the only row of a table that begins with this name; [] if there is no such row."""
    rows = [line for line in page(assignment).splitlines() if line.startswith(f"| `{name}` |")]
    return [cell.strip() for cell in rows[0].split("|")] if len(rows) == 1 else []


def false_fail_rate(threshold: float, trainings: dict[str, Any]) -> float:
    """Return the probability with which one more training falls below a threshold."""
    n, spread = trainings["n"], trainings["std"] * (1 + 1 / trainings["n"]) ** 0.5
    return float(scipy.stats.t.sf((trainings["mean"] - threshold) / spread, n - 1))


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_each_check_is_named_with_its_points(assignment: str) -> None:
    declared = declared_checks(CHECKS / assignment)
    assert declared
    missing = [check.name for check in declared if f"{check.points:g}" not in row_of(assignment, check.name)[2:3]]
    assert missing == []


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_a_page_names_no_check_that_is_gone(assignment: str) -> None:
    named = {line.split("`")[1] for line in page(assignment).splitlines() if line.startswith("| `test_")}
    assert named == {check.name for check in declared_checks(CHECKS / assignment)}


@pytest.mark.parametrize("assignment", sorted(THRESHOLDS))
def test_each_threshold_stands_on_its_page_with_the_largest_false_fail_rate(assignment: str) -> None:
    for name, entry in calibrated(assignment).items():
        right = [trainings for trainings in entry["behind"].values() if trainings["right"]]
        rate = max(false_fail_rate(entry["threshold"], trainings) for trainings in right)
        row = row_of(assignment, name)
        assert f"{entry['threshold']:g}" in row[2:3], name
        assert f"{rate:.1g}" in row, name


@pytest.mark.parametrize("assignment", sorted(THRESHOLDS))
def test_the_trainings_behind_a_threshold_stand_on_its_page(assignment: str) -> None:
    behind = [trainings for entry in calibrated(assignment).values() for trainings in entry["behind"].values()]
    wanted = {f"{trainings['mean']:g} ± {trainings['std']:g}" for trainings in behind}
    assert {numbers for numbers in wanted if numbers not in page(assignment)} == set()


def test_the_index_leads_to_every_page_and_there_is_no_other_one() -> None:
    pages = {file.stem for file in PAGES.glob("*.md")} - {"index"}
    assert pages == set(ASSIGNMENTS)
    index = Path(PAGES / "index.md").read_text(encoding="utf-8")
    assert [name for name in ASSIGNMENTS if f"[]({name}.md)" not in index] == []


def test_every_page_says_that_it_is_for_teachers() -> None:
    assert [file.name for file in PAGES.glob("*.md") if "For teachers" not in file.read_text(encoding="utf-8")] == []
