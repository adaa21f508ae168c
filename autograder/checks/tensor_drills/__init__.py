"""Hidden checks of the tensor drills."""
