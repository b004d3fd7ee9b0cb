"""Newsdesk: a folder of article files becomes a newsroom for a Discord community."""

__version__ = "0.1.0"
