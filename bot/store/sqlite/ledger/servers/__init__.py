"""What the ledger keeps of a server besides its schedules: editor roles, suggestions, and the log."""
