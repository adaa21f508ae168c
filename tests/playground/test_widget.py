"""The playground in the notebook: the browser computes what the page computes, and the widget works in JupyterLab."""

from __future__ import annotations

import base64
import json
import os
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from autograder.playground.experiment import rerun
from autograder.playground.settings import PAGE, parse
from tests.conftest import ROOT

CHROMIUM = shutil.which("chromium")
FOLDER = ROOT / "release" / "exercise_2_playground"
PICTURES = ROOT / "build" / "pictures" / "playground"
CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "vectors.json").read_text())["cases"]
VECTORS = [
    vector for vector in CASES if vector["id"] != "quirk-batch300"
]  # the widget offers batches of 1 to 30, as the page's control does
TRAIN = """async ([module, url, epochs]) => {
    const { Network, drawPoints, randomStream, readAddress } = await import("data:text/javascript;base64," + module);
    const state = readAddress(url);
    const random = randomStream(state.seed);
    const points = drawPoints(state, random);
    const network = new Network(state, random);
    const losses = {};
    for (let epoch = 0; epoch <= Math.max(...epochs); epoch++) {
        if (epochs.includes(epoch)) losses[epoch] = [network.loss(points.train), network.loss(points.test)];
        network.epoch(points.train);
    }
    return losses;
}"""

pytestmark = [pytest.mark.kernel, pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A new tab."""
    opened = browser.new_page(viewport={"width": 1100, "height": 1000})
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a JupyterLab on loopback, in a folder with the released exercise."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(FOLDER, folder / "work")
    places = {
        name: str(folder / name.lower())
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    }
    places["JUPYTERLAB_SETTINGS_DIR"] = str(folder / "settings")
    notices = folder / "settings" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    notices.parent.mkdir(parents=True)
    notices.write_text(
        '{"fetchNews": "false", "checkForUpdates": false}'
    )  # a notice would cover a corner of the pictures
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [
        "--no-browser",
        "--allow-root",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--IdentityProvider.token=",
    ]
    quiet = ["--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    with open(folder / "lab.log", "w") as log:
        command = [sys.executable, "-m", "jupyterlab", *options, *quiet, f"--ServerApp.root_dir={folder / 'work'}"]
        server = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | places)
        try:
            address = f"http://127.0.0.1:{port}"
            while not answers(f"{address}/api"):
                assert server.poll() is None, (folder / "lab.log").read_text()
            yield address
        finally:
            server.terminate()
            server.wait()


def answers(address: str) -> bool:
    """Whether somebody listens there."""
    try:
        urllib.request.urlopen(address, timeout=1).close()
    except OSError:
        return False
    return True


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_the_browser_computes_what_the_page_computes(vector: dict[str, Any], page: Page) -> None:
    chaotic = vector["id"] == "spiral-relu-all"
    epochs = [0, 1, 10] if chaotic else [0, 1, 10, 50, 100, 300]
    module = base64.b64encode((FOLDER / "playground.js").read_bytes()).decode()
    page.goto("about:blank")
    seen = page.evaluate(TRAIN, [module, f"{PAGE}#{vector['hash']}", epochs])
    for epoch in epochs:
        wanted = [float(value) for value in vector["loss"][str(epoch)]]
        assert seen[str(epoch)] == pytest.approx(wanted, abs=1e-9), epoch


def test_the_widget_trains_in_jupyterlab_and_writes_the_address_of_its_experiment(lab: str, page: Page) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.goto(f"{lab}/doc/tree/exercise_2_playground.ipynb")
    page.get_by_text("from playground import Playground").first.click()
    page.wait_for_function("document.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status === 'idle'")
    page.keyboard.press("Control+Enter")
    widget = page.locator(".pg")
    widget.wait_for(timeout=120_000)
    widget.scroll_into_view_if_needed()
    address, epoch = widget.locator(".pg-url input"), widget.locator(".pg-epoch b")
    first = parse(address.input_value())
    assert loss(widget) == shown(rerun(first, (0,), resets=0).losses[0, :, 0])
    widget.screenshot(path=PICTURES / "1-start.png")

    # press play: the loss falls, until it is solved
    widget.locator(".pg-play").click()
    page.wait_for_function("Number(document.querySelector('.pg-loss b').textContent) < 0.4")
    widget.screenshot(path=PICTURES / "2-training.png")
    page.wait_for_function("Number(document.querySelectorAll('.pg-loss b')[1].textContent) < 0.01")
    widget.locator(".pg-play").click()
    widget.screenshot(path=PICTURES / "3-solved.png")
    at = int(epoch.inner_text())
    assert loss(widget) == shown(rerun(first, (at,), resets=0).losses[0, :, 0])

    # reset: other weights from the same stream, as the grader's first reset
    widget.get_by_text("reset").click()
    assert epoch.inner_text() == "0"
    assert loss(widget) == shown(rerun(first, (0,), resets=1).losses[0, :, 1])

    # change the activation, and the address changes in it alone
    widget.locator("select[data-key=activation]").select_option("relu")
    second = parse(address.input_value())
    assert (first.activation, second.activation) == ("tanh", "relu")
    assert replace(second, activation="tanh") == first
    widget.locator("select[data-key=data]").select_option("spiral")
    widget.locator("input[data-key=sinX]").check()
    widget.get_by_label("one neuron more in layer 2").click()
    third = parse(address.input_value())
    assert (third.dataset, third.features, third.network_shape) == ("spiral", ("x", "y", "sinX"), (4, 3))
    widget.locator("input[data-key=showTest]").check()

    # an address that is pasted is opened; one that is none gets a line, and nothing is lost
    address.select_text()
    address.press_sequentially("https://example.org/")
    address.press("Enter")
    assert "an address begins with" in widget.locator(".pg-said").inner_text()
    widget.locator("select[data-key=activation]").select_option("tanh")
    assert parse(address.input_value()) == replace(third, activation="tanh")

    # nothing is computed while the tab is hidden
    widget.locator(".pg-play").click()
    page.wait_for_function("Number(document.querySelector('.pg-epoch b').textContent) > 2")
    page.evaluate(
        "Object.defineProperty(document, 'hidden', {value: true}); "
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    assert widget.locator(".pg-play").inner_text() == "▶ play"


def loss(widget: Any) -> list[str]:
    """The two losses as the widget shows them."""
    return [element.inner_text() for element in widget.locator(".pg-loss b").all()]


def shown(losses: Any) -> list[str]:
    """The two losses of a re-run as the widget would show them."""
    return [f"{value:.3f}" for value in losses]
