"""Let what a button does happen once, however often and fast it is pressed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from bot.errors import BadInputError

MOST_KEPT: Final = 10_000
"""Private buttons expire after a day, in which few are shared; a press that was forgotten would share again."""


class Once:
    """Remembers what was done."""

    def __init__(self) -> None:
        self._done: OrderedDict[str, None] = OrderedDict()

    @contextmanager
    def first(self, what: str) -> Iterator[None]:
        """Do something if it is the first time; if it fails, the next time is the first one.

        Raises:
            BadInputError: it was done, or is being done.
        """
        if what in self._done:
            raise BadInputError("You have already shared this.", cure="Use the command again to share it once more.")
        self._done[what] = None
        try:
            yield
        except BaseException:
            self._done.pop(what, None)
            raise
        while len(self._done) > MOST_KEPT:
            self._done.popitem(last=False)
