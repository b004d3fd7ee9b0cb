"""Storage: the ports (`port/`) and their SQLite implementation (`sqlite/`)."""
