"""The sandbox's own tests: it is held to what Discord does, by discord.py unmodified and by raw requests."""
