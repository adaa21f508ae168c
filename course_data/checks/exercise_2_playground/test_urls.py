"""Exercise 2, parts 1 to 7: experiments of the Playground, handed in as URLs and run again. 20 points."""

from __future__ import annotations

import itertools
import math

import numpy as np

from autograder.checking import Student, check, expect, playground
from autograder.checking.playground import Handed, handed_in, only_changed, rerun

XY = ("x", "y")
# tolerance for reading the epoch off a running display: a person stops it half a second late, that is 15 epochs
FACTOR, LATE = 2, 15
USELESS, TOO_FAST = 0.4, 0.55  # a network that always says 0 has a loss of 0.5
GAP, NARROWER, SAME = 0.1, 0.7, 0.02
LEARNED = 0.9  # of the training loss of the best constant answer
MOST_EPOCHS = 1_000_000


# --- the circle, with a non-linear activation function and with a linear one


@check(cell="circle_url", points=1, title="circle_url is the circle from x and y, without noise")
def test_circle_settings(student: Student) -> None:
    handed_in(student, "circle_url", data="circle", noise_free=True, features=XY)


@check(cell="circle_url", points=2, title="the network of circle_url solves the circle")
def test_circle_solved(student: Student) -> None:
    url = handed_in(student, "circle_url", data="circle", features=XY)
    playground.tell(student, url)
    playground.solved(student, url)


@check(cell="linear_url", points=1.5, title="linear_url is circle_url with another activation")
def test_linear_changed(student: Student) -> None:
    one, other = handed_in(student, "circle_url"), handed_in(student, "linear_url")
    only_changed(one, other, "activation")
    seen = f"the activation of linear_url is {other.settings.activation}"
    expect.that(other.settings.activation == "linear", seen, hint="Choose Linear.")


@check(cell="linear_url", points=1.5, title="the linear network cannot do it")
def test_linear_fails(student: Student) -> None:
    url = handed_in(student, "linear_url", data="circle", features=XY)
    seen = f"the activation of linear_url is {url.settings.activation}"
    expect.that(url.settings.activation == "linear", seen, hint="Choose Linear.")
    playground.tell(student, url)
    median = rerun(url).median()
    message = f"the median test loss of linear_url is {expect.number(median)}"
    expect.that(
        median > USELESS,
        message,
        hint="From x and y alone no line separates a disc from a ring: what else did you give it?",
    )


# --- three activations


NAMES = ("relu", "tanh", "sigmoid")


def three(student: Student) -> list[Handed]:
    """Return the three experiments, in the order of their names."""
    return [handed_in(student, f"{name}_url", data="circle", features=XY) for name in NAMES]


@check(cell="relu_tanh_sigmoid", points=1, title="each of the three URLs has the activation of its name")
def test_activations(student: Student) -> None:
    for name, url in zip(NAMES, three(student), strict=True):
        seen = url.settings.activation
        expect.that(seen == name, f"the activation of {url.name} is {seen}", hint="Two of them may be swapped.")


@check(cell="relu_tanh_sigmoid", points=1, title="the three URLs differ in the activation alone")
def test_three_controlled(student: Student) -> None:
    first, *others = three(student)
    for other in others:
        only_changed(first, other, "activation")


@check(
    cell="relu_tanh_sigmoid",
    points=2,
    title="epochs_to_solve agrees with the experiments, within a factor of 2 or 15 epochs",
)
def test_epochs_to_solve(student: Student) -> None:
    table = student.get("epochs_to_solve")
    fits = isinstance(table, dict) and set(NAMES) <= set(table)
    expect.that(fits, "epochs_to_solve is not a dictionary with the keys relu, tanh, sigmoid")
    urls = three(student)
    for url in urls:
        playground.tell(student, url, pictured=False)
    solves = [np.isfinite(rerun(url).first_below(playground.SOLVED)).any() for url in urls]
    expect.that(
        any(solves), "none of the three gets below 0.1, so there is nothing to compare", hint="A larger learning rate."
    )
    for name, url in zip(NAMES, urls, strict=True):
        compare_epochs(url, table[name])
    for one, other in itertools.permutations(range(len(NAMES)), 2):
        compare_order(urls[one], urls[other], table[NAMES[one]], table[NAMES[other]])


