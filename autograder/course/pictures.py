"""Reads the pictures that students attach to their texts: decodes them within limits, and writes them again.

A picture is an attachment of the cell, as Jupyter stores it, or stands in the text itself, as Colab stores it. What
students wrote is never passed on: staff and feedback pages show the file that is written here.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from PIL import Image, ImageOps

MAX_PICTURES = 20  # of one answer
MAX_BYTES = 20 * 2**20  # of one picture, as it was attached
MAX_PIXELS = 50_000_000  # of one picture; the camera of a telephone makes so many
SHOWN_PIXELS = 1600  # of the longer side
FORMATS = {"PNG": ("image/png", "png"), "JPEG": ("image/jpeg", "jpg")}
DATA = r"data:image/[a-z+.-]+;base64,(?P<content>[A-Za-z0-9+/=\s]+)"
IN_MARKDOWN = re.compile(rf"!\[(?P<alt>[^\]\n]*)\]\(\s*{DATA}\)")
IN_HTML = re.compile(rf"<img\b[^<>]*?\bsrc\s*=\s*([\"']){DATA}\1[^<>]*>", re.I)
DEFINED = re.compile(rf"^ {{0,3}}\[(?P<name>[^\]\n]+)\]:\s*<?{DATA}>?[ \t]*$", re.M)


@dataclass(frozen=True)
class Pictures:
    """A text with its pictures: PNG or JPEG in base64 by media type, by the name with which the text refers to them."""

    text: str
    attachments: Mapping[str, Mapping[str, str]]
    problems: tuple[str, ...] = ()


def apart(text: str) -> tuple[str, dict[str, dict[str, str]]]:
    """Return a text with the pictures that stand in it as base64 replaced by references, and the pictures by name."""
    found: dict[str, dict[str, str]] = {}
    if "data:image/" not in text:
        return text, found

    def attach(match: re.Match[str]) -> str:
        name = f"in-the-text-{len(found) + 1}"
        found[name] = {"image/png": match["content"]}
        return f"![{match.groupdict().get('alt') or 'picture'}](attachment:{name})"

    names: dict[str, str] = {}

    def define(match: re.Match[str]) -> str:
        names[match["name"].lower()] = attach(match)
        return ""

    text = DEFINED.sub(define, text)
    text = IN_HTML.sub(attach, IN_MARKDOWN.sub(attach, text))
    return re.sub(r"!\[[^\]\n]*\]\[([^\]\n]+)\]", lambda match: names.get(match[1].lower(), match[0]), text), found


def renamed(text: str, attachments: Mapping[str, Any], prefix: str) -> tuple[str, dict[str, Any]]:
    """Return a text and its attachments with a prefix before each name, in both."""
    for name in attachments:
        for written in {name, quote(name)}:
            text = text.replace(f"attachment:{written})", f"attachment:{prefix}{written})")
    return text, {f"{prefix}{name}": bundle for name, bundle in attachments.items()}


def rewritten(text: str, attachments: Mapping[str, Any]) -> Pictures:
    """Return the text with the pictures that can be read, under new names; those it does not refer to stand at its end.

    `attachments`: as in nbformat, the bundles by name; a student can put anything there.
    """
    clean: dict[str, dict[str, str]] = {}
    problems: list[str] = []
    for name, bundle in attachments.items():
        if len(clean) == MAX_PICTURES:
            problems.append(f"of {len(attachments)} pictures the first {MAX_PICTURES} are shown")
            break
        made = _made_again(bundle)
        if isinstance(made, str):
            shown = "".join(character for character in str(name)[:60] if character.isprintable())
            problems.append(f"the attached file {shown!r} {made}; it is in the submitted notebook")
            continue
        kind, suffix, content = made
        own = f"picture-{len(clean) + 1}.{suffix}"
        clean[own] = {kind: content}
        before = text
        for written in {str(name), quote(str(name))}:
            text = text.replace(f"](attachment:{written})", f"](attachment:{own})")
        if text == before:
            text += f"\n\n![attached picture](attachment:{own})"
    return Pictures(text, clean, tuple(problems))


def _made_again(bundle: object) -> tuple[str, str, str] | str:
    """Return media type, suffix and base64 of a picture that is decoded and encoded again, or what is wrong with it."""
    parts = bundle.values() if isinstance(bundle, Mapping) else ()
    encoded = next((part for part in parts if isinstance(part, str) and part), "")
    if len(encoded) > MAX_BYTES * 4 / 3:
        return f"is larger than {MAX_BYTES // 2**20} MB"
    try:
        content = base64.b64decode("".join(encoded.split()), validate=True)
        return _encoded_again(content)
    except (binascii.Error, ValueError):
        return "is not a PNG or JPEG picture that can be read"


def _encoded_again(content: bytes) -> tuple[str, str, str] | str:
    try:
        with Image.open(io.BytesIO(content), formats=list(FORMATS)) as picture:
            kind, suffix = FORMATS[str(picture.format)]
            if picture.width * picture.height > MAX_PIXELS:
                return f"has more than {MAX_PIXELS // 10**6} million pixels"
            picture.draft("RGB", (SHOWN_PIXELS, SHOWN_PIXELS))  # a JPEG is decoded at a smaller size
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((SHOWN_PIXELS, SHOWN_PIXELS))
            shown = upright.convert("RGB" if kind == "image/jpeg" else "RGBA")
            shown.info.clear()  # what the camera says of its owner, for example where the picture was taken
            out = io.BytesIO()
            shown.save(out, str(picture.format), quality=85)
    except Exception:  # Pillow raises errors of many kinds for a damaged file
        return "is not a PNG or JPEG picture that can be read"
    return kind, suffix, base64.b64encode(out.getvalue()).decode()
