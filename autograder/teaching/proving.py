"""Proves the checks of an assignment: what right, wrong, changed and cheap answers earn, and what odd replies do.

A check is worth its points when right answers of any style pass it, when wrong ones fail it, when a small mistake in
the reference solution is noticed, when nothing can be earned without the skill, and when no reply makes it raise.
"""

from __future__ import annotations

import shutil
import time
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from autograder.course.answers import Answers, hand_in_all, read_answers
from autograder.course.assignment import Assignment, InstructorNotebook
from autograder.course.course import Course
from autograder.course.notebooks import parse
from autograder.course.placing import rebuild
from autograder.errors import CourseError, GraderError
from autograder.grading.kernels import SandboxKernels
from autograder.grading.local import cores, local_workers, several_workers
from autograder.grading.mutated_replies import try_replies
from autograder.grading.pipeline import grade
from autograder.grading.replies import Recorder
from autograder.grading.scheduling import schedule
from autograder.grading.training_cache import SubmissionTrainings, TrainingCache
from autograder.records import GradeReport, Submission
from autograder.teaching import cheap_answers, dependencies
from autograder.teaching.classroom import Grading, kernels_of
from autograder.teaching.dependencies import Dependencies
from autograder.teaching.mutants import mutants, spread
from autograder.teaching.proof import Judged, Mutated, Proof, is_right

REFERENCE = "reference"
HARMLESS = "harmless_mutants.toml"
MUTANTS = 64  # of one assignment, spread evenly over the reference solution
MUTANTS_OF_TRAININGS = 20  # of one cell that trains


@dataclass(frozen=True, eq=False)
class Tried:
    """An answer that is tried: `cells` are its texts, `reached` the cells whose tasks it can change."""

    name: str
    cells: Mapping[str, str]
    reached: frozenset[str]


def prove(
    course: Course,
    assignment: Assignment,
    *,
    trainings: bool = False,
    files: Collection[Path] | None = None,
    most: int = MUTANTS,
    of_trainings: int = MUTANTS_OF_TRAININGS,
    replies: bool = True,
    jobs: int = 0,
    isolation: str = "",
    progress: Callable[[str], None] = lambda step: None,
) -> Proof:
    """Try everything on an assignment and return what came of it; answers that train only with `trainings`.

    `files`: the course's answers files to try, if not all. `most`: how many mutants are tried of cells that do not
    train, and `of_trainings` of each cell that does. `replies`: whether the checks run on mutated replies, too.

    Raises CourseError when the reference solution does not earn full points or an answers file cannot be read,
    GraderError when something cannot be graded.
    """
    limits = _Limits(trainings, files, most, of_trainings, replies, jobs)
    return _Prover(
        course, assignment, limits, kernels_of(course, assignment, Grading(isolation=isolation)), progress
    ).prove()


@dataclass(frozen=True)
class _Limits:
    """How much is tried; see `prove`."""

    trainings: bool
    files: Collection[Path] | None
    most: int
    of_trainings: int
    replies: bool
    jobs: int