def compare_order(one: Handed, other: Handed, answer: object, answer_of_other: object) -> None:
    """Fail if the faster of two runs, by more than a factor of 2, does not have the smaller number."""
    reached = [rerun(url).first_below(playground.SOLVED) for url in (one, other)]
    times = [[float(each[0]), float(np.median(each))] for each in reached]
    if all(FACTOR * first < second for first, second in zip(*times, strict=True)):
        numbers = [float(value) if isinstance(value, int | float) else math.inf for value in (answer, answer_of_other)]
        message = f"{one.name} is more than twice as fast as {other.name}, and its number of epochs is not smaller"
        expect.that(
            numbers[0] < numbers[1],
            message,
            hint="Step through both runs: the numbers are to be read off, not guessed.",
        )


def compare_epochs(url: Handed, answer: object) -> None:
    """Fail unless this is the epoch at which the page's own run gets below 0.1, or the median start does.

    The answer is None if the run never gets there.
    """
    run = rerun(url)
    last = run.epochs[-1]
    number = isinstance(answer, int | float) and not isinstance(answer, bool) and 0 <= answer <= MOST_EPOCHS
    message = (
        f"epochs_to_solve says {repr(answer)[:20] if isinstance(answer, int | float) else expect.kind(answer)} "
        f"for {url.name}"
    )
    expect.that(number or answer is None, message, hint="A number of epochs, or None.")
    reached = run.first_below(playground.SOLVED)
    fits = [agrees(answer, float(right), last) for right in (reached[0], np.median(reached))]
    hint = "Open the address in a new tab, without reset, and step; read the test loss, not the training loss."
    expect.that(any(fits), message, hint=hint)


def agrees(answer: object, right: float, last: int) -> bool:
    """Return whether an epoch is right within a factor of 2, or 15 epochs.

    For a run that does not get there, None and any epoch after the last one are right.
    """
    if math.isinf(right):
        return answer is None or (isinstance(answer, int | float) and answer >= last)
    if answer is None:
        return right > last / 1.5
    if not isinstance(answer, int | float):
        return False
    return right / FACTOR <= answer <= right * FACTOR or abs(answer - right) <= LATE


# --- learning rates


@check(cell="rates", points=0.75, title="the three experiments differ in the learning rate alone")
def test_rates_controlled(student: Student) -> None:
    good = one_rate(student, "good_url")
    for name in ("slow_url", "fast_url"):
        only_changed(good, handed_in(student, name), "learningRate")


def one_rate(student: Student, name: str) -> Handed:
    """Return one of the three experiments; fail unless it is circle or xor, from x and y, without noise."""
    url = handed_in(student, name, noise_free=True, features=XY)
    allowed = url.settings.classifies and url.settings.data in ("circle", "xor")
    expect.that(
        allowed, f"{name} has the data '{url.settings.data}'", hint="Take circle or xor: gauss is solved at any rate."
    )
    return url


def own_and_median(losses: np.ndarray) -> tuple[float, float]:
    """Return the loss of the page's own start, which a student sees, and the median of all starts.

    A loss that is not a finite number counts as infinite.
    """
    finite = np.where(np.isfinite(losses), losses, np.inf)
    return float(finite[0]), float(np.median(finite))


@check(cell="rates", points=0.75, title="the rate of slow_url is too small")
def test_slow(student: Student) -> None:
    url = one_rate(student, "slow_url")
    playground.tell(student, url, pictured=False)
    run = rerun(url)
    begun, ended = (own_and_median(run.losses[at, 0]) for at in (0, -1))
    message = f"the training loss of slow_url goes from {expect.number(begun[0])} to {expect.number(ended[0])}"
    expect.that(np.isfinite(ended[0]), message, hint="That is a rate which is too large.")
    expect.that(max(ended) > USELESS, message, hint="It learns quite well. Take a smaller rate.")
    falls = any(after < before for before, after in zip(begun, ended, strict=True))
    expect.that(falls, message, hint="It does not fall: that is not a rate which is too small.")


@check(cell="rates", points=0.75, title="the rate of good_url is good")
def test_good(student: Student) -> None:
    url = one_rate(student, "good_url")
    playground.tell(student, url)
    playground.solved(student, url)


@check(cell="rates", points=0.75, title="the rate of fast_url is too large")
def test_fast(student: Student) -> None:
    url = one_rate(student, "fast_url")
    playground.tell(student, url, pictured=False)
    own, median = own_and_median(rerun(url).losses[-1, 1])
    message = (
        f"the test loss of fast_url ends at {expect.number(own)}, "
        f"and at {expect.number(median)} in the median of all starts"
    )
    expect.that(
        max(own, median) > TOO_FAST, message, hint="A rate that is too large ends worse than 0.5: take a larger one."
    )


