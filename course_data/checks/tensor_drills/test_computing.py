"""Tensor drills, parts 6 to 12: products, reductions, decisions, broadcasting, variables, uneven data. 13.75 points."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import softmax

from autograder.checking import Function, Student, Tensor, Variable, check, expect

Array = np.ndarray[Any, Any]
EXACT = 0.0
FLOAT32 = 1e-5  # sums of a few dozen numbers of order 1, in 32 bits


def numbers(rng: np.random.Generator, *shape: int) -> Array:
    """Return normally distributed numbers of type float32."""
    return rng.normal(size=shape).astype(np.float32)


# --- products


@check(cell="products", points=0.5, title="elementwise multiplies element by element")
def test_elementwise(student: Student, rng: np.random.Generator) -> None:
    for shape in ((4, 4), (3, 5), (1, 6)):
        a, b = numbers(rng, *shape), numbers(rng, *shape)
        mistakes = {"this is the product of matrices": a @ b} if shape == (4, 4) else {}
        seen = student.call("elementwise", Tensor(a), Tensor(b))
        expect.values(
            seen,
            a * b,
            "elementwise(a, b)",
            atol=FLOAT32,
            hint="Each element of a times the one of b.",
            mistakes=mistakes,
        )


@check(cell="products", points=0.5, title="matrix_product sums over the middle axis")
def test_matrix_product(student: Student, rng: np.random.Generator) -> None:
    for left, right in (((4, 4), (4, 4)), ((2, 5), (5, 3)), ((1, 6), (6, 1))):
        a, b = numbers(rng, *left), numbers(rng, *right)
        mistakes = (
            {"this is the product element by element": a * b, "a and b are exchanged": b @ a} if left == right else {}
        )
        seen = student.call("matrix_product", Tensor(a), Tensor(b))
        expect.values(
            seen, a @ b, "matrix_product(a, b)", atol=FLOAT32, hint="@ or tf.matmul, a before b.", mistakes=mistakes
        )


# --- reduce


@check(cell="reduce", points=0.25, title="total sums all elements of any tensor")
def test_total(student: Student, rng: np.random.Generator) -> None:
    for shape in ((), (7,), (3, 4), (2, 3, 4), (0, 3)):
        t = numbers(rng, *shape)
        hint = "Without an axis a reduction removes all of them. The sum of nothing is 0."
        expect.values(student.call("total", Tensor(t)), t.sum(), f"total of shape {shape}", atol=FLOAT32, hint=hint)


@check(cell="reduce", points=0.25, title="row_sums gives one number per row")
def test_row_sums(student: Student, rng: np.random.Generator) -> None:
    for shape in ((4, 6), (5, 5), (1, 3), (3, 1)):
        m = numbers(rng, *shape)
        others = {
            "these are the sums of the columns": m.sum(0),
            "an axis of length 1 is left over": m.sum(1, keepdims=True),
        }
        seen = student.call("row_sums", Tensor(m))
        hint = "Which axis disappears? The one that runs along a row is axis 1."
        expect.values(seen, m.sum(1), "row_sums(m)", atol=FLOAT32, hint=hint, mistakes=others)


@check(cell="reduce", points=0.25, title="column_max gives the largest value of each column")
def test_column_max(student: Student, rng: np.random.Generator) -> None:
    for shape in ((4, 6), (5, 5), (1, 3), (3, 1)):
        m = numbers(rng, *shape) - 10  # all negative: a zero is no maximum
        others = {
            "these are the largest values of the rows": m.max(1),
            "these are positions, not values": m.argmax(0),
            "these are the smallest values": m.min(0),
        }
        seen = student.call("column_max", Tensor(m))
        hint = "The axis that runs down a column is axis 0."
        expect.values(seen, m.max(0), "column_max(m)", atol=EXACT, hint=hint, mistakes=others)


# --- decide


@check(cell="decide", points=0.5, title="probabilities is the softmax of each row")
def test_probabilities(student: Student, rng: np.random.Generator) -> None:
    for shape in ((4, 6), (5, 5), (1, 3)):
        scores = numbers(rng, *shape) * 3
        others = {
            "this is the softmax of each column": softmax(scores, axis=0),
            "all rows together sum to 1, not each of them": softmax(scores),
            "this is exp(z) without the division": np.exp(scores),
        }
        if len(scores) == 1:
            others = {}
        seen = student.call("probabilities", Tensor(scores))
        hint = "Divide by the sum of the same row."
        expect.values(seen, softmax(scores, axis=1), "probabilities(scores)", atol=FLOAT32, hint=hint, mistakes=others)


@check(cell="decide", points=0.5, title="probabilities bears large scores")
def test_large_scores(student: Student, rng: np.random.Generator) -> None:
    scores = (numbers(rng, 3, 4) + np.array([[1000], [-1000], [300]])).astype(np.float32)
    seen = student.call("probabilities", Tensor(scores))
    hint = "Subtract the largest score of each row first: the fraction stays the same. tf.nn.softmax does so."
    expect.values(seen, softmax(scores, axis=1), "for scores around 1000, probabilities(scores)", atol=1e-4, hint=hint)


@check(cell="decide", points=0.5, title="winners names the class with the largest score")
def test_winners(student: Student, rng: np.random.Generator) -> None:
    for shape in ((7, 4), (5, 5), (1, 3)):
        scores = numbers(rng, *shape)
        others = {
            "these are the winners of the columns": scores.argmax(0),
            "these are the largest scores, not their places": scores.max(1),
            "these are the places of the smallest scores": scores.argmin(1),
        }
        if len(scores) == 1:
            others = {}
        seen = student.call("winners", Tensor(scores))
        expect.values(
            seen, scores.argmax(1), "winners(scores)", atol=EXACT, hint="argmax along the last axis.", mistakes=others
        )


# --- broadcast


@check(cell="broadcast", points=0.5, title="subtract_pedestal takes each sensor's offset off every event")
def test_pedestal(student: Student, rng: np.random.Generator) -> None:
    for events, sensors in ((5, 3), (4, 4), (1, 6)):
        raw, pedestal = numbers(rng, events, sensors), numbers(rng, sensors)
        others = (
            {"the offsets were taken off the events, not the sensors": raw - pedestal[:, None]}
            if events == sensors
            else {}
        )
        seen = student.call("subtract_pedestal", Tensor(raw), Tensor(pedestal))
        hint = "(events, sensors) minus (sensors,): read from the right, they fit."
        expect.values(
            seen, raw - pedestal, "subtract_pedestal(raw, pedestal)", atol=FLOAT32, hint=hint, mistakes=others
        )


@check(cell="broadcast", points=1, title="spot multiplies every element of u with every one of v")
def test_spot(student: Student, rng: np.random.Generator) -> None:
    for n, m in ((4, 3), (5, 5), (1, 3)):
        u, v = numbers(rng, n), numbers(rng, m)
        others = {"this is the product element by element": u * v} if n == m else {}
        if n > 1:
            others["rows and columns are exchanged"] = np.outer(v, u)
        seen = student.call("spot", Tensor(u), Tensor(v))
        hint = "(n, 1) times (m,) is (n, m)."
        expect.values(seen, np.outer(u, v), "spot(u, v)", atol=FLOAT32, hint=hint, mistakes=others)


# --- rule

# What the task forbids, because it is to be written: what has a rule in C ends at 64 bits, so a length beyond them
# refuses it under any name, and no array of theirs has 300 axes. The libraries' rules in Python raise an error, where
# they are and where they are imported.
BEYOND_64_BITS = 10**30
MANY = 300
BROADCASTING = (
    "numpy.broadcast",
    "numpy.broadcast_arrays",
    "numpy.broadcast_shapes",
    "numpy.broadcast_to",
    "numpy.lib._stride_tricks_impl._broadcast_shape",
    "tensorflow.broadcast_dynamic_shape",
    "tensorflow.broadcast_static_shape",
    "tensorflow.broadcast_to",
    "tensorflow.raw_ops.BroadcastArgs",
    "tensorflow.python.framework.common_shapes._broadcast_shape_helper",
    "tensorflow.python.framework.common_shapes.broadcast_shape",
    "tensorflow.python.framework.ops._create_c_op",  # operations on placeholders
    "tensorflow.python.ops.gen_array_ops.broadcast_args",
    "tensorflow.python.ops.gen_array_ops.broadcast_gradient_args",
    "keras.src.ops.math.broadcast_shapes",
    "keras.src.ops.numpy.broadcast_shapes",
    "keras.src.ops.operation_utils.broadcast_shapes",
    "keras.src.backend.common.keras_tensor.auto_name",  # placeholders
    "keras.src.ops.operation.auto_name",  # layers, which tell the shapes of their outputs
)


def some_pair(rng: np.random.Generator) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return two shapes that fit together."""
    whole = [int(side) for side in rng.integers(2, 7, int(rng.integers(0, 5)))]
    pair = []
    for _ in range(2):
        sides = whole[int(rng.integers(0, len(whole) + 1)) :]
        pair.append(tuple(side if rng.random() < 0.6 else 1 for side in sides))
    return pair[0], pair[1]


