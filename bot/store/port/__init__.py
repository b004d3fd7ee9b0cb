"""One Protocol a feature; the docstrings are the contract that every store is held to by `tests/store`."""
