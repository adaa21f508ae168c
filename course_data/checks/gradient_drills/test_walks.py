"""Gradient drills, parts 8 to 11: gradient descent, and a fit by gradient descent. 13 points."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import curve_fit

from autograder.checking import Student, check, expect

Array = np.ndarray[Any, Any]
EXACT = 1e-6


@check(cell="descent", points=1, title="descend gives the start and one place per step")
def test_path_length(student: Student, rng: np.random.Generator) -> None:
    for steps in (0, 1, int(rng.integers(5, 20))):
        start = float(rng.uniform(-5, 10))
        path = expect.array(student.call("descend", start, 0.1, steps), "descend(...)")
        hint = "The start belongs to the path."
        expect.shape(path, (steps + 1,), f"the path of {steps} steps", hint=hint)
        expect.that(
            abs(path[0] - start) <= EXACT * 10, f"the path begins at {path[0]:.3g}, the start is {start:.3g}", hint=hint
        )


@check(cell="descent", points=2, title="descend takes each step against the slope, times the rate")
def test_path_values(student: Student, rng: np.random.Generator) -> None:
    for rate in (0.05, float(rng.uniform(0.1, 0.4)), 0.9):
        start, k = float(rng.uniform(-5, 10)), np.arange(8)
        right = 3 + (start - 3) * (1 - 2 * rate) ** k
        mistakes = {
            "it walks uphill": 3 + (start - 3) * (1 + 2 * rate) ** k,
            "the factor 2 of the derivative is missing": 3 + (start - 3) * (1 - rate) ** k,
            "the learning rate is not used": 3 + (start - 3) * (-1.0) ** k,
        }
        seen = student.call("descend", start, rate, 7)
        hint = "f'(x) = 2 (x - 3), and the step is -rate times that."
        expect.values(seen, right, f"descend({start:.2f}, {rate:.2f}, 7)", atol=1e-4, hint=hint, mistakes=mistakes)


# --- rates


def rate_of(student: Student, name: str) -> float:
    """Return the student's learning rate; fail unless it is a positive number."""
    rate = expect.array(student.get(name), name)
    expect.shape(rate, (), name)
    expect.that(np.isfinite(rate) and rate > 0, f"{name} is {float(rate):.3g}, a learning rate is positive")
    return float(rate)


def after(student: Student, name: str, steps: int = 20) -> float:
    """Return what is left of x = 1 after gradient descent on 5 x**2 with the student's learning rate."""
    return float(abs(1 - 10 * rate_of(student, name)) ** steps)


@check(cell="rates", points=0.5, title="too_small goes the right way, slowly")
def test_too_small(student: Student) -> None:
    left, rate = after(student, "too_small"), rate_of(student, "too_small")
    message = f"after 20 steps {left:.3g} of x is left"
    crossing = f"{message}, and each step crosses the minimum: 1 - 10 rate is {1 - 10 * rate:.3g}"
    expect.that(rate < 0.1 or left >= 1, crossing, hint="Too small, not too large: 1 - 10 rate has to be positive.")
    expect.that(0.5 < left < 1, message, hint="More than a half, less than all of it. What is (1 - 10 rate)^20?")


@check(cell="rates", points=0.75, title="good is there after 20 steps")
def test_good(student: Student) -> None:
    left = after(student, "good")
    hint = "The best rate makes 1 - 10 rate zero; everything close to it will do."
    expect.that(left < 1e-3, f"after 20 steps {left:.3g} of x is left", hint=hint)


@check(cell="rates", points=0.75, title="too_large walks away from the minimum")
def test_too_large(student: Student) -> None:
    left = after(student, "too_large")
    expect.that(left > 1, f"after 20 steps {left:.3g} of x is left", hint="1 - 10 rate has to be below -1.")


# --- steps


# the step is to be written, so no optimizer of Keras takes one; of which they all are made, under whatever name
OPTIMIZERS = (
    "keras.src.optimizers.base_optimizer.BaseOptimizer.apply",
    "keras.src.optimizers.base_optimizer.BaseOptimizer.apply_gradients",
    "keras.src.backend.tensorflow.optimizer_distribute.TFOptimizer.apply",
    "keras.optimizers.Optimizer.apply",
    "keras.optimizers.Optimizer.apply_gradients",
)


def momentum(w: Array, v: Array, g: Array, rate: float, beta: float) -> tuple[Array, Array]:
    """Return weights and velocity after a step of Keras's SGD with momentum."""
    v = beta * v - rate * g
    return w + v, v


