"""Hostile submissions: attempts by students and by systems that optimise for a grade, each with its verdict."""
