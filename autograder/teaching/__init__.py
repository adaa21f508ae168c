"""The tasks of an instructor: release assignments, grade a class, write feedback, calibrate, run demo and benchmark."""
