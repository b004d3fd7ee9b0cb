"""Register all commands with the client, and send them to Discord if they changed: it allows 200 creations a day."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import structlog

from bot.chat.commands import admin, content, delivery, digest, related, schedule, search
from bot.chat.commands.buttons import SignedItem
from bot.chat.commands.errors import answer_error, ignore_late_autocomplete
from bot.chat.commands.groups import GROUPS

if TYPE_CHECKING:
    import discord
    from discord import app_commands

    from bot.chat.account.client import NewsClient
    from bot.store.port.admin import AdminStore

log = structlog.get_logger(__name__)

FEATURES = (admin, content, delivery, digest, related, schedule, search)
"""Importing one adds its commands to their groups."""


async def install(client: NewsClient) -> None:
    """Add everything to the client, and send the commands to Discord if they changed."""
    for group in GROUPS:
        client.tree.add_command(group)
    client.tree.add_command(admin.show_help)
    client.tree.add_command(related.related_of_message)
    client.tree.error(answer_error)
    ignore_late_autocomplete()
    client.add_dynamic_items(SignedItem)
    await sync_commands(client.tree, client.services.store.admin)


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
