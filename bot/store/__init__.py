"""What is kept, and where: the ports (`port/`) and the SQLite that stands behind them (`sqlite/`)."""
