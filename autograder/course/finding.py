"""Finds the answer to each task among the cells of a submitted notebook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import pairwise

from autograder import messages
from autograder.course import names
from autograder.course.matching import Places, normal, same
from autograder.course.notebooks import CODE_STUB, MAX_CELL_CHARACTERS, TEXT_STUB, Cell
from autograder.messages import Message

LIKE_THE_REFERENCE = 0.3  # of the words in a cell and in the reference solution: it may be an answer to the same task
ALIKE = 0.6  # two answers that share more of their text than this are versions of one, and not its two halves
MAX_COMPARED = 20_000  # characters; a longer text is not compared
STUBS = {line.strip() for stub in (CODE_STUB, TEXT_STUB) for line in stub.splitlines()}


class Certainty(StrEnum):
    """How sure it is that a text is the answer to a task; what is OPEN is decided by a person."""

    CERTAIN = "certain"
    GUESSED = "guessed"
    OPEN = "open"


@dataclass(frozen=True)
class Answer:
    """The text for one solution cell, and the positions of the student's cells that it was made of."""

    text: str
    certainty: Certainty = Certainty.CERTAIN
    note: Message | None = None
    used: frozenset[int] = frozenset()
    found: bool = True


@dataclass(frozen=True)
class Asked:
    """What a task asks for: the `names` that it wants defined, and the `words` of the reference solution."""

    names: frozenset[str]
    words: frozenset[str]


def find(places: Places, asked: Mapping[int, Asked]) -> dict[int, Answer]:
    """Return the answer to each task. What one task has used is not there for the next."""
    answers: dict[int, Answer] = {}
    used: set[int] = set()
    template = places.template
    known = [position for position in solutions(template) if template[position].is_code]
    for position in known:
        answer = _by_identity(places, position, asked[position].names)
        if answer:
            answers[position] = answer
            used |= answer.used
    for position in sorted(known, key=lambda position: not asked[position].names):  # who asks for names knows its cell
        own, wanted = answers.get(position), asked[position].names
        if own is None or (wanted and not names.defined(own.text) & wanted):
            free = [number for number in places.added(code=True) if number not in used]
            answers[position] = _with(own, _by_content(places, position, asked[position], free))
            used |= answers[position].used
    for position in solutions(template):
        if not template[position].is_code:
            answers[position] = _text_answer(places, position, used)
            used |= answers[position].used
    return dict(sorted(answers.items()))


def _with(own: Answer | None, elsewhere: Answer) -> Answer:
    """Return what stands in the answer cell, which does not define what the task asks for, with what does elsewhere."""
    if own is None:
        return elsewhere
    if elsewhere.certainty is not Certainty.GUESSED:  # nothing was found
        return own
    return replace(elsewhere, text=f"{own.text}\n{elsewhere.text}", used=own.used | elsewhere.used)


def _by_identity(places: Places, position: int, wanted: frozenset[str]) -> Answer | None:
    """Return the answer that stands in the answer cell itself or in copies of it; None when there is none."""
    cell = places.template[position]
    copies = places.copies(position)
    filled = [number for number in copies if _is_answer(places.cells[number].source, cell.source)]
    different = {normal(places.cells[number].source): number for number in filled}
    if not different:
        return None
    more = {text: number for text, number in different.items() if _adds_code(text, cell.source)}
    chosen, used = sorted((more or different).values()), frozenset(copies)
    chosen = _without_pieces(places, chosen, wanted)
    texts = [places.cells[number].source for number in chosen]
    if sum(map(len, texts)) > MAX_CELL_CHARACTERS:
        long = messages.ANSWER_TOO_LONG.filled(cell=cell.grade_id, limit=MAX_CELL_CHARACTERS)
        return Answer(cell.source, Certainty.OPEN, long, used)
    parts = _in_parts(chosen, texts, wanted, copies) if len(chosen) > 1 else []
    if parts:
        joined = messages.ANSWER_IN_PARTS.filled(cell=cell.grade_id, count=len(chosen))
        return Answer("\n".join(parts), Certainty.GUESSED, joined, used)
    if len(chosen) > 1:
        texts = [text for text in texts if names.is_code(text)] or texts
        twice = messages.ANSWER_TWICE.filled(cell=cell.grade_id, count=len(chosen))
        return Answer(texts[-1], Certainty.GUESSED, twice, used)
    only = places.cells[chosen[0]]
    if not only.is_code:
        kinds = {"found": only.kind or "nameless", "kind": cell.kind}
        note = messages.ANSWER_OF_OTHER_KIND.filled(cell=cell.grade_id, **kinds)
        return Answer(only.source, Certainty.GUESSED if names.is_code(only.source) else Certainty.OPEN, note, used)
    rest = _rest_of(places, chosen[0])
    if rest:
        joined = messages.ANSWER_IN_PARTS.filled(cell=cell.grade_id, count=1 + len(rest))
        text = "\n".join([only.source, *(places.cells[number].source for number in rest)])
        return Answer(text, Certainty.GUESSED, joined, used | frozenset(rest))
    copied = messages.ANSWER_COPIED.filled(cell=cell.grade_id) if len(copies) > 1 else None
    return Answer(only.source, Certainty.CERTAIN, copied, used)


