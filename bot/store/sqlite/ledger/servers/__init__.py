"""What the ledger keeps of a server besides its schedules: editor roles, and the log."""
