"""The two fault tables of the delivery protocol, row by row: what a channel shows after each of them.

`test_discord_*` is what can go wrong on Discord's side: every row about posts runs at the first part of an edition, at
a middle part and at a retry (`places`). `test_store_*` and `test_clock*` are the rows of the store and the clock. A
test is named after its row, so comparing the table with `pytest --collect-only -q tests/faults` finds each one.
All of it runs with discord.py unmodified against the sandbox, on real SQLite files.
"""
