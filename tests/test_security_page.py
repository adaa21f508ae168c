"""What SECURITY.md names exists: files of tests, groups of attacks, modules."""

from __future__ import annotations

import re

from tests.conftest import ROOT
from tests.hostile.class_of import CASES

PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")


def test_every_file_that_the_page_names_exists() -> None:
    named = set(re.findall(r"`((?:tests|autograder|course_data)/[\w/.]+)`", PAGE))
    assert len(named) > 15
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_every_group_of_attacks_has_a_row() -> None:
    rows = set(re.findall(r"^\| ([A-Z]) \|", PAGE, re.MULTILINE))
    assert rows == {case.name[0] for case in CASES}


def test_no_line_is_longer_than_a_screen_but_in_tables() -> None:
    assert [line for line in PAGE.splitlines() if len(line) > 120 and not line.startswith("|")] == []
