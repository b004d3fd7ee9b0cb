"""Slash commands, menus and buttons: parse the options, call the use case, answer."""
