"""Signs the cached trainings of a course, so that only what the grader stored for a submission comes back to a kernel.

The key belongs to one assignment, student and set of answers: an entry that somebody copied from another submission,
or changed in the folder of the cache, has no valid signature and counts as absent.
"""

from __future__ import annotations

import hmac
import re
from pathlib import Path

NAME = re.compile(r"[0-9a-f]{64}")  # of an entry: a hash of everything that the training depends on
SIZE = 32  # bytes of a signature, HMAC-SHA256


def seed_key(secret: bytes, assignment: str) -> bytes:
    """Return the key of an assignment, derived from the secret of the course."""
    return hmac.digest(secret, f"assignment {assignment}".encode(), "sha256")


def key_of(seed_key: bytes, place: Path) -> bytes:
    """Return the key for a folder of cached trainings; `place` is its path below the folder of all of them."""
    text = "trainings\0" + "\0".join(place.parts)
    return hmac.digest(seed_key, text.encode(errors="surrogatepass"), "sha256")


def signed(key: bytes, name: str, content: bytes) -> bytes:
    """Return the content of an entry with its signature before it."""
    return hmac.digest(key, name.encode() + b"\0" + content, "sha256") + content


def verified(key: bytes, name: str, entry: bytes) -> bytes | None:
    """Return the content of a signed entry; None when the signature is not valid."""
    content = entry[SIZE:]
    return content if hmac.compare_digest(entry, signed(key, name, content)) else None
