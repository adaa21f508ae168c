"""Optimizer drills, parts 3 to 8: one step of six optimizers, each by its formula. 15 points.

The right answers are the formulas of Keras 3 in NumPy, with 64 bits. The visible tests compare them with Keras itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.checking import Student, check, expect

Array = np.ndarray[Any, Any]
# of numbers of order 1, and of the largest number above 1: the formulas in 64 bits agree to 1e-12, in 32 bits to 3e-7
EXACT = 1e-6
SMALL = 1e-7  # Keras's epsilon

# The step is to be written, so no ready optimizer takes one. An optimizer that was made before, or a method that was
# imported by name, still calls the inner methods; the operations of TensorFlow call pywrap_tfe, whoever imported them.
OPTIMIZERS = (
    *(f"keras.src.optimizers.{name}.update_step" for name in ("sgd.SGD", "adam.Adam", "rmsprop.RMSprop")),
    *(f"keras.src.optimizers.{name}.update_step" for name in ("adagrad.Adagrad", "adadelta.Adadelta", "ftrl.Ftrl")),
    *(
        f"keras.src.optimizers.base_optimizer.BaseOptimizer.{method}"
        for method in ("apply", "apply_gradients", "stateless_apply", "_backend_apply_gradients", "_get_variable_index")
    ),
    *(
        f"keras.src.backend.tensorflow.optimizer.TFOptimizer.{method}"
        for method in ("assign", "assign_add", "assign_sub", "stateless_apply", "_backend_update_step")
    ),
    "tensorflow.python.training.optimizer.Optimizer.apply_gradients",
    "tensorflow.python.ops.gen_training_ops.pywrap_tfe",
    "tensorflow.python.ops.gen_training_ops._op_def_library",
    "sklearn.neural_network._stochastic_optimizers.BaseOptimizer.update_params",
    "sklearn.neural_network._stochastic_optimizers.SGDOptimizer._get_updates",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer._get_updates",
)
Mistakes = Mapping[str, object]


def step(student: Student, function: str, names: Sequence[str], *args: object) -> list[Any]:
    """Return the parts of the result of a step: the weights and the memories of these names."""
    wanted = f"{function} gives {len(names)} things: ({', '.join(names)})"
    return expect.parts(student.call_without(OPTIMIZERS, function, *args), len(names), wanted, arrays=True)


def same(
    seen: object, wanted: Array, what: str, hint: str, mistakes: Mistakes | None = None, *, exact: float = EXACT
) -> None:
    """Fail unless a part of a result agrees with the formula; a mistake counts only where it is told apart."""
    right = np.asarray(wanted, float)
    atol = exact * max(1.0, float(np.abs(right).max()))
    told_apart = {reason: other for reason, other in (mistakes or {}).items() if not close_to(other, right, 10 * atol)}
    expect.values(seen, right, what, atol=atol, hint=hint, mistakes=told_apart)


def close_to(one: object, other: Array, atol: float) -> bool:
    """Return whether the values of two arrays are the same within atol."""
    return np.asarray(one).shape == other.shape and bool(np.all(np.abs(np.asarray(one) - other) <= atol))


def walks(rng: np.random.Generator, steps: int = 4) -> Iterator[tuple[Array, list[Array]]]:
    """Yield weights and several gradients, none near zero, for a vector and for a matrix of random shapes."""
    for shape in ((int(rng.integers(2, 6)),), (int(rng.integers(1, 4)), int(rng.integers(2, 5)))):
        signs = [rng.choice([-1, 1], shape) for _ in range(steps)]
        yield rng.normal(size=shape), [rng.uniform(0.3, 2, shape) * sign for sign in signs]


def tiny(rng: np.random.Generator) -> list[Array]:
    """Return three gradients that are zero, or about as small as the root of Keras's epsilon."""
    return [np.array([0.0, 1e-4, -3e-4, 2e-3]) * rng.uniform(0.5, 2, 4) for _ in range(3)]


