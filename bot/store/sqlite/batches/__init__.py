"""Imports of a server as batches: what they were, what they replaced, and how one is rolled back."""
