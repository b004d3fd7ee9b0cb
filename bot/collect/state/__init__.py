"""What the collector remembers between passes, in a SQLite file of its own."""
