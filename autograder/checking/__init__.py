"""The names that a hidden check imports: what it can ask of a student's work and tell the student."""

from autograder.checking import expect, playground
from autograder.checking.figures import Axes, Figure, Image, Line
from autograder.checking.plugin import check
from autograder.checking.student import Student, some_rows
from autograder.wire import Function, Generator, Namespace, Tensor, Variable

__all__ = [
    "Axes",
    "Figure",
    "Function",
    "Generator",
    "Image",
    "Line",
    "Namespace",
    "Student",
    "Tensor",
    "Variable",
    "check",
    "expect",
    "playground",
    "some_rows",
]
