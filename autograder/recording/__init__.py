"""The sinks that write grades: gradebook, graded notebooks and reports for staff, feedback pages for students."""
