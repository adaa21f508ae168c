"""Looks at the pictures among a cell's outputs: what a kernel claims to have drawn has to come with one."""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Mapping

import numpy as np
from PIL import Image

from autograder.records import CellRun

MOST_PIXELS = 25_000_000  # of a picture that is looked at; its size is read before its pixels
LEAST_CONTRAST = 16  # of 255: a picture of one colour shows nothing
LOOKED_AT = 256  # pixels of the longer side of the thumbnail


def shown(run: CellRun) -> bool:
    """Return whether the outputs of a cell hold a picture on which something can be seen.

    A drawing in SVG counts as one. Where outputs were left out because they were too many, nobody can tell: True.
    """
    return run.cut or any(_holds_picture(output.get("data", {})) for output in run.outputs)


def _holds_picture(data: Mapping[str, str]) -> bool:
    pixels = (data[kind] for kind in ("image/png", "image/jpeg") if kind in data)
    return "image/svg+xml" in data or any(map(_is_seen, pixels))


def _is_seen(text: str) -> bool:
    try:
        content = base64.b64decode(text.replace("\n", ""), validate=True)
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return False
            canvas = Image.new("RGB", picture.size, "white")
            clear = picture.convert("RGBA")
            canvas.paste(clear, mask=clear.getchannel("A"))
            canvas.thumbnail((LOOKED_AT, LOOKED_AT))
            return int(np.ptp(np.asarray(canvas))) >= LEAST_CONTRAST
    except (binascii.Error, OSError, ValueError, SyntaxError, Image.DecompressionBombError):  # no picture
        return False
