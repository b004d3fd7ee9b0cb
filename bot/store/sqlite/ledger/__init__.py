"""The ledger's tables: schedules, editions, deliveries."""
