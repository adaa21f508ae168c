"""Starts kernels for grading: the boundary between grading and the sandbox."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

from autograder.grading.kernel import JupyterKernel, Kernel
from autograder.grading.training_cache import SubmissionTrainings, TrainingCache
from autograder.records import Level, Limits
from autograder.sandbox import launch, levels


@dataclass(frozen=True)
class KernelRequest:
    """What one kernel needs.

    `datasets` are the folders of the datasets that it can load, by name. `seed` seeds its random numbers. `trainings`
    is its part of the training cache, or None where nothing is cached. `files` are the assignment's files, as pairs of
    path and content.
    """

    limits: Limits
    datasets: dict[str, Path]
    seed: int
    trainings: SubmissionTrainings | None = None
    files: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)


class Kernels(Protocol):
    """Starts kernels; it can be pickled, so that another process can grade a submission."""

    @property
    def level(self) -> Level:
        """The isolation level; it is stored with every grade."""

    @property
    def cache(self) -> TrainingCache | None:
        """The training cache, or None where trainings are not cached."""

    def start(self, request: KernelRequest) -> Kernel:
        """Start a kernel in which nothing has run yet; raises GraderError when it does not start."""


@dataclass(frozen=True)
class SandboxKernels:
    """Kernels in the sandbox at one isolation level; `threads` is the number of TensorFlow threads in each of them."""

    level: Level
    threads: int = 1
    cache: TrainingCache | None = None

    def __post_init__(self) -> None:
        levels.parse(self.level)

    def start(self, request: KernelRequest) -> Kernel:
        """Start a kernel in which nothing has run yet; raises GraderError when it does not start."""
        start = partial(
            launch.start,
            request.datasets,
            self.level,
            request.limits,
            self.threads,
            request.seed,
            files=request.files,
        )
        if request.trainings is None:
            return JupyterKernel(start(), request.limits)
        return JupyterKernel(start(lay_out=request.trainings.lay_out), request.limits, request.trainings.collect)
