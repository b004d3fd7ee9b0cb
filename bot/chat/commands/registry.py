"""Register all commands, the message menu and the dynamic item with the client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.chat.commands import admin, content, delivery, digest, related, schedule, search
from bot.chat.commands.buttons import SignedItem
from bot.chat.commands.errors import answer_error, ignore_late_autocomplete
from bot.chat.commands.groups import GROUPS
from bot.chat.commands.sync import sync_commands

if TYPE_CHECKING:
    from bot.chat.account.client import NewsClient

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
