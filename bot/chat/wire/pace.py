"""Back off between gateway connections that don't last, whatever ended them.

discord.py reconnects at once after op 7, op 9 and most closes: against a gateway that sends them each time it opened
hundreds of connections in 20 s.
"""

from __future__ import annotations

import math
from typing import Final

from bot.clock import Clock

STEADY_S: Final = 60.0
"""A connection of this length ends the back-off."""

_FIRST_GAP_S: Final = 0.5
_LONGEST_GAP_S: Final = 30.0
"""With the IDENTIFY's own wait this stays below the 60 s that discord.py gives a connection; and commands are back
within a minute of the trouble's end."""

_MANY: Final = 4


class GatewayPace:
    """Lets gateway connections begin, the further apart the more of them were short.

    Attributes:
        last_s: Uptime at which the last one began.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.last_s = -math.inf
        self._short = 0

    async def take_turn(self) -> None:
        """Return when the next connection may begin."""
        since_s = self._clock.uptime() - self.last_s
        self._short = 0 if since_s >= STEADY_S else self._short + 1
        if (wait_s := self._gap_s() - since_s) > 0:
            await self._clock.sleep(wait_s)
        self.last_s = self._clock.uptime()

    @property
    def short_in_a_row(self) -> int:
        """The number of connections in a row that ended early; 0 for a few, and once one lasts."""
        is_over = self._clock.uptime() - self.last_s >= STEADY_S
        return 0 if is_over or self._short < _MANY else self._short

    def _gap_s(self) -> float:
        if not self._short:
            return 0.0
        return min(_LONGEST_GAP_S, _FIRST_GAP_S * 2.0 ** min(self._short - 1, 10))