def _without_pieces(places: Places, chosen: Sequence[int], wanted: frozenset[str]) -> list[int]:
    """Return these cells without those that are a piece of another one, and define less of what the task asks for."""
    lines = {number: "\n" + "\n".join(normal(places.cells[number].source)) + "\n" for number in chosen}
    if sum(map(len, lines.values())) > MAX_CELL_CHARACTERS:
        return list(chosen)
    defined = {number: names.defined(places.cells[number].source) & wanted for number in chosen}
    return [
        number
        for number in chosen
        if not any(lines[number] in lines[other] and defined[number] < defined[other] for other in chosen)
    ]


def _rest_of(places: Places, number: int) -> list[int]:
    """Return the student's own cells directly after a cell that are Python only together with it: it was split."""
    first = places.cells[number].source
    rest: list[int] = []
    for following in range(number + 1, len(places.cells)):
        cell = places.cells[following]
        if places.home[following] is not None or not cell.is_code:
            break
        rest.append(following)
        text = "\n".join([first, *(places.cells[n].source for n in rest)])
        alone = names.is_code(first) and all(names.is_code(places.cells[n].source) for n in rest)
        if alone or len(text) > MAX_COMPARED:
            break
        if names.is_code(text):
            return rest
    return []


def _in_parts(chosen: Sequence[int], texts: Sequence[str], wanted: frozenset[str], copies: Sequence[int]) -> list[str]:
    """Return several texts for one cell in their order if they are its parts; [] if they are versions of it.

    Parts stand one directly after the other, unless one of them is no Python without another, or each defines some of
    the names that the task asks for.
    """
    if not all(map(names.is_code, texts)):
        return next((order for order in (list(texts), list(texts)[::-1]) if names.is_code("\n".join(order))), [])
    defined = [names.defined(text) & wanted for text in texts]
    together = frozenset().union(*defined)
    if sum(map(len, defined)) > len(together):
        return []  # a name is defined twice
    if together == wanted and wanted and all(own != wanted for own in defined):
        return list(texts)
    if not set(range(chosen[0], chosen[-1] + 1)) <= set(copies):
        return []
    if sum(map(len, texts)) > MAX_COMPARED:
        return list(texts) if wanted else []
    return list(texts) if all(SequenceMatcher(None, a, b).ratio() < ALIKE for a, b in pairwise(texts)) else []


def _by_content(places: Places, position: int, asked: Asked, free: Sequence[int]) -> Answer:
    """Return the answer that stands in a cell of the student's own: it defines what the task asks for, or is there.

    A task that asks for no name, for example for a figure, is looked for at its place, and then by what the reference
    solution calls. Where that finds nothing among cells of the student's own, a person is asked.
    """
    cell, copies = places.template[position], places.copies(position)
    if asked.names:
        defining = [n for n in free if names.defined(places.cells[n].source) & asked.names]
        whole = [n for n in defining if asked.names <= names.defined(places.cells[n].source)]
        halves = [n for number in whole[-1:] or defining for n in (number, *_rest_of(places, number))]
        found = [n for n in dict.fromkeys(halves) if n in free]
    else:
        before = _last_before(places, position)
        nearby = [n for n in free if places.anchor[n] in (position, before)]
        alike = _most_alike(places, asked, free)
        found = nearby if not alike or set(alike) <= set(nearby) else alike
    text = "\n".join(places.cells[number].source for number in found)
    if found and len(text) <= MAX_CELL_CHARACTERS:
        note = messages.ANSWER_ELSEWHERE.filled(cell=cell.grade_id)
        return Answer(text, Certainty.GUESSED, note, frozenset([*found, *copies]))
    if free and not asked.names:
        note = messages.ANSWER_UNCLEAR.filled(cell=cell.grade_id)
        return Answer(cell.source, Certainty.OPEN, note, frozenset(copies), found=bool(copies))
    if copies:
        return Answer(cell.source, used=frozenset(copies))
    return Answer(cell.source, note=messages.ANSWER_MISSING.filled(cell=cell.grade_id), found=False)


