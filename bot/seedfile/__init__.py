"""Parse seed files: bytes become a `Seed`, or a `SeedProblem` that says how to fix the file."""
