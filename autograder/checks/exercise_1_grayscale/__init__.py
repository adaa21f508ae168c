"""Hidden checks of exercise 1."""
