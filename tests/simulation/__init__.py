"""A simulation of the delivery core: one thread, one seeded source of chance, and no real time at all.

The core is the real one (`bot.usecases.delivery`, `bot.usecases.schedule`); what is simulated is around it: the event
loop and its clocks (`loop`, `clock`), the store (`memory`, held to the contract tests of `tests/store`), Discord and
the way there (`discord`, `messenger`), and the process that is killed and frozen (`process`). `world` puts them
together, `oracle` counts what was lost and doubled. `python -m tests.simulation --seed N` plays one seed again.
"""
