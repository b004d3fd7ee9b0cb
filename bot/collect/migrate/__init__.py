"""Move in from other bots and readers: their exports become feeds, schedules, and a list of what can't be carried."""