@check(cell="rule", points=2, title="broadcast_shape finds the common shape")
def test_rule_fits(student: Student, rng: np.random.Generator) -> None:
    pairs = [some_pair(rng) for _ in range(12)] + [((4, 1, 3), (2, 3)), ((5,), (3, 1)), ((), (2, 3)), ((2, 3), (2, 3))]
    # arrays of these shapes would fill any memory
    pairs += [((1, 10**6, 1), (10**6, 1, 10**6)), ((10**5, 1), (10**4, 1, 10**6)), ((BEYOND_64_BITS, 1), (3,))]
    pairs += [((1, 2, 3) * (MANY // 3), (5, 2, 1) * (MANY // 3))]
    for a, b in pairs:
        compare(student, a, b, "Fill the shorter shape with 1 on the left; of two lengths take the one that is not 1.")


@check(cell="rule", points=1, title="broadcast_shape raises ValueError for shapes that do not fit")
def test_rule_refuses(student: Student, rng: np.random.Generator) -> None:
    for left, right in (((2, 3), (3,)), ((3, 1), (3, BEYOND_64_BITS)), ((2,) * MANY, (1,) * MANY)):
        compare(student, left, right, "These two fit.")
    for _ in range(8):
        pair = some_pair(rng)
        at = int(rng.integers(1, max(1, min(map(len, pair))) + 1))
        a, b = ([*shape] if len(shape) >= at else [2] * at for shape in pair)
        a[-at], b[-at] = 3, int(rng.choice([2, 4, 5]))
        what = f"{tuple(a)} and {tuple(b)} do not fit"
        try:
            seen = ask_for_common(student, tuple(a), tuple(b))
        except expect.CheckFailed as error:
            if "raised ValueError" not in error.message:
                raise
        else:
            hint = "At one place the lengths differ and neither is 1: raise ValueError."
            expect.fail(f"{what}, and broadcast_shape gives {seen!r}"[:150], hint=hint)


@check(cell="rule", points=1, title="broadcast_shape knows empty axes")
def test_rule_empty(student: Student) -> None:
    for a, b in (
        ((0, 3), (1, 3)),
        ((3, 1), (3, 0)),
        ((0,), ()),
        ((0, 1), (0, BEYOND_64_BITS)),
        ((0,) * MANY, (1,) * MANY),
    ):
        compare(
            student, a, b, "Of 0 and 1 the result has 0: the axis is empty. The larger of the two is not always right."
        )


def common(a: tuple[int, ...], b: tuple[int, ...]) -> list[int]:
    """Return the common shape of two that fit, whose lengths may be of any size."""
    rank = max(len(a), len(b))
    pairs = zip((1,) * (rank - len(a)) + a, (1,) * (rank - len(b)) + b, strict=True)
    return [right if left == 1 else left for left, right in pairs]


def ask_for_common(student: Student, a: tuple[int, ...], b: tuple[int, ...]) -> Any:
    """Return what broadcast_shape gives for two tuples, while the libraries' own broadcasting raises errors."""
    return student.call_without(BROADCASTING, "broadcast_shape", Function(repr(a)), Function(repr(b)))


def compare(student: Student, a: tuple[int, ...], b: tuple[int, ...], hint: str) -> None:
    """Ask for the common shape of two that fit, and fail unless it is the right one."""
    seen = ask_for_common(student, a, b)
    what = f"broadcast_shape({a}, {b})"
    sides = (
        seen if isinstance(seen, list) else expect.array(seen, what, hint="Return a tuple of lengths.").ravel().tolist()
    )
    expect.that(
        all(isinstance(side, int | float) for side in sides), f"{what} is not a tuple of whole numbers"[:150], hint=hint
    )
    expect.that(sides == common(a, b), f"{what} is {tuple(sides)}"[:150], hint=hint)


# --- variables


@check(cell="variables", points=0.5, title="account adds and subtracts in place")
def test_account(student: Student, rng: np.random.Generator) -> None:
    balance, deposit, withdrawal = (numbers(rng, 3) * 10 for _ in range(3))
    _, after = student.call_and_inputs("account", Variable(balance), Tensor(deposit), Tensor(withdrawal))
    others = {
        "it has not changed: a new tensor or variable was made": balance,
        "the withdrawal was added": balance + deposit + withdrawal,
        "the deposit is missing": balance - withdrawal,
        "the withdrawal is missing": balance + deposit,
        "the last value was assigned, not subtracted": withdrawal,
    }
    hint = "assign_add and assign_sub change a variable by a value."
    wanted = balance + deposit - withdrawal
    expect.values(after[0], wanted, "balance after account(...)", atol=1e-4, hint=hint, mistakes=others)


@check(cell="variables", points=1.5, title="before_and_after keeps a copy that does not change")
def test_copy(student: Student, rng: np.random.Generator) -> None:
    values, new = numbers(rng, 4), numbers(rng, 4)
    copy, after = student.call_and_inputs("before_and_after", Variable(values), Tensor(new))
    hint = "w = v is a second name for the same variable; tf.Variable(v) has its own memory."
    expect.values(after[0], new, "v", atol=EXACT, hint="v.assign(new)", mistakes={"v has not changed": values})
    expect.values(copy, values, "copy", atol=EXACT, hint=hint, mistakes={"the copy has changed together with v": new})


# --- uneven


@check(cell="uneven", points=1, title="mean_momentum averages rows of different length")
def test_mean_momentum(student: Student, rng: np.random.Generator) -> None:
    for lengths in (rng.integers(1, 9, 6), [1], [3, 3, 3]):
        events = [[float(value) for value in rng.normal(5, 2, int(length))] for length in lengths]
        wanted = np.array([np.mean(event) for event in events])
        longest = max(len(event) for event in events)
        others = {"these are sums, not means": [sum(event) for event in events]} if longest > 1 else {}
        if len({len(event) for event in events}) > 1:
            others["the missing places were counted as zeros"] = [sum(event) / longest for event in events]
        hint = "Each row is divided by its own length."
        expect.values(
            student.call("mean_momentum", events),
            wanted,
            "mean_momentum(events)",
            atol=1e-4,
            hint=hint,
            mistakes=others,
        )


@check(cell="uneven", points=2, title="hit_map puts each charge in its place")
def test_hit_map(student: Student, rng: np.random.Generator) -> None:
    rows, columns = 6 + int(rng.integers(0, 3)), 9 + int(rng.integers(0, 3))
    chosen = rng.choice(rows * columns, 8, replace=False)
    places = np.stack([chosen // columns, chosen % columns], axis=1)
    charges = rng.uniform(1, 9, 8).astype(np.float32)
    wanted = np.zeros((rows, columns), np.float32)
    wanted[places[:, 0], places[:, 1]] = charges
    others = {"the shape is transposed": wanted.T, "only one hit is there": np.where(wanted == charges[-1], wanted, 0)}
    hint = "A place is (row, column). tf.SparseTensor wants its places sorted by row, then by column."
    expect.values(
        student.call("hit_map", places, charges, Function(repr((rows, columns)))),
        wanted,
        "hit_map(...)",
        atol=1e-6,
        hint=hint,
        mistakes=others,
    )
