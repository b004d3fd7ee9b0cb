"""The condition of the bot and its schedules: facts, and the findings that follow from them."""
