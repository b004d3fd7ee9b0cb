"""Answering: a use case's Draft becomes the message that Discord waits for.

Discord wants a first answer within 3 seconds. Work that takes longer than one is deferred, so that a slow moment costs
a "thinking" line and never the answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

import discord
import structlog

from bot.chat.account.components import to_view
from bot.chat.commands.context import desk_of
from bot.news.message.draft import Draft

log = structlog.get_logger(__name__)

DEFER_AFTER_S: Final = 1.0

UNKNOWN_INTERACTION: Final = 10062
ALREADY_ANSWERED: Final = 40060

_IS_DEFERRED: Final = "newsdesk_is_deferred"


def view_for(interaction: discord.Interaction, draft: Draft) -> discord.ui.LayoutView:
    """The Draft as components whose private buttons belong to this member and server."""
    desk = desk_of(interaction)
    return to_view(
        draft, keys=desk.keys, user_id=interaction.user.id, guild_id=interaction.guild_id, now=desk.clock.now()
    )


async def answer(interaction: discord.Interaction, work: Coroutine[Any, Any, Draft], *, private: bool = True) -> None:
    """Do the work and answer with its Draft: at once, or deferred where it takes longer than a second.

    What the work raises is raised here, after a deferral too: the error handler answers it.
    """
    with desk_of(interaction).quota.one(interaction.user.id):
        task = asyncio.ensure_future(work)
        done, _ = await asyncio.wait({task}, timeout=DEFER_AFTER_S)
        if not done:
            await _defer(interaction, task, ephemeral=private, thinking=True)
        await send(interaction, await task, private=private)


async def answer_all(interaction: discord.Interaction, work: Coroutine[Any, Any, tuple[Draft, ...]]) -> None:
    """As `answer`, privately, for what may need several messages."""
    rest: list[Draft] = []

    async def first() -> Draft:
        drafts = await work
        rest.extend(drafts[1:])
        return drafts[0]

    await answer(interaction, first())
    for draft in rest:
        await interaction.followup.send(view=view_for(interaction, draft), ephemeral=True, allowed_mentions=NO_MENTIONS)


async def send(interaction: discord.Interaction, draft: Draft, *, private: bool = True) -> None:
    """Send a Draft as the first answer, or in the place of a deferred one."""
    view = view_for(interaction, draft)
    if _is_answered(interaction):
        await interaction.edit_original_response(view=view)
    else:
        await interaction.response.send_message(view=view, ephemeral=private, allowed_mentions=NO_MENTIONS)


async def replace(interaction: discord.Interaction, work: Coroutine[Any, Any, Draft]) -> None:
    """Do the work and show its Draft in the place of the message whose button was pressed."""
    task = asyncio.ensure_future(work)
    done, _ = await asyncio.wait({task}, timeout=DEFER_AFTER_S)
    if not done:
        await _defer(interaction, task)
    view = view_for(interaction, await task)
    if _is_answered(interaction):
        await interaction.edit_original_response(view=view, allowed_mentions=NO_MENTIONS)
    else:
        await interaction.response.edit_message(view=view, allowed_mentions=NO_MENTIONS)


async def _defer(interaction: discord.Interaction, work: asyncio.Future[Draft], **how: bool) -> None:
    """Ask Discord for more time; where it refuses, what the work says is for nobody any more."""
    try:
        await interaction.response.defer(**how)
    except discord.HTTPException as error:
        if error.code != ALREADY_ANSWERED:
            work.add_done_callback(_forget)
            raise
        # The deferral was taken and its answer lost: discord.py asked again and doesn't know that it is done.
        interaction.extras[_IS_DEFERRED] = True


def _is_answered(interaction: discord.Interaction) -> bool:
    return interaction.response.is_done() or _IS_DEFERRED in interaction.extras


def _forget(work: asyncio.Future[Draft]) -> None:
    if not work.cancelled() and (error := work.exception()) is not None:
        log.info("work for an answer that came too late failed", error=f"{type(error).__name__}: {error}")


def is_too_late(error: BaseException | None) -> bool:
    """True for an answer to an interaction that is over, or has one already."""
    return isinstance(error, discord.HTTPException) and error.code in {UNKNOWN_INTERACTION, ALREADY_ANSWERED}


NO_MENTIONS: Final = discord.AllowedMentions.none()
