"""The text index: word numbers and frequencies, term lists, spelling, rebuild."""
