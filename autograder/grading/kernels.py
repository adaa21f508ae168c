"""Where kernels come from: the seam between grading and the sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from autograder.grading.kernel import JupyterKernel, Kernel
from autograder.grading.training_cache import SubmissionTrainings, TrainingCache
from autograder.records import Level, Limits
from autograder.sandbox import launch


@dataclass(frozen=True)
class KernelRequest:
    """What one kernel is for: its limits, the datasets that it can load (folders by name), where random numbers begin."""

    limits: Limits
    datasets: dict[str, Path]
    seed: int
    trainings: SubmissionTrainings | None = None


class Kernels(Protocol):
    """Starts kernels; can be pickled, so that a submission is graded in another process."""

    @property
    def level(self) -> Level:
        """The isolation level, which is stored with every grade."""

    @property
    def cache(self) -> TrainingCache | None:
        """Where trainings are remembered, if they are."""

    def start(self, request: KernelRequest) -> Kernel:
        """Start a kernel in which nothing has run; raises GraderError when it does not come up."""


@dataclass(frozen=True)
class SandboxKernels:
    """Kernels in the sandbox, at one isolation level, each with so many TensorFlow threads."""

    level: Level
    threads: int = 1
    cache: TrainingCache | None = None

    def start(self, request: KernelRequest) -> Kernel:
        """Start a kernel in which nothing has run; raises GraderError when it does not come up."""
        trainings = request.trainings
        if trainings is None:
            process = launch.start(request.datasets, self.level, request.limits, self.threads, request.seed)
            return JupyterKernel(process, request.limits)
        process = launch.start(
            request.datasets, self.level, request.limits, self.threads, request.seed, trainings.lay_out
        )
        return JupyterKernel(process, request.limits, trainings.collect)
