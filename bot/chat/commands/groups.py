"""The commands' roots. Discord hangs permissions on a root, so members' and admins' roots are separate."""

from __future__ import annotations

from typing import Final

import discord
from discord import app_commands

_MANAGERS: Final = discord.Permissions(manage_guild=True)

NEWS: Final = app_commands.Group(name="news", description="Search and read the news")
DIGEST: Final = app_commands.Group(name="digest", description="Read the editions of this server", guild_only=True)
SCHEDULE: Final = app_commands.Group(
    name="schedule",
    description="Order digests: what is posted where and when",
    guild_only=True,
    default_permissions=_MANAGERS,
)
ADMIN: Final = app_commands.Group(
    name="admin",
    description="How the bot is doing here",
    guild_only=True,
    default_permissions=_MANAGERS,
)
CONTENT: Final = app_commands.Group(
    name="content",
    description="Bring articles in, and see what was refused",
    guild_only=True,
    default_permissions=_MANAGERS,
)
