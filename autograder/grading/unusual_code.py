"""Finds code in an answer that a task of a course does not need and that can deceive a check: a person looks at it.

Such code changes no points. Some of it has honest uses, and whoever wants to deceive can hide it better than a pattern
can find it; what remains is that a grade which rests on it is seen by a person before it counts.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# Modules that reach into the interpreter, or load a library a second time to undo what the grader forbids.
MODULES = {"importlib", "imp", "ctypes", "gc", "inspect", "marshal", "codeop", "builtins", "runpy", "zipimport"}
INNER = ("keras.src.", "tensorflow.python.", "tf.raw_ops.", "tensorflow.raw_ops.")
CALLS = {"exec", "eval", "compile", "__import__", "setattr", "delattr"}
# What leads from an object to the code, the variables or the callers of a function, or to a forbidden original.
ATTRIBUTES = {
    *("__code__", "__globals__", "__closure__", "__wrapped__", "__subclasses__", "__builtins__", "__loader__"),
    *("f_back", "f_globals", "f_locals", "gi_frame", "tb_frame", "_getframe", "CodeType", "FunctionType"),
}
# Of these, what can change the kernel itself, and with it what it says of every later cell.
REACHING = {"ctypes", "gc", "modules", "_getframe", "f_back", "f_globals", "f_locals", "__builtins__"}
OURS = "autograder"  # what the names of the modules that answer the grader's questions begin with
MOST_LITERALS = 8_000  # bytes of numbers and texts in the code of one answer; the longest solution has about 1,500
MOST_FOREIGN = 200  # characters beyond ASCII in one text: bytes can be packed into them


@dataclass(frozen=True)
class Unusual:
    """Something unusual in words; `reaches`: it can change what the kernel says of all later answers, too."""

    what: str
    reaches: bool = False

    def __str__(self) -> str:
        return f"the answer {self.what}"


def unusual(source: str) -> tuple[Unusual, ...]:
    """Return what a person should look at in the source of an answer; nothing where it is no Python."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # it does not run, or IPython's own commands do
        return ()
    return tuple(dict.fromkeys([*_names(tree), *map(Unusual, [*_replaced(tree), *_literals(tree)])]))


def _names(tree: ast.AST) -> Iterator[Unusual]:
    """Yield the modules, calls and attributes that no task needs."""
    parts = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}  # of a longer name
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from _imported(name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from _imported([node.module or ""])
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            yield Unusual(f"calls {node.func.id}")
        elif isinstance(node, ast.Attribute):
            if node.attr in ATTRIBUTES:
                yield Unusual(f"uses {node.attr}", node.attr in REACHING)
            elif (node.attr, _root(node)) == ("modules", "sys"):
                yield Unusual("uses sys.modules", reaches=True)
            elif id(node) not in parts and ast.unparse(node).startswith(INNER):
                yield Unusual(f"uses {ast.unparse(node)}, an inner part of a library")


def _imported(paths: Iterable[str]) -> Iterator[Unusual]:
    for path in paths:
        first, *_ = parts = path.split(".")
        if first in MODULES or path.startswith(OURS):
            yield Unusual(f"imports {path}", first in REACHING or path.startswith(OURS))
        elif path.startswith(INNER) or any(re.match("_[^_]", part) for part in parts):
            yield Unusual(f"imports {path}, an inner part of a library")


def _replaced(tree: ast.AST) -> Iterator[str]:
    """Yield the functions of libraries that are replaced: a check that uses one would ask the student's own."""
    modules = {
        (name.asname or name.name.partition(".")[0])
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for name in node.names
    } | {"np", "tf", "plt", "pd", "sns", "math", "random", "keras", "scipy", "sklearn"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if not isinstance(target, ast.Attribute) or _root(target) not in modules:
                    continue
                # deeper ones are settings as well, such as pandas.options.display.max_rows
                if isinstance(target.value, ast.Name) or isinstance(node.value, ast.Lambda):
                    yield f"replaces {ast.unparse(target)}"


def _root(node: ast.expr) -> str:
    """Return the name with which a chain of attributes begins."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _literals(tree: ast.Module) -> Iterator[str]:
    """Yield a text for an answer that consists of data: a table of results, or bytes packed into a text."""
    documentation = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    size = 0
    for node in ast.walk(tree):
        value = node.value if isinstance(node, ast.Constant) and node not in documentation else None
        if isinstance(value, str | bytes | int | float):
            size += len(value.encode(errors="replace") if isinstance(value, str) else repr(value))
            if isinstance(value, str) and sum(ord(letter) > 127 for letter in value) > MOST_FOREIGN:
                yield "has a text of unusual characters"
    if size > MOST_LITERALS:
        yield f"has {size:,} bytes of numbers and texts in its code"
