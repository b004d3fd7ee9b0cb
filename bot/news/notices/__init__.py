"""Notices to admins: their values and texts."""
