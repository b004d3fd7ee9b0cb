"""What an admin must know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


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
