"""The examiner: holds every request and every answer against Discord's rules. It shares no code with the bot."""
