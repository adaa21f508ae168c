"""Reads text from bytes in the encodings that editors and spreadsheet programs save."""

from __future__ import annotations

import codecs

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decoded(content: bytes) -> tuple[str, str]:
    """Return the text and its encoding. Bytes that are not UTF-8 are Windows-1252 where they can be."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace"), encoding
    if content[:4:2].strip(b"\0") and content[1:4:2] == b"\0\0":  # `{` as two bytes, without a mark
        return content.decode("utf-16-le", "replace"), "utf-16-le"
    if content[1:4:2].strip(b"\0") and content[:4:2] == b"\0\0":
        return content.decode("utf-16-be", "replace"), "utf-16-be"
    try:
        return content.decode(), "utf-8"
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":  # cut off in the middle of a character
            return content[: error.start].decode(), "utf-8"
    return content.decode("cp1252", "replace"), "cp1252"
