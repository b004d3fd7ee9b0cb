"""What a trial is tried under."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.chat.wire.limiter import REQUESTS_PER_S
from bot.news.delivery import Times

USUAL_WINDOW_S: Final = 120.0
"""How long the sandbox remembers a nonce where nothing else is said."""

LATE: Final = 1.3
"""How long a delayed request takes, as a multiple of the time limit on the wire; it takes effect all the same."""

MOST_DIVIDED: Final = 4.0
"""By this the times are divided by default. discord.py repeats a request after 1 s, 3 s and so on, which isn't divided:
with much shorter fences it never does, and nothing depends on the nonce any more. Such a repeat rests on the nonce
alone, so no window may be shorter than all requests of one post take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One kind of trial.

    Attributes:
        deliveries: Parts to bring to their channels.
        kills: How often the sending process is killed.
        divisor: By what the protocol's times and the nonce window are divided, and the sender's own limit over all
            requests is multiplied; 1 for the real ones, with Discord's limits kept, too.
        is_window_short: Whether a nonce is forgotten before a row is tried again, so that only the read-back helps.
        is_broken: Whether the sender neither reads back nor keeps its nonces: it must double.
    """

    deliveries: int = 300
    kills: int = 20
    divisor: float = MOST_DIVIDED
    is_window_short: bool = False
    is_broken: bool = False

    @property
    def name(self) -> str:
        """As the table says it."""
        words = ["broken"] if self.is_broken else []
        return " ".join([*words, "short window" if self.is_window_short else "usual window"])

    @property
    def times(self) -> Times:
        """The protocol's spans."""
        real = Times()
        return Times(
            fence_s=real.fence_s / self.divisor,
            wire_s=real.wire_s / self.divisor,
            settle_s=real.settle_s / self.divisor,
            lease_s=real.lease_s / self.divisor,
        )

    @property
    def nonce_window_s(self) -> float:
        """How long the sandbox remembers a nonce; a short window lasts just as long as the requests of one post."""
        longest_post_s = self.times.fence_s + LATE * self.times.wire_s
        return longest_post_s if self.is_window_short else USUAL_WINDOW_S / self.divisor

    @property
    def requests_per_s(self) -> float:
        """The sender's own limit over all requests."""
        return REQUESTS_PER_S * self.divisor

    @property
    def patience_s(self) -> float:
        """After this long what isn't delivered counts as lost; many times what a trial takes on two cores."""
        return 60.0 + self.deliveries / 5 + self.kills * (10.0 + self.times.lease_s)
