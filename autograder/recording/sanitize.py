"""Makes a student's text and output safe to show: as plain text, a verified picture, or cleaned HTML."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import nh3

from autograder.errors import printable

PICTURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
# No styles, links or remote pictures: an output must not look like a part of the page, nor report that it was read.
TAGS = {
    "b",
    "br",
    "code",
    "em",
    "i",
    "p",
    "pre",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
    "ol",
    "li",
    "div",
}
ATTRIBUTES = {"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
MAX_TEXT = 100_000


def text(value: object) -> str:
    """Return plain text without terminal escapes, control characters and changes of writing direction."""
    return printable(str(value))[:MAX_TEXT]


def html(value: str) -> str:
    """Return the HTML of an output, reduced to an allow-list of tags."""
    return nh3.clean(
        value[:MAX_TEXT],
        tags=TAGS,
        attributes=ATTRIBUTES,
        clean_content_tags={"script", "style", "svg", "math", "iframe", "object", "template"},
    )


def picture(kind: str, value: str) -> str | None:
    """Return the base64 text of a picture if its first bytes are those of its type, otherwise None (also for SVG)."""
    try:
        content = base64.b64decode(value.replace("\n", ""), validate=True)
    except (binascii.Error, ValueError):
        return None
    return base64.b64encode(content).decode() if content.startswith(PICTURES[kind]) else None


def outputs(cell_outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return nbformat outputs, cleaned. Outputs of an unknown type are left out."""
    cleaned = []
    for output in cell_outputs:
        kind = output.get("output_type")
        if kind == "stream":
            cleaned.append(
                {"output_type": "stream", "name": output.get("name", "stdout"), "text": text(output.get("text", ""))}
            )
        elif kind == "error":
            trace = [text(line) for line in output.get("traceback", [])]
            cleaned.append(
                {
                    "output_type": "error",
                    "ename": text(output.get("ename", "")),
                    "evalue": text(output.get("evalue", "")),
                    "traceback": trace,
                }
            )
        elif kind in ("display_data", "execute_result"):
            data = _bundle(output.get("data", {}))
            if data:
                cleaned.append({"output_type": "display_data", "data": data, "metadata": {}})
    return cleaned


def _bundle(data: dict[str, str]) -> dict[str, str]:
    cleaned = {}
    for kind in PICTURES:
        if kind in data and (content := picture(kind, data[kind])):
            cleaned[kind] = content
    if "text/html" in data:
        cleaned["text/html"] = html(data["text/html"])
    if "text/plain" in data:
        cleaned["text/plain"] = text(data["text/plain"])
    return cleaned
