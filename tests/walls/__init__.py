"""The wall between servers as a generated test: `make walls`. What one server does changes no answer elsewhere."""
