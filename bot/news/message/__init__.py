"""A message before it is posted: its draft, its buttons, and the port that posts it."""
