"""Training drills, parts 4 and 5: first weights, and a trained network as a start. 7 points."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import expit
from scipy.stats import kurtosis

from autograder.checking import Function, Generator, Student, check, expect
from autograder.checking.models import History

Array = np.ndarray[Any, Any]
TARGET = 0.45  # of the second task: from random weights 30 epochs and more, from those of the first task 1 to 3
LAYERS = 10


# --- start


@check(cell="start", points=1, title="xavier draws with the variance 2 / (n_in + n_out)")
def test_xavier_variance(student: Student, rng: np.random.Generator) -> None:
    for n_in, n_out in ((200, 300), (400, 50)):
        w = student_weights(student, n_in, n_out, int(rng.integers(1000)))
        seen, right = float(w.var()), 2 / (n_in + n_out)
        # with 20,000 or more weights the error of the variance is one percent
        message = f"the variance of {n_in} x {n_out} weights is {seen:.5f}"
        expect.that(
            abs(np.sqrt(seen) - right) > 0.05 * right,
            f"{message}: its root was to be the variance",
            hint="std = sqrt(var).",
        )
        expect.that(
            abs(seen / right - 1) < 0.06,
            message,
            hint="rng.normal wants the standard deviation, sqrt(2 / (n_in + n_out)).",
        )


@check(
    cell="start", points=0.5, title="xavier draws from a normal distribution around zero, with the generator it gets"
)
def test_xavier_shape(student: Student, rng: np.random.Generator) -> None:
    seed = int(rng.integers(1000))
    w, again, other = (student_weights(student, 250, 150, number) for number in (seed, seed, seed + 1))
    hint = "rng is handed in so that a start can be repeated: draw with rng.normal, not with np.random."
    expect.that(np.array_equal(w, again), "two generators of the same seed gave different weights", hint=hint)
    expect.that(not np.array_equal(w, other), "generators of different seeds gave the same weights", hint=hint)
    alike = np.abs(np.corrcoef(w[:, :20].T) - np.eye(20)).max()  # of independent neurons with 250 inputs: about 0.2
    expect.that(alike < 0.5, "neurons of the layer begin with the same weights", hint="Draw n_in x n_out numbers.")
    expect.that(
        abs(w.mean()) < 4 * w.std() / np.sqrt(w.size), f"the mean of the weights is {w.mean():.4f}", hint="Mean 0."
    )
    message = "the weights are not normally distributed"
    # 0 for a normal distribution, -0.6 for the one that Keras cuts off at two deviations, -1.2 for a uniform one
    bell = w.std() > 0 and -0.8 < float(kurtosis(w.ravel())) < 0.2
    expect.that(bell, message, hint="rng.normal, not rng.uniform.")


def student_weights(student: Student, n_in: int, n_out: int, seed: int, kind: str = "normal") -> Array:
    """Return weights drawn by the student's function, with a generator of this seed."""
    w = expect.array(student.call("xavier", n_in, n_out, Generator(seed), kind), "xavier(n_in, n_out, rng, kind)")
    expect.shape(w, (n_in, n_out), "xavier(n_in, n_out, rng, kind)", hint="One row per input, one column per output.")
    return w


@check(cell="start", points=1, title="the uniform weights have the same variance, between -sqrt(3 var) and sqrt(3 var)")
def test_xavier_uniform(student: Student, rng: np.random.Generator) -> None:
    for n_in, n_out in ((200, 300), (400, 50)):
        w = student_weights(student, n_in, n_out, int(rng.integers(1000)), "uniform")
        edge = float(np.sqrt(6 / (n_in + n_out)))
        hint = "rng.uniform(-edge, edge): a uniform distribution of this width has the variance edge^2 / 3."
        largest = float(np.abs(w).max())
        # of 20,000 numbers the largest is within 0.1 % of the edge
        expect.that(0.98 * edge < largest < 1.001 * edge, f"the largest weight is {largest:.4f}", hint=hint)
        even = np.ptp(w) > edge and -1.35 < float(kurtosis(w.ravel())) < -1.05
        expect.that(even, "the weights are not uniform", hint=hint)
        expect.that(abs(w.mean()) < 4 * w.std() / np.sqrt(w.size), f"the mean is {w.mean():.4f}", hint="Mean 0.")