def _most_alike(places: Places, asked: Asked, free: Sequence[int]) -> list[int]:
    """Return the cell that is most like the reference solution, if one is."""
    likeness = {number: names.likeness(places.cells[number].source, asked.words) for number in free}
    best = max(free, key=lambda number: likeness[number], default=None)
    return [best] if best is not None and likeness[best] >= LIKE_THE_REFERENCE else []


def _last_before(places: Places, position: int) -> int:
    """Return the position of the last of the assignment's cells before this one that the student has."""
    return max((home for home in places.home if home is not None and home < position), default=-1)


def _text_answer(places: Places, position: int, used: Iterable[int]) -> Answer:
    """Return everything that a student wrote for a task that a person grades, in order.

    This is the answer cell, whatever its kind is now, text cells of the student's own around it, and what was typed
    into the text of the task.
    """
    template, cell = places.template, places.template[position]
    start = position
    while start > 0 and not (template[start - 1].solution or template[start - 1].is_code):
        start -= 1
    around, taken = range(start, position + 1), set(used)
    copies = places.copies(position)
    strangers = {n for n in [*places.added(code=False), *places.added(code=True)] if places.anchor[n] in around}
    parts: dict[int, str] = {}
    for number, own in enumerate(places.cells):
        home = places.home[number]
        if home == position:
            if (_is_answer(own.source, cell.source) or own.attachments) and own.source not in parts.values():
                parts[number] = own.source
        elif home in around and home is not None and not own.is_code:
            typed = _typed_into(template[home].source, own.source)
            if typed:
                parts[number] = typed
        elif number in strangers and number not in taken and not (own.is_code and copies):
            parts[number] = own.source
    if not any(places.home[number] == position for number in parts):
        # its own cell is empty: a person reads it, and better too much than nothing
        others = {home for home, each in enumerate(template) if each.solution and not each.is_code} - {position}
        free = [n for n in places.added(code=False) if n not in taken and places.anchor[n] not in others]
        parts = dict(sorted({**parts, **{n: places.cells[n].source for n in free}}.items()))
    text = "\n\n".join(parts.values())
    if len(text) > MAX_CELL_CHARACTERS:
        long = messages.ANSWER_TOO_LONG.filled(cell=cell.grade_id, limit=MAX_CELL_CHARACTERS)
        return Answer(text[:MAX_CELL_CHARACTERS], Certainty.OPEN, long, frozenset(parts))
    if not parts:
        note = None if copies else messages.ANSWER_MISSING.filled(cell=cell.grade_id)
        return Answer(cell.source, note=note, found=bool(copies))
    usual = list(parts) == copies and places.cells[copies[0]].kind == cell.kind
    note = None if usual else messages.TEXT_ELSEWHERE.filled(cell=cell.grade_id, count=len(parts))
    return Answer(text, Certainty.CERTAIN if usual else Certainty.GUESSED, note, frozenset(parts))


def _typed_into(original: str, edited: str) -> str:
    """Return the lines that a student added to a given text."""
    if same(original, edited):
        return ""
    given = {line.strip() for line in original.splitlines()}
    lines = [line for line in edited.splitlines() if line.strip() not in given or not line.strip()]
    return "\n".join(lines).strip()


def _adds_code(lines: Iterable[str], stub: str) -> bool:
    """Return whether any of these lines is code that is not in the stub: a stub with a remark in it is no answer."""
    given = STUBS | {line.strip() for line in stub.splitlines()}
    return any(line.strip() and not line.strip().startswith("#") and line.strip() not in given for line in lines)


def _is_answer(text: str, stub: str) -> bool:
    """Return whether a text is more than the stub, or parts of it."""
    own = {line.strip() for line in text.splitlines() if line.strip()}
    return bool(own) and not same(text, stub) and not own <= STUBS


def solutions(template: Sequence[Cell]) -> list[int]:
    """Return the positions of the solution cells."""
    return [position for position, cell in enumerate(template) if cell.solution]
