"""Parse what a person types: search queries, dates, times, time zones."""
