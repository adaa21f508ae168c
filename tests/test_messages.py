"""Every text for students has a code of its own, and every way in which a kernel ends has a text."""

from __future__ import annotations

import pytest

from autograder import messages
from autograder.errors import MAX_LINE, CheckFailed, KernelDied
from autograder.messages import Message, of_ending
from autograder.records import Ending, KernelEnd, Limits

TEXTS = [value for value in vars(messages).values() if isinstance(value, Message)]


def test_codes_are_unique_and_say_what_they_are_about() -> None:
    codes = [message.code for message in TEXTS]
    assert len(set(codes)) == len(codes) >= 20
    assert {code.partition(".")[0] for code in codes} == {"task", "name", "reply", "ending", "placing", "check"}


@pytest.mark.parametrize("ending", list(Ending))
def test_every_ending_has_a_text_and_a_hint_without_a_gap(ending: Ending) -> None:
    message = of_ending(KernelEnd(ending, -11), Limits())
    assert message.code.startswith("ending.") and message.hint
    assert "{" not in message.text + message.hint


def test_an_exit_status_and_a_signal_are_named() -> None:
    assert of_ending(KernelEnd(Ending.EXITED, 3), Limits()).text.endswith("(exit status 3)")
    assert of_ending(KernelEnd(Ending.EXITED, 0), Limits()).text == "your program ended the Python process"
    assert of_ending(KernelEnd(Ending.KILLED_BY_SIGNAL, -11), Limits()).text.endswith("(SIGSEGV)")
    assert of_ending(KernelEnd(Ending.KILLED_BY_SIGNAL, -99), Limits()).text.endswith("(signal 99)")


def test_an_error_carries_the_code_of_its_message() -> None:
    fault = messages.RAN_TOO_LONG.filled(seconds=4.0).fault(KernelDied, detail="for staff")
    assert (fault.code, fault.message) == ("ending.out-of-time", "it ran longer than 4 s")
    assert fault.detail == "for staff" and "loop" in fault.hint


def test_a_message_of_megabytes_is_cut_in_the_middle_and_says_so() -> None:
    fault = CheckFailed("class " + "N" * 3_000_000 + " end", detail="\x1b[31m" + "d" * 5000)
    assert len(fault.message) < MAX_LINE + 60 and fault.message.startswith("class N") and fault.message.endswith("end")
    assert "2,998,010 characters" in fault.message and len(fault.detail) < MAX_LINE + 60
    assert CheckFailed("short").message == "short"
