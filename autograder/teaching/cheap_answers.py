"""Makes the cheapest answers to a task: nothing, the stub, and functions and variables that are constants.

A point that such an answer earns is no evidence of a skill.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

from autograder.course.notebooks import Cell, Notebook, visible

NUMPY = "__import__('numpy')"  # the cell of an answer may run before anything was imported

# By the name of the strategy: what each function returns and each variable is. {first} is the first argument.
CONSTANTS: Mapping[str, str] = {
    "None": "None",
    "zero": "0.0",
    "one": "1",
    "an empty list": "[]",
    "a row of zeros": NUMPY + ".zeros(10)",
    "the first argument": "{first}",
    "zeros like the first argument": f"{NUMPY}.zeros_like({NUMPY}.asarray({{first}}))",
    "noise like the first argument": f"{NUMPY}.random.default_rng(0).random({NUMPY}.shape({{first}}))",
}


def strategies(notebook: Notebook) -> dict[str, dict[str, str]]:
    """Return answers to all cells of the instructor's notebook, by the name of the strategy and by grade_id."""
    solutions = notebook.solutions()
    released = visible(notebook)
    made = {
        "an empty cell": {cell.grade_id: "" for cell in solutions},
        "the stub": {cell.grade_id: released.cell(cell.grade_id).source for cell in solutions},
    }
    for name, value in CONSTANTS.items():
        made[name] = {cell.grade_id: constant(cell, value) if cell.is_code else "" for cell in solutions}
    return made


def constant(cell: Cell, value: str) -> str:
    """Return an answer in which each function of the reference solution returns a value, and each variable is it."""
    lines = []
    for node in ast.parse(cell.source).body:
        if isinstance(node, ast.FunctionDef):
            first = node.args.args[0].arg if node.args.args else "0.0"
            arguments = ast.unparse(node.args)
            lines.append(f"def {node.name}({arguments}):\n    return {value.format(first=first)}")
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = sorted({part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)})
            lines += [f"{name} = {value.format(first='0.0')}" for name in names]
        elif isinstance(node, ast.Import | ast.ImportFrom):
            lines.append(ast.unparse(node))
    return "\n\n".join(lines)
