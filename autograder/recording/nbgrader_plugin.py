"""Connects nbgrader to this engine: `nbgrader autograde`, `nbgrader generate_feedback`, and the formgrader's buttons.

A converter of nbgrader passes a file name to an exporter and writes what the exporter returns. One exporter here grades
the submission that the file belongs to, in a worker process. The other one returns the feedback page of a graded
notebook.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nbconvert.exporters import HTMLExporter, NotebookExporter

from autograder.course.assignment import Assignment
from autograder.course.course import Course
from autograder.errors import AutograderError
from autograder.grading.kernels import SandboxKernels
from autograder.grading.local import grade_locally
from autograder.grading.training_cache import TrainingCache
from autograder.recording import feedback, gradebook
from autograder.recording.graded import is_current
from autograder.recording.reviews import read_reviews, signed
from autograder.recording.sinks import record, standard_sinks
from autograder.records import Submission
from autograder.sandbox import levels, warm


class GradingExporter(NotebookExporter):
    """Grades a submission when nbgrader asks for its autograded notebooks.

    nbgrader calls the exporter twice for each notebook: to sanitize the submitted file, and to run the sanitized one.
    The first call for a submission grades and records all its notebooks. Every other call returns what is recorded.
    """

    def from_filename(self, filename: str, resources: Any = None, **kwargs: Any) -> Any:
        """Called by nbgrader's Autograde converter for each notebook, with the course folder as working directory."""
        file = Path(filename).resolve()
        course = Course.open(Path.cwd())
        resources["output_extension"] = ".ipynb"
        if not file.is_relative_to(course.submitted.resolve()):
            return file.read_text(encoding="utf-8"), resources
        names = resources["nbgrader"]
        assignment = course.assignment(names["assignment"])
        submission = course.submission(assignment, names["student"])
        kernels = SandboxKernels(levels.choose(assignment.isolation), cache=TrainingCache(course.trainings))
        # before its first call, nbgrader removes the folder of graded notebooks, so the submission is not current then
        if not is_current(course, assignment, submission, kernels.level):
            self._grade(course, assignment, submission, kernels)
        graded = course.autograded / submission.student / assignment.name / file.name
        return graded.read_text(encoding="utf-8"), resources

    def _grade(self, course: Course, assignment: Assignment, submission: Submission, kernels: SandboxKernels) -> None:
        # one warm process of this command's own serves all submissions that nbgrader asks for
        warm.use(kernels.level, assignment.served_folders, kernels.threads)
        for result in grade_locally([submission], assignment, kernels, jobs=1):
            if result.report is None:
                raise AutograderError(f"{submission.student} was not graded: {result.error}")
            record(result.report, assignment, standard_sinks(course))

    def register_preprocessor(self, preprocessor: Any, enabled: bool = False) -> None:
        """Ignore nbgrader's own preprocessors: they would run the student's code without our sandbox."""


def add_missing_notebooks(assignment: str, student: str, notebooks: list[str]) -> None:
    """Called by nbgrader's Autograde converter before a submission: add the notebooks that it has not found.

    A notebook that was handed in under another name would otherwise be skipped, and its graded notebook removed. The
    exporter finds it where the engine does.
    """
    folder = Path(notebooks[0]).parent
    for notebook in Course.open(Path.cwd()).assignment(folder.name).notebooks:
        file = str(folder / f"{notebook.name}.ipynb")
        if file not in notebooks:
            notebooks.append(file)


class FeedbackExporter(HTMLExporter):
    """Returns our feedback page when nbgrader asks for one."""

    def from_filename(self, filename: str, resources: Any = None, **kwargs: Any) -> Any:
        """Called by nbgrader's GenerateFeedback converter for each autograded notebook."""
        names = resources["nbgrader"]
        course = Course.open(Path.cwd())
        assignment = course.assignment(names["assignment"])
        tree = json.loads(Path(filename).read_text(encoding="utf-8"))
        resources["output_extension"] = ".html"
        grades = signed(read_reviews(course), assignment, gradebook.read(course, assignment, names["student"]))
        return feedback.page(tree, feedback.of_notebook(grades, Path(filename).stem)), resources

    def register_preprocessor(self, preprocessor: Any, enabled: bool = False) -> None:
        """Ignore nbgrader's own preprocessors: the page reads the gradebook itself."""
