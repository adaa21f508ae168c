"""The sinks: the gradebook, graded notebooks and reports for staff, feedback pages for students."""
