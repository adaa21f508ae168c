"""The page's URL: read as the page reads it, written as the page writes it, refused in one line."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.errors import BadUrl
from autograder.playground.experiment import rerun
from autograder.playground.settings import (
    ACTIVATIONS,
    CLASSIFICATION,
    FEATURES,
    LEARNING_RATES,
    MAX_BATCH,
    ORDER,
    PAGE,
    REGRESSION,
    REGULARIZATION_RATES,
    Settings,
    changed,
    offered,
    parse,
    unoffered,
    write,
)

EXPERIMENTS = st.builds(
    Settings,
    activation=st.sampled_from(ACTIVATIONS),
    regularization=st.sampled_from(("none", "L1", "L2")),
    dataset=st.sampled_from(CLASSIFICATION),
    reg_dataset=st.sampled_from(REGRESSION),
    problem=st.sampled_from(("classification", "regression")),
    batch_size=st.integers(1, MAX_BATCH),
    learning_rate=st.sampled_from(LEARNING_RATES),
    regularization_rate=st.sampled_from(REGULARIZATION_RATES),
    noise=st.sampled_from(range(0, 51, 5)),
    perc_train_data=st.sampled_from(range(10, 91, 10)),
    network_shape=st.lists(st.integers(1, 8), max_size=6).map(tuple),
    seed=st.from_regex(r"0\.[0-9]{5}", fullmatch=True),
    features=st.sets(st.sampled_from(FEATURES)).map(
        lambda chosen: tuple(feature for feature in FEATURES if feature in chosen)
    ),
)


@given(EXPERIMENTS)
def test_parse_and_write_are_inverse(experiment: Settings) -> None:
    url = write(experiment)
    assert parse(url) == offered(url) == experiment
    assert write(parse(url)) == url


@settings(max_examples=60)
@given(EXPERIMENTS)
def test_no_experiment_of_the_page_raises_and_a_loss_is_a_number_or_the_run_is_said_to_have_diverged(
    experiment: Settings,
) -> None:
    run = rerun(experiment, (0, 1, 3), resets=2)
    assert run.losses.shape == (3, 2, 3)
    assert all(math.isfinite(loss) for loss in run.losses[-1].ravel()) != run.diverged
    assert math.isfinite(run.losses[0].sum())


def test_what_a_url_leaves_out_is_what_the_page_begins_with() -> None:
    assert parse(f"{PAGE}#seed=0.1") == Settings(seed="0.1")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("activation=swish", {"activation": "tanh"}),  # an unknown name keeps the default
        ("learningRate=0.1&learningRate=3", {"learning_rate": 3}),  # the last one wins
        ("learningRate=1e-3", {"learning_rate": 0.001}),
        ("learningRate=+.03", {"learning_rate": 0.03}),
        ("batchSize=0x10", {"batch_size": 16}),
        ("noise=", {"noise": 0}),  # a blank value is not there
        ("noise=81", {"noise": 50}),
        ("noise=-5", {"noise": 0}),
        ("networkShape=", {"network_shape": ()}),
        ("networkShape=4%2C2%2C8", {"network_shape": (4, 2, 8)}),
        ("x=0&y=no", {"features": ("x", "y")}),  # only the text false is false
        ("x=false&sinY=true", {"features": ("y", "sinY")}),
        ("x_hide=true", {"features": ("y",)}),
        ("x=false&y=false", {"features": ()}),
        ("cosX=true", {"features": ("x", "y")}),  # read by the page and never used
        ("initZero=true", {"init_zero": True}),
        ("activation=relu&amp;noise=5", {"activation": "relu", "noise": 5}),
        ("regularization=L1&regularizationRate=.01", {"regularization": "L1", "regularization_rate": 0.01}),
        ("activation=relu=x&tutorial=one&discretize=true", {"activation": "relu"}),
    ],
)
def test_a_url_is_read_as_the_page_reads_it(text: str, expected: dict[str, object]) -> None:
    assert parse(f"{PAGE}#{text}&seed=0.1") == replace(Settings(seed="0.1"), **expected)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "not a URL"),
        ("circle", "not a URL"),
        ("javascript:alert(1)", "not a URL"),
        ("https://[broken", "not a URL"),
        ("https://playground.tensorflow.org.evil.example/#seed=1", "not of playground.tensorflow.org"),
        ("https://example.org/?u=playground.tensorflow.org#seed=1", "example.org"),
        (PAGE, "nothing after #"),
        (f"{PAGE}#activation=tanh", "no seed"),
        (f"{PAGE}#seed= ", "no seed"),
        (f"{PAGE}#seed=1&networkShape=9", "1 to 8 neurons"),
        (f"{PAGE}#seed=1&networkShape=4,0", "1 to 8 neurons"),
        (f"{PAGE}#seed=1&networkShape=4,two", "whole numbers"),
        (f"{PAGE}#seed=1&networkShape=1,1,1,1,1,1,1", "7 hidden layers"),
        (f"{PAGE}#seed=1&networkShape={'9' * 3000}", "not a list of whole numbers"),
        (f"{PAGE}#seed=1&batchSize=0", "batchSize=0"),
        (f"{PAGE}#seed=1&batchSize=2.5", "batchSize=2.5"),
        (f"{PAGE}#seed=1&batchSize=NaN", "batchSize=NaN"),
        (f"{PAGE}#seed=1&noise=0b{'1' * 3000}", "not a number that can be used"),
        (f"{PAGE}#seed=1&noise=\u0663", "not a number that can be used"),
        (f"{PAGE}#seed=1&networkShape=\u0663", "not a list of whole numbers"),
        (f"{PAGE}#seed=1&learningRate=Infinity", "learningRate=Infinity"),
        (f"{PAGE}#seed=1&learningRate=-1", "negative"),
        (f"{PAGE}#seed=1&learningRate=1e99", "learningRate=1e99"),
        (f"{PAGE}#seed=1&percTrainData=200", "percentage"),
        (f"{PAGE}#seed={'1' * 200}", "200 characters"),
        (f"{PAGE}#seed={'1' * 5000}", "characters"),
    ],
)
def test_anything_else_gets_one_clear_line(url: str, message: str) -> None:
    with pytest.raises(BadUrl, match=r"^[^\n]+$") as caught:
        parse(url)
    assert message in caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        "learningRate=0.02",
        "batchSize=31",
        "noise=3",
        "noise=60",
        "percTrainData=55",
        "regularizationRate=2",
        "initZero=true",
    ],
)
def test_what_the_controls_cannot_produce_is_no_answer_to_a_task(text: str) -> None:
    url = f"{PAGE}#seed=1&{text}"
    assert text in unoffered(parse(url))
    with pytest.raises(BadUrl, match=text):
        offered(url)


def test_two_experiments_differ_in_what_is_in_use() -> None:
    one = Settings(seed="1")
    assert changed(one, replace(one, activation="relu", seed="2")) == ["activation", "seed"]
    assert changed(one, replace(one, regularization_rate=0.1, reg_dataset="reg-gauss")) == []
    assert changed(one, replace(one, regularization="L1", regularization_rate=0.1)) == [
        "regularization",
        "regularizationRate",
    ]


def test_every_setting_is_written() -> None:
    keys = {
        part.split("=")[0] for part in write(replace(Settings(seed="1"), regularization="L2")).split("#")[1].split("&")
    }
    assert keys == set(ORDER)
