"""Faults planted in the code, each with the proof that must catch it: `make mutants`."""
