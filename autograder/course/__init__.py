"""The instructor's course on disk: assignments, datasets, settings, submissions."""
