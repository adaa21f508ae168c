"""Makes small wrong changes to a correct answer: one operator, constant, function or line at a time.

A check that does not notice them would not notice a student's slip either.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.Pow: ast.Mult,
}
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.Gt: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}
FUNCTIONS = {
    "reduce_sum": "reduce_mean",
    "reduce_mean": "reduce_sum",
    "reduce_max": "reduce_min",
    "argmax": "argmin",
    "assign_add": "assign_sub",
    "assign_sub": "assign_add",
    "mean": "sum",
    "sum": "mean",
    "std": "var",
    "min": "max",
    "sin": "cos",
    "exp": "log",
    "log": "exp",
    "sqrt": "square",
    "tanh": "sin",
    "zeros_like": "ones_like",
    "ones_like": "zeros_like",
    "transpose": "identity",
}


@dataclass(frozen=True)
class Mutant:
    """A changed answer; `name` says what was changed where."""

    cell: str
    name: str
    source: str


def mutants(cell: str, marked: str) -> Iterator[Mutant]:
    """Yield every mutant of a reference solution, in the order of its text.

    Only what stands between the marks of the solution is changed.
    """
    lines, inside, own = [], False, set()
    for line in marked.splitlines():
        if "### BEGIN SOLUTION" in line or "### END SOLUTION" in line:
            inside = "BEGIN" in line
            continue
        lines.append(line)
        if inside:
            own.add(len(lines))
    tree = ast.parse("\n".join(lines))
    places = _placed(tree)
    for index, node in enumerate(places):
        for number, changed in enumerate(changes(node) if node.lineno in own else ()):
            mutated = copy.deepcopy(tree)
            Replace(_placed(mutated)[index], copy.deepcopy(changed)).visit(mutated)
            after = ast.unparse(changed) if not isinstance(changed, ast.Pass) else "(left out)"
            before = ast.unparse(node).splitlines()[0]
            text = ast.unparse(ast.fix_missing_locations(mutated))
            yield Mutant(
                cell,
                f"{cell} {node.lineno}:{node.col_offset}: {before} -> {after.splitlines()[0]}" + " '" * number,
                text,
            )


def _placed(tree: ast.AST) -> list[ast.expr | ast.stmt]:
    """Return the expressions and statements of a tree, in the order of the text."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.expr | ast.stmt)]
    return sorted(found, key=lambda node: (node.lineno, node.col_offset, type(node).__name__))


def spread(things: Sequence[T], most: int) -> list[T]:
    """Return at most `most` of the things, evenly spread over them."""
    step = max(1.0, len(things) / most) if most else 0.0
    return [things[int(number * step)] for number in range(min(most, len(things)))]


class Replace(ast.NodeTransformer):
    """Replaces one node of a tree by another."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        """Called for each node of the tree."""
        return self.new if node is self.old else self.generic_visit(node)


def changes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what a node can be replaced by."""
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        yield ast.copy_location(ast.BinOp(node.left, OPERATORS[type(node.op)](), node.right), node)
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARISONS:
        yield ast.copy_location(
            ast.Compare(node.left, [COMPARISONS[type(node.ops[0])](), *node.ops[1:]], node.comparators), node
        )
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        yield ast.copy_location(ast.Constant(node.value + 1 if node.value in (0, 1, -1) else node.value * 2), node)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield node.operand
    if isinstance(node, ast.Attribute) and node.attr in FUNCTIONS and isinstance(node.ctx, ast.Load):
        yield ast.copy_location(ast.Attribute(node.value, FUNCTIONS[node.attr], node.ctx), node)
    if isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load) and len(node.elts) > 1:
        yield ast.copy_location(ast.Tuple([*node.elts[1:], node.elts[0]], node.ctx), node)
    docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Expr | ast.Assign | ast.AugAssign) and not docstring:
        yield ast.copy_location(ast.Pass(), node)