def ten_variances(x: Array, factor: float, activation: str, seed: int, *, before: bool = False) -> Array:
    """Return the variances of ten layers with the weights of FIXED; `before` takes them before the activation."""
    rng, seen = np.random.default_rng(seed), []
    for _ in range(LAYERS):
        z = x @ (factor * rng.normal(0, 0.13, (x.shape[1], x.shape[1])))
        x = np.tanh(z) if activation == "tanh" else np.maximum(z, 0)
        seen.append(np.var(z if before else x))
    return np.array(seen)


# the weights of this function are known here, whatever the student's own are
FIXED = Function("lambda original: lambda n_in, n_out, rng, kind='normal': rng.normal(0, 0.13, (n_in, n_out))")


@check(cell="start", points=1.5, title="variances follows a signal through ten layers, with tanh and with ReLU")
def test_variances(student: Student, rng: np.random.Generator) -> None:
    for activation in ("tanh", "relu"):
        for factor in (0.3, float(rng.uniform(0.8, 1.2)), 4.0):
            x, seed = rng.normal(size=(50, 60)), int(rng.integers(1000))
            given = (x, factor, activation, Generator(seed))
            seen = expect.array(student.call_with({"xavier": FIXED}, "variances", *given), "variances")
            expect.shape(seen, (LAYERS,), "variances", hint="One variance for each layer.")
            expect.finite(seen, "variances")
            right = ten_variances(x, factor, activation, seed)
            others = {
                "these are variances before the activation function": ten_variances(
                    x, factor, activation, seed, before=True
                ),
                "the factor is not used": ten_variances(x, 1.0, activation, seed),
                "this is the other activation function": ten_variances(
                    x, factor, "relu" if activation == "tanh" else "tanh", seed
                ),
                "these are standard deviations": np.sqrt(right),
                "the variance of x comes first, and that of the last layer is missing": np.array(
                    [np.var(x), *right[:-1]]
                ),
            }
            hint = "Weights from xavier(..., rng) times factor, the activation function, np.var of all: ten times."
            mistakes: dict[str, object] = {reason: value / right for reason, value in others.items()}
            what = f"variances with {activation} and the factor {factor:.1f}, relative to the right ones,"
            # 1e-3: float32 is allowed
            expect.values(seen / right, np.ones(LAYERS), what, atol=1e-3, hint=hint, mistakes=mistakes)


# --- reuse

# a model with known weights, what the student's function makes of it, and both after the new one was trained
REUSED = Function(
    "lambda original: lambda weights, x, y: ("
    "model := tf.keras.Sequential([tf.keras.Input((2,)), tf.keras.layers.Dense(5, activation='tanh'), "
    "tf.keras.layers.Dense(1, activation='sigmoid')]), "
    "model.set_weights(weights), model.compile('adam', 'binary_crossentropy'), new := original(model), "
    "first := np.asarray(new(x)), new.fit(x, y, epochs=2, batch_size=20, verbose=0), "
    "[first, np.asarray(new(x)), np.asarray(model(x))])[-1]"
)


@check(cell="reuse", points=1, title="reuse copies the weights into a new model, and leaves the first one alone")
def test_reuse(student: Student, rng: np.random.Generator) -> None:
    weights = [rng.normal(size=shape) for shape in ((2, 5), (5,), (5, 1), (1,))]
    x, y = rng.normal(size=(60, 2)).astype(np.float32), rng.integers(0, 2, 60)
    seen = expect.parts(student.call_with({"reuse": REUSED}, "reuse", weights, x, y), 3, "reuse gives a Keras model")
    right = expit(np.tanh(x @ weights[0] + weights[1]) @ weights[2] + weights[3])
    first, trained, before = (expect.array(part, "the output of the model") for part in seen)
    hint = "clone_model copies the layers, set_weights the weights."
    # 1e-4: float32
    expect.values(first, right, "the output of the new model, before it is trained,", atol=1e-4, hint=hint)
    message = "training the new model changed the first one"
    expect.that(
        before.shape == right.shape and np.allclose(before, right, atol=1e-4), message, hint="Return a new model."
    )
    moved = trained.shape == right.shape and np.abs(trained - first).max() > 1e-4
    expect.that(moved, "training does not change the new model", hint="Is its learning rate 0? Is it trainable?")