def several(seen: Any, count: int, what: str) -> list[Any]:
    """Return the parts of a result; fail unless there are `count`."""
    parts = list(seen) if isinstance(seen, list) or (isinstance(seen, np.ndarray) and seen.ndim) else []
    expect.that(len(parts) == count, f"{what} gives {len(parts) or expect.kind(seen)} instead of {count} things")
    return parts


@check(cell="steps", points=1.5, title="momentum_step agrees with keras over several steps")
def test_momentum(student: Student, rng: np.random.Generator) -> None:
    for shape in ((3,), (2, 4)):
        w, v = rng.normal(size=shape), np.zeros(shape)
        rate, beta = float(rng.uniform(0.01, 0.2)), float(rng.uniform(0.5, 0.95))
        for _ in range(4):
            g = rng.normal(size=shape)
            seen = several(student.call_without(OPTIMIZERS, "momentum_step", w, v, g, rate, beta), 2, "momentum_step")
            mistakes: dict[str, object] = {
                "the last step is not remembered": w - rate * g,
                "the gradient is added, not subtracted": w + beta * v + rate * g,
                "the memory is weighed with 1 - beta": w + (1 - beta) * v - rate * g,
            }
            plain = not v.any()
            right_w, right_v = momentum(w, v, g, rate, beta)
            named = {} if plain else mistakes
            expect.values(
                seen[0], right_w, "w after the step", atol=EXACT, hint="v = beta v - rate g; w = w + v.", mistakes=named
            )
            expect.values(seen[1], right_v, "v after the step", atol=EXACT, hint="v is the step that was taken.")
            w, v = right_w, right_v


@check(cell="steps", points=1.5, title="adam_step agrees with keras over several steps")
def test_adam(student: Student, rng: np.random.Generator) -> None:
    for shape in ((3,), (2, 4)):
        w, m, v = rng.normal(size=shape), np.zeros(shape), np.zeros(shape)
        rate, beta_1, beta_2, epsilon = float(rng.uniform(0.001, 0.05)), 0.9, 0.999, 1e-7
        for t in range(1, 6):
            g = rng.uniform(0.5, 2, shape) * rng.choice([-1, 1], shape)
            seen = several(
                student.call_without(OPTIMIZERS, "adam_step", w, m, v, g, t, rate, beta_1, beta_2, epsilon),
                3,
                "adam_step",
            )
            m, v = beta_1 * m + (1 - beta_1) * g, beta_2 * v + (1 - beta_2) * g**2
            mean, square = m / (1 - beta_1**t), v / (1 - beta_2**t)
            mistakes = {
                "the two means are not corrected for having begun at zero": w - rate * m / (np.sqrt(v) + epsilon),
                "the root of the second mean is missing": w - rate * mean / (square + epsilon),
                "the step goes uphill": w + rate * mean / (np.sqrt(square) + epsilon),
            }
            w = w - rate * mean / (np.sqrt(square) + epsilon)
            expect.values(
                seen[0],
                w,
                f"w after step {t}",
                atol=EXACT,
                hint="Compare with the formulas line by line.",
                mistakes=mistakes,
            )
    tiny_gradients(student, rng)


def tiny_gradients(student: Student, rng: np.random.Generator) -> None:
    """Fail unless adam_step uses epsilon, which matters where the gradients are as small as that or zero."""
    rate, beta_1, beta_2, epsilon = 0.05, 0.9, 0.999, 1e-7
    w, m, v = np.zeros(4), np.zeros(4), np.zeros(4)
    for t in (1, 2, 3):
        g = np.array([0.0, 1e-7, -4e-8, 2e-6]) * rng.uniform(0.5, 2, 4)
        seen = several(
            student.call_without(OPTIMIZERS, "adam_step", w, m, v, g, t, rate, beta_1, beta_2, epsilon), 3, "adam_step"
        )
        m, v = beta_1 * m + (1 - beta_1) * g, beta_2 * v + (1 - beta_2) * g**2
        mean, square = m / (1 - beta_1**t), v / (1 - beta_2**t)
        as_in_the_task = w - rate * mean / (np.sqrt(square) + epsilon)
        as_in_keras = w - rate * mean / (np.sqrt(square) + epsilon / np.sqrt(1 - beta_2**t))  # counts as well
        found = expect.array(seen[0], "w")
        what = f"for gradients of 0 and of 1e-7, w after step {t}"
        hint = "Without epsilon a gradient of zero gives 0 / 0. It is added to the root of the second mean."
        expect.shape(found, (4,), what)
        expect.finite(found, what, hint=hint)
        w = min((as_in_the_task, as_in_keras), key=lambda right: float(np.abs(found - right).max()))
        expect.values(found, w, what, atol=EXACT, hint=hint)


