"""Seed files: bytes become a `Seed`, or a `SeedProblem` that a person can act on."""
