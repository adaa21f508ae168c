"""Reads submissions: the bytes of each notebook, or the reason why it cannot be read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from autograder.course.notebooks import read_submission
from autograder.errors import BadSubmission
from autograder.records import Submission, Unreadable


def loaded(submission: Submission, notebooks: Iterable[str]) -> Submission:
    """Return the submission with the contents of these notebooks; a submission that has contents is returned as it is.

    `notebooks`: the file names without their suffix.
    """
    if submission.contents is not None:
        return submission
    contents: dict[str, bytes | Unreadable] = {}
    for name in notebooks:
        try:
            contents[name] = read_submission(submission.folder / f"{name}.ipynb")
        except BadSubmission as fault:
            contents[name] = Unreadable(fault.message, fault.hint, fault.detail)
    return replace(submission, contents=contents)


def digest_of(content: bytes | Unreadable) -> str:
    """Return a fingerprint of one submitted notebook: its SHA-256, or the message that says why it cannot be read."""
    return content.message if isinstance(content, Unreadable) else hashlib.sha256(content).hexdigest()
