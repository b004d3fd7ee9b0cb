"""What SQLite and PostgreSQL have in common: a connection as units of work see it, and the database of the ledger."""
