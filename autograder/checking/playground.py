"""What a check can ask of a URL of the TensorFlow Playground: its settings, and the result of running it again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from autograder.checking import expect
from autograder.checking.student import Student
from autograder.errors import BadUrl, CheckFailed
from autograder.playground import experiment
from autograder.playground.experiment import Rerun
from autograder.playground.settings import KEYS, Settings, changed, offered

__all__ = ["SOLVED", "Handed", "handed_in", "only_changed", "rerun", "solved", "tell"]

SOLVED = 0.1
# Between these shares of the starts, success is a matter of luck: the experiment counts, and the student is told.
SOME, MOST = 0.1, 0.9


@dataclass(frozen=True)
class Handed:
    """A URL that a student handed in under a name, as settings."""

    name: str
    settings: Settings


def handed_in(
    student: Student, name: str, *, data: str = "", noise_free: bool = False, features: tuple[str, ...] | None = None
) -> Handed:
    """Return the experiment whose URL is in a student's variable.

    Fails if the value is not an experiment of the page, or if it has other data, noise or inputs than were asked for.
    """
    value: Any = student.get(name)
    if isinstance(value, str) and not value.strip():
        expect.fail(f"{name} is empty", hint="Copy the address of the page from the browser's address line.")
    expect.that(
        isinstance(value, str), f"{name} is {expect.kind(value)}, not a URL", hint="The address as text, in quotes."
    )
    try:
        settings = offered(value)
    except BadUrl as fault:
        raise CheckFailed(f"{name}: {fault.message}", hint=fault.hint, detail=value[:600]) from None
    if data:
        task = "classification" if data in ("circle", "xor", "gauss", "spiral") else "regression"
        hint = "The problem type is at the top right of the page."
        expect.that(settings.problem == task, f"{name} is a {settings.problem}, not a {task}", hint=hint)
        expect.that(
            settings.data == data, f"{name} has the data '{settings.data}', not '{data}'", hint="Data, at the left."
        )
    if noise_free:
        expect.that(
            settings.noise == 0, f"{name} has noise {settings.noise:g}", hint="Set the noise to 0: it hides the effect."
        )
    if features is not None:
        more = [feature for feature in settings.features if feature not in features]
        message = f"{name} has {', '.join(more)} among its inputs"
        expect.that(
            not more, message, hint=f"Only {' and '.join(features)} may be switched on: see the column FEATURES."
        )
        less = [feature for feature in features if feature not in settings.features]
        expect.that(
            not less, f"{name} does not have {', '.join(less)} among its inputs", hint="See the column FEATURES."
        )
    return Handed(name, settings)


def only_changed(one: Handed, other: Handed, *allowed: str) -> None:
    """Fail unless two experiments differ in the first of these settings, and in no others than these.

    The settings are named as in the URL.
    """
    different = changed(one.settings, other.settings)
    beyond = [setting for setting in different if setting not in allowed]
    if beyond == ["seed"]:
        hint = "Change the control and nothing else, and copy the address again: the seed stays."
        expect.fail(f"{other.name} has another seed than {one.name}, so the points and the start differ", hint=hint)
    hint = f"Open {one.name}, change {allowed[0]} alone, and copy the address."
    names = ", ".join(sorted(beyond, key=list(KEYS.values()).index))
    expect.that(not beyond, f"{other.name} differs from {one.name} also in {names}", hint=hint)
    expect.that(allowed[0] in different, f"{other.name} has the same {allowed[0]} as {one.name}", hint=hint)


def rerun(url: Handed) -> Rerun:
    """Run the experiment again for 300 epochs, from the page's own start and from 20 resets.

    Fails if that takes too long.
    """
    try:
        return experiment.rerun(url.settings)
    except BadUrl as fault:
        raise CheckFailed(f"{url.name}: {fault.message}", hint=fault.hint) from None


def tell(student: Student, url: Handed, *, pictured: bool = True) -> None:
    """Tell the student what the grader saw, in a way that the student can repeat.

    The text promises no number if the run is chaotic. `pictured` adds a picture of the run.
    """
    run = rerun(url)
    epochs, resets = run.epochs[-1], len(run.resets)
    begin = f"{url.name}: open it in a new tab and run {epochs} epochs"
    if run.chaotic:
        text = (
            f"{begin}: what comes out depends on the last digit of a number, so your browser may show something else."
        )
    else:
        below = int((run.resets < SOLVED).sum())
        text = (
            f"{begin}: test loss about {run.test_loss:.3f} from this seed; "
            f"{below} of {resets} resets get below {SOLVED:g}."
        )
    student.tell(text, drawn(url.settings) if pictured else b"")


@lru_cache(maxsize=64)  # several checks show the same run, and students hand in the same address
def drawn(settings: Settings) -> bytes:
    """Return the picture of an experiment, as PNG."""
    from autograder.playground.picture import draw  # importing Matplotlib takes 0.3 s; only this draws

    return draw(experiment.rerun(settings))


def solved(student: Student, url: Handed) -> None:
    """Fail if neither the page's own start nor one in ten of all starts reaches a test loss below 0.1.

    If only some of the starts reach it, tell the student so.
    """
    run = rerun(url)
    reached = np.isfinite(run.first_below(SOLVED))
    share, starts = float(reached.mean()), len(reached)
    seen = f"{reached.sum()} of {starts} starts of {url.name} get below {SOLVED:g} in {run.epochs[-1]} epochs"
    message = f"{seen}; the median test loss is {expect.number(run.median())}"
    fits = bool(reached[0]) or share >= SOME
    expect.that(fits, message, hint="Watch the test loss: does it still fall, is it stuck, does it jump?")
    if share < MOST:
        student.tell(f"It depends on the initial weights: {seen}. Press reset a few times and see.")
