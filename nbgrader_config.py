"""nbgrader's settings for this course: its commands and formgrader's buttons use our engine and our pages."""

c = get_config()

c.CourseDirectory.course_id = "ml_basics"

# `nbgrader autograde` and the Autograde button grade with hidden checks, outside the student's process.
c.Autograde.exporter_class = "autograder.recording.nbgrader_plugin.GradingExporter"
c.Autograde.sanitize_preprocessors = []
c.Autograde.autograde_preprocessors = []
c.Autograde.pre_convert_hook = "autograder.recording.nbgrader_plugin.add_missing_notebooks"

# `nbgrader generate_feedback` writes the same pages as `autograder feedback`.
c.GenerateFeedback.exporter_class = "autograder.recording.nbgrader_plugin.FeedbackExporter"
c.GenerateFeedback.preprocessors = []

# Submissions belong to the account that owns them, and feedback to the account that it is for.
c.ExchangeFactory.release_assignment = "autograder.hub.exchange.ReleaseAssignment"
c.ExchangeFactory.collect = "autograder.hub.exchange.Collect"
c.ExchangeFactory.release_feedback = "autograder.hub.exchange.ReleaseFeedback"
