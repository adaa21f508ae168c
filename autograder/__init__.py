"""Grade notebooks of a machine-learning course by hidden checks that run outside the student's process."""

__version__ = "0.2.0"
