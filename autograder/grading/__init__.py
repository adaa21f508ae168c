"""From a submission to a report: rebuild, run, check, score."""
