"""The proof of the protocol: `make proof` runs the simulation at full size and prints what it came to."""
