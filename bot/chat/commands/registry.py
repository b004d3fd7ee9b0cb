"""What the client offers: every command, the menu and the dynamic items, sent to Discord where they changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.chat.commands import admin, content, delivery, digest, related, schedule, search
from bot.chat.commands.buttons import Press
from bot.chat.commands.errors import pass_over_late_completions, tell_error
from bot.chat.commands.groups import ADMIN, CONTENT, DIGEST, NEWS, SCHEDULE
from bot.chat.commands.sync import sync_commands

if TYPE_CHECKING:
    from bot.chat.account.client import NewsClient

FEATURES = (admin, content, delivery, digest, related, schedule, search)
"""Importing one adds its commands to their roots."""


async def install(client: NewsClient) -> None:
    """Add everything to the client, and send the commands to Discord where they changed."""
    for root in (NEWS, DIGEST, SCHEDULE, CONTENT, ADMIN):
        client.tree.add_command(root)
    client.tree.add_command(admin.show_help)
    client.tree.add_command(related.related_of_message)
    client.tree.error(tell_error)
    pass_over_late_completions()
    client.add_dynamic_items(Press)
    await sync_commands(client.tree, client.desk.store.admin)