WITHOUT_EPSILON = "Without epsilon a gradient of zero gives 0 / 0. It is added before the root is taken."
OUTSIDE = "epsilon stands beside the root, not below it"


@check(cell="momentum", points=2, title="momentum_step agrees with keras over several steps")
def test_momentum(student: Student, rng: np.random.Generator) -> None:
    for w, gradients in walks(rng):
        v = np.zeros_like(w)
        rate, beta = float(rng.uniform(0.01, 0.2)), float(rng.uniform(0.5, 0.95))
        for g in gradients:
            seen = step(student, "momentum_step", ("w", "v"), w, v, g, rate, beta)
            mistakes: Mistakes = {
                "the last step is not remembered": w - rate * g,
                "the gradient is added, not subtracted": w + beta * v + rate * g,
                "the memory is weighed with 1 - beta": w + (1 - beta) * v - rate * g,
                "this is a step of Nesterov's": w + beta * (beta * v - rate * g) - rate * g,
            }
            v = beta * v - rate * g
            w = w + v
            same(seen[0], w, "w after the step", "v = beta v - rate g; w = w + v.", mistakes)
            same(seen[1], v, "v after the step", "v is the step that was taken.")


# --- adagrad, rmsprop


@check(cell="adagrad", points=1.5, title="adagrad_step agrees with keras over several steps")
def test_adagrad(student: Student, rng: np.random.Generator) -> None:
    for w, gradients in walks(rng):
        rate = float(rng.uniform(0.05, 0.5))
        a: Array = np.asarray(rng.uniform(0.05, 1, w.shape))
        for g in gradients:
            seen = step(student, "adagrad_step", ("w", "a"), w, a, g, rate, SMALL)
            old, a = a, a + g**2
            mistakes: Mistakes = {
                "this step's gradient is missing in the sum below the root": w - rate * g / np.sqrt(old),
                "the root is missing": w - rate * g / a,
                "the step goes uphill": w + rate * g / np.sqrt(a),
                "the gradients of a weight are mixed with those of the others": w - rate * g / np.sqrt(a.sum()),
            }
            w = w - rate * g / np.sqrt(a + SMALL)
            same(seen[0], w, "w after the step", "First the sum, then the step.", mistakes)
            squares = {"a holds gradients, not their squares": old + g, "the old sum is not in a": g**2}
            same(seen[1], a, "a after the step", "a grows by g^2.", squares)


@check(cell="adagrad", points=0.5, title="adagrad_step uses epsilon as keras does, which matters near zero")
def test_adagrad_near_zero(student: Student, rng: np.random.Generator) -> None:
    w, a, rate = np.zeros(4), np.zeros(4), 0.05
    for g in tiny(rng):
        seen = step(student, "adagrad_step", ("w", "a"), w, a, g, rate, SMALL)
        a = a + g**2
        mistakes = {OUTSIDE: w - rate * g / (np.sqrt(a) + SMALL)}
        w = w - rate * g / np.sqrt(a + SMALL)
        same(seen[0], w, "for tiny gradients, w after the step", WITHOUT_EPSILON, mistakes)


@check(cell="rmsprop", points=1.5, title="rmsprop_step agrees with keras over several steps")
def test_rmsprop(student: Student, rng: np.random.Generator) -> None:
    for w, gradients in walks(rng):
        rate, rho = float(rng.uniform(0.01, 0.2)), float(rng.uniform(0.7, 0.95))
        v: Array = np.asarray(rng.uniform(0.2, 1, w.shape))
        for g in gradients:
            seen = step(student, "rmsprop_step", ("w", "v"), w, v, g, rate, rho, SMALL)
            exchanged, added = (1 - rho) * v + rho * g**2, v + g**2
            old, v = v, rho * v + (1 - rho) * g**2
            mistakes: Mistakes = {
                "the root is missing": w - rate * g / (v + SMALL),
                "the step goes uphill": w + rate * g / np.sqrt(v + SMALL),
                "rho and 1 - rho are exchanged": w - rate * g / np.sqrt(exchanged + SMALL),
                "the squares are added up, as in AdaGrad": w - rate * g / np.sqrt(added + SMALL),
                "this step's gradient is missing below the root": w - rate * g / np.sqrt(old + SMALL),
            }
            w = w - rate * g / np.sqrt(v + SMALL)
            same(seen[0], w, "w after the step", "First the mean, then the step.", mistakes)
            squares = {"this is the mean of the gradient, not of its square": rho * old + (1 - rho) * g}
            same(seen[1], v, "v after the step", "v = rho v + (1 - rho) g^2.", squares)