@check(cell="steps", points=1, title="adam_step hands its two means on, uncorrected")
def test_adam_means(student: Student, rng: np.random.Generator) -> None:
    w, m, v, g = (rng.normal(size=4) for _ in range(4))
    v, beta_1, beta_2, t = v**2, 0.8, 0.95, 3
    seen = several(
        student.call_without(OPTIMIZERS, "adam_step", w, m, v, g, t, 0.01, beta_1, beta_2, 1e-7), 3, "adam_step"
    )
    right_m, right_v = beta_1 * m + (1 - beta_1) * g, beta_2 * v + (1 - beta_2) * g**2
    hint = "What is handed on is m and v; the hats are for this step alone."
    corrected: dict[str, object] = {"this is the corrected mean": right_m / (1 - beta_1**t)}
    expect.values(seen[1], right_m, "m after the step", atol=EXACT, hint=hint, mistakes=corrected)
    squares: dict[str, object] = {
        "this is the corrected mean": right_v / (1 - beta_2**t),
        "this is the mean of the gradient, not of its square": beta_2 * v + (1 - beta_2) * g,
    }
    expect.values(seen[2], right_v, "v after the step", atol=EXACT, hint=hint, mistakes=squares)


# --- decay


def model(t: Array, a: float, tau: float, b: float) -> Array:
    """Return a decay curve over a constant background."""
    return np.asarray(a * np.exp(-t / tau) + b)


def experiment(rng: np.random.Generator) -> tuple[Array, Array, Array]:
    """Return times, counts and uncertainties of a new measurement."""
    a, tau, b = rng.uniform(300, 900), rng.uniform(1.2, 3.5), rng.uniform(15, 60)
    t = np.linspace(0.1, 12, int(rng.integers(50, 80)))
    y = rng.poisson(model(t, a, tau, b))
    return t.astype(np.float32), y.astype(np.float32), np.sqrt(np.maximum(y, 1)).astype(np.float32)


# what SciPy's fits are made of, under whatever name they were imported: the task is to descend
METHODS = (
    *("bfgs", "cg", "cobyla", "cobyqa", "dogleg", "lbfgsb", "neldermead", "newtoncg", "powell", "slsqp", "tnc"),
    *("trust_krylov", "trust_ncg", "trustregion_constr", "trustregion_exact"),
)
READY_FITS = (
    *(f"scipy.optimize._minimize._minimize_{method}" for method in METHODS),
    # fmin and its relatives do not ask minimize
    *(f"scipy.optimize._optimize._minimize_{method}" for method in ("bfgs", "cg", "neldermead", "newtoncg", "powell")),
    "scipy.optimize._lbfgsb_py._minimize_lbfgsb",
    "scipy.optimize._slsqp_py._minimize_slsqp",
    "scipy.optimize._tnc._minimize_tnc",
    "scipy.optimize._cobyla_py._minimize_cobyla",
    # curve_fit, leastsq, least_squares, fsolve and root
    *(f"scipy.optimize._minpack.{function}" for function in ("_lmdif", "_lmder", "_hybrd", "_hybrj")),
    "scipy.optimize._lsq.least_squares.trf",
    "scipy.optimize._lsq.least_squares.dogbox",
    # those that search a whole region
    "scipy.optimize._differentialevolution.DifferentialEvolutionSolver",
    "scipy.optimize._basinhopping.BasinHoppingRunner",
    "scipy.optimize._dual_annealing.EnergyState",
    "scipy.optimize._shgo.SHGO",
    "scipy.optimize._direct_py._direct",
    "scipy.optimize._optimize._Brute_Wrapper",
    "scipy.odr._odrpack.odr",
)


def fitted(student: Student, data: tuple[Array, Array, Array]) -> list[Any]:
    """Return the result of the student's fit: A, tau, B, and the losses."""
    return several(student.call_without(READY_FITS, "fit_decay", *data), 4, "fit_decay")


def second_fit(student: Student, rng: np.random.Generator) -> tuple[tuple[Array, Array, Array], list[Any]]:
    """Return another measurement and its fit; two checks look at it, because a fit may take half a minute."""
    data = experiment(rng)
    return student.once("second fit", lambda: (data, fitted(student, data)))


