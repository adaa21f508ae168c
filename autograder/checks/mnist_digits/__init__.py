"""Hidden checks of the bonus exercise, handwritten digits."""
