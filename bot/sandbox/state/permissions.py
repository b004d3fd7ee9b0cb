"""Discord's permission bits, and how roles and channel overwrites combine (docs, Permissions)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.sandbox.errors import SandboxError

BITS: Mapping[str, int] = {
    "create_instant_invite": 1 << 0,
    "kick_members": 1 << 1,
    "ban_members": 1 << 2,
    "administrator": 1 << 3,
    "manage_channels": 1 << 4,
    "manage_guild": 1 << 5,
    "add_reactions": 1 << 6,
    "view_audit_log": 1 << 7,
    "priority_speaker": 1 << 8,
    "stream": 1 << 9,
    "view_channel": 1 << 10,
    "send_messages": 1 << 11,
    "send_tts_messages": 1 << 12,
    "manage_messages": 1 << 13,
    "embed_links": 1 << 14,
    "attach_files": 1 << 15,
    "read_message_history": 1 << 16,
    "mention_everyone": 1 << 17,
    "use_external_emojis": 1 << 18,
    "connect": 1 << 20,
    "speak": 1 << 21,
    "change_nickname": 1 << 26,
    "manage_nicknames": 1 << 27,
    "manage_roles": 1 << 28,
    "manage_webhooks": 1 << 29,
    "use_application_commands": 1 << 31,
    "manage_threads": 1 << 34,
    "create_public_threads": 1 << 35,
    "create_private_threads": 1 << 36,
    "send_messages_in_threads": 1 << 38,
    "moderate_members": 1 << 40,
    "pin_messages": 1 << 51,
}

ALL = (1 << 53) - 1


def bits(names: Iterable[str]) -> int:
    """The bits of permissions by name.

    Raises:
        SandboxError: A name is unknown.
    """
    total = 0
    for name in names:
        if name not in BITS:
            raise SandboxError(f"Unknown permission {name!r}", cure=f"Use one of: {', '.join(BITS)}.")
        total |= BITS[name]
    return total


INVITE = bits(
    (
        "view_channel",
        "send_messages",
        "embed_links",
        "read_message_history",
        "send_messages_in_threads",
    )
)
"""What the bot's own role is granted by README's invite link: 274877991936."""

MEMBERS = bits(
    (
        "create_instant_invite",
        "create_public_threads",
        "add_reactions",
        "stream",
        "attach_files",
        "use_external_emojis",
        "connect",
        "speak",
        "change_nickname",
        "use_application_commands",
    )
)
"""What a new guild grants people beyond `INVITE`. They have it by a role, so that the bot has exactly its invite."""

DIRECT = bits(("view_channel", "send_messages", "embed_links", "attach_files", "read_message_history"))
"""Everyone's permissions in direct messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overwrite:
    """What a channel allows and denies one role or member, on top of the guild's roles; in bits."""

    allow: int = 0
    deny: int = 0

    def changed(self, changes: Mapping[str, bool | None]) -> Overwrite:
        """This overwrite with some permissions allowed (True), denied (False) or left to the roles (None)."""
        allow, deny = self.allow, self.deny
        for name, change in changes.items():
            bit = bits((name,))
            allow = allow | bit if change else allow & ~bit
            deny = deny | bit if change is False else deny & ~bit
        return Overwrite(allow=allow, deny=deny)


def in_channel(
    base: int, overwrites: Mapping[int, Overwrite], *, everyone: int, roles: Iterable[int], member: int
) -> int:
    """Compute a member's permissions in a channel, in Discord's order: @everyone, all roles together, the member.

    Args:
        base: The member's permissions in the whole guild, in bits.
        overwrites: The channel's overwrites, by the id of the role or member.
        everyone: The id of the @everyone role.
        roles: The ids of the member's other roles.
        member: The member's id.
    """
    if base & BITS["administrator"]:
        return ALL
    nothing = Overwrite()
    first = overwrites.get(everyone, nothing)
    value = base & ~first.deny | first.allow
    allow = deny = 0
    for role in roles:
        one = overwrites.get(role, nothing)
        allow |= one.allow
        deny |= one.deny
    value = value & ~deny | allow
    last = overwrites.get(member, nothing)
    value = value & ~last.deny | last.allow
    return value if value & BITS["view_channel"] else 0