@check(cell="decay", points=2, title="fit_decay finds the lifetime within its uncertainty")
def test_lifetime(student: Student, rng: np.random.Generator) -> None:
    t, y, sigma = experiment(rng)
    best, covariance = curve_fit(model, t, y, p0=(500, 2, 30), sigma=sigma, absolute_sigma=True)
    error = float(np.sqrt(covariance[1, 1]))
    tau = expect.array(fitted(student, (t, y, sigma))[1], "tau")
    expect.shape(tau, (), "tau")
    off = abs(float(tau) - best[1])
    message = f"tau = {float(tau):.3f}: that is {off / error:.1f} of its uncertainty of {error:.3f} from the best fit"
    # half an uncertainty: a fit that has converged is off by less than a tenth
    expect.that(
        off < error / 2, message, hint="Does the loss still fall at the end? More steps, a better rate, other units."
    )


@check(cell="decay", points=1, title="fit_decay finds signal and background")
def test_signal_and_background(student: Student, rng: np.random.Generator) -> None:
    (t, y, sigma), result = second_fit(student, rng)
    best, covariance = curve_fit(model, t, y, p0=(500, 2, 30), sigma=sigma, absolute_sigma=True)
    for name, at in (("A", 0), ("B", 2)):
        seen, error = expect.array(result[at], name), float(np.sqrt(covariance[at, at]))
        expect.shape(seen, (), name)
        message = (
            f"{name} = {float(seen):.1f} is {abs(float(seen) - best[at]) / error:.1f} "
            "of its uncertainty from the best fit"
        )
        expect.that(abs(float(seen) - best[at]) < error / 2, message, hint="Return them in counts: 100 a and 10 b.")


@check(cell="decay", points=1, title="fit_decay shows that its loss fell")
def test_losses(student: Student, rng: np.random.Generator) -> None:
    losses = expect.array(second_fit(student, rng)[1][3], "losses")
    expect.that(
        losses.ndim == 1 and len(losses) >= 10, f"losses has the shape {losses.shape}", hint="One number per step."
    )
    expect.finite(losses, "losses")
    losses = losses.astype(float)
    message = f"the loss went from {expect.number(float(losses[0]))} to {expect.number(float(losses[-1]))}"
    expect.that(losses[-1] < losses[0], message, hint="Append the loss of every step, the first one first.")
    expect.that(
        losses[-1] < 1.02 * losses.min(), f"{message}, and was lower in between", hint="A smaller rate at the end."
    )
    tail = losses[-max(5, len(losses) // 10) :]
    expect.that(
        np.ptp(tail) < 0.05 * abs(tail.mean()) + 1e-9, f"{message}, and is still moving at the end", hint="More steps."
    )
    expect_chi2(student, rng, float(losses[-1]))


SCATTER = 1.5  # standard deviations of noise on each count: they make the smallest chi2 about three times as large
SAME_MULTIPLE = 0.1  # relative: the losses of a fit that has converged end within 2 % of the smallest


def least_chi2(t: Array, y: Array, sigma: Array) -> float:
    """Return the smallest chi2 of a measurement."""
    best, _ = curve_fit(model, t, y, p0=(500, 2, 30), sigma=sigma, absolute_sigma=True)
    return float((((y - model(t, *best)) / sigma) ** 2).sum())


def expect_chi2(student: Student, rng: np.random.Generator, last: float) -> None:
    """Fail unless the last loss follows the smallest chi2 when the counts scatter more; any multiple of it will do."""
    t, y, sigma = second_fit(student, rng)[0]
    wider = np.maximum(np.rint(y + SCATTER * sigma * rng.normal(size=len(y))), 1).astype(np.float32)
    wanted = least_chi2(t, wider, sigma) / least_chi2(t, y, sigma)
    losses = expect.array(fitted(student, (t, wider, sigma))[3], "losses")
    expect.that(
        losses.ndim == 1 and losses.size > 0, f"losses has the shape {losses.shape}", hint="One number per step."
    )
    expect.finite(losses, "losses")
    ratio = float(losses[-1]) / last if last > 0 else 0.0
    message = (
        f"a measurement whose counts scatter more has {wanted:.2f} times the smallest chi2 of another one, "
        f"and your last loss is {ratio:.2f} times as large"
    )
    hint = "The losses are chi2, or the same multiple of it each time: those of the steps that led to the result."
    expect.that(abs(ratio / wanted - 1) < SAME_MULTIPLE, message, hint=hint)
