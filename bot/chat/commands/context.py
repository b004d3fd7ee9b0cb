"""What a handler works with: the ports, the clock and the keys. Built once by `app`, carried by the client."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, cast
from zoneinfo import ZoneInfo

import discord

from bot.chat.account.client import NewsClient
from bot.chat.commands.quota import Quota
from bot.clock import Clock
from bot.errors import ForbiddenError
from bot.news.article import ShelfId, shelves_seen_by
from bot.news.checkup.runtime import RuntimeStatus
from bot.news.content import ImportLimits, ImportReport
from bot.store.port import Store
from bot.usecases.story import Stories

TEAM_READER: Final = discord.TeamMemberRole.read_only


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What every handler works with.

    Attributes:
        keys: The HMAC keys of custom ids, the current one first.
        zone: The zone in which dates that a member types are read, where no schedule names another.
        runtime: Returns the current status of the running parts.
        stories: Stories under their ids.
        wake_sender: Tells the sender that something was planned; returns at once.
        refresh: Reads the operator's folders again; a report each.
    """

    store: Store
    stories: Stories
    clock: Clock
    keys: tuple[bytes, ...]
    zone: ZoneInfo
    runtime: Callable[[], RuntimeStatus]
    wake_sender: Callable[[], None]
    refresh: Callable[[], Awaitable[tuple[ImportReport, ...]]]
    quota: Quota
    import_limits: ImportLimits = field(default_factory=ImportLimits)


def desk_of(interaction: discord.Interaction) -> Desk:
    """The desk of the client that received the interaction."""
    desk = cast("NewsClient", interaction.client).desk
    if not isinstance(desk, Desk):
        raise TypeError("the client was made without a desk")
    return desk


def shelves_of(interaction: discord.Interaction) -> tuple[ShelfId, ...]:
    """The shelves that the member sees where they ask."""
    return shelves_seen_by(interaction.guild_id)


def guild_of(interaction: discord.Interaction) -> int:
    """The server's id.

    Raises:
        ForbiddenError: outside of a server.
    """
    if interaction.guild_id is None:
        raise ForbiddenError("This works in a server only.", cure="Ask again in a channel of your server.")
    return interaction.guild_id


def require_manager(interaction: discord.Interaction) -> int:
    """The server's id, for a member who may manage it.

    Checked at every call: a server's settings can hand admin commands to anybody.

    Raises:
        ForbiddenError: outside of a server, or without Manage Server.
    """
    guild_id = guild_of(interaction)
    if not interaction.permissions.manage_guild:
        raise ForbiddenError(
            "This is for members who may manage the server.", cure="Ask an admin, or for the Manage Server permission."
        )
    return guild_id


def is_owner(interaction: discord.Interaction) -> bool:
    """True for who owns the application, or belongs to the team that does (but for those who may only look)."""
    information = interaction.client.application
    if information is None:
        return False
    if information.team is None:
        return interaction.user.id == information.owner.id
    members = information.team.members
    return any(member.id == interaction.user.id and member.role is not TEAM_READER for member in members)


def require_owner(interaction: discord.Interaction) -> None:
    """Go on for the bot's owner only.

    Raises:
        ForbiddenError: for everybody else.
    """
    if not is_owner(interaction):
        raise ForbiddenError(
            "This is for who owns and operates the bot.", cure="Bring in your own articles with /content import."
        )
