"""Fetch addresses of the web: politely, within limits, and never one of a private network."""
