"""What a server's managers and editors see of it: its log, and what an import would do."""
