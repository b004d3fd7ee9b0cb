"""The program `newsdesk`, also as `python -m bot`: signals first, then the command line."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence


def main() -> None:
    """Run the command that was typed."""
    if names_run(sys.argv[1:]):
        end_quietly()
    from bot.cli.main import main as run_command  # noqa: PLC0415 - takes a second, in which a signal must not be lost

    run_command()


def names_run(arguments: Sequence[str]) -> bool:
    """True if the command among the arguments is `run`."""
    words = iter(arguments)
    for word in words:
        if word == "--config":
            next(words, None)
        elif not word.startswith("-"):
            return word == "run"
    return False


def end_quietly() -> None:
    """Let SIGTERM and Ctrl-C end the process with status 0, until the running bot handles them itself.

    Nothing is open yet, so there is nothing to close. Without a handler SIGTERM would end the process by the signal;
    the first process of a container would ignore it.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os._exit(0))


if __name__ == "__main__":
    main()