@check(cell="rmsprop", points=0.5, title="rmsprop_step uses epsilon as keras does, which matters near zero")
def test_rmsprop_near_zero(student: Student, rng: np.random.Generator) -> None:
    w, v, rate, rho = np.zeros(4), np.zeros(4), 0.05, 0.9
    for g in tiny(rng):
        seen = step(student, "rmsprop_step", ("w", "v"), w, v, g, rate, rho, SMALL)
        v = rho * v + (1 - rho) * g**2
        mistakes = {OUTSIDE: w - rate * g / (np.sqrt(v) + SMALL)}
        w = w - rate * g / np.sqrt(v + SMALL)
        same(seen[0], w, "for tiny gradients, w after the step", WITHOUT_EPSILON, mistakes)


# --- adam

ADAM = ("w", "m", "v")


@check(cell="adam", points=2, title="adam_step agrees with keras over several steps")
def test_adam(student: Student, rng: np.random.Generator) -> None:
    for shape in ((3,), (2, 4)):
        w, m, v = rng.normal(size=shape), np.zeros(shape), np.zeros(shape)
        rate, beta_1, beta_2 = float(rng.uniform(0.001, 0.05)), 0.9, 0.999
        for t in range(1, 6):
            g = rng.uniform(0.5, 2, shape) * rng.choice([-1, 1], shape)
            seen = step(student, "adam_step", ADAM, w, m, v, g, t, rate, beta_1, beta_2, SMALL)
            m, v = beta_1 * m + (1 - beta_1) * g, beta_2 * v + (1 - beta_2) * g**2
            mean, square = m / (1 - beta_1**t), v / (1 - beta_2**t)
            mistakes: Mistakes = {
                "the two means are not corrected for having begun at zero": w - rate * m / (np.sqrt(v) + SMALL),
                "the root of the second mean is missing": w - rate * mean / (square + SMALL),
                "the step goes uphill": w + rate * mean / (np.sqrt(square) + SMALL),
            }
            w = w - rate * mean / (np.sqrt(square) + SMALL)
            same(seen[0], w, f"w after step {t}", "Compare with the formulas line by line.", mistakes)
    tiny_gradients(student, rng)


def tiny_gradients(student: Student, rng: np.random.Generator) -> None:
    """Fail unless adam_step uses epsilon, which matters where the gradients are as small as that or zero."""
    rate, beta_1, beta_2 = 0.05, 0.9, 0.999
    w, m, v = np.zeros(4), np.zeros(4), np.zeros(4)
    for t in (1, 2, 3):
        g = np.array([0.0, 1e-7, -4e-8, 2e-6]) * rng.uniform(0.5, 2, 4)
        seen = step(student, "adam_step", ADAM, w, m, v, g, t, rate, beta_1, beta_2, SMALL)
        m, v = beta_1 * m + (1 - beta_1) * g, beta_2 * v + (1 - beta_2) * g**2
        mean, square = m / (1 - beta_1**t), v / (1 - beta_2**t)
        as_in_the_task = w - rate * mean / (np.sqrt(square) + SMALL)
        as_in_keras = w - rate * mean / (np.sqrt(square) + SMALL / np.sqrt(1 - beta_2**t))  # counts as well
        found = expect.array(seen[0], "w")
        what = f"for gradients of 0 and of 1e-7, w after step {t}"
        hint = "Without epsilon a gradient of zero gives 0 / 0. It is added to the root of the second mean."
        expect.shape(found, (4,), what)
        expect.finite(found, what, hint=hint)
        w = min((as_in_the_task, as_in_keras), key=lambda right: float(np.abs(found - right).max()))
        same(found, w, what, hint)


