"""Training drills, parts 6 to 8: two clouds, irises, and the choice of a model. 12 points."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import norm
from sklearn.datasets import load_iris

from autograder.checking import Function, Student, check, expect
from autograder.checking.models import Model

Array = np.ndarray[Any, Any]
# types of scikit-learn that are a logistic regression, or may have one inside
LOGISTIC = ("LogisticRegression", "LogisticRegressionCV", "Pipeline", "SGDClassifier", "OneVsRestClassifier")
# shares by which a loss falls. Clouds: 0.09 and more from Keras's random weights, below 0.01 from the right border.
# Irises: 0.8 and more of a good training
FALL_CLOUDS, FALL_IRIS = 0.03, 0.3
# of the last epoch's mean loss: on new points an honest network is off by less than 0.15, also after two slow epochs
SAME_LOSS = 0.3
# of scores, in their own width: 0.05 and more with ReLU, tanh, sigmoid or swish, 0 for a linear network
CURVATURE = 0.005
BAYES = 0.9214  # Phi(sqrt(2)): the most that any classifier reaches on the two clouds
# of flowers: fitted on 120, a regression or a network has 0.966 of 300 others on average, and 0.93 at least of 60 tries
LEAST, LEAST_OF_SPECIES = 0.88, 0.7
READY_CHOICES = (
    "sklearn.model_selection._validation.cross_validate",
    "sklearn.model_selection._validation._fit_and_score",
    "sklearn.model_selection._search._fit_and_score",
    "sklearn.decomposition._base._BasePCA.transform",
    "sklearn.decomposition._pca.PCA._fit",
    "sklearn.decomposition._incremental_pca.IncrementalPCA.partial_fit",
    "sklearn.decomposition._truncated_svd.TruncatedSVD.fit_transform",
    "sklearn.decomposition._kernel_pca.KernelPCA._fit_transform",
    "sklearn.decomposition._factor_analysis.FactorAnalysis.fit",
    "sklearn.decomposition._fastica.FastICA._fit_transform",
)


# --- clouds


@check(cell="clouds", points=1.5, title="classify_clouds reaches the limit on points it has never seen")
def test_clouds(student: Student, rng: np.random.Generator) -> None:
    truth = rng.integers(0, 2, 5000)
    x = (rng.normal(size=(5000, 2)) + np.where(truth == 1, 1, -1)[:, None]).astype(np.float32)
    seen = expect.array(student.call("classify_clouds", x), "classify_clouds(x)")
    expect.shape(seen.squeeze(), (5000,), "classify_clouds(x)", hint="One class, 0 or 1, for each point.")
    accuracy = float(np.mean(seen.squeeze() == truth))
    # three standard deviations of 5000 trials, and as much again because there are only 2000 training points
    least = BAYES - 6 * float(np.sqrt(BAYES * (1 - BAYES) / 5000))
    message = f"{accuracy:.3f} of 5000 new points are classified correctly; the limit is {BAYES:.3f}"
    expect.that(accuracy > 0.2, f"{message}: the two classes are exchanged", hint="Class 1 is around (1, 1).")
    expect.that(accuracy >= least, message, hint="Does the loss still fall at the end? Is the output rounded at 0.5?")
    expect_asked(student, "classify_clouds", "cloud_model", x[:200])
    out = student.model("cloud_model", rng, shape=(2,)).outputs(x)
    classes = [out.argmax(axis=1)] if out.shape[1] == 2 else [out[:, 0] > 0.5, out[:, 0] > 0]
    own = max(float(np.mean(one == truth)) for one in classes)
    message = f"cloud_model itself is right for {own:.3f} of 5000 new points; the limit is {BAYES:.3f}"
    expect.that(own >= least, message, hint="Train it until its loss no longer falls.")


def expect_asked(student: Student, function: str, model: str, x: Array) -> None:
    """Fail unless a function passes on what a model says: of weights that are all zero every input is the same."""
    blind = expect.array(student.call_without_weights(function, model, x), f"{function}(x)").squeeze()
    message = f"{function} tells inputs apart even when all weights of {model} are zero"
    expect.that(blind.size == len(x) and np.unique(blind).size == 1, message, hint=f"Ask {model}, and nothing else.")


@check(cell="clouds", points=1, title="cloud_history is a training that begins with random weights")
def test_cloud_history(student: Student, rng: np.random.Generator) -> None:
    expect_cloud_loss(student, rng, expect_falling_loss(student, "cloud_history", "cloud_model", FALL_CLOUDS))
    expect_learns(student)


# the losses of a copy of cloud_model with new random weights, trained as cloud_model was compiled
AS_COMPILED = Function(
    "lambda original: lambda epochs: (names := original.__globals__, model := names['cloud_model'], "
    "copy := tf.keras.models.clone_model(model), "
    "copy.compile(type(model.optimizer).from_config(model.optimizer.get_config()), model.loss), "
    "copy.fit(names['cloud_x'], names['cloud_y'], epochs=epochs, batch_size=50, verbose=0).history['loss'])[-1]"
)
FALL_AS_COMPILED = 1e-4  # the share by which its loss falls at least; 0 for a learning rate of 0


def expect_learns(student: Student) -> None:
    """Fail if a copy of `cloud_model` learns nothing by its own optimizer: then something else set the weights.

    A model of one's own class, or one of a loss with other labels, is not copied.
    """
    try:
        seen = student.call_with({"classify_clouds": AS_COMPILED}, "classify_clouds", 5)
        losses = expect.array(seen, "the loss of a copy of cloud_model").astype(float)
    except expect.CheckFailed:
        return
    if losses.shape == (5,) and np.isfinite(losses).all():
        message = f"a copy of cloud_model, trained as it is compiled, has a loss of {losses[0]:.4f} at the beginning"
        message = f"{message} and of {losses.min():.4f} after five epochs"
        learns = losses.min() < (1 - FALL_AS_COMPILED) * losses[0]
        expect.that(learns, message, hint="Is the learning rate 0? The optimizer has to find the weights.")


def expect_cloud_loss(student: Student, rng: np.random.Generator, last: float) -> None:
    """Fail unless `cloud_model` has about the loss with which its training ended: other weights would have another.

    Only a cross entropy without a penalty can be compared.
    """
    model = student.model("cloud_model", rng, shape=(2,))
    if "crossentropy" not in model.loss.replace("_", "") or any(layer.penalty for layer in model.layers):
        return
    truth = rng.integers(0, 2, 5000)
    out = model.outputs((rng.normal(size=(5000, 2)) + np.where(truth == 1, 1, -1)[:, None]).astype(np.float32))
    if out.shape[1] == 1:
        score = np.clip(out[:, 0], -50, 50)
        of_one = 1 / (1 + np.exp(-score)) if model.from_logits else score
    elif out.shape[1] == 2:
        of_one = np.exp(out[:, 1] - np.logaddexp(out[:, 0], out[:, 1])) if model.from_logits else out[:, 1]
    else:
        return
    right = np.where(truth == 1, of_one, 1 - of_one)
    own = float(-np.mean(np.log(np.clip(right, 1e-7, 1))))
    message = f"the training ended with a loss of {last:.3f}, and cloud_model has {own:.3f} on new points"
    hint = "cloud_history is the training of cloud_model, and nothing changes its weights afterwards."
    expect.that(abs(own - last) <= SAME_LOSS * last, message, hint=hint)


def expect_falling_loss(student: Student, name: str, model: str, least: float) -> float:
    """Return the last loss of a history; fail unless it is what fit returned, and falls by at least this share.

    A history of more epochs than `fit` trained in this notebook is flagged for a person.
    """
    history = student.history(name)
    losses = history.record.get("loss", [])
    hint = f"{name} = {model}.fit(...): what fit returns, as it is."
    expect.that(history.asked > 0 and losses, f"{name} is not what fit() returns", hint=hint)
    expect.that(len(losses) > 1, f"{name} has one epoch: that shows no course of the loss", hint="epochs=5")
    expect.finite(np.array(losses), f"the loss in {name}", hint="A smaller learning rate.")
    seen = student.trained_epochs()
    if seen < history.epochs:
        student.flag(f"{name} tells of {history.epochs} epochs, but fit trained {seen} in this notebook")
    message = f"the loss in {name} is {losses[0]:.4f} in the first epoch and {losses[-1]:.4f} in the last"
    hint = f"From Keras's random weights it falls by {least:.0%} or more. Is the learning rate too small?"
    expect.that(losses[-1] <= (1 - least) * losses[0], message, hint=hint)
    return float(losses[-1])


@check(cell="clouds", points=0.5, title="cloud_model has a hidden layer")
def test_cloud_model(student: Student) -> None:
    shapes = student.weight_shapes("cloud_model")
    matrices = [shape for shape in shapes if len(shape) == 2]
    expect.that(
        matrices[:1] != [] and matrices[0][0] == 2,
        f"cloud_model has weights of the shapes {shapes}",
        hint="Two inputs.",
    )
    expect.that(len(matrices) >= 2, "cloud_model has no hidden layer", hint="A Dense layer between input and output.")


@check(cell="clouds", points=0.5, title="a figure shows loss and accuracy of each epoch")
def test_cloud_curves(student: Student) -> None:
    record = student.history("cloud_history").record
    loss = record.get("loss", [])
    rates = [values for name, values in record.items() if "acc" in name and not name.startswith("val_")]
    expect.that(loss, "cloud_history is not what fit() returns", hint="cloud_history = cloud_model.fit(...)")
    expect.that(rates, "there is no accuracy in cloud_history", hint='compile(..., metrics=["accuracy"])')
    lines = [line for figure in student.figures() for axes in figure.axes for line in axes.curves()]
    for name, curves in (("loss", [loss]), ("accuracy", rates)):
        shown = any(line.shows(values) for line in lines for values in curves)
        message = f"no curve of the figure has the {name} of each epoch"
        expect.that(shown, message, hint=f'ax.plot(cloud_history.history["{name}"]), and plt.show() at the end.')


@check(cell="clouds", points=0.5, title="bayes_limit is right for other clouds")
def test_bayes_limit(student: Student, rng: np.random.Generator) -> None:
    for _ in range(3):
        a, s = float(rng.uniform(0.3, 2)), float(rng.uniform(0.5, 2))
        mistakes: dict[str, object] = {
            "the centre is sqrt(2) a away from the border, not a": norm.cdf(a / s),
            "this is the share of points on the wrong side": norm.sf(np.sqrt(2) * a / s),
            "half of the distance between the centres, not all of it": norm.cdf(2 * np.sqrt(2) * a / s),
            "s is a standard deviation, not a variance": norm.cdf(np.sqrt(2) * a / s**2),
        }
        right = norm.cdf(np.sqrt(2) * a / s)
        hint = "How many standard deviations is a centre away from the line x1 + x2 = 0?"
        # 1e-4: an integral or a table is allowed
        seen = student.call("bayes_limit", a, s)
        expect.values(seen, right, f"bayes_limit({a:.2f}, {s:.2f})", atol=1e-4, hint=hint, mistakes=mistakes)


# --- iris

# what the student's functions make of flowers that are handed in: each returns plain numbers instead of a model
SIMPLE = Function(
    "lambda original: lambda x, y, new, C: (model := original(x, y, C), "
    "[type(model).__name__, np.asarray(model.predict(new)), np.asarray(model.predict_proba(new))])[-1]"
)
NETWORK = Function(
    "lambda original: lambda x, y, new: (made := original(x, y), optimizer := getattr(made[0], 'optimizer', None), "
    "[np.asarray(made[0].predict(new, verbose=0)), -1 if optimizer is None else int(optimizer.iterations)])[-1]"
)


def made_up_flowers(rng: np.random.Generator, count: int) -> tuple[Array, Array]:
    """Return flowers of a genus that nobody has seen, with their species.

    Each species has the shape of one of the irises, but other names, other columns and other units.
    """
    flowers, names = load_iris(), rng.permutation(3)
    species, x = rng.permutation(np.arange(count) % 3), np.empty((count, 4))
    for k in range(3):
        part = flowers.data[flowers.target == k]
        x[species == k] = rng.multivariate_normal(part.mean(axis=0), np.cov(part.T), int((species == k).sum()))
    return x[:, rng.permutation(4)] * rng.uniform(0.8, 1.5, 4), names[species]


def expect_tells_apart(seen: Array, truth: Array, what: str, hint: str) -> None:
    """Fail unless enough flowers are right, and enough of each species."""
    expect.shape(seen, truth.shape, what, hint="One species for each flower.")
    right = seen == truth
    worst = min(float(right[truth == k].mean()) for k in range(3))
    message = f"{what}: {right.mean():.2f} of the new flowers are right, {worst:.2f} of the hardest species"
    expect.that(right.mean() >= LEAST and worst >= LEAST_OF_SPECIES, message, hint=hint)


@check(cell="iris", points=1.5, title="fit_simple learns to tell flowers apart that nobody has seen")
def test_iris_simple(student: Student, rng: np.random.Generator) -> None:
    x, truth = made_up_flowers(rng, 420)
    given = (x[:120], truth[:120], x[120:])
    sure = []
    for strength in (1.0, 1e-3):
        seen = expect.parts(
            student.call_with({"fit_simple": SIMPLE}, "fit_simple", *given, strength), 3, "fit_simple gives no model"
        )
        kind, chances = seen[0], expect.array(seen[2], "predict_proba")
        logistic = isinstance(kind, str) and kind in LOGISTIC
        expect.that(logistic, f"fit_simple gives a {kind!s:.40}", hint="LogisticRegression(C=C).fit(x, y)")
        expect.shape(chances, (300, 3), "predict_proba", hint="Are there all three species in y?")
        sure.append(float(chances.max(axis=1).mean()))
        if strength == 1.0:
            expect_tells_apart(expect.array(seen[1], "predict"), truth[120:], "fit_simple", "Fit on the x and y given.")
    message = "C has no effect: with C = 0.001 the probabilities are as far from 1/3 as with C = 1"
    expect.that(sure[1] < sure[0] - 0.05, message, hint="LogisticRegression(C=C)")
    model = expect.kind(student.get("simple")).rpartition(" ")[2]
    expect.that(model in LOGISTIC, f"simple is {model}", hint="simple = fit_simple(iris_train, species_train, ...)")


@check(cell="iris", points=1.5, title="fit_network learns to tell flowers apart that nobody has seen")
def test_iris_network(student: Student, rng: np.random.Generator) -> None:
    x, truth = made_up_flowers(rng, 420)
    both = student.call_with({"fit_network": NETWORK}, "fit_network", x[:120], truth[:120], x[120:])
    both = expect.parts(both, 2, "fit_network gives two things: (model, history)")
    seen = expect.array(both[0], "its outputs")
    # -1: trained without an optimizer of its own, in a loop
    message = "the optimizer of the model has made no step: its weights come from elsewhere"
    expect.that(type(both[1]) is int and both[1] != 0, message, hint="model.fit(x, y, ...)")
    expect.that(
        seen.ndim == 2 and seen.shape == (300, 3), f"its outputs have the shape {seen.shape}", hint="(flowers, 3)"
    )
    hint = "Train longer, and let a Normalization layer scale the flowers that are handed in."
    expect_tells_apart(seen.argmax(axis=1), truth[120:], "fit_network", hint)


@check(cell="iris", points=0.5, title="network tells irises apart, by a non-linear activation function")
def test_iris_nonlinear(student: Student, rng: np.random.Generator) -> None:
    matrices = [shape for shape in student.weight_shapes("network") if len(shape) == 2]
    expect.that(len(matrices) >= 2, "network has no hidden layer", hint="A Dense layer between input and output.")
    model = student.model("network", rng, shape=(4,))
    flowers = load_iris()
    answers = model.outputs((flowers.data + rng.normal(0, 0.02, (150, 4))).astype(np.float32)).argmax(axis=1)
    expect_tells_apart(answers, flowers.target, "network", "network is what fit_network makes of iris_train.")
    pairs = (rng.normal(0, 3, (2, 300, 4)), rng.uniform(0, 8, (2, 300, 4)))
    seen = max(curvature(model, one.astype(np.float32), other.astype(np.float32)) for one, other in pairs)
    # neurons that bend far away alone are linear for every flower
    own = (flowers.data[rng.integers(0, 150, (2, 300))] + rng.normal(0, 0.02, (2, 300, 4))).astype(np.float32)
    near = curvature(model, own[0], own[1])
    message = "half-way between two flowers, the scores of network are the mean of the two: it is a linear model"
    expect.that(min(seen, near) > CURVATURE, message, hint='activation="relu" in the hidden layer.')


def curvature(model: Model, one: Array, other: Array) -> float:
    """Return how far scores at the middle of two inputs are from their mean, in units of the scores' own width.

    The scores are the differences of log probabilities: of softmax behind a linear network they are linear.
    Probabilities that float32 cuts off are left out.
    """
    logs = np.stack([model.log_probabilities(x) for x in (one, other, (one + other) / 2)])
    if not model.rebuilt:
        logs = logs[:, (logs > np.log(1e-6)).all(axis=(0, 2))]
    if logs.shape[1] < 20 or logs.shape[2] < 2:
        return np.inf
    scores = logs[:, :, 1:] - logs[:, :, :1]
    off = np.abs(scores[2] - (scores[0] + scores[1]) / 2)
    return float(np.median(off) / max(scores[0].std(), 1e-12))


@check(cell="iris", points=0.5, title="network_history is a training that begins with random weights")
def test_iris_history(student: Student) -> None:
    expect_falling_loss(student, "network_history", "network", FALL_IRIS)


# --- choose

# a classifier whose answers are known: class 1 above C times the mean of (first column times label) in the fit
THRESHOLD = (
    "lambda original: lambda x, y, C: type('Fitted', (), {"
    "'predict': lambda self, new: "
    "(np.asarray(new)[:, 0] > C * np.mean(np.asarray(x)[:, 0] * np.asarray(y))).astype(int), "
    "'score': lambda self, new, truth: np.mean(self.predict(new) == np.asarray(truth))})()"
)


def table_of(x: Array, y: Array, fold: Array, values: list[float], of: str) -> Array:
    """Return the accuracies of THRESHOLD for each value and fold.

    `of`: "others" fits on the other folds; "all" on all of them; "own" on the fold itself, and scores on the others.
    """
    table = np.zeros((len(values), int(fold.max()) + 1))
    for row, value in enumerate(values):
        for k in range(table.shape[1]):
            fitted = {"others": fold != k, "all": fold >= 0, "own": fold == k}[of]
            scored = fold != k if of == "own" else fold == k
            table[row, k] = np.mean((x[scored, 0] > value * (x[:, 0] * y)[fitted].mean()) == y[scored])
    return table


def folded(rng: np.random.Generator, folds: int) -> tuple[Array, Array, Array, list[float]]:
    """Return flowers, labels, folds and values of C for which each usual mistake has another result."""
    while True:
        count = 20 * folds
        x = rng.lognormal(0, 1.3, (count, 4))
        y = (x[:, 0] * rng.lognormal(0, 0.3, count) > rng.uniform(0.6, 1.4) * x[:, 0].mean()).astype(int)
        fold, values = rng.permutation(np.arange(count) % folds), rng.permutation([0.4, 1.0, 1.8]).tolist()
        means = {of: table_of(x, y, fold, values, of).mean(axis=1) for of in ("others", "all", "own")}
        ordered = np.sort(means["others"])
        apart = all(np.abs(means[of] - means["others"]).max() > 1e-3 for of in ("all", "own"))
        same_best = len({int(mean.argmax()) for mean in means.values()}) == 1  # test_choice looks at the choice alone
        if apart and same_best and ordered[2] - ordered[1] > 0.01 and means["others"].argmax() > 0:
            return x, y, fold, values


def validated(student: Student, x: Array, y: Array, fold: Array, values: list[float]) -> list[Any]:
    """Return what the student's cross_validate gives where fit_simple is the classifier of THRESHOLD."""
    with_threshold = {"fit_simple": Function(THRESHOLD)}
    seen = student.call_with(with_threshold, "cross_validate", x, y, fold, values)
    return expect.parts(seen, 3, "cross_validate gives three things: (means, spreads, best)")