@check(cell="reuse", points=1, title="epochs_to counts epochs from 1, and says 0 where a target is never reached")
def test_epochs_to(student: Student, rng: np.random.Generator) -> None:
    for count in (6, 12):
        losses = np.sort(rng.uniform(0.2, 0.8, count))[::-1] + rng.normal(0, 0.05, count)
        at = int(rng.integers(1, count - 1))
        for target in (float(losses[at]), float(losses[0]), float(losses.min() - 0.01)):
            below = np.flatnonzero(losses <= target)
            right = int(below[0]) + 1 if below.size else 0
            mistakes: dict[str, object] = {"the first epoch is number 1": right - 1} if right else {}
            seen = student.call("epochs_to", losses.tolist(), target)
            hint = "The first loss that is at most the target; equal counts as reached."
            expect.values(seen, right, "epochs_to(losses, target)", atol=0, hint=hint, mistakes=mistakes)


RING_EPOCHS = 30  # of the worked example
# the losses of the first network's layers, trained anew on the second task as `reuse` compiles
AFRESH = Function(
    "lambda original: lambda epochs, steps: (names := original.__globals__, model := original(names['ring_model']), "
    "copy := tf.keras.models.clone_model(model), "
    "copy.compile(type(model.optimizer).from_config(model.optimizer.get_config()), model.loss), "
    "size := -(-len(names['second_x']) // max(steps, 1)), copy.fit(names['second_x'], names['second_y'], "
    "epochs=epochs, batch_size=size, verbose=0).history['loss'])[-1]"
)
LEAST_LEARNED = 0.4  # of the way by which the loss of such a network falls


@check(
    cell="reuse", points=1, title="from the weights of the first task the loss is reached in at most half the epochs"
)
def test_reuse_is_faster(student: Student) -> None:
    fresh, reused = (of_fit(student, name) for name in ("fresh_history", "reused_history"))
    hint = "The same data, optimizer, rate, batch size and number of epochs for both."
    same = fresh.epochs == reused.epochs >= 20 and fresh.steps == reused.steps
    message = f"the trainings have {fresh.epochs} and {reused.epochs} epochs of {fresh.steps} and {reused.steps} steps"
    expect.that(same, message, hint=hint)
    losses = [fresh.record["loss"], reused.record["loss"]]
    message = f"the loss in fresh_history begins at {losses[0][0]:.3f}"
    expect.that(losses[0][0] > 0.5, message, hint="clone_model draws random weights.")
    expect.that(losses[0][-1] < 0.99 * losses[0][0], "the fresh network learns nothing", hint="The same rate for both.")
    trained, told = student.trained_epochs(), fresh.epochs + reused.epochs
    message = f"the histories tell of {told} epochs, and fit trained {max(trained - RING_EPOCHS, 0)} of the kind"
    expect.that(trained >= RING_EPOCHS + told, message, hint="Both histories are what fit(...) returned.")
    expect_fair(student, fresh)
    counts = [next((at for at, loss in enumerate(part, start=1) if loss <= TARGET), 0) for part in losses]
    message = f"the loss of {TARGET} is reached in epoch {counts[0]} and {counts[1]} (0: never)"
    expect.that(counts[1] and (not counts[0] or counts[1] <= counts[0] / 2), message, hint=hint)


def expect_fair(student: Student, fresh: History) -> None:
    """Fail if the fresh network learned much less than one that is trained as `reuse` compiles."""
    try:
        seen = expect.array(student.call_with({"reuse": AFRESH}, "reuse", fresh.epochs, fresh.steps))
        losses = seen.astype(float)
    except (expect.CheckFailed, ValueError):
        return
    if losses.ndim != 1 or len(losses) != fresh.epochs or not np.isfinite(losses).all():
        return
    last, fall = fresh.record["loss"][-1], float(losses[0] - losses[-1])
    message = (
        f"the loss in fresh_history ends at {last:.3f}, and at {losses[-1]:.3f} where the grader trains such a network"
    )
    fair = last <= losses[0] - LEAST_LEARNED * fall or fall < 0.05
    expect.that(fair, message, hint="The same data, labels and rate for both.")


def of_fit(student: Student, name: str) -> History:
    """Return a history; fail unless it is one of a training, and flag one that tells of more epochs than there were."""
    history = student.history(name)
    losses = history.record.get("loss", [])
    expect.that(history.asked > 0 and losses, f"{name} is not what fit() returns", hint=f"{name} = ....fit(...)")
    expect.finite(np.array(losses), f"the loss in {name}", hint="A smaller learning rate.")
    seen = student.trained_epochs()
    if seen < history.epochs:
        student.flag(f"{name} tells of {history.epochs} epochs, but fit trained {seen} in this notebook")
    return history
