"""What every command shares: its context, groups, options and completions, and how an answer is sent."""
