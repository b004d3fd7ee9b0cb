"""The language of the house: frozen values and pure rules. Standard library only, no I/O."""
