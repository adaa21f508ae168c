"""Operation drills, parts 7: the rule of broadcasting. 4 points."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.checking import Function, Student, check, expect

Array = np.ndarray[Any, Any]


# --- rule

# What the task forbids, because it is to be written: what has a rule in C ends at 64 bits, so a length beyond them
# refuses it under any name, and no array of theirs has 300 axes. The libraries' rules in Python raise an error under
# every name, also under one that was kept.
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
    "scipy._lib._util.broadcastable",
    "scipy._lib.array_api_extra._lib._funcs.broadcast_shapes",
    "scipy.sparse._sputils.broadcast_shapes",
    "scipy.stats._axis_nan_policy._broadcast_shapes",
    "sklearn.externals.array_api_extra._agnostic._manipulation.broadcast_shapes",
    "sklearn.externals.array_api_extra._manipulation.broadcast_shapes",
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