@check(cell="choose", points=1.5, title="the scores are those of flowers that were left out, with their spread")
def test_cross_validation(student: Student, rng: np.random.Generator) -> None:
    for folds in (5, 4):
        x, y, fold, values = folded(rng, folds)
        tables = {of: table_of(x, y, fold, values, of) for of in ("others", "all", "own")}
        seen = validated(student, x, y, fold, values)
        mistakes: dict[str, object] = {
            "the fold that is scored was among the flowers of the fit": tables["all"].mean(axis=1),
            "it is fitted on one fold and scored on the others": tables["own"].mean(axis=1),
        }
        hint = "fit_simple on fold != k, accuracy on fold == k, mean over k."
        right = tables["others"]
        expect.values(seen[0], right.mean(axis=1), "the mean scores", atol=1e-6, hint=hint, mistakes=mistakes)
        spreads = expect.array(seen[1], "the spreads")
        sample = right.std(axis=1, ddof=1)
        wanted = sample if spreads.shape == (3,) and np.allclose(spreads, sample, atol=1e-6) else right.std(axis=1)
        others: dict[str, object] = {
            "these are variances": right.var(axis=1),
            "these are errors of the mean": right.std(axis=1) / np.sqrt(folds),
        }
        expect.values(
            spreads, wanted, "the spreads", atol=1e-6, hint="The standard deviation over folds.", mistakes=others
        )


