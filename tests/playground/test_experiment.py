"""Experiments of the page, run again: the same numbers as the real page computed (vectors.json), and clear limits."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.errors import BadUrl, CourseError
from autograder.playground import experiment
from autograder.playground.experiment import curve_to, read_epochs, rerun
from autograder.playground.picture import draw
from autograder.playground.randomness import Stream
from autograder.playground.settings import ORDER, PAGE, Settings, parse, write

VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "vectors.json").read_text())["cases"]
EPOCHS = (0, 1, 10, 50, 100, 300)


def test_the_random_numbers_are_those_of_the_page() -> None:
    stream = Stream("0.82817")
    assert [stream.draw() for _ in range(3)] == [0.25054360066047365, 0.22075951676446975, 0.6746148700930604]


def test_a_seed_longer_than_the_key_and_beyond_ascii_is_a_seed() -> None:
    drawn = {seed: Stream(seed).draw() for seed in ("1" * 300, "1" * 301, "λ", "🙂")}
    assert len(set(drawn.values())) == 4 and all(0 <= number < 1 for number in drawn.values())


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_a_run_agrees_with_the_page(vector: dict[str, Any]) -> None:
    run = rerun(parse(f"{PAGE}#{vector['hash']}"), EPOCHS, resets=3)
    assert list(run.settings.features) == vector["input_ids"]
    assert (len(run.points.train), len(run.points.test)) == (vector["n_train"], vector["n_test"])
    np.testing.assert_allclose(run.points.train[:5], vector["first5_train"], rtol=0, atol=1e-12)
    np.testing.assert_allclose(run.points.test[:2], vector["first2_test"], rtol=0, atol=1e-12)
    np.testing.assert_allclose(run.points.train.sum(axis=0), vector["sum_train"], rtol=0, atol=1e-10)
    for layer, units in zip(run.initial, vector["initial_weights"], strict=True):
        wanted = [[*unit["weights"], unit["bias"]] for unit in units]
        np.testing.assert_allclose(layer[0], wanted, rtol=0, atol=1e-12)
    for epoch, losses in zip(run.epochs, run.losses[:, :, 0], strict=True):
        if epoch <= 10 or not run.chaotic:
            wanted = [float(value) for value in vector["loss"][str(epoch)]]
            np.testing.assert_allclose(losses, wanted, rtol=0, atol=1e-9, err_msg=f"epoch {epoch}")


def test_only_the_run_that_the_page_calls_chaotic_is_called_so() -> None:
    runs = {vector["id"]: rerun(parse(f"{PAGE}#{vector['hash']}"), EPOCHS, resets=3) for vector in VECTORS}
    assert [name for name, run in runs.items() if run.chaotic] == ["spiral-relu-all"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_a_url_is_written_as_the_page_writes_it(vector: dict[str, Any]) -> None:
    written = vector["url_after_load"].split("#")[-1].split("&")
    kept = [part for part in written if part.split("=")[0] in ORDER]
    assert write(parse(f"{PAGE}#{vector['hash']}")).split("#")[1].split("&") == kept


def test_starts_trained_together_are_the_starts_trained_alone() -> None:
    settings = Settings(seed="0.7", regularization="L1", regularization_rate=0.01, batch_size=7, network_shape=(3, 2))
    many, few = rerun(settings, (0, 20), resets=5), rerun(settings, (0, 20), resets=2)
    np.testing.assert_allclose(many.losses[:, :, :3], few.losses, rtol=0, atol=1e-12)
    assert len({round(float(loss), 9) for loss in many.losses[-1, 1]}) == 6


def test_what_a_batch_leaves_over_goes_into_the_next_epoch() -> None:
    settings = Settings(seed="0.7", batch_size=30)  # 250 points: 8 batches and 10 points
    run = rerun(settings, (0, 1, 2), resets=0)
    whole = rerun(replace(settings, batch_size=25), (0, 1, 2), resets=0)
    assert not np.allclose(run.losses[-1], whole.losses[-1], atol=1e-6)


def test_divergence_is_reported_and_counts_as_infinitely_bad() -> None:
    run = rerun(Settings(seed="0.7", problem="regression", activation="relu", learning_rate=10), (0, 50), resets=2)
    assert run.diverged and run.chaotic and run.median() == np.inf and run.below(0.1) == 0


def test_the_first_epoch_below_a_loss_is_told_for_each_start() -> None:
    run = rerun(Settings(seed="0.41327"), resets=3)
    first = run.first_below(0.1)
    assert first.shape == (4,) and 20 < first[0] < 100
    assert (run.first_below(-1.0) == np.inf).all()


@pytest.mark.parametrize(("problem", "points"), [("regression", 1080), ("classification", 450)])
def test_an_experiment_that_would_take_long_is_refused_before_it_begins(problem: str, points: int) -> None:
    worst = Settings(seed="1", problem=problem, batch_size=1, perc_train_data=90, network_shape=(8,) * 6)
    with pytest.raises(BadUrl, match=f"too long to re-run: 300 epochs of {points} points"):
        rerun(worst)


def test_batches_of_one_are_within_the_limit_for_networks_that_people_try() -> None:
    for shape in ((4, 2), (8,), (8, 8)):
        assert (
            experiment.updates(Settings(seed="1", batch_size=1, network_shape=shape), 250, 300)
            <= experiment.MOST_LAYER_UPDATES
        )


def test_epochs_are_read_from_a_list() -> None:
    assert read_epochs("300, 0,10,10") == (0, 10, 300)
    for wrong in ("", "1,x", "²", "9" * 5000, "-1", "1e3", "999999999"):
        with pytest.raises(CourseError, match="whole numbers"):
            read_epochs(wrong)


def test_a_loss_curve_is_dense_at_the_beginning_and_ends_at_the_last_epoch() -> None:
    assert curve_to(300)[:10] == tuple(range(10)) and curve_to(300)[-1] == 300
    assert curve_to(0) == (0,)


@pytest.mark.parametrize(
    "settings", [Settings(seed="1"), Settings(seed="1", learning_rate=10, problem="regression", activation="relu")]
)
def test_the_picture_is_a_small_png_also_of_a_run_that_diverged(settings: Settings) -> None:
    picture = draw(rerun(settings, (0, 5), resets=2))
    assert picture.startswith(b"\x89PNG") and len(picture) < 100_000


def test_the_surface_is_the_networks_answer_from_top_left_to_bottom_right() -> None:
    run = rerun(Settings(seed="0.41327", dataset="gauss"), resets=0)
    assert run.surface[0, -1] > 0.9 and run.surface[-1, 0] < -0.9  # blue at the top right, orange at the bottom left
