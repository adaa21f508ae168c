"""An instructor's course on disk."""
