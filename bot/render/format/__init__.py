"""Formats shared by all renderers: Discord markdown, terminal text, JSON records, limits, truncation."""
