"""Register all commands with the client, and send them to Discord if they changed: it allows 200 creations a day."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import discord
import structlog

from bot.chat.answering.groups import GROUPS
from bot.chat.commands import admin, content, delivery, digest, my, related, schedule, search, settings, setup, suggest
from bot.chat.commands.buttons import SignedItem, on_interaction
from bot.chat.error_answers import answer_error, ignore_late_autocomplete
from bot.render.format.clip import clip

if TYPE_CHECKING:
    from discord import app_commands

    from bot.chat.account.client import NewsClient
    from bot.store.port.admin import AdminStore

log = structlog.get_logger(__name__)

_SENT_FOR: Final = timedelta(days=1)

_ABOUT_NOW: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS})
"""Refusals that say nothing about the commands."""

_LONGEST_ERROR: Final = 200

FEATURES = (admin, content, delivery, digest, my, related, schedule, search, settings, setup, suggest)
"""Importing one adds its commands to their groups."""

SINGLE: Final[tuple[app_commands.Command[Any, ..., Any], ...]] = (admin.show_help, setup.setup)
"""The slash commands that are in no group."""


def install(client: NewsClient) -> None:
    """Add everything to the client."""
    for group in GROUPS:
        client.tree.add_command(group)
    for command in SINGLE:
        client.tree.add_command(command)
    client.tree.add_command(related.related_of_message)
    client.tree.add_command(suggest.suggest_of_message)
    client.tree.error(answer_error)
    ignore_late_autocomplete()
    client.add_dynamic_items(SignedItem)
    client.event(on_interaction)


async def sync(client: NewsClient) -> None:
    """Send the client's commands to Discord if they changed.

    Raises:
        discord.HTTPException: Discord could not take them now; trying again later can help.
    """
    await sync_commands(client.tree, client.services.store.admin, now=client.services.clock.now())


async def sync_commands(tree: app_commands.CommandTree[discord.Client], store: AdminStore, *, now: datetime) -> bool:
    """Send the commands unless the same ones were sent, or refused, for this application within a day.

    Another program with the same token may have replaced them meanwhile, so they are sent again after a day; commands
    that Discord has already don't count toward the day's creations.

    Returns:
        True if Discord took them.

    Raises:
        discord.HTTPException: Discord could not take them now (5xx, 429).
    """
    payload = [command.to_dict(tree) for command in tree.get_commands()]
    wanted = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
    name = f"commands:{tree.client.application_id}"
    if _is_recent(await store.find_setting(name), wanted, now):
        return False
    try:
        await tree.sync()
    except discord.HTTPException as error:
        if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR or error.status in _ABOUT_NOW:
            raise
        log.warning("Discord refused the commands; the earlier ones remain", error=clip(str(error), _LONGEST_ERROR))
        is_sent = False
    else:
        log.info("commands were sent to Discord", count=len(payload))
        is_sent = True
    await store.save_setting(name, f"{wanted} {now.isoformat()}")
    return is_sent


def _is_recent(stored: str | None, wanted: str, now: datetime) -> bool:
    """Return True if `stored` (hash and moment, as saved above) is about the same commands, less than a day ago."""
    sent, _, at = (stored or "").partition(" ")
    return sent == wanted and bool(at) and abs(now - datetime.fromisoformat(at)) < _SENT_FOR
