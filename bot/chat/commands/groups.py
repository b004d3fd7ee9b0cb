"""The command groups. Discord attaches permissions to a group, so members' and admins' groups are separate."""

from __future__ import annotations

from typing import Final

import discord
from discord import app_commands

_MANAGERS: Final = discord.Permissions(manage_guild=True)

NEWS: Final = app_commands.Group(name="news", description="Search and read the news")
DIGEST: Final = app_commands.Group(name="digest", description="Read this server's editions", guild_only=True)
SCHEDULE: Final = app_commands.Group(
    name="schedule",
    description="Schedule digests: what to post, where and when",
    guild_only=True,
    default_permissions=_MANAGERS,
)
ADMIN: Final = app_commands.Group(
    name="admin",
    description="Check the bot's condition in this server",
    guild_only=True,
    default_permissions=_MANAGERS,
)
CONTENT: Final = app_commands.Group(
    name="content",
    description="Import articles and see refused files",
    guild_only=True,
    default_permissions=_MANAGERS,
)
GROUPS: Final = (NEWS, DIGEST, SCHEDULE, CONTENT, ADMIN)
