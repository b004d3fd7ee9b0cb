"""What an admin must know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from bot.news.delivery import DeliveryKey, EditionKey

_UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What an admin must know.

    Attributes:
        cause: A word that stays the same for the same trouble; one notice a cause and day.
        schedule_id: None for one that concerns the server or the instance.
        guild_id: None for the instance's.
        text: Sentences, plain text: what happened, and what to do.
        shown_at: When somebody has read it in an answer, or it was delivered; None before.
    """

    id: int | None = None
    guild_id: int | None
    schedule_id: int | None = None
    cause: str
    text: str
    at: datetime
    shown_at: datetime | None = None


class Notifier(Protocol):
    """Where a notice goes so that an admin meets it."""

    async def notify(self, notice: Notice) -> None:
        """Keep the notice and see to it that somebody reads it; nothing where it was said on that day already.

        It returns when the notice is kept, not when it was read.
        """
        ...


def unknown_cause(key: DeliveryKey) -> str:
    """The cause of the notice that asks an admin about a delivery whose outcome is unknown."""
    return f"{_UNKNOWN} {key.edition} {key.part}"


def find_asked(cause: str) -> tuple[EditionKey, int] | None:
    """The edition and part that a notice asks about; None for a notice that asks nothing."""
    word, _, rest = cause.partition(" ")
    edition, _, part = rest.rpartition(" ")
    return (EditionKey(edition), int(part)) if word == _UNKNOWN and edition and part.isdecimal() else None
