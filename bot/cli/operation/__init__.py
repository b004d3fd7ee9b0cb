"""Commands that run the bot, and that look after its database."""
