"""Makes a student's text and output safe to show: as plain text, a verified picture, or cleaned HTML."""

from __future__ import annotations

import base64
import binascii
import re
from html import escape
from typing import Any

import nh3

from autograder.errors import printable, shortened

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
MAX_TRACE = 200  # entries
MAX_HTML = 200_000  # characters of one cleaned output
MAX_OUTPUTS = 1_000_000  # characters of all text of a cell's outputs; pictures have their own limits
# A parser repeats each open formatting element in every following paragraph, elements with attributes without limit:
# 20 kB become 19 MB. The attributes are dropped here anyway.
FORMATTING = re.compile(r"<(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s/]", re.I)
MOST_FORMATTING = 50
# MathJax, which formgrader loads, leaves out what has these classes: a formula could become a link (\\href), or cover
# the page (\\style, \\rule).
NO_FORMULAS = "tex2jax_ignore mathjax_ignore"
CUT = "The rest of what this cell printed is left out."


def text(value: object) -> str:
    """Return plain text without terminal escapes, control characters and changes of writing direction."""
    return printable(str(value))[:MAX_TEXT]


def html(value: str) -> str:
    """Return the HTML of an output, reduced to an allow-list of tags; as text where it would grow by cleaning."""
    value = value[:MAX_TEXT]
    if len(FORMATTING.findall(value)) <= MOST_FORMATTING:
        cleaned = nh3.clean(
            value,
            tags=TAGS,
            attributes=ATTRIBUTES,
            clean_content_tags={"script", "style", "svg", "math", "iframe", "object", "template"},
        )
        if len(cleaned) <= MAX_HTML:
            return f'<div class="{NO_FORMULAS}">{cleaned}</div>'
    return f"<pre>{escape(shortened(value, MAX_HTML // 10))}</pre>"


def picture(kind: str, value: str) -> str | None:
    """Return the base64 text of a picture if its first bytes are those of its type, otherwise None (also for SVG)."""
    try:
        content = base64.b64decode(value.replace("\n", ""), validate=True)
    except (binascii.Error, ValueError):
        return None
    return base64.b64encode(content).decode() if content.startswith(PICTURES[kind]) else None


def outputs(cell_outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return nbformat outputs, cleaned. Outputs of an unknown type are left out, and what is too much for a page."""
    cleaned: list[dict[str, Any]] = []
    left = MAX_OUTPUTS
    for output in cell_outputs:
        if left < 0:
            cleaned.append({"output_type": "stream", "name": "stderr", "text": CUT})
            break
        if shown := _cleaned(output):
            cleaned.append(shown)
            left -= _text_size(shown)
    return cleaned


def _cleaned(output: dict[str, Any]) -> dict[str, Any] | None:
    """Return an output, cleaned; None for one of an unknown type or without anything to show."""
    kind = output.get("output_type")
    if kind == "stream":
        return {"output_type": "stream", "name": output.get("name", "stdout"), "text": text(output.get("text", ""))}
    if kind == "error":
        return {
            "output_type": "error",
            "ename": text(output.get("ename", "")),
            "evalue": text(output.get("evalue", "")),
            "traceback": [text(line) for line in output.get("traceback", [])[:MAX_TRACE]],
        }
    if kind in ("display_data", "execute_result") and (data := _bundle(output.get("data", {}))):
        return {"output_type": "display_data", "data": data, "metadata": {}}
    return None


def _text_size(output: dict[str, Any]) -> int:
    """Return how many characters of text a cleaned output has; its pictures do not count."""
    data = [value for kind, value in output.get("data", {}).items() if kind not in PICTURES]
    return sum(map(len, [output.get("text", ""), output.get("evalue", ""), *output.get("traceback", ()), *data]))


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
