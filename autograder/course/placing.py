"""Finds the student's answers in a submitted notebook, and rebuilds the notebook that runs from them.

The rebuilt notebook is the instructor's with the student's answers, and the code cells that the student added at their
places. A cell is an answer by its grade_id; else by its cell id, which most tools keep when they drop metadata; else by
the names that it defines, or by its place. Nothing that a student wrote is left out without a note.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograder import messages
from autograder.course import names
from autograder.course.finding import Answer, Asked, Certainty, find, solutions
from autograder.course.matching import MAX_ADDED, Places, match, same
from autograder.course.notebooks import CODE_STUB, MAX_CELL_CHARACTERS, Cell, Notebook, visible
from autograder.course.pictures import renamed, rewritten

LONG_ANSWER = 8000  # characters; staff is asked to look at code that is longer
LEFT_STUB = CODE_STUB.splitlines()[-1]


@dataclass(frozen=True)
class Rebuilt:
    """The notebook that the grader runs.

    `missing`: the grade_ids of solution cells for which nothing was found.
    `untouched`: the grade_ids of solution cells that are as they were released.
    `guessed`, `opened`: the grade_ids of solution cells whose answer is not certain.
    `notes`, `staff_notes`: what was guessed, replaced or left out, in lines for the student and for staff.
    """

    notebook: Notebook
    missing: frozenset[str]
    untouched: frozenset[str]
    notes: tuple[str, ...]
    staff_notes: tuple[str, ...]
    guessed: frozenset[str] = frozenset()
    opened: frozenset[str] = frozenset()


def rebuild(instructor: Notebook, student: Notebook) -> Rebuilt:
    """Return the notebook that runs: the instructor's cells with the student's answers and added code cells.

    Flags, points, the order of the assignment's cells, and test cells are the instructor's.
    """
    template = visible(instructor).cells
    places = _with_names_of_pictures(match(template, student.cells))
    asked = {
        position: Asked(names.wanted(instructor.cells, position), names.words(instructor.cells[position].source))
        for position in solutions(template)
    }
    answers = find(places, asked)
    cells = list(template)
    notes: list[str] = []
    staff: list[str] = []
    for position, answer in answers.items():
        cell = template[position]
        cells[position] = replace(cell, source=answer.text)
        if answer.note:
            notes.append(answer.note.text)
        if pictures := _pictures(places, position, answer):
            with_pictures = rewritten(answer.text, pictures)
            cells[position] = replace(cell, source=with_pictures.text, attachments=with_pictures.attachments)
            staff += [f"{cell.grade_id}: {problem}" for problem in with_pictures.problems]
        if cell.is_code and len(answer.text) > LONG_ANSWER:
            staff.append(
                f"{cell.grade_id}: {len(answer.text):,} characters; are there data, or weights, pasted into it?"
            )
        if cell.is_code and LEFT_STUB in answer.text and not same(answer.text, cell.source):
            notes.append(messages.STUB_LEFT.filled(cell=cell.grade_id).text)
    for position, cell in enumerate(template):
        copies = places.copies(position) if cell.is_test else []
        if any(not same(student.cells[copy].source, cell.source) for copy in copies):
            notes.append(messages.TEST_CHANGED.filled(cell=cell.grade_id).text)
    staff += _about_given_cells(places)
    staff += _about_ids_and_flags(places)
    runs, about_added = _added_code(places, answers)
    staff += about_added
    opened = _named(template, answers, lambda position, answer: answer.certainty is Certainty.OPEN)
    untouched = _named(
        template,
        answers,
        lambda position, answer: (
            same(answer.text, template[position].source) and not _pictures(places, position, answer)
        ),
    )
    return Rebuilt(
        replace(instructor, cells=tuple(_merged(cells, runs))),
        missing=_named(template, answers, lambda position, answer: not answer.found),
        untouched=untouched - opened,
        notes=tuple(notes),
        staff_notes=tuple(notes + staff),
        guessed=_named(template, answers, lambda position, answer: answer.certainty is Certainty.GUESSED),
        opened=opened,
    )


def _named(
    template: Sequence[Cell], answers: Mapping[int, Answer], chosen: Callable[[int, Answer], bool]
) -> frozenset[str]:
    """Return the grade_ids of the solution cells whose answers are chosen."""
    return frozenset(template[position].grade_id for position, answer in answers.items() if chosen(position, answer))


def _pictures(places: Places, position: int, answer: Answer) -> dict[str, Any]:
    """Return what is attached to an answer that a person reads, by name; a student can attach anything."""
    if places.template[position].is_code:
        return {}
    given = {name for cell in places.template for name in cell.attachments}
    used = [(number, places.home[number]) for number in sorted(answer.used)]
    attached: dict[str, Any] = {}
    for number, home in used:
        own = home is None or home == position  # else the answer was typed into the text of the task, with its pictures
        bundles = places.cells[number].attachments
        attached |= {name: bundle for name, bundle in bundles.items() if own or name not in given}
    return attached


def _with_names_of_pictures(places: Places) -> Places:
    """Return the same cells with different names for different pictures: Jupyter calls each one image.png."""
    solution = {position for position, cell in enumerate(places.template) if cell.solution}
    cells, seen = list(places.cells), set[str]()
    for number, cell in enumerate(cells):
        home = places.home[number]
        if cell.attachments and (home is None or home in solution):
            if seen & set(cell.attachments):
                text, attachments = renamed(cell.source, cell.attachments, f"{number}-")
                cells[number] = replace(cell, source=text, attachments=attachments)
            seen |= set(cell.attachments)
    return replace(places, cells=cells)


def _about_given_cells(places: Places) -> list[str]:
    """Return lines for staff about given cells that were deleted or edited."""
    lines = []
    for position, cell in enumerate(places.template):
        copies = [places.cells[number] for number in places.copies(position)]
        if cell.solution or not cell.grade_id:
            continue
        if not copies:
            lines.append(f"{cell.grade_id}: the cell was deleted; the original was used")
        elif any(not same(copy.source, cell.source) for copy in copies):
            runs = "; the original ran first" if cell.is_code and not cell.is_test else "; the original was used"
            lines.append(f"{cell.grade_id}: the cell was edited{runs}")
    return lines


def _about_ids_and_flags(places: Places) -> list[str]:
    """Return lines for staff about grade_ids that the assignment does not have, and about changed flags."""
    originals = {cell.grade_id: cell for cell in places.template if cell.grade_id}
    theirs: dict[str, list[Cell]] = {}
    for cell in places.cells:
        if cell.grade_id:
            theirs.setdefault(cell.grade_id, []).append(cell)
    lines = [f"{name}: there is no such cell in the assignment" for name in theirs if name not in originals]
    for name, copies in theirs.items():
        original = originals.get(name)
        flags = [(copy.grade, copy.solution, copy.points) for copy in copies]
        if original and any(flag != (original.grade, original.solution, original.points) for flag in flags):
            lines.append(f"{name}: its nbgrader flags or points were changed; the original ones count")
    return lines


def _added_code(places: Places, answers: Mapping[int, Answer]) -> tuple[list[tuple[int, Cell]], list[str]]:
    """Return the student's own code cells, each with the position after which it runs, and lines for staff.

    The student's version of a given code cell runs after the original. What stands directly before a cell that was
    taken as an answer runs before the answer.
    """
    used = {number for answer in answers.values() for number in answer.used}
    edited = [
        number
        for number, home in enumerate(places.home)
        if home is not None
        and places.template[home].is_code
        and not (places.template[home].is_test or places.template[home].solution)
        and places.cells[number].is_code
        and places.cells[number].source.strip()
        and not same(places.cells[number].source, places.template[home].source)
    ]
    moved = _before_moved_answers(places, answers)
    runs, lines = [], []
    for number in sorted({*places.added(code=True), *edited} - used):
        cell = places.cells[number]
        if len(cell.source) > MAX_CELL_CHARACTERS:
            lines.append(f"an added code cell has more than {MAX_CELL_CHARACTERS} characters and did not run")
            continue
        own = Cell("code", cell.source, cell_id=f"added-{number}", added=True, edited=number in edited)
        runs.append((moved.get(number, places.anchor[number]), own))
    own_code = sum(home is None and c.is_code for home, c in zip(places.home, places.cells, strict=True))
    if own_code > MAX_ADDED:
        lines.append(f"of {own_code} code cells of the student's own only the first {MAX_ADDED} were looked at")
    if runs:
        lines.append(f"{len(runs)} code cell(s) of the student's own ran at their place")
    return runs, lines


def _before_moved_answers(places: Places, answers: Mapping[int, Answer]) -> dict[int, int]:
    """Return new places for code cells that stand directly before an answer that was found elsewhere."""
    moved: dict[int, int] = {}
    for position, answer in answers.items():
        strangers = [number for number in answer.used if places.home[number] is None]
        for first in strangers:
            number = first - 1
            while number >= 0 and places.home[number] is None:
                if places.anchor[number] >= position:
                    moved.setdefault(number, position - 1)
                number -= 1
    return moved


def _merged(cells: Sequence[Cell], runs: Sequence[tuple[int, Cell]]) -> list[Cell]:
    """Return the assignment's cells with the added ones after their anchors."""
    after: dict[int, list[Cell]] = {}
    for anchor, cell in runs:
        after.setdefault(anchor, []).append(cell)
    merged = list(after.get(-1, []))
    for position, cell in enumerate(cells):
        merged += [cell, *after.get(position, [])]
    return merged
