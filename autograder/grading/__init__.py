"""Turns a submission into a report: rebuild the notebook, run it, check the answers, score the results."""
