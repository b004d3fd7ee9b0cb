"""Output of the command line: lines of text, and the printer that fits them to the terminal."""
