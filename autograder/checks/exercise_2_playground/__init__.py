"""Hidden checks of exercise 2, the Playground."""
