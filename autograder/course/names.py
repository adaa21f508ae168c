"""Finds the names that the code of a cell defines, without running it."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Sequence
from functools import lru_cache

from autograder.course.notebooks import Cell, released_text

MAGIC = re.compile(r"^([ \t]*)[%!][^\n]*$", re.M)  # lines for IPython; Python's parser does not know them
DEFINITION = re.compile(r"^(?:async\s+def|def|class)\s+(\w+)|^(\w+)\s*(?::[^=\n]+)?=(?!=)", re.M)
MAX_PARSED = 20_000  # characters; in longer code, only what looks like a definition is found


def is_code(source: str) -> bool:
    """Return whether a text is Python, lines for IPython aside."""
    return _parsed(source) is not None


@lru_cache(maxsize=1024)
def defined(source: str) -> frozenset[str]:
    """Return the names that a cell defines at its top level; of code with a syntax error, those that look like it."""
    tree = _parsed(source)
    if tree is None:
        return frozenset(name for match in DEFINITION.findall(source) for name in match if name)
    found: set[str] = set()
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(statement.name)
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found.add(node.id)
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                found.add(node.name)
    return frozenset(found)


def wanted(instructor: Sequence[Cell], position: int) -> frozenset[str]:
    """Return the names that the task of a solution cell asks for.

    These are the functions and classes that the released cell begins; else the names that the reference solution
    defines and that another cell, for example the text of the task or the visible test, mentions.
    """
    cell = instructor[position]
    if not cell.is_code:
        return frozenset()
    begun = frozenset(match[0] for match in DEFINITION.findall(released_text(cell)) if match[0])
    if begun:
        return begun
    elsewhere = {
        word
        for number, other in enumerate(instructor)
        if number != position and not (other.solution and other.is_code)
        for word in re.findall(r"\w+", released_text(other))
    }
    return frozenset(name for name in defined(cell.source) if name in elsewhere)


def words(source: str) -> frozenset[str]:
    """Return the words of a cell's code, without its comments."""
    return frozenset(re.findall(r"[A-Za-z_]\w+", re.sub(r"#[^\n]*", "", source)))


def likeness(source: str, reference: frozenset[str]) -> float:
    """Return which part of the words in a cell and in a reference solution both have, 0 to 1."""
    own = words(source)
    return len(own & reference) / len(own | reference) if own | reference else 0.0


def _parsed(source: str) -> ast.Module | None:
    if len(source) > MAX_PARSED:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # SyntaxWarning about the student's text
            return ast.parse(MAGIC.sub(r"\1pass", source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
