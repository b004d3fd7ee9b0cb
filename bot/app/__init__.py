"""The running program: configuration, start and stop order, the clock tick, the folder watch, the demo."""
