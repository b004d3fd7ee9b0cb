"""Collect news: turn feeds into the seed files that the bot reads.

A program of its own beside the bot: it needs the extra `newsdesk[collect]`, and its one result is a folder of files.
The bot imports nothing of this.
"""
