"""Publish a message to the followers of its announcement channel: one request, limited to ten an hour."""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus
from typing import Any, Final

import discord

from bot.chat.account.error_mapping import refusal_of
from bot.chat.wire import PostWatch, TooEarlyError, Wire
from bot.news.message.messenger import Outcome, Posted

FENCE_S: Final = 60.0

_PUBLISHED_BEFORE: Final = 40033


async def publish_message(client: discord.Client, wire: Wire, channel_id: int, message_id: int) -> Outcome:
    """Publish a message, as `Messenger.publish` does.

    The request that empties a bucket returns from discord.py only when the bucket is full again, an hour later
    (docs/platform.md, Behaviour), and the next one would wait inside it. So the answer is taken from the wire, and a
    channel whose bucket is empty is not asked.
    """
    path = f"/api/v10/channels/{channel_id}/messages/{message_id}/crosspost"
    if (left_s := wire.waits.left_s("POST", path)) > 0:
        return refusal_of(TooEarlyError(left_s))
    message = client.get_partial_messageable(channel_id).get_partial_message(message_id)
    with wire.watch(FENCE_S) as watch:
        publishing = asyncio.create_task(message.publish())
        publishing.add_done_callback(lambda task: task.cancelled() or task.exception())  # it may never be awaited again
        try:
            await _until_answered(publishing, watch)
            if (empty_s := watch.empty_for_s) is not None:
                wire.waits.add("POST", path, empty_s, is_global=False)
                await _raise_refusal(watch)
            else:
                await publishing
        except discord.HTTPException as error:
            return Posted(message_id=message_id) if error.code == _PUBLISHED_BEFORE else refusal_of(error)
        except Exception as error:  # noqa: BLE001 - the network, or our own wire
            return refusal_of(error)
        finally:
            publishing.cancel()  # it has its answer, or the caller has given up
    return Posted(message_id=message_id)


async def _until_answered(publishing: asyncio.Task[None], watch: PostWatch) -> None:
    answered: asyncio.Task[Any] = asyncio.create_task(watch.answered.wait())
    waits: set[asyncio.Task[Any]] = {publishing, answered}
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        answered.cancel()


async def _raise_refusal(watch: PostWatch) -> None:
    """Raise the error that discord.py would have raised an hour later."""
    if watch.answer is not None and watch.answer.status >= HTTPStatus.BAD_REQUEST:
        raise discord.HTTPException(watch.answer, json.loads(await watch.answer.text(encoding="utf-8")))
