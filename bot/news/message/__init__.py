"""Messages: drafts, button actions, and the port that posts them."""
