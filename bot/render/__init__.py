"""Render values as Drafts within Discord's limits, one file for each feature; `format` writes Drafts as text."""
