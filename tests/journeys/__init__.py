"""A promise to a user each: the whole bot, discord.py unmodified, against the sandbox on loopback."""
