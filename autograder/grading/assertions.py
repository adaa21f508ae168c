"""Rewrites the assertions of a visible test so that a failure shows the values that were compared."""

from __future__ import annotations

import ast

NAME = "_autograder_{}"  # of the values in the rewritten test
SHOWN = 200  # characters of a value


def explained(source: str) -> str:
    """Return a cell in which every assertion without a message has one, with the values of its parts.

    `assert mean(x) == 2` then fails with "mean(x) == 2 does not hold: mean(x) is 3". A cell that is not plain Python is
    returned as it is.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return source
    rewriter = _Rewriter()
    tree = ast.fix_missing_locations(rewriter.visit(tree))
    return ast.unparse(tree) if rewriter.changed else source


class _Rewriter(ast.NodeTransformer):
    """Replaces each assertion by assignments of its parts, and an assertion that names their values."""

    def __init__(self) -> None:
        self.changed = False

    def visit_Assert(self, node: ast.Assert) -> list[ast.stmt] | ast.Assert:
        """Return the statements for one assertion; one that has a message stays as it is."""
        if node.msg is not None:
            return node
        self.changed = True
        parts: list[ast.expr] = []

        def kept(part: ast.expr) -> ast.expr:
            if isinstance(part, ast.Constant | ast.Starred):
                return part
            parts.append(part)
            return ast.Name(NAME.format(len(parts)), ast.Load())

        test = node.test
        if isinstance(test, ast.Compare) and len(test.ops) == 1:
            test = ast.Compare(kept(test.left), test.ops, [kept(test.comparators[0])])
            says = "does not hold"
        elif isinstance(test, ast.Call) and not any(isinstance(part, ast.Starred) for part in test.args):
            arguments = [kept(part) for part in test.args]
            keywords = [ast.keyword(each.arg, kept(each.value) if each.arg else each.value) for each in test.keywords]
            test = ast.Call(test.func, arguments, keywords)
            says = "is not true"
        else:
            says = "is not true"
        assign = [
            ast.Assign([ast.Name(NAME.format(number), ast.Store())], part) for number, part in enumerate(parts, 1)
        ]
        return [*assign, ast.Assert(test, _message(f"{ast.unparse(node.test)} {says}", parts))]


def _message(begin: str, parts: list[ast.expr]) -> ast.expr:
    """Return an expression that gives the message, evaluated only when the assertion fails."""
    named = [(NAME.format(number), part) for number, part in enumerate(parts, 1) if not isinstance(part, ast.Lambda)]
    texts = [
        f"{f'{ast.unparse(part)} is '!r} + ' '.join(repr({name}).split())[:{SHOWN}]"
        for name, part in named
        if _says_more(part)
    ]
    text = " + ', ' + ".join(texts)
    return ast.parse(f"{begin!r} + ': ' + {text}" if texts else f"{begin!r}", mode="eval").body


def _says_more(part: ast.expr) -> bool:
    """Return whether the value of an expression is not what is written: a list of numbers explains itself."""
    return not all(
        isinstance(node, ast.Constant | ast.List | ast.Tuple | ast.Dict | ast.Set | ast.UnaryOp | ast.USub | ast.Load)
        for node in ast.walk(part)
    )
