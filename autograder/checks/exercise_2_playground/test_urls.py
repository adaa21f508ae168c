"""Exercise 2, parts 1 to 7: experiments of the Playground, handed in as URLs and run again. 20 points."""

from __future__ import annotations

import math

import numpy as np

from autograder.checking import Student, check, expect, playground
from autograder.checking.playground import Handed, handed_in, only_changed, rerun

XY = ("x", "y")
FACTOR = 2  # reading the epoch off a running display
USELESS, TOO_FAST = 0.4, 0.55  # a network that always says 0 has a loss of 0.5
GAP, NARROWER, SAME = 0.1, 0.7, 0.02
MOST_EPOCHS = 1_000_000


# --- the circle, with a bend and without


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
    told = f"the median test loss of linear_url is {expect.number(median)}"
    expect.that(
        median > USELESS, told, hint="From x and y alone no line separates a disc from a ring: what else did you give it?"
    )


# --- three activations


NAMES = ("relu", "tanh", "sigmoid")


def three(student: Student) -> list[Handed]:
    """The three experiments, in the order of their names."""
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


@check(cell="relu_tanh_sigmoid", points=2, title="epochs_to_solve agrees with the experiments, within a factor of 2")
def test_epochs_to_solve(student: Student) -> None:
    table = student.get("epochs_to_solve")
    fits = isinstance(table, dict) and set(NAMES) <= set(table)
    expect.that(fits, "epochs_to_solve is not a dictionary with the keys relu, tanh, sigmoid")
    for name, url in zip(NAMES, three(student), strict=True):
        playground.tell(student, url, pictured=False)
        compare_epochs(url, table[name])


def compare_epochs(url: Handed, told: object) -> None:
    """Fail unless this is the epoch at which the page's own run, or the median start, gets below 0.1; None for never."""
    run = rerun(url)
    last = run.epochs[-1]
    number = isinstance(told, int | float) and not isinstance(told, bool) and 0 <= told <= MOST_EPOCHS
    what = f"epochs_to_solve says {repr(told)[:20] if isinstance(told, int | float) else expect.kind(told)} for {url.name}"
    expect.that(number or told is None, what, hint="A number of epochs, or None.")
    reached = run.first_below(playground.SOLVED)
    seen = float(told) if isinstance(told, int | float) else math.inf
    for right in (float(reached[0]), float(np.median(reached))):
        # the re-run ends at epoch 300: a later one, or never, cannot be told from it
        if min(right, last) / FACTOR <= min(seen, last) <= max(right, 1) * FACTOR:
            return
    expect.fail(what, hint="Open the address in a new tab and press play once; read the test loss, not the training loss.")


# --- learning rates


@check(cell="rates", points=0.75, title="the three experiments differ in the learning rate alone")
def test_rates_controlled(student: Student) -> None:
    good = handed_in(student, "good_url", noise_free=True, features=XY)
    data = good.settings.data
    allowed = good.settings.classifies and data in ("circle", "xor")
    expect.that(allowed, f"good_url has the data '{data}'", hint="Take circle or xor: gauss is solved at any rate.")
    for name in ("slow_url", "fast_url"):
        only_changed(good, handed_in(student, name), "learningRate")


@check(cell="rates", points=0.75, title="the rate of slow_url is too small")
def test_slow(student: Student) -> None:
    url = handed_in(student, "slow_url")
    playground.tell(student, url, pictured=False)
    run = rerun(url)
    begun, ended = (float(np.median(run.losses[at, 0])) for at in (0, -1))
    told = f"the training loss of slow_url goes from {expect.number(begun)} to {expect.number(ended)} (medians)"
    expect.that(ended > USELESS, told, hint="It learns quite well. Take a smaller rate.")
    expect.that(ended < begun, told, hint="It does not fall: that is not a rate which is too small.")


@check(cell="rates", points=0.75, title="the rate of good_url is good")
def test_good(student: Student) -> None:
    url = handed_in(student, "good_url", noise_free=True)
    playground.tell(student, url)
    playground.solved(student, url)


@check(cell="rates", points=0.75, title="the rate of fast_url is too large")
def test_fast(student: Student) -> None:
    url = handed_in(student, "fast_url")
    playground.tell(student, url, pictured=False)
    median = rerun(url).median()
    slower = url.settings.learning_rate <= handed_in(student, "good_url").settings.learning_rate
    expect.that(not slower, "the rate of fast_url is not larger than that of good_url")
    told = f"the median test loss of fast_url is {expect.number(median)}"
    expect.that(median > TOO_FAST, told, hint="A rate that is too large ends worse than 0.5: take a larger one.")


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


def gap(url: Handed) -> float:
    """Test loss minus training loss at the end, the median over all starts."""
    last = rerun(url).losses[-1]
    return float(np.median(last[1] - last[0]))


@check(cell="overfit_url", points=1.5, title="overfit_url learns by heart: its test loss ends far above its training loss")
def test_overfits(student: Student) -> None:
    url = handed_in(student, "overfit_url")
    playground.tell(student, url)
    expect.that(rerun(url).median(test=False) < USELESS, "overfit_url does not even learn its training points")
    seen = f"the test loss of overfit_url ends {expect.number(gap(url))} above the training loss (median of all starts)"
    expect.that(gap(url) >= GAP, seen, hint="Fewer training points, more noise, more neurons, no regularisation.")


@check(cell="overfit_url", points=0.5, title="cured_url is overfit_url with regularisation")
def test_cure_controlled(student: Student) -> None:
    one, other = handed_in(student, "overfit_url"), handed_in(student, "cured_url")
    used = other.settings.regularization != "none" and other.settings.regularization_rate > 0
    expect.that(used, "cured_url has no regularisation", hint="Choose L1 or L2, and a rate that is not 0.")
    if one.settings.regularization == other.settings.regularization:
        only_changed(one, other, "regularizationRate")
    else:
        only_changed(one, other, "regularization", "regularizationRate")


@check(cell="overfit_url", points=1.5, title="with regularisation the gap is narrower, and the network still learns")
def test_cured(student: Student) -> None:
    one, other = handed_in(student, "overfit_url"), handed_in(student, "cured_url")
    playground.tell(student, other)
    hint = "A little more regularisation; or less, if it learns nothing any more."
    told = f"the gap was {expect.number(gap(one))} and is {expect.number(gap(other))} (medians of all starts)"
    expect.that(gap(one) > 0 and gap(other) <= NARROWER * gap(one), told, hint=hint)
    before, after = rerun(one).median(), rerun(other).median()
    told = f"the median test loss was {expect.number(before)} and is {expect.number(after)}"
    expect.that(after <= before + SAME, told, hint=hint)
