"""Hidden checks of the gradient drills."""