@check(cell="choose", points=1, title="the value with the largest mean is chosen")
def test_choice(student: Student, rng: np.random.Generator) -> None:
    for folds in (5, 3):
        x, y, fold, values = folded(rng, folds)
        best = values[int(table_of(x, y, fold, values, "others").mean(axis=1).argmax())]
        seen = validated(student, x, y, fold, values)[2]
        hint = "The value of C itself, not its place in the list."
        expect.values(seen, best, "best", atol=1e-9, hint=hint)


@check(cell="choose", points=1.5, title="project keeps the two directions of the largest variance of the training part")
def test_project(student: Student, rng: np.random.Generator) -> None:
    for n in (4, 3):
        mixing = np.array([0.5, 3.0, 1.2, 0.2])[:n, None] * np.linalg.qr(rng.normal(size=(n, n)))[0]
        train, other = (rng.normal(size=(count, n)) @ mixing + rng.uniform(-3, 3, n) for count in (150, 70))
        seen = expect.parts(
            student.call_without(READY_CHOICES, "project", train, other), 2, "project gives two things: (train, other)"
        )
        middle = train.mean(axis=0)
        vectors = np.linalg.eigh(np.cov(train.T))[1][:, ::-1]
        for part, given, name in ((seen[0], train, "the training part"), (seen[1], other, "the other part")):
            array = expect.array(part, f"{name} of project")
            expect.shape(array, (len(given), 2), f"{name} of project", hint="Two components for each flower.")
            right = (given - middle) @ vectors
            own = (given - given.mean(axis=0)) @ np.linalg.eigh(np.cov(given.T))[1][:, ::-1]
            mistakes = {
                "the two smallest variances were taken": right[:, [-1, -2]],
                "the smaller of the two variances comes first": right[:, [1, 0]],
                "the mean was not subtracted": (given @ vectors)[:, :2],
                "the components were divided by their spread": right[:, :2]
                / ((train - middle) @ vectors)[:, :2].std(axis=0),
            }
            if name == "the other part":
                mistakes["it was projected by its own numbers"] = own[:, :2]
            named: dict[str, object] = {reason: np.abs(value) for reason, value in mistakes.items()}
            hint = "Eigenvectors of the covariance of train, largest eigenvalue first, for both parts."
            # signs are free, but each is one for a whole column
            columns = np.sign((array.astype(float) * right[:, :2]).sum(axis=0))
            expect.values(
                np.abs(array.astype(float)),
                np.abs(right[:, :2]),
                f"{name} of project",
                atol=1e-6,
                hint=hint,
                mistakes=named,
            )
            expect.that(
                np.allclose(array * columns, right[:, :2], atol=1e-6), f"{name}: signs differ in a column", hint=hint
            )
