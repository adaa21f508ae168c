"""Reads submissions: the bytes of each notebook, wherever in the folder it is, or the reason why it cannot be read."""

from __future__ import annotations

import hashlib
import io
import lzma
import os
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from autograder import messages
from autograder.course.assignment import Assignment, InstructorNotebook
from autograder.course.notebooks import MAX_NOTEBOOK_BYTES, read_submission
from autograder.course.placing import rebuild
from autograder.course.recovery import recover
from autograder.errors import BadSubmission
from autograder.records import Submission, Unreadable

MAX_DEPTH = 4  # folders below the submission's own
MAX_ENTRIES = 2_000  # files and folders that are looked at
MAX_CANDIDATES = 20  # notebooks that are opened
MAX_BYTES = 100 * 2**20  # of all of them: one folder full of large files would hold up the class
MAX_NAME = 80  # characters that are shown
WRITTEN_BY_THE_EXCHANGE = {"timestamp.txt", "submission_secret.txt"}
PASSED_OVER = {".ipynb_checkpoints", "__MACOSX"}


def loaded(submission: Submission, assignment: Assignment) -> Submission:
    """Return the submission with the contents of its notebooks; one that has contents is returned as it is.

    A notebook is the file of its name; else the only one in the folder, below it or in a zip file there that has cells
    of this assignment; of several, the one with the most answers.
    """
    if submission.contents is not None:
        return submission
    contents: dict[str, bytes | Unreadable] = {}
    notes = dict(submission.notes)
    for notebook in assignment.notebooks:
        try:
            contents[notebook.name] = read_submission(submission.folder / f"{notebook.name}.ipynb")
        except BadSubmission as fault:
            elsewhere = _elsewhere(submission.folder, notebook, assignment)
            if elsewhere:
                contents[notebook.name], notes[notebook.name] = elsewhere
            elif _is_empty(submission.folder):
                contents[notebook.name] = Unreadable(messages.EMPTY_FOLDER.text, "", fault.detail)
            else:
                contents[notebook.name] = Unreadable(fault.message, fault.hint, fault.detail)
    return replace(submission, contents=contents, notes=notes)


def digest_of(content: bytes | Unreadable) -> str:
    """Return a fingerprint of one submitted notebook: its SHA-256, or the message that says why it cannot be read."""
    return content.message if isinstance(content, Unreadable) else hashlib.sha256(content).hexdigest()


def _is_empty(folder: Path) -> bool:
    """Return whether a folder holds nothing but what the exchange writes into it."""
    try:
        with os.scandir(folder) as entries:
            return all(entry.name in WRITTEN_BY_THE_EXCHANGE for entry in entries)
    except OSError:
        return False


def _elsewhere(
    folder: Path, notebook: InstructorNotebook, assignment: Assignment
) -> tuple[bytes, tuple[str, ...]] | None:
    """Return the bytes of a notebook that has another name, and notes about it; None when there is none."""
    exact = {f"{each.name}.ipynb" for each in assignment.notebooks}
    best: tuple[int, str, bytes] | None = None
    found = seen_bytes = 0
    for name, content in islice(_notebooks_below(folder), MAX_CANDIDATES):
        seen_bytes += len(content)
        if seen_bytes > MAX_BYTES:
            break
        answers = _answers_in(content, notebook) if name not in exact else None
        if answers is not None:
            found += 1
            best = (answers, name, content) if best is None or answers > best[0] else best
    if best is None:
        return None
    _, name, content = best
    notes = [messages.RENAMED.filled(found=_shown(name), file=f"{notebook.name}.ipynb").text]
    if found > 1:
        notes.append(messages.SEVERAL_FOUND.filled(count=found, found=_shown(name)).text)
    return content, tuple(notes)


def _shown(name: str) -> str:
    """Return a file name as it can be printed: names may hold bytes that are no text, and control characters."""
    printable = "".join(character if character.isprintable() else "?" for character in name)
    return printable if len(printable) <= MAX_NAME else f"{printable[:MAX_NAME]}..."


def _answers_in(content: bytes, notebook: InstructorNotebook) -> int | None:
    """Return how many tasks of the assignment a notebook answers, or None when it is a notebook of something else."""
    try:
        theirs = recover(content, notebook.name).notebook
    except BadSubmission:
        return None
    template = notebook.notebook
    rebuilt = rebuild(template, theirs)
    graded = {cell.grade_id for cell in template.cells if cell.grade or cell.solution}
    ids = {cell.cell_id for cell in template.cells if cell.cell_id and (cell.grade or cell.solution)}
    belongs = any(cell.grade_id in graded or cell.cell_id in ids for cell in theirs.cells)
    answers = len(template.solutions()) - len(rebuilt.untouched)
    return answers if belongs or answers else None


def _notebooks_below(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the path, relative to the folder, and the bytes of each notebook in it, nearest first; no links."""
    level = [folder]
    entries = 0
    for _ in range(MAX_DEPTH + 1):
        below: list[Path] = []
        for place in level:
            try:
                with os.scandir(place) as scan:
                    there = sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in scan)
            except OSError:
                continue
            for name, is_folder in there:
                entries += 1
                if entries > MAX_ENTRIES:
                    return
                if name in PASSED_OVER or name.startswith("._"):
                    continue
                file = place / name
                if is_folder:
                    below.append(file)
                elif name.lower().endswith(".zip"):
                    yield from _in_archive(file, str(file.relative_to(folder)))
                elif name.lower().endswith(".ipynb"):
                    try:
                        yield str(file.relative_to(folder)), read_submission(file)
                    except BadSubmission:
                        continue
        level = below


def _in_archive(file: Path, shown: str) -> Iterator[tuple[str, bytes]]:
    """Yield the notebooks in a zip file; of a member no more than the limit is unpacked, whatever size it claims."""
    try:
        if file.lstat().st_size > MAX_NOTEBOOK_BYTES:
            return
        with zipfile.ZipFile(io.BytesIO(read_submission(file))) as archive:
            members = [each for each in archive.infolist() if each.filename.lower().endswith(".ipynb")]
            for member in members[:MAX_CANDIDATES]:
                if set(Path(member.filename).parts) & PASSED_OVER or Path(member.filename).name.startswith("._"):
                    continue
                with archive.open(member) as stream:
                    content = stream.read(MAX_NOTEBOOK_BYTES + 1)
                if len(content) <= MAX_NOTEBOOK_BYTES:
                    yield f"{shown}/{member.filename}", content
    except (BadSubmission, OSError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, RuntimeError, ValueError, EOFError):
        return  # encrypted, damaged, or packed in a way that Python does not know (NotImplementedError)
