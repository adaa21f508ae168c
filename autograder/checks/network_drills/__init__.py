"""Hidden checks of the network drills."""
