"""Collecting news: from a server of feeds on this machine to seed files."""