@check(cell="adam", points=1, title="adam_step hands its two means on, uncorrected")
def test_adam_means(student: Student, rng: np.random.Generator) -> None:
    w, m, v, g = (rng.normal(size=4) for _ in range(4))
    v, beta_1, beta_2, t = v**2, 0.8, 0.95, 3
    seen = step(student, "adam_step", ADAM, w, m, v, g, t, 0.01, beta_1, beta_2, SMALL)
    right_m, right_v = beta_1 * m + (1 - beta_1) * g, beta_2 * v + (1 - beta_2) * g**2
    hint = "What is handed on is m and v; the hats are for this step alone."
    same(seen[1], right_m, "m after the step", hint, {"this is the corrected mean": right_m / (1 - beta_1**t)})
    squares = {
        "this is the corrected mean": right_v / (1 - beta_2**t),
        "this is the mean of the gradient, not of its square": beta_2 * v + (1 - beta_2) * g,
    }
    same(seen[2], right_v, "v after the step", hint, squares)


# --- adadelta

ADADELTA = ("w", "v", "d")


@check(cell="adadelta", points=1.5, title="adadelta_step agrees with keras over several steps")
def test_adadelta(student: Student, rng: np.random.Generator) -> None:
    for w, gradients in walks(rng):
        rate, rho = float(rng.uniform(0.1, 0.8)), float(rng.uniform(0.8, 0.97))
        v, d = (np.asarray(rng.uniform(0.2, 0.8, w.shape)) for _ in range(2))
        for g in gradients:
            seen = step(student, "adadelta_step", ADADELTA, w, v, d, g, rate, rho, SMALL)
            v = rho * v + (1 - rho) * g**2
            root = np.sqrt(v + SMALL)
            s = -np.sqrt(d + SMALL) / root * g
            late = -np.sqrt(rho * d + (1 - rho) * s**2 + SMALL) / root * g
            mistakes: Mistakes = {
                "the rate is not used": w + s,
                "the step goes uphill": w - rate * s,
                "the step has no unit of its own: this is RMSProp": w - rate * g / root,
                "the step uses the new d": w + rate * late,
            }
            same(seen[0], w + rate * s, "w after the step", "s needs the d from before this step.", mistakes)
            same(seen[1], v, "v after the step", "v = rho v + (1 - rho) g^2.")
            with_rate = {"the rate is in d": rho * d + (1 - rho) * (rate * s) ** 2}
            w, d = w + rate * s, rho * d + (1 - rho) * s**2
            same(seen[2], d, "d after the step", "d = rho d + (1 - rho) s^2.", with_rate)


@check(cell="adadelta", points=0.5, title="adadelta_step starts from zero and near zero as keras does")
def test_adadelta_near_zero(student: Student, rng: np.random.Generator) -> None:
    w, v, d, rate, rho = np.zeros(4), np.zeros(4), np.zeros(4), 100.0, 0.95
    for g in tiny(rng):
        seen = step(student, "adadelta_step", ADADELTA, w, v, d, g, rate, rho, SMALL)
        v = rho * v + (1 - rho) * g**2
        below = np.sqrt(v + SMALL)
        mistakes = {
            OUTSIDE: w - rate * (np.sqrt(d) + SMALL) / (np.sqrt(v) + SMALL) * g,
            "epsilon is missing beside d: the first step is zero": w - rate * np.sqrt(d) / below * g,
        }
        s = -np.sqrt(d + SMALL) / below * g
        w, d = w + rate * s, rho * d + (1 - rho) * s**2
        same(seen[0], w, "for tiny gradients, w after the step", WITHOUT_EPSILON, mistakes)


# --- ftrl


def ftrl(
    w: Array, n: Array, z: Array, g: Array, rate: float, l1: float, l2: float, beta: float
) -> tuple[Array, Array, Array]:
    """Return weights, sums of squares and sums z after a step of Keras's Ftrl."""
    new = n + g**2
    z = z + g - (np.sqrt(new) - np.sqrt(n)) / rate * w
    w = (np.clip(z, -l1, l1) - z) / (np.sqrt(new) / rate + 2 * l2 + beta / rate)
    return w, new, z


