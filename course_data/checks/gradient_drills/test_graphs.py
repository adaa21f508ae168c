"""Gradient drills, parts 8 and 9: how often a function is traced, and what is in its graph. 6 points."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.checking import Function, Student, Tensor, check, expect

# --- traces

# what stands in the task: four numbers for the signature of four tensors, of four numbers, of shapes and of dtypes
TRACES = {"values": 1, "numbers": 3, "shapes": 4, "dtypes": 2}
CALLS = {"values": 4, "numbers": 4, "shapes": 6, "dtypes": 4}
REASONS = {
    "values": "The values of a tensor are not in its signature.",
    "numbers": "A Python number is its own signature: a new number is traced, a number that was there before is not.",
    "shapes": "The shape is in the signature, so (2,), (2, 1) and (1, 2) are three of them.",
    "dtypes": "The dtype is in the signature.",
}


@check(cell="traces", points=1, title="the four predicted numbers of traces are right")
def test_predicted(student: Student) -> None:
    predicted = student.get("predicted")
    expect.that(isinstance(predicted, dict), f"predicted is {expect.kind(predicted)}, not a dictionary of four numbers")
    for name, right in TRACES.items():
        expect.that(name in predicted, f"predicted has no entry {name!r}")
        mistakes = {"this is the number of calls": CALLS[name]}
        expect.values(predicted[name], right, f"predicted[{name!r}]", atol=0, hint=REASONS[name], mistakes=mistakes)


# arguments as Python writes them, with what their signature depends on
TENSORS = [
    *((f"tf.fill({shape}, {value})", ("float32", shape)) for shape in ("[2]", "[3]", "[2, 2]", "[]") for value in "12"),
    *((f"tf.ones({shape}, tf.int32)", ("int32", shape)) for shape in ("[2]", "[3]", "[2, 1]", "[]")),
]
FUNCTIONS = ("x + x", "tf.cast(x, tf.float32) ** 2", "tf.sin(tf.cast(x, tf.float64))")
# f counts how often its Python code runs, and what takes the place of count_traces returns that number as well
RUNS = "(shared.update(runs=shared.get('runs', 0) + 1), {})[1]"
COUNTED = Function("lambda original: lambda f, calls: [original(f, calls), shared.get('runs', 0)]")


def calls(rng: np.random.Generator, tensors: int, numbers: int) -> tuple[Function, int, int]:
    """Return a list of calls in random order, how many there are, and how many signatures they have."""
    drawn: list[tuple[str, object]] = [TENSORS[int(at)] for at in rng.integers(0, len(TENSORS), tensors)]
    drawn = [(source.replace(", 1)", ", 1.0)").replace(", 2)", ", 2.0)"), kind) for source, kind in drawn]
    values = rng.integers(1, 1 + max(numbers - 2, 1), numbers)
    drawn += [(f"{int(value)}.5", int(value)) for value in values]
    order = rng.permutation(len(drawn))
    source = f"[{', '.join(drawn[at][0] for at in order)}]"
    return Function(source), len(drawn), len({kind for _, kind in drawn})


ONE_NUMBER = "count_traces gives one number"


@check(cell="traces", points=2, title="count_traces counts one trace for each signature")
def test_count_traces(student: Student, rng: np.random.Generator) -> None:
    for f, tensors, numbers in zip(FUNCTIONS, (9, 0, 6), (0, 6, 6), strict=True):
        arguments, count, signatures = calls(rng, tensors, numbers)
        given = (Function(f"lambda x: {RUNS.format(f)}"), arguments)
        seen, runs = expect.parts(student.call_with({"count_traces": COUNTED}, "count_traces", *given), 2, ONE_NUMBER)
        kinds = f"{tensors} calls with tensors and {numbers} with Python numbers"
        mistakes = {} if count == signatures else {"this is the number of calls": count}
        hint = "One tf.function for all calls. Python code in it runs only while it is traced."
        expect.values(seen, signatures, f"count_traces for {kinds}", atol=0, hint=hint, mistakes=mistakes)
        message = f"count_traces gives {signatures}, and does not run f as often"
        ran = type(runs) is int and runs >= signatures
        expect.that(ran, message, hint="Call tf.function(f) with each argument: the count is to be an experiment.")


# --- graph

# of one argument, with the type of their operation
UNARY = {
    "tf.sin": "Sin",
    "tf.cos": "Cos",
    "tf.tanh": "Tanh",
    "tf.exp": "Exp",
    "tf.abs": "Abs",
    "tf.square": "Square",
    "tf.sigmoid": "Sigmoid",
    "tf.nn.relu": "Relu",
    "tf.nn.softplus": "Softplus",
    "tf.negative": "Neg",
}
BINARY = {"*": "Mul", "+": "AddV2", "-": "Sub", "/": "RealDiv"}
OPTIONAL = {"Identity", "NoOp"}  # a graph that is built without tf.function lacks them
GRAPH = "tf.function(f).get_concrete_function(x).graph.get_operations()"


def expect_operations(student: Student, f: str, x: Tensor, right: set[str], absent: str = "") -> None:
    """Fail unless `operations` names the types of operations in the graph of a function."""
    seen = student.call("operations", Function(f), x)
    what = f"operations(f, x) for f = {f.removeprefix('lambda x: ')}"
    names = texts(seen, what)
    if absent:
        expect.that(absent not in names, f"{what} has {absent}", hint="That was decided by Python, while f was traced.")
    missing, more = {"Placeholder", *right} - set(names), set(names) - right - OPTIONAL - {"Placeholder"}
    expect.that("Sin_1" not in names and "x" not in names, f"{what} gives names", hint="Types are asked for.")
    expect.that(not missing, f"{what} has {len(missing)} types too few", hint=GRAPH, detail=f"missing: {missing}")
    expect.that(not more, f"{what} has {len(more)} types too many", hint=GRAPH, detail=f"not there: {more}")
    expect.that(len(names) == len(set(names)), f"{what} names a type twice", hint="A set keeps each value once.")
    expect.that(names == sorted(names), f"{what} is not sorted", hint="sorted(...)")


def texts(value: object, what: str) -> list[str]:
    """Return a list of texts; fail for anything else."""
    items: Any = value.tolist() if isinstance(value, np.ndarray) else value
    good = isinstance(items, list) and all(isinstance(item, str) for item in items)
    expect.that(good, f"{what} is {expect.kind(value)}, not a list of texts")
    return list(items)


@check(cell="graph", points=2, title="operations names the types of operations in the graph of any function")
def test_operations(student: Student, rng: np.random.Generator) -> None:
    for _ in range(3):
        one, two, three = (str(name) for name in rng.choice(list(UNARY), 3, replace=False))
        sign = str(rng.choice(list(BINARY)))
        f = f"lambda x: {one}({one}({two}(x)) {sign} {three}(x))"
        x = Tensor(rng.normal(size=int(rng.integers(2, 6))).astype(np.float32))
        expect_operations(student, f, x, {UNARY[one], UNARY[two], UNARY[three], BINARY[sign]})


@check(cell="graph", points=1, title="operations shows what Python's if and for leave in the graph of this argument")
def test_operations_of_python(student: Student, rng: np.random.Generator) -> None:
    one, two, three = (str(name) for name in rng.choice(list(UNARY), 3, replace=False))
    branches = f"lambda x: {one}(x) if x.shape.rank == 1 else {two}({three}(x))"
    vector, matrix = (Tensor(rng.normal(size=shape).astype(np.float32)) for shape in ((4,), (2, 3)))
    expect_operations(student, branches, vector, {UNARY[one]}, UNARY[two])
    expect_operations(student, branches, matrix, {UNARY[two], UNARY[three]}, UNARY[one])
    by_dtype = f"lambda x: {one}(x) if x.dtype == tf.float64 else {two}(x)"
    expect_operations(student, by_dtype, Tensor(rng.normal(size=3)), {UNARY[one]}, UNARY[two])
    # an operation for each row: as many as the argument has
    loop = f"lambda x: tf.stack([{three}(x[k]) for k in range(x.shape[0])])"
    rows = Tensor(rng.normal(size=(int(rng.integers(3, 6)), 2)).astype(np.float32))
    expect_operations(student, loop, rows, {UNARY[three], "StridedSlice", "Pack", "Const"})
