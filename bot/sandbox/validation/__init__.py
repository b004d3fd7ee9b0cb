"""Validation of every request and response against Discord's rules. It shares no code with the bot."""
