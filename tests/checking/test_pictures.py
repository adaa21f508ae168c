"""A figure that was shown came with a picture on which something can be seen."""

from __future__ import annotations

import base64
import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from autograder.checking.pictures import shown
from autograder.records import CellRun, CellStatus


def png(pixels: np.ndarray[Any, Any], kind: str = "PNG") -> str:
    """A picture of these pixels, in base64."""
    out = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(out, kind)
    return base64.b64encode(out.getvalue()).decode()


def output(data: dict[str, str]) -> dict[str, Any]:
    return {"output_type": "display_data", "data": data, "metadata": {}}


def run(*outputs: dict[str, Any]) -> CellRun:
    return CellRun(CellStatus.OK, outputs)


BLANK, DRAWN = np.full((40, 60, 3), 255), np.zeros((40, 60, 3))
DRAWN[10:30, 10:40] = 200
CLEAR = np.zeros((40, 60, 4))  # black, and nothing of it can be seen
SEEN = {
    "a picture": output({"image/png": png(DRAWN)}),
    "a picture in JPEG": output({"image/jpeg": png(DRAWN, "JPEG")}),
    "a drawing in SVG": output({"image/svg+xml": "<svg/>"}),
}
NOT_SEEN = {
    "a text": {"output_type": "stream", "name": "stdout", "text": "a figure"},
    "the words of outputs that were cut": {
        "output_type": "stream",
        "name": "stderr",
        "text": "\n[the rest of this output was cut: it is too long]\n",
    },
    "one colour": output({"image/png": png(BLANK)}),
    "nothing but transparent pixels": output({"image/png": png(CLEAR)}),
    "no base64": output({"image/png": "not a picture!"}),
    "another file": output({"image/png": base64.b64encode(b"GIF89a" + bytes(100)).decode()}),
    "half a picture": output({"image/png": png(DRAWN)[:60]}),
    "a picture that is said to be HTML": output({"text/html": png(DRAWN)}),
}


@pytest.mark.parametrize("what", SEEN)
def test_something_was_shown(what: str) -> None:
    assert shown(run(NOT_SEEN["a text"], SEEN[what]))


@pytest.mark.parametrize("what", NOT_SEEN)
def test_nothing_was_shown(what: str) -> None:
    assert not shown(run(NOT_SEEN[what])) and not shown(run())


def test_where_outputs_were_cut_nobody_can_tell() -> None:
    assert shown(replace(run(), cut=True))


def test_the_size_of_a_picture_is_read_before_its_pixels() -> None:
    """A file of some kilobytes may say that it has 81 million pixels."""
    header = bytearray(base64.b64decode(png(DRAWN)))
    header[16:24] = (9_000).to_bytes(4, "big") * 2
    assert not shown(run(output({"image/png": base64.b64encode(bytes(header)).decode()})))
