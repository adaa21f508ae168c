"""Defines the messages for students about the end of their program and the search for their answers.

Every text stands here once, with a code. Codes never change, so programs and translations can rely on them; no code
compares the texts.
"""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import TypeVar, assert_never

from autograder.errors import StudentFault
from autograder.records import MAX_FILES, Ending, KernelEnd, Limits

Fault = TypeVar("Fault", bound=StudentFault)


@dataclass(frozen=True)
class Message:
    """A text for students with its code and a hint that says what to try; both may contain {names} to fill in."""

    code: str
    text: str
    hint: str = ""

    def filled(self, **values: object) -> Message:
        """Return the message with values in place of its {names}."""
        return Message(self.code, self.text.format(**values), self.hint.format(**values))

    def fault(self, kind: type[Fault], *, detail: str = "") -> Fault:
        """Return an error of this class with the message; `detail` is for staff."""
        return kind(self.text, hint=self.hint, detail=detail, code=self.code)


# --- tasks and names --------------------------------------------------------------------------------------------------

NOT_ATTEMPTED = Message("task.not-attempted", "This task has not been attempted yet.")
NOT_JUDGED = Message("check.not-judged", "this check could not judge your answer; a person will look at it")
NO_SUCH_FUNCTION = Message(
    "name.no-function", "there is no function {name}{reason}", "The task asks for the name {name}, spelled like this."
)
NO_SUCH_VARIABLE = Message(
    "name.no-variable", "there is no variable {name}{reason}", "The task asks for the name {name}, spelled like this."
)
CELL_STOPPED = Message("name.cell-stopped", "; your cell stopped with {error}", "Make the cell run to its end.")
CELL_NOT_FINISHED = Message(
    "name.cell-not-finished", "; your cell did not finish: {error}", "Make the cell run to its end."
)

# --- answers of the kernel --------------------------------------------------------------------------------------------

UNREADABLE_REPLY = Message(
    "reply.unreadable", "your program gave no answer that could be read", "Return plain numbers, lists or arrays."
)
REPLY_TOO_LARGE = Message("reply.too-large", "the answer is larger than {mebibytes} MiB")

# --- endings ----------------------------------------------------------------------------------------------------------

RAN_TOO_LONG = Message(
    "ending.out-of-time", "it ran longer than {seconds:.0f} s", "Look for a loop that never ends, or do less work."
)
CALLS_RAN_TOO_LONG = Message(
    "ending.calls-out-of-time",
    "calls before this one did not end in time",
    "Look for a loop that never ends, or do less work.",
)
NOTEBOOK_OUT_OF_TIME = Message(
    "ending.notebook-out-of-time",
    "the time for the whole notebook ({seconds:.0f} s) was used up",
    "Which cell takes the longest? Make it do less.",
)
EXITED = Message(
    "ending.exited", "your program ended the Python process{status}", "Did it run out of memory, or call exit?"
)
_LESS = "Work in smaller steps, and do not keep what you no longer need."
OUT_OF_MEMORY = Message("ending.out-of-memory", "your program used more than {limit} of memory", _LESS)
TOO_MANY_PROCESSES = Message(
    "ending.too-many-processes", "your program ran more than {limit} processes and threads at once", _LESS
)
TOO_MANY_FILES = Message("ending.too-many-files", "your program wrote more than {limit}, or {files} files", _LESS)
NOT_MEASURABLE = Message(
    "ending.not-measurable", "what your program did could not be measured, so it was stopped", _LESS
)


def of_ending(end: KernelEnd, limits: Limits) -> Message:
    """Return the message for a student about the end of a kernel."""
    match end.ending:
        case Ending.EXITED:
            return EXITED.filled(status=f" (exit status {end.status})" if end.status else "")
        case Ending.KILLED_BY_SIGNAL:
            return EXITED.filled(status=f" ({signal_name(-(end.status or 0))})")
        case Ending.OUT_OF_TIME:
            return RAN_TOO_LONG.filled(seconds=limits.cell_seconds)
        case Ending.OUT_OF_MEMORY:
            return OUT_OF_MEMORY.filled(limit=size(limits.memory_bytes))
        case Ending.TOO_MANY_PROCESSES:
            return TOO_MANY_PROCESSES.filled(limit=limits.processes)
        case Ending.TOO_MANY_FILES:
            return TOO_MANY_FILES.filled(limit=size(limits.scratch_bytes), files=MAX_FILES)
        case Ending.NOT_MEASURABLE:
            return NOT_MEASURABLE
        case _:
            assert_never(end.ending)


