"""Tests of the sandbox against Discord's documented behaviour, by unmodified discord.py and by raw requests."""
