"""The hidden checks, one folder per assignment; they import `autograder.checking` and nothing else of ours."""