def signal_name(number: int) -> str:
    """Return the name of a signal, or its number where it has none."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def size(count: int) -> str:
    """Return a number of bytes in GiB or MiB."""
    return f"{count / 2**30:g} GiB" if count >= 2**30 else f"{count / 2**20:.0f} MiB"


# --- finding the answers in what was handed in ------------------------------------------------------------------------

NO_NOTEBOOK = Message(
    "placing.no-notebook",
    "There is no notebook {file} in what you handed in.",
    "Hand in the notebook under its own name.",
)
NOT_A_FILE = Message("placing.not-a-file", "{file} is not a plain file.")
FILE_TOO_LARGE = Message(
    "placing.file-too-large",
    "{file} has {size:.0f} MB; without the outputs of its cells, the limit is {limit} MB.",
    "Delete what was pasted into its cells and hand in again.",
)
READ_AS = Message(
    "placing.read-as", "Your notebook was saved as {encoding} and not as UTF-8. It was read all the same."
)
CONFLICT = Message(
    "placing.conflict",
    "Your notebook has {count} conflict(s) of a version control system in it. It was graded with {side}.",
    "Settle the conflicts, look at your answers, and hand in again.",
)
CUT_OFF = Message(
    "placing.cut-off",
    "Your notebook is damaged: its first {count} cells were read and graded. Your teacher is asked about the rest.",
    "Open it in JupyterLab: if that fails too, hand in an older copy.",
)
RENAMED = Message("placing.renamed", "Your notebook was found as {found} and graded as {file}.")
SEVERAL_FOUND = Message(
    "placing.several-found", "You handed in {count} notebooks; {found} has the most answers and was graded."
)
NOT_JSON = Message(
    "placing.not-json",
    "The notebook is not valid JSON, so no cell of it could be read.",
    "Open it in JupyterLab: if that fails too, hand in an older copy.",
)
NOT_FORMAT_4 = Message(
    "placing.not-format-4", "This is not a notebook of format 4.", "Open it in JupyterLab and save it again."
)
ANSWER_MISSING = Message("placing.answer-missing", "The answer cell {cell} is missing from your notebook.")
ANSWER_TWICE = Message(
    "placing.answer-twice", "Your notebook has {count} different answers in cells {cell}. The last of them was graded."
)
ANSWER_COPIED = Message(
    "placing.answer-copied", "Your notebook has several cells {cell}. They hold one answer, and it was graded."
)
ANSWER_IN_PARTS = Message(
    "placing.answer-in-parts", "Your answer {cell} stands in {count} cells. They were graded as one, in their order."
)
ANSWER_ELSEWHERE = Message(
    "placing.answer-elsewhere", "The answer cell {cell} is empty or missing. An answer in another cell was graded."
)
ANSWER_UNCLEAR = Message(
    "placing.answer-unclear",
    "The answer cell {cell} is empty or missing, and other cells have code of yours. Your teacher is asked about it.",
)
TEXT_ELSEWHERE = Message(
    "placing.text-elsewhere",
    "Your text for {cell} stands in other cells than its own ({count} in all). Your teacher reads all of it.",
)
ANSWER_OF_OTHER_KIND = Message(
    "placing.answer-of-other-kind",
    "The answer cell {cell} was turned into a {found} cell. It was read as a {kind} cell.",
)
STUB_LEFT = Message(
    "placing.stub-left",
    "In {cell} the line `raise NotImplementedError()` is still there. Take it out when you are done.",
)
ANSWER_TOO_LONG = Message(
    "placing.answer-too-long",
    "Your answer {cell} is longer than {limit} characters and did not run. Your teacher is asked about it.",
)
TEST_CHANGED = Message(
    "placing.test-changed", "You changed the visible test {cell}. It was graded in its original form."
)
UNTOUCHED = Message("placing.untouched", "Your notebook is as it was released: no task has an answer.")
EMPTY_FOLDER = Message("placing.empty-folder", "There is no file in what you handed in.")
LOOKED_AT = Message("placing.looked-at", "It is not clear which of your cells is the answer; a person will look.")
NOT_READABLE = Message("placing.not-readable", "Your notebook could not be read; your teacher has been told. {reason}")
TIME_UNREADABLE = Message(
    "placing.time-unreadable", "The time in timestamp.txt could not be read; the time of the file counts: {time}."
)
