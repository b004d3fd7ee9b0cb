"""Ask Discord for a person's rights when they are used; what was known at an earlier moment may have changed."""

from __future__ import annotations

from typing import Final

import discord
import structlog

from bot.chat.wire import with_retries
from bot.clock import Clock
from bot.news.servers.access import Access, access_of
from bot.store.port.editors import EditorStore

log = structlog.get_logger(__name__)

_READ_ONLY: Final = discord.TeamMemberRole.read_only

_NOT_IN_IT: Final = frozenset({10004, 10007, 10013, 50001})
"""Unknown Guild, Unknown Member, Unknown User, Missing Access."""


async def find_access(
    client: discord.Client, clock: Clock, editors: EditorStore, *, guild_id: int, user_id: int
) -> Access | None:
    """Ask Discord for a user's permissions and roles in a server now; None, which permits nothing, if unknown."""
    try:
        guild = await with_retries(lambda: client.fetch_guild(guild_id, with_counts=False), clock)
        member = await with_retries(lambda: guild.fetch_member(user_id), clock)
    except discord.HTTPException as error:
        if error.code in _NOT_IN_IT:
            return Access.MEMBER
        log.info("a member's permissions are unknown", guild=guild_id, error=str(error))
    except Exception as error:  # noqa: BLE001 - the network, or our own wire: neither is an answer
        log.info("a member's permissions are unknown", guild=guild_id, error=repr(error))
    else:
        return access_of(
            manages=member.guild_permissions.manage_guild,
            roles=[role.id for role in member.roles],
            editor_roles=await editors.editor_roles(guild_id),
        )
    return None


async def find_owner(client: discord.Client, clock: Clock) -> int | None:
    """Ask Discord for the user who owns the application now; None if it doesn't answer."""
    application = await _find_application(client, clock)
    return application.owner.id if application is not None else None


async def is_owner(client: discord.Client, clock: Clock, user_id: int) -> bool | None:
    """Ask Discord whether a user owns the application now, or may do more than read in the team that owns it.

    None if it doesn't answer, which permits nothing.
    """
    application = await _find_application(client, clock)
    if application is None:
        return None
    if application.team is None:
        return user_id == application.owner.id
    return any(member.id == user_id and member.role is not _READ_ONLY for member in application.team.members)


async def _find_application(client: discord.Client, clock: Clock) -> discord.AppInfo | None:
    try:
        return await with_retries(client.application_info, clock)
    except Exception as error:  # noqa: BLE001 - as in `find_access`
        log.info("the application's owner is unknown", error=repr(error))
    return None