# --- xor, spiral


@check(cell="xor_url", points=1.5, title="the network of xor_url solves xor from x and y")
def test_xor(student: Student) -> None:
    url = handed_in(student, "xor_url", data="xor", noise_free=True, features=XY)
    playground.tell(student, url)
    playground.solved(student, url)


@check(cell="spiral_url", points=2, title="the network of spiral_url solves the spiral")
def test_spiral(student: Student) -> None:
    url = handed_in(student, "spiral_url", data="spiral", noise_free=True)
    playground.tell(student, url)
    playground.solved(student, url)


# --- overfitting


def gaps(url: Handed) -> tuple[float, float]:
    """Return test loss minus training loss at the end: of the page's own start, and the median of all starts.

    The gap is 0 where a loss is not a finite number.
    """
    last = rerun(url).losses[-1]
    apart = np.where(np.isfinite(last).all(axis=0), last[1] - last[0], 0.0)
    return float(apart[0]), float(np.median(apart))


def spoken(values: tuple[float, float]) -> str:
    """Return the two numbers in words."""
    return f"{expect.number(values[0])} (median of all starts: {expect.number(values[1])})"


def useless(url: Handed) -> float:
    """Return the training loss of the best network that always gives the same output."""
    labels = rerun(url).points.train[:, 2]
    return 0.5 * float(np.var(labels))


def regularised(url: Handed) -> None:
    """Fail unless an experiment has regularisation."""
    used = url.settings.regularization != "none" and url.settings.regularization_rate > 0
    expect.that(used, f"{url.name} has no regularisation", hint="Choose L1 or L2, and a rate that is not 0.")


@check(cell="overfit_url", points=1.5, title="overfit_url overfits: its test loss ends far above its training loss")
def test_overfits(student: Student) -> None:
    expect_overfits(student, tell=True)


def expect_overfits(student: Student, *, tell: bool) -> Handed:
    """Fail unless overfit_url learns its training points and no others."""
    url = handed_in(student, "overfit_url")
    if tell:
        playground.tell(student, url)
    own, median = own_and_median(rerun(url).losses[-1, 0])
    learned = min(own, median) < LEARNED * useless(url)
    expect.that(learned, "overfit_url does not even learn its training points", hint="It may be the learning rate.")
    seen = f"after 300 epochs the test loss of overfit_url is above the training loss by {spoken(gaps(url))}"
    hint = "Fewer training points, more noise, more neurons, a larger learning rate, no regularisation."
    expect.that(max(gaps(url)) >= GAP, seen, hint=hint)
    return url


@check(cell="overfit_url", points=0.5, title="cured_url is overfit_url with regularisation")
def test_cure_controlled(student: Student) -> None:
    one, other = handed_in(student, "overfit_url"), handed_in(student, "cured_url")
    regularised(other)
    if one.settings.regularization == other.settings.regularization:
        only_changed(one, other, "regularizationRate")
    else:
        only_changed(one, other, "regularization", "regularizationRate")


@check(cell="overfit_url", points=1.5, title="with regularisation the gap is narrower, and the network still learns")
def test_cured(student: Student) -> None:
    one, other = expect_overfits(student, tell=False), handed_in(student, "cured_url")
    playground.tell(student, other)
    regularised(other)
    hint = "A little more regularisation."
    message = f"the gap was {spoken(gaps(one))} and is {spoken(gaps(other))}"
    narrower = [
        before >= GAP and after <= NARROWER * before for before, after in zip(gaps(one), gaps(other), strict=True)
    ]
    expect.that(any(narrower), message, hint=hint)
    learned = min(own_and_median(rerun(other).losses[-1, 0])) < LEARNED * useless(other)
    expect.that(
        learned, "cured_url learns nothing any more: it says nearly the same everywhere", hint="A little less of it."
    )
    before, after = (own_and_median(rerun(url).losses[-1, 1]) for url in (one, other))
    message = f"the test loss was {spoken(before)} and is {spoken(after)}"
    fits = any(new <= old + SAME for old, new in zip(before, after, strict=True))
    expect.that(fits, message, hint="A little less regularisation.")
