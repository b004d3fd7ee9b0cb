"""Gateway intents, and the events that each subscribes to (docs, Gateway, List of Intents)."""

from __future__ import annotations

from typing import Final

GUILDS: Final = 1 << 0
GUILD_MEMBERS: Final = 1 << 1
GUILD_PRESENCES: Final = 1 << 8
GUILD_MESSAGES: Final = 1 << 9
DIRECT_MESSAGES: Final = 1 << 12
MESSAGE_CONTENT: Final = 1 << 15

PRIVILEGED: Final = GUILD_MEMBERS | GUILD_PRESENCES | MESSAGE_CONTENT
KNOWN: Final = (1 << 26) - 1
"""Higher bits are not intents; a client that sends one is closed with 4013."""

_ALWAYS: Final = frozenset({"INTERACTION_CREATE", "READY", "RESUMED"})


def needed(event: str, *, in_guild: bool) -> int:
    """The intent that an event needs; 0 for an event that is always sent."""
    if event in _ALWAYS:
        return 0
    if event.startswith("MESSAGE_"):
        return GUILD_MESSAGES if in_guild else DIRECT_MESSAGES
    if event.startswith("GUILD_MEMBER_"):
        return GUILD_MEMBERS
    return GUILDS
