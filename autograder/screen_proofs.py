"""What the commands show of proofs of checks in a terminal. No decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from autograder.grading.mutated_replies import Trial
    from autograder.teaching.proof import Proof

MOST_LINES = 20


def trial_lines(trial: Trial) -> RenderableType:
    """Return how many mutated replies the checks were tried on, by kind, and what raised."""
    raised = f"{len(trial.crashes)} made a check raise" if trial.crashes else "no check raised"
    kinds = ", ".join(f"{count} {kind}" for kind, count in trial.counts.most_common())
    total = f"{trial.count} of {trial.possible} mutated replies in {trial.seconds:.0f} s, {raised}"
    return Group(Text(total, "red" if trial.crashes else ""), Text(kinds, "dim"))


def proof_lines(proof: Proof) -> RenderableType:
    """Return what was tried on an assignment, and below it what is to be mended."""
    table = Table(title=proof.assignment.name, title_justify="left", title_style="bold", show_header=False, box=None)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    right = sum(judged.right for judged in proof.answers)
    files = f"{right} right and {len(proof.answers) - right} wrong; of {len(proof.untrue)} the header is not true"
    table.add_row("answers", _marked(files, not proof.untrue))
    kept = len(proof.survivors) - len(proof.unexplained)
    mutants = f"{proof.mutants}; {kept} harmless, {len(proof.unexplained)} survive, {proof.killed:.1%} killed"
    table.add_row("mutants", _marked(mutants, not proof.unexplained))
    trial = proof.trial
    tried = f"{trial.count} of {trial.possible}, of {len(trial.counts)} kinds"
    raised = f"{tried}; {len(trial.crashes)} make a check raise"
    table.add_row("mutated replies", _marked(raised, not proof.trial.crashes))
    points = sum(task.points for task in proof.assignment.tasks if not task.manual)
    earning = sorted((-earned, name) for name, earned in proof.cheap.items() if earned)
    cheap = ", ".join(f"{name} earns {-earned:g}" for earned, name in earning) or "none earns a point"
    table.add_row("cheapest answers", _marked(f"{len(proof.cheap)}, of {points:g} points {cheap}", not earning))
    table.add_row("failed by nobody", _marked(", ".join(proof.never_failed) or "no check", not proof.never_failed))
    table.add_row("never alone", Text(", ".join(proof.not_alone) or "no check"))
    if proof.left_out:
        table.add_row("left out", Text(f"{len(proof.left_out)} that train (--trainings tries them)", "yellow"))
    seconds = ", ".join(f"{value:.0f} s {name}" for name, value in proof.seconds.items())
    table.add_row("time", Text(f"{sum(proof.seconds.values()):.0f} s: {seconds}"))
    problems = [
        *(f"{judged.file.parent.name}/{judged.file.name}: {judged.difference}" for judged in proof.untrue),
        *(f"the mutant {mutant.name!r} earns full points" for mutant in proof.unexplained),
        *map(str, proof.trial.crashes[:MOST_LINES]),
    ]
    return Group(table, *(Text(f"  {problem}", "red") for problem in problems), Text(""))


def proof_tree(proof: Proof) -> dict[str, Any]:
    """Return a proof as plain data."""
    return {
        "assignment": proof.assignment.name,
        "holds": proof.holds,
        "answers": [
            {
                "file": f"{judged.file.parent.name}/{judged.file.name}",
                "true": judged.is_as_said,
                "failed": dict(judged.failed),
            }
            for judged in proof.answers
        ],
        "mutants": {
            "tried": proof.mutants,
            "killed": proof.killed,
            "survivors": {mutant.name: mutant.reason for mutant in proof.survivors},
        },
        "replies": {"tried": dict(proof.trial.counts), "raised": [str(crash) for crash in proof.trial.crashes]},
        "cheap": proof.cheap,
        "failed by nobody": proof.never_failed,
        "never alone": proof.not_alone,
        "left out": proof.left_out,
        "seconds": proof.seconds,
    }


def _marked(text: str, good: bool) -> Text:
    return Text(text, "" if good else "red")
