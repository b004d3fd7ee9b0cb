"""Commands of the feed collector; what they need is imported when they run, and comes with `newsdesk[collect]`."""
