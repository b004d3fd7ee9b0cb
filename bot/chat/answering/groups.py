"""The command groups. Discord attaches permissions to a group, so members' and admins' groups are separate.

Each says where it can be used: in servers that installed the bot, some in direct messages with it, too. Nobody can
install the bot for themselves, which would bring it into servers that did not ask for it.
"""

from __future__ import annotations

from typing import Final

import discord
from discord import app_commands

_MANAGERS: Final = discord.Permissions(manage_guild=True)
"""Hides a group from all others. Editors see schedules and content once the server's settings show them to their role,
as the answer to `/admin editors add` says: shown by default, they would be in every member's list in every server."""

BY_SERVERS: Final = app_commands.AppInstallationType(guild=True, user=False)
IN_SERVERS: Final = app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False)
ANYWHERE: Final = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False)
"""In servers and in direct messages with the bot; not in other people's."""

in_servers_and_direct_messages = app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
in_servers = app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
installed_by_servers = app_commands.allowed_installs(guilds=True, users=False)

NEWS: Final = app_commands.Group(
    name="news", description="Search and read the news", allowed_contexts=ANYWHERE, allowed_installs=BY_SERVERS
)
DIGEST: Final = app_commands.Group(
    name="digest",
    description="Read this server's editions",
    allowed_contexts=IN_SERVERS,
    allowed_installs=BY_SERVERS,
)
MY: Final = app_commands.Group(
    name="my", description="What the bot keeps of you", allowed_contexts=ANYWHERE, allowed_installs=BY_SERVERS
)
SCHEDULE: Final = app_commands.Group(
    name="schedule",
    description="Schedule digests: what to post, where and when",
    allowed_contexts=IN_SERVERS,
    allowed_installs=BY_SERVERS,
    default_permissions=_MANAGERS,
)
ADMIN: Final = app_commands.Group(
    name="admin",
    description="Check the bot's condition here, and name its editors",
    allowed_contexts=IN_SERVERS,
    allowed_installs=BY_SERVERS,
    default_permissions=_MANAGERS,
)
EDITORS: Final = app_commands.Group(name="editors", description="Roles that manage schedules and content", parent=ADMIN)
CONTENT: Final = app_commands.Group(
    name="content",
    description="Import articles and see refused files",
    allowed_contexts=IN_SERVERS,
    allowed_installs=BY_SERVERS,
    default_permissions=_MANAGERS,
)
GROUPS: Final = (NEWS, DIGEST, MY, SCHEDULE, CONTENT, ADMIN)
