"""A pass over all feeds, and passes by the clock."""
