"""Records the replies that a kernel gives to the questions of each check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from autograder.records import CellRun, Check

Ask = Callable[[bytes], bytes]


@dataclass
class Recording:
    """What one check asked, and the replies of the kernel, in order.

    `run` is what became of the check's cell, `seed` determines the check's random inputs.
    """

    notebook: str
    check: Check
    run: CellRun
    seed: bytes
    exchanges: list[tuple[bytes, bytes]] = field(default_factory=list)


class Recorder:
    """Collects a recording of each check."""

    def __init__(self) -> None:
        self.recordings: list[Recording] = []

    def listen(self, recording: Recording, ask: Ask) -> Ask:
        """Return a function that asks the kernel and records the reply."""
        self.recordings.append(recording)

        def heard(question: bytes) -> bytes:
            reply = ask(question)
            recording.exchanges.append((question, reply))
            return reply

        return heard
