"""Reads a submitted notebook from any bytes that hold one: other encodings, conflicts, files that were cut off."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from autograder import messages
from autograder.course.encodings import decoded
from autograder.course.notebooks import Notebook, from_tree
from autograder.errors import BadSubmission
from autograder.messages import Message

SHOWN = {"utf-16": "UTF-16", "utf-32": "UTF-32", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "cp1252": "Windows-1252"}
CELLS = re.compile(r'"cells"\s*:\s*\[')
BETWEEN = re.compile(r"[\s,]*")


@dataclass(frozen=True)
class Recovered:
    """A notebook, and what had to be done to read it.

    `notes`: messages for the student. `guessed`: what was read may not be what the student meant.
    `cut_off`: cells may be missing, so that the absence of an answer says nothing.
    """

    notebook: Notebook
    notes: tuple[Message, ...] = ()
    guessed: bool = False
    cut_off: bool = False


def recover(content: bytes, name: str) -> Recovered:
    """Read a submitted notebook. Raises BadSubmission, with the reason, when no cell of it can be read."""
    text, encoding = decoded(content)
    notes = () if encoding not in SHOWN else (messages.READ_AS.filled(encoding=SHOWN[encoding]),)
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError) as error:
        repaired = _settled(text, name, notes) or _cut_off(text, name, notes)
        if repaired is None:
            raise messages.NOT_JSON.fault(BadSubmission, detail=str(error)[:300]) from error
        return repaired
    return Recovered(from_tree(tree, name), notes)


def _settled(text: str, name: str, notes: tuple[Message, ...]) -> Recovered | None:
    """Return the notebook with the upper versions of all conflicts, else the lower ones; None if neither is one."""
    upper, lower, conflicts = _sides(text)
    for merged, shown in ((upper, "the upper of both versions"), (lower, "the lower of both versions")):
        try:
            notebook = from_tree(json.loads(merged), name) if conflicts else None
        except (BadSubmission, ValueError, RecursionError):
            continue
        if notebook:
            note = messages.CONFLICT.filled(count=conflicts, side=shown)
            return Recovered(notebook, (*notes, note), guessed=True)
    return None


def _cut_off(text: str, name: str, notes: tuple[Message, ...]) -> Recovered | None:
    """Return the notebook of all whole cells up to the damage; None when there is none."""
    cells = _cells_before_the_damage(text)
    if not cells:
        return None
    notebook = from_tree({"nbformat": 4, "cells": cells}, name)
    return Recovered(notebook, (*notes, messages.CUT_OFF.filled(count=len(cells))), guessed=True, cut_off=True)


def _sides(text: str) -> tuple[str, str, int]:
    """Return both versions of a text with the conflict marks of a version control system, and how many marks it has.

    A conflict is `<<<<<<<`, one version, perhaps `|||||||` and the common ancestor, `=======`, the other, `>>>>>>>`.
    """
    upper: list[str] = []
    lower: list[str] = []
    into: tuple[list[str], ...] = (upper, lower)
    conflicts = 0
    for line in text.splitlines(keepends=True):
        mark = line[:7]
        if mark == "<" * 7:
            into, conflicts = (upper,), conflicts + 1
        elif mark == "|" * 7:
            into = ()
        elif mark == "=" * 7:
            into = (lower,)
        elif mark == ">" * 7:
            into = (upper, lower)
        else:
            for side in into:
                side.append(line)
    return "".join(upper), "".join(lower), conflicts


def _cells_before_the_damage(text: str) -> list[dict[str, Any]]:
    """Return the whole cells of a notebook up to the place where its JSON ends or is damaged."""
    start = CELLS.search(text)
    if not start:
        return []
    cells: list[dict[str, Any]] = []
    position, decoder = start.end(), json.JSONDecoder()
    while True:
        gap = BETWEEN.match(text, position)
        position = gap.end() if gap else position
        try:
            cell, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            return cells
        if not isinstance(cell, dict):
            return cells
        cells.append(cell)
