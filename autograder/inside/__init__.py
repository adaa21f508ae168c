"""The files that run on the untrusted side, in the student's process; they import nothing of this package."""
