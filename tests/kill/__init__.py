"""The kill test: real processes, killed at random moments, and one message for each delivery all the same.

The sandbox runs in the process that watches; the sending process is the real one: the SQLite file, discord.py, the
protocol. `python -m tests.kill --help` says what can be varied.
"""
