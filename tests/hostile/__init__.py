"""Hostile submissions: what students, and systems that optimise for a grade, have done to graders, with the verdict each gets."""