class _Prover:
    """Tries everything on one assignment."""

    def __init__(
        self,
        course: Course,
        assignment: Assignment,
        limits: _Limits,
        kernels: SandboxKernels,
        progress: Callable[[str], None],
    ) -> None:
        self._course, self._assignment = course, assignment
        self._limits, self._kernels, self._progress = limits, kernels, progress
        self._proof = Proof(assignment)
        self._dependencies: dict[str, Dependencies] = {}
        self._training_cells: set[str] = set()
        self._reference_trainings: dict[str, SubmissionTrainings] = {}  # by notebook
        self._step = ""

    def prove(self) -> Proof:
        """Try the reference solution, mutated replies, answers, mutants and cheap answers, in this order."""
        for name, step in (
            ("the reference solution", self._reference),
            ("answers", self._answers),
            ("mutants of the reference solution", self._mutants),
            ("the cheapest answers", self._cheap),
        ):
            started_at = time.monotonic()
            self._step = name
            self._progress(name)
            step()
            self._proof.seconds[name] = time.monotonic() - started_at
        return self._proof

    def _reference(self) -> None:
        recorder = Recorder()
        folder = self._course.source / self._assignment.name
        report = grade(Submission(REFERENCE, self._assignment.name, folder), self._assignment, self._kernels, recorder)
        if report.earned < report.auto_points:
            failed = [check.check.name for task in report.tasks for check in task.checks if not check.passed]
            raise CourseError(f"the reference solution of {self._assignment.name} fails {', '.join(failed)}")
        for notebook in self._assignment.notebooks:
            self._reference_trainings[notebook.name] = self._trainings_of(
                REFERENCE, notebook, (folder / f"{notebook.name}.ipynb").read_bytes()
            )
            own = [recording for recording in recorder.recordings if recording.notebook == notebook.name]
            self._dependencies[notebook.name] = dependencies.find(notebook.notebook, own)
            codes = [cell for cell in notebook.notebook.solutions() if cell.is_code]
            self._training_cells |= {cell.grade_id for cell in codes if dependencies.trains(cell)}
        if not self._limits.replies:
            return
        with several_workers(self._assignment, self._kernels, self._limits.jobs) as executor:
            self._proof.trial = try_replies(
                self._assignment, recorder.recordings, lambda at: self._progress(f"mutated replies, {at}"), executor
            )

    def _reached(self, cells: Iterable[str]) -> frozenset[str]:
        """Return the cells whose tasks an answer to these cells can change."""
        names = [name.rpartition("/")[2] for name in cells]
        return frozenset[str]().union(*(found.of(names) for found in self._dependencies.values()))

    def _tried(self, tasks: Iterable[Tried]) -> list[Tried]:
        """Return the tasks to try; those that train are left out unless trainings were asked for."""
        chosen = []
        for task in tasks:
            if self._limits.trainings or not task.reached & self._training_cells:
                chosen.append(task)
            else:
                self._proof.left_out.append(task.name)
        return chosen

    def _graded(self, groups: Sequence[Sequence[Tried]]) -> Iterator[tuple[Sequence[Tried], GradeReport]]:
        """Grade groups of answers, each group handed in together, and yield the reports."""
        submissions, by_name = [], {}
        for number, group in enumerate(groups):
            student = f"prove-{number}"
            answers = Answers({cell: text for task in group for cell, text in task.cells.items()})
            contents = hand_in_all(self._assignment, answers, group[0].name)
            submissions.append(Submission(student, self._assignment.name, self._course.submitted, contents=contents))
            by_name[student] = group
            self._remember_reference(submissions[-1])
        if not submissions:
            return
        jobs = min(self._limits.jobs or cores(), len(submissions))
        try:
            with (
                local_workers(self._assignment, self._kernels, jobs) as executor,
                closing(schedule(submissions, self._assignment, executor, self._kernels)) as results,
            ):
                for done, result in enumerate(results, start=1):
                    self._progress(f"{self._step}: {done} of {len(submissions)}")
                    group = by_name[result.submission.student]
                    if result.report is None:
                        names = ", ".join(task.name for task in group)
                        raise GraderError(f"{names} could not be graded: {result.error}")
                    yield group, result.report
        finally:
            for student in by_name:  # nobody asks for these trainings again
                shutil.rmtree(self._course.trainings / self._assignment.name / student, ignore_errors=True)

    def _remember_reference(self, submission: Submission) -> None:
        """Let a submission reuse the trainings of the reference solution as far as its code is the same."""
        for notebook in self._assignment.notebooks if self._training_cells else ():
            known = self._reference_trainings[notebook.name]
            content = (submission.contents or {})[notebook.name]
            if isinstance(content, bytes):
                known.lend(self._trainings_of(submission.student, notebook, content))

    def _trainings_of(self, student: str, notebook: InstructorNotebook, content: bytes) -> SubmissionTrainings:
        """Return the cached trainings of a submitted notebook."""
        rebuilt = rebuild(notebook.notebook, parse(content, notebook.name)).notebook
        cache = self._kernels.cache or TrainingCache(self._course.trainings)
        only = len(self._assignment.notebooks) == 1
        return cache.of(self._assignment.name, student, rebuilt, self._assignment.seed_key, only)

    # --- answers files

    def _answers(self) -> None:
        folder = self._course.answers / self._assignment.name
        files = {str(file): file for file in sorted(folder.glob("*/*.py"))}
        read = {name: read_answers(file) for name, file in files.items()}
        self._proof.headers = {files[name]: frozenset(answers.fails) for name, answers in read.items()}
        origins = {origin for _, origin in self._assignment.data}
        wanted = None if self._limits.files is None else {str(file) for file in self._limits.files}
        if unknown := sorted((wanted or set()) - set(files)):
            raise CourseError(f"there is no answers file {unknown[0]} in {folder}")
        tasks = [
            Tried(name, answers.cells, self._reached(answers.cells))
            for name, answers in read.items()
            if (not answers.data or answers.data in origins) and (wanted is None or name in wanted)
        ]
        tried = self._tried(tasks)
        alone = [task for task in tried if is_right(files[task.name])]
        together = [task for task in tried if not is_right(files[task.name])]
        again: list[Tried] = []
        for group, report in self._graded([*([task] for task in alone), *_packed(together)]):
            judged = [self._judged(files[task.name], read[task.name], task, report, len(group) > 1) for task in group]
            if len(group) > 1 and not (all(one.is_as_said for one in judged) and _rest_is_full(group, report)):
                again += group  # one may have changed what another one shows
            else:
                self._proof.answers += judged
        for (task,), report in self._graded([[task] for task in again]):
            self._proof.answers.append(self._judged(files[task.name], read[task.name], task, report, False))
        self._proof.answers.sort(key=lambda judged: judged.file)

    def _judged(self, file: Path, answers: Answers, task: Tried, report: GradeReport, shared: bool) -> Judged:
        """Return what became of an answers file; where it was handed in with others, in the tasks that it reaches."""
        own = [each for each in report.tasks if not shared or each.task.cell in task.reached]
        failed = {check.check.name: check.message for each in own for check in each.checks if not check.passed}
        flagged = frozenset(each.task.cell for each in own if each.flags)
        later = self._behind(answers)
        return Judged(file, frozenset(answers.fails), frozenset(answers.flags), failed, flagged, later)

    def _behind(self, answers: Answers) -> frozenset[str]:
        """Return the cells and the checks of the tasks behind the last cell of an answers file."""
        order = [task.cell for task in self._assignment.tasks]
        own = [name.rpartition("/")[2] for name in answers.cells]
        last = max((order.index(name) for name in own if name in order), default=len(order))
        cells = frozenset(order[last + 1 :])
        return cells | {check.name for check in self._assignment.checks.declared if check.cell in cells}

    # --- mutants

    def _mutants(self) -> None:
        found, many = [], []
        for notebook in self._assignment.notebooks:
            graded = {task.cell for task in notebook.tasks if not task.manual}
            for cell in notebook.notebook.solutions():
                if cell.grade_id not in graded or not cell.is_code:
                    continue
                own = list(mutants(cell.grade_id, cell.source))
                if self._reached([cell.grade_id]) & self._training_cells:
                    many += spread(own, self._limits.of_trainings)
                else:
                    found += own
        chosen = [*spread(found, self._limits.most), *many]
        tasks = [Tried(one.name, {one.cell: one.source}, self._reached([one.cell])) for one in chosen]
        tried = self._tried(tasks)
        self._proof.mutants = len(tried)
        harmless = self._harmless()
        survivors = []
        for group, report in self._graded(_packed(tried)):
            full = {each.task.cell for each in report.tasks if each.earned == each.task.points or each.task.manual}
            survivors += [task.name for task in group if task.reached <= full]
        self._proof.survivors = [Mutated(name, harmless.get(name, "")) for name in survivors]

    def _harmless(self) -> dict[str, str]:
        """Return the mutants that the course says do no harm, with the reasons. Raises CourseError for a bad file."""
        file = self._course.answers / self._assignment.name / HARMLESS
        if not file.is_file():
            return {}
        try:
            tree = tomllib.loads(file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise CourseError(f"{file} cannot be read: {error}") from error
        return {name: str(reason) for name, reason in tree.items()}

    # --- cheap answers

    def _cheap(self) -> None:
        by_strategy: dict[str, dict[str, str]] = {}
        several = len(self._assignment.notebooks) > 1
        for notebook in self._assignment.notebooks:
            prefix = f"{notebook.name}/" if several else ""
            for strategy, cells in cheap_answers.strategies(notebook.notebook).items():
                by_strategy.setdefault(strategy, {}).update({prefix + cell: text for cell, text in cells.items()})
        tasks = [Tried(name, cells, frozenset()) for name, cells in by_strategy.items()]
        for (task,), report in self._graded([[task] for task in tasks]):
            self._proof.cheap[task.name] = report.earned


def _packed(tasks: Iterable[Tried]) -> list[list[Tried]]:
    """Return the answers in groups that can be handed in together: no two of a group reach the same task."""
    return dependencies.pack({task: task.reached for task in tasks})


def _rest_is_full(group: Sequence[Tried], report: GradeReport) -> bool:
    """Return whether all tasks that no answer of the group reaches earned their points."""
    reached = frozenset[str]().union(*(task.reached for task in group))
    rest = [each for each in report.tasks if each.task.cell not in reached and not each.task.manual]
    return all(each.earned == each.task.points for each in rest)
