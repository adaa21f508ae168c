"""What the commands show of experiments in a terminal: Playground runs, calibrations, benchmarks. No decisions."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from autograder.playground.settings import KEYS

if TYPE_CHECKING:
    from autograder.playground.experiment import Rerun
    from autograder.teaching.benchmark import Measured
    from autograder.teaching.benchmark_trainings import Trainings
    from autograder.teaching.calibration import Distribution, Plan


def calibration_table(plan: Plan, found: Sequence[Distribution]) -> RenderableType:
    """Return what was trained, and the thresholds that come of it."""
    from autograder.teaching.calibration import bounds

    table = Table(title="what each answer reaches, over seeds", title_justify="left", title_style="bold")
    for name in ("quantity", "answer", "n", "mean", "std", "min", "1 in 1000 is below"):
        table.add_column(name, justify="left" if name in ("quantity", "answer") else "right")
    for one in found:
        answer = Text(one.answer, "" if one.right else "yellow")
        numbers = [f"{value:.4f}" for value in (one.mean, one.deviation, min(one.values), one.bound)]
        table.add_row(one.of, answer, str(len(one.values)), *numbers)
    lines = [f"{name} = {value:.4f}" for name, value in bounds(plan, found).items()]
    return Group(table, *map(Text, lines))


def rerun_table(run: Rerun) -> RenderableType:
    """Return an experiment of the Playground that was run again."""
    settings = run.settings
    shape = ",".join(map(str, settings.network_shape)) or "no hidden layer"
    penalty = (
        "" if settings.regularization == "none" else f", {settings.regularization} {settings.regularization_rate:g}"
    )
    inputs = ", ".join(settings.features) or "nothing"
    network = f"{shape}, {settings.activation}, rate {settings.learning_rate:g}{penalty}"
    title = f"{settings.data} from {inputs}: {network}"
    resets = run.losses.shape[2] - 1
    table = Table(title=title, title_justify="left", title_style="bold")
    names = ("epoch", "training loss", "test loss", *([f"test loss, median of {resets} resets"] if resets else []))
    for name in names:
        table.add_column(name, justify="right")
    for epoch, losses in zip(run.epochs, run.losses, strict=True):
        others = [f"{np.median(losses[1, 1:]):.6f}"] if resets else []
        table.add_row(str(epoch), f"{losses[0, 0]:.6f}", f"{losses[1, 0]:.6f}", *others)
    told = [f"{int((run.resets < 0.1).sum())} of {resets} resets end with a test loss below 0.1."] if resets else []
    if settings.classifies:
        told.append(f"{run.accuracy[1, 0]:.1%} of the test points are on the right side, from this seed.")
    if run.diverged:
        told.append("The run diverged: some losses are no numbers.")
    elif run.chaotic:
        told.append("Such a run depends on the last digit of a number: the page may show something else.")
    return Group(table, *map(Text, told))


def rerun_tree(run: Rerun) -> dict[str, Any]:
    """Return it as plain data, for programs; a number that is not finite is text, as JavaScript writes it."""

    def number(value: float) -> float | str:
        return (
            float(value)
            if np.isfinite(value)
            else "NaN"
            if np.isnan(value)
            else "Infinity"
            if value > 0
            else "-Infinity"
        )

    settings = {key: getattr(run.settings, name) for name, key in KEYS.items()}
    weights = [[{"bias": float(unit[-1]), "weights": unit[:-1].tolist()} for unit in layer[0]] for layer in run.initial]
    return {
        "settings": settings,
        "points": run.points.train[:5].tolist(),
        "weights": weights,
        "losses": {
            str(e): [number(value) for value in losses[:, 0]] for e, losses in zip(run.epochs, run.losses, strict=True)
        },
        "resets": [number(value) for value in run.resets],
    }


def bench_tables(measured: Measured) -> RenderableType:
    """Return the two ways of grading side by side, and where our seconds go."""
    machine, speeds, lasting = measured.machine, measured.speeds, measured.lasting
    rates = Table(title=f"{machine.cores} cores, {machine.system}, isolation {machine.level}", title_justify="left")
    for name in ("class", "submissions", "stock nbgrader, per minute", "this engine, per minute", "ratio"):
        rates.add_column(name, justify="left" if name == "class" else "right")
    parts = Table(title="seconds of one submission in one worker", title_justify="left")
    for name in ("class", "start", "import", "cells", "checks", "record", "total"):
        parts.add_column(name, justify="left" if name == "class" else "right")
    for each in speeds:
        ratio = each.our_rate / each.stock_rate
        rates.add_row(
            each.name, f"{each.submissions}", f"{each.stock_rate:.1f}", f"{each.our_rate:.1f}", f"{ratio:.1f}"
        )
        parts.add_row(
            each.name, *(f"{each.split[key]:.2f}" for key in ("start", "import", "cells", "checks", "record", "total"))
        )
    shown: list[RenderableType] = [rates, parts] if speeds else []
    if lasting:
        steps = ", ".join(f"{memory / 1e6:.0f} MB after {count}" for count, memory in lasting.memory)
        shown.append(Text(f"one run of {lasting.submissions} submissions: grader and workers take {steps}"))
        shown.append(
            Text(f"{lasting.zombies} zombie processes, {lasting.files_left} files left under the temporary folder")
        )
    if measured.assignments:
        times = ", ".join(f"{name} {first:.1f} s ({again:.1f} s)" for name, first, again in measured.assignments)
        shown.append(Text(f"one submission in a warm worker (again, with trainings remembered): {times}"))
    shown += [Text(trainings_lines(each)) for each in measured.trainings]
    shown.append(Text(f"memory of a kernel after a TensorFlow operation: {machine.kernel_bytes / 1e6:.0f} MB (PSS)"))
    return Group(*shown)


def trainings_lines(found: Trainings) -> str:
    """Return what grading costs beside the students' own training."""
    return (
        f"{found.submissions} full submissions of {found.assignment}, {found.variant}, at a time: {found.cpu:.1f} s of "
        f"CPU, of which {found.fit:.1f} s ({found.fit / found.cpu:.1%}) are the students' own fit\n"
        f"again after an edit of a check: {found.first:.1f} s -> {found.again:.1f} s a submission "
        f"({found.again / found.first:.1%}), {found.command[0]:.1f} s -> {found.command[1]:.1f} s the whole command "
        f"({found.command[1] / found.command[0]:.1%})"
    )


def bench_tree(measured: Measured) -> dict[str, Any]:
    """Return the figures of a benchmark as plain data."""
    return {
        "machine": dataclasses.asdict(measured.machine),
        "one_long_run": dataclasses.asdict(measured.lasting) if measured.lasting else None,
        "trainings": [dataclasses.asdict(each) for each in measured.trainings],
        "seconds_of_one_submission": {
            name: {"first": first, "again": again} for name, first, again in measured.assignments
        },
        "classes": [
            dataclasses.asdict(each)
            | {
                "stock_per_minute": each.stock_rate,
                "ours_per_minute": each.our_rate,
                "ratio": each.our_rate / each.stock_rate,
            }
            for each in measured.speeds
        ],
    }
