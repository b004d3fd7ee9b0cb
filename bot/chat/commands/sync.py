"""Send the commands to Discord only if they changed: it allows 200 creations a day."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    import discord
    from discord import app_commands

    from bot.store.port.admin import AdminStore

log = structlog.get_logger(__name__)


async def sync_commands(tree: app_commands.CommandTree[discord.Client], store: AdminStore) -> bool:
    """Send the commands if their hash differs from the one last sent for this application.

    Returns:
        True if they were sent.

    Raises:
        discord.HTTPException: Discord refused them; the hash is not kept, so the next start tries again.
    """
    payload = [command.to_dict(tree) for command in tree.get_commands()]
    wanted = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
    name = f"commands:{tree.client.application_id}"
    if await store.find_setting(name) == wanted:
        return False
    await tree.sync()
    await store.save_setting(name, wanted)
    log.info("commands were sent to Discord", count=len(payload))
    return True
