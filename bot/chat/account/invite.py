"""The invite link, and exactly the permissions that the bot uses.

Attach Files is not among them: the bot posts no files to channels. Pictures are shown by Discord from their addresses,
and a report is a private answer to a member (docs/platform.md, The invite).
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

import discord

INVITED: Final = discord.Permissions(
    view_channel=True,
    send_messages=True,
    embed_links=True,
    read_message_history=True,
    send_messages_in_threads=True,
)

_AUTHORIZE: Final = "https://discord.com/oauth2/authorize"


def invite_link(application_id: int) -> str:
    """Build the link with which a server's admin adds the bot."""
    asked = {"client_id": application_id, "scope": "bot applications.commands", "permissions": INVITED.value}
    return f"{_AUTHORIZE}?{urlencode(asked).replace('+', '%20')}"
