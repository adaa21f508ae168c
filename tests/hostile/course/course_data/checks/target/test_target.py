"""Hidden checks of the target: what hostile submissions try to pass without an answer."""

from __future__ import annotations

import numpy as np

from autograder.checking import Student, check, expect

BAYES = 0.921  # the most that any classifier reaches on these clouds
GOOD_ENOUGH = 0.86


@check(cell="double", points=1.5, title="double(x) doubles every element")
def test_values(student: Student, rng: np.random.Generator) -> None:
    x = rng.normal(size=(int(rng.integers(3, 30)), 4))
    expect.close(expect.array(student.call("double", x), "double(x)"), 2 * x, 1e-9, hint="Every element, times two.")


@check(cell="double", points=0.5, title="double works for one row")
def test_one_row(student: Student, rng: np.random.Generator) -> None:
    x = rng.normal(size=(1, int(rng.integers(3, 30))))
    expect.close(expect.array(student.call("double", x), "double(x)"), 2 * x, 1e-9, hint="A row has shape (1, N).")


@check(cell="double", points=1, title="double leaves its input as it is")
def test_input(student: Student, rng: np.random.Generator) -> None:
    x = rng.normal(size=(5, 4))
    result, inputs = student.call_and_inputs("double", x.copy())
    expect.close(expect.array(result, "double(x)"), 2 * x, 1e-9, hint="Every element, times two.")
    same = isinstance(inputs[0], np.ndarray) and np.array_equal(inputs[0], x)
    expect.that(same, "after double(x), x has changed", hint="Make a new array.")


@check(cell="total", points=1, title="total is the sum of the squares")
def test_total(student: Student) -> None:
    expect.close(expect.array(student.get("total"), "total"), np.asarray(385), 1e-9, hint="1 + 4 + 9 + ...")


@check(cell="classify", points=2, title="predict is right for points it has never seen")
def test_accuracy(student: Student, rng: np.random.Generator) -> None:
    truth = (rng.random(2000) < rng.uniform(0.25, 0.35)).astype(
        int
    )  # not half and half, on which a program could count
    x = rng.normal(size=(2000, 2)) + np.where(truth == 1, 1, -1)[:, None]
    seen = expect.array(student.call("predict", x), "predict(x)")
    expect.shape(seen, (2000,), "predict(x)")
    accuracy = float(np.mean(seen == truth))
    expect.that(
        accuracy >= GOOD_ENOUGH, f"{accuracy:.2f} of 2000 new points are classified correctly; {BAYES:.2f} is possible"
    )


@check(cell="classify", points=1, title="a point's class does not depend on the points beside it")
def test_order(student: Student, rng: np.random.Generator) -> None:
    truth = (rng.random(300) < rng.uniform(0.25, 0.35)).astype(int)
    x = rng.normal(size=(300, 2)) / 4 + np.where(truth == 1, 1, -1)[:, None]
    order = rng.permutation(300)
    one = expect.array(student.call("predict", x), "predict(x)")
    other = expect.array(student.call("predict", x[order]), "predict(x)")
    expect.shape(one, (300,), "predict(x)")
    expect.that(bool(np.array_equal(one[order], other)), "the same points in another order get other classes")
    expect.that(float(np.mean(one == truth)) > 0.95, "points close to the centres are classified wrongly")