Penalties = tuple[float, float, float]  # l1, l2, beta
Wrong = Callable[[Array, Array, float, Penalties], Mistakes]  # of the new z and n, the rate and the penalties


def ftrl_walks(student: Student, rng: np.random.Generator, penalties: Penalties, wrong: Wrong) -> None:
    """Fail unless ftrl_step agrees with the formula over several steps, as Keras begins."""
    hint = "z first, with the old and the new sum; then w from the new z and the new sum."
    for w, gradients in walks(rng):
        n, z, rate = np.full_like(w, 0.1), np.zeros_like(w), float(rng.uniform(0.1, 0.5))
        for g in gradients:
            seen = step(student, "ftrl_step", ("w", "n", "z"), w, n, z, g, rate, *penalties)
            sums = {"w before the step is missing in z": z + g}
            w, n, z = ftrl(w, n, z, g, rate, *penalties)
            same(seen[1], n, "n after the step", "n grows by g^2.")
            same(seen[2], z, "z after the step", hint, sums)
            same(seen[0], w, "w after the step", hint, wrong(n, z, rate, penalties))


@check(cell="ftrl", points=2, title="ftrl_step without penalties agrees with keras over several steps")
def test_ftrl(student: Student, rng: np.random.Generator) -> None:
    def wrong(n: Array, z: Array, rate: float, _: Penalties) -> Mistakes:
        return {"the sign is the wrong one": z * rate / np.sqrt(n), "the root of n is missing": -z * rate / n}

    ftrl_walks(student, rng, (0.0, 0.0, 0.0), wrong)


@check(cell="ftrl", points=1, title="ftrl_step uses l2 and beta as keras does")
def test_ftrl_l2_and_beta(student: Student, rng: np.random.Generator) -> None:
    def wrong(n: Array, z: Array, rate: float, penalties: Penalties) -> Mistakes:
        _, l2, beta = penalties
        root = np.sqrt(n) / rate
        return {
            "the 2 of 2 l2 is missing, as in the paper": -z / (root + l2 + beta / rate),
            "beta is not divided by the rate": -z / (root + 2 * l2 + beta),
            "beta is not used": -z / (root + 2 * l2),
            "l2 is not used": -z / (root + beta / rate),
        }

    for with_l2, with_beta in ((True, False), (False, True), (True, True)):
        l2, beta = with_l2 * float(rng.uniform(0.5, 2)), with_beta * float(rng.uniform(0.5, 2))
        ftrl_walks(student, rng, (0.0, l2, beta), wrong)


@check(cell="ftrl", points=1, title="ftrl_step with l1 gives weights that are exactly zero")
def test_ftrl_l1(student: Student, rng: np.random.Generator) -> None:
    def wrong(n: Array, z: Array, rate: float, penalties: Penalties) -> Mistakes:
        root, l1 = np.sqrt(n) / rate, penalties[0]
        return {
            "l1 is not used": -z / root,
            "only the small weights feel l1": -np.where(np.abs(z) <= l1, 0, z) / root,
            "the sign of l1 is the wrong one": -(np.clip(z, -l1, l1) + z) / root,
        }

    for _ in range(2):
        ftrl_walks(student, rng, (float(rng.uniform(0.5, 1.5)), 0.0, 0.0), wrong)
    w, n, z, g = rng.normal(size=6), rng.uniform(0.5, 2, 6), rng.normal(size=6), rng.normal(size=6)
    seen = step(student, "ftrl_step", ("w", "n", "z"), w, n, z, g, 0.2, 1000.0, 0.0, 0.0)
    small = expect.array(seen[0], "w")
    expect.shape(small, (6,), "w for a large l1")
    expect.that(np.all(small == 0), "for a large l1 a weight is not zero", hint="clip(z, -l1, l1) is z itself there.")
