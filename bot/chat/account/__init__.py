"""The bot's account at Discord: connect, post, read back, look up permissions."""
