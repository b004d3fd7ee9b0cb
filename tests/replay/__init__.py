"""Replay weekly editions of any folder of seeds, as text and as a table of what was told and what was lost."""
