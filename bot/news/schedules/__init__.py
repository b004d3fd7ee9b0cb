"""A schedule: when its editions are due, and its options."""
