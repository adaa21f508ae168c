"""Optimizer drills, parts 1, 2, 9 and 10: gradient descent, a ravine, and a fit by gradient descent. 13 points."""

from __future__ import annotations

from collections.abc import Callable
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


# --- ravine

CURVATURES, START, STEPS = np.array([1.0, 40.0]), np.array([-4.0, 1.0]), 60
ARRIVED, NEVER_HIGHER = 0.01, 1.0001  # of the height of the start
EPSILON = 1e-7


def plain(places: list[Array], rate: float, beta: float) -> None:
    """Walk with gradient descent, and with momentum if beta is not zero."""
    v = np.zeros(2)
    for _ in range(STEPS):
        v = beta * v - rate * CURVATURES * places[-1]
        places.append(places[-1] + v)


def by_adagrad(places: list[Array], rate: float) -> None:
    """Walk with AdaGrad."""
    a = np.full(2, 0.1)
    for _ in range(STEPS):
        g = CURVATURES * places[-1]
        a = a + g**2
        places.append(places[-1] - rate * g / np.sqrt(a + EPSILON))


def by_ftrl(places: list[Array], rate: float) -> None:
    """Walk with Ftrl."""
    n, z = np.full(2, 0.1), np.zeros(2)
    for _ in range(STEPS):
        g = CURVATURES * places[-1]
        z = z + g - (np.sqrt(n + g**2) - np.sqrt(n)) / rate * places[-1]
        n = n + g**2
        places.append(-z * rate / np.sqrt(n))


def by_means(places: list[Array], rate: float, beta: float, rho: float) -> None:
    """Walk with Adam, or with RMSProp if beta is zero."""
    m, v = np.zeros(2), np.zeros(2)
    for t in range(1, STEPS + 1):
        g = CURVATURES * places[-1]
        m, v = beta * m + (1 - beta) * g, rho * v + (1 - rho) * g**2
        step = m / np.sqrt(v + EPSILON)
        if beta:
            step = m / (1 - beta**t) / (np.sqrt(v / (1 - rho**t)) + EPSILON)
        places.append(places[-1] - rate * step)


def by_adadelta(places: list[Array], rate: float) -> None:
    """Walk with AdaDelta."""
    v, d = np.zeros(2), np.zeros(2)
    for _ in range(STEPS):
        g = CURVATURES * places[-1]
        v = 0.95 * v + 0.05 * g**2
        s = -np.sqrt(d + EPSILON) / np.sqrt(v + EPSILON) * g
        d = 0.95 * d + 0.05 * s**2
        places.append(places[-1] + rate * s)


WALKS: dict[str, Callable[[list[Array], float], None]] = {
    "sgd": lambda places, rate: plain(places, rate, 0.0),
    "momentum": lambda places, rate: plain(places, rate, 0.9),
    "adagrad": by_adagrad,
    "rmsprop": lambda places, rate: by_means(places, rate, 0.0, 0.9),
    "adam": lambda places, rate: by_means(places, rate, 0.9, 0.999),
    "adadelta": by_adadelta,
    "ftrl": by_ftrl,
}


def heights(name: str, rate: float) -> Array:
    """Return the heights along the walk of an optimizer down the ravine, in units of that of the start."""
    places = [START]
    with np.errstate(all="ignore"):  # a rate that is much too large
        WALKS[name](places, rate)
        return np.asarray(np.array(places) ** 2 @ CURVATURES / (START**2 @ CURVATURES))


def expect_arrival(student: Student, *names: str) -> None:
    """Fail unless each of these optimizers gets down the ravine with the student's rate."""
    rates = student.get("rates")
    expect.that(isinstance(rates, dict), f"rates is {expect.kind(rates)}, not a dictionary of seven rates")
    for name in names:
        expect.that(name in rates, f"rates has no entry {name!r}")
        rate = expect.array(rates[name], f"rates[{name!r}]")
        expect.shape(rate, (), f"rates[{name!r}]")
        expect.that(
            np.isfinite(rate) and rate > 0, f"rates[{name!r}] is {float(rate):.3g}, a learning rate is positive"
        )
        height = heights(name, float(rate))
        what = f"{name} with the rate {float(rate):.3g}"
        climbs = np.isfinite(height).all() and height.max() <= NEVER_HIGHER
        expect.that(climbs, f"{what} climbs higher than the start", hint="A smaller rate.")
        ends = f"{what} ends at {expect.number(float(height[-1]))} of the height of the start"
        hint = "Print all heights of the walk: does it still go down, or from side to side?"
        expect.that(height[-1] < ARRIVED, ends, hint=hint)


@check(cell="ravine", points=1, title="gradient descent and momentum get down the ravine with your rates")
def test_rates_of_plain_steps(student: Student) -> None:
    expect_arrival(student, "sgd", "momentum")


@check(cell="ravine", points=1, title="AdaGrad and Ftrl get down the ravine with your rates")
def test_rates_of_sums(student: Student) -> None:
    expect_arrival(student, "adagrad", "ftrl")


@check(cell="ravine", points=1, title="RMSProp and Adam get down the ravine with your rates")
def test_rates_of_means(student: Student) -> None:
    expect_arrival(student, "rmsprop", "adam")


@check(cell="ravine", points=1, title="AdaDelta gets down the ravine with your rate")
def test_rate_of_adadelta(student: Student) -> None:
    expect_arrival(student, "adadelta")


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
    # A and B of a given tau in one go; a step of Newton's method by `solve` is a descent
    *(f"{module}.lstsq" for module in ("numpy.linalg", "numpy.linalg._linalg", "scipy.linalg", "tensorflow.linalg")),
    "numpy.linalg._umath_linalg.lstsq",
    "numpy.polynomial.polyutils._fit",
    "numpy.lib._polynomial_impl.lstsq",
    "scipy.optimize._nnls.nnls",
    "scipy.optimize._lsq.lsq_linear.lsq_linear",
    "scipy.stats._stats_py.linregress",
    "sklearn.linear_model._base.LinearRegression.fit",
)


FOUR_THINGS = "fit_decay gives four things: (A, tau, B, losses)"


def fitted(student: Student, data: tuple[Array, Array, Array]) -> list[Any]:
    """Return the result of the student's fit: A, tau, B, and the losses."""
    return expect.parts(student.call_without(READY_FITS, "fit_decay", *data), 4, FOUR_THINGS, arrays=True)


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
