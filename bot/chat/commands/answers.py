"""Answer interactions: a handler's drafts become the messages that Discord waits for.

Discord wants a first answer within 3 seconds. An answer that takes longer than one second is deferred, so that slow
work shows a "thinking" line instead of failing.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from typing import Any, Concatenate, Final, ParamSpec, TypeAlias, TypeVar

import discord
import structlog

from bot.chat.account.components import to_view
from bot.chat.admission import Admission
from bot.chat.commands.context import Context, context_of
from bot.errors import NewsdeskError, TooManyError
from bot.news.message.draft import Draft
from bot.render.reading import with_reading
from bot.store.port.patience import waiting_at_most

log = structlog.get_logger(__name__)

DEFER_AFTER_S: Final = 1.0

WRITE_WITHIN_S: Final = 2.0
"""Time limit of a command's writes while another process holds the database: the member is answered within 3 s."""

ALREADY_ANSWERED: Final = 40060
_DEAD: Final = frozenset({10008, 10015, 10062, 50027, ALREADY_ANSWERED})
"""Unknown Message (a dismissed answer), Unknown Webhook, Unknown Interaction, Invalid Webhook Token: nobody can be
answered with this token any more."""

TOKEN_LIFE_S: Final = 15 * 60.0
"""An interaction's token is valid for 15 minutes (Discord's documentation, Receiving and Responding)."""

_ARRIVED_S: Final = "newsdesk_arrived_s"
NO_MENTIONS: Final = discord.AllowedMentions.none()

_IS_DEFERRED: Final = "newsdesk_is_deferred"

P = ParamSpec("P")
T = TypeVar("T")
Answer: TypeAlias = Draft | tuple[Draft, ...]
"""The first message, and any that follow it."""


def answers(
    handler: Callable[Concatenate[Context, P], Coroutine[Any, Any, Answer]],
) -> Callable[Concatenate[discord.Interaction, P], Coroutine[Any, Any, None]]:
    """Turn a coroutine that returns an answer into a handler of interactions that sends it privately.

    Its other parameters stay as they are, so that discord.py finds a command's options in them.
    """

    @functools.wraps(handler)
    async def handle(interaction: discord.Interaction, /, *args: P.args, **kwargs: P.kwargs) -> None:
        await answer(interaction, handler(context_of(interaction), *args, **kwargs))

    # discord.py would look the names of annotations up in this module, not in the handler's.
    handle.__signature__ = inspect.signature(handler, eval_str=True)  # type: ignore[attr-defined] # what discord.py reads
    return handle


def archive_answers(
    handler: Callable[Concatenate[Context, P], Coroutine[Any, Any, Answer]],
) -> Callable[Concatenate[discord.Interaction, P], Coroutine[Any, Any, None]]:
    """As `answers`, for an answer that depends on the archive: while that is still read, it says so."""

    @functools.wraps(handler)
    async def noted(context: Context, /, *args: P.args, **kwargs: P.kwargs) -> Answer:
        try:
            answered = await handler(context, *args, **kwargs)
        except NewsdeskError as error:
            if (reading := context.services.reading()) is not None:
                error.cure = f"{error.cure} {reading.text}".strip()
            raise
        reading = context.services.reading()
        return answered if reading is None else with_reading(answered, reading)

    return answers(noted)


async def answer(interaction: discord.Interaction, work: Coroutine[Any, Any, Answer]) -> None:
    """Do the work and answer privately with its drafts: at once, or deferred if it takes longer than a second.

    Whatever the work raises is raised here, also after a deferral; the error handler answers it.
    """
    note_arrival(interaction)
    with ExitStack() as running:
        try:
            running.enter_context(context_of(interaction).services.quota.one(interaction.user.id))
        except TooManyError:
            work.close()  # it never begins
            raise
        task = _start(interaction, work)
        done, _ = await asyncio.wait({task}, timeout=DEFER_AFTER_S)
        if not done:
            await _defer(interaction, task, ephemeral=True, thinking=True)
        answered = await task
        if has_expired(interaction):
            log.info("an answer came after the interaction's token had expired")
            return
        first, *rest = (answered,) if isinstance(answered, Draft) else answered
        await send(interaction, first)
        for draft in rest:
            await interaction.followup.send(
                view=view_for(interaction, draft), ephemeral=True, allowed_mentions=NO_MENTIONS
            )


def view_for(interaction: discord.Interaction, draft: Draft) -> discord.ui.LayoutView:
    """Convert a draft to components whose private buttons belong to this member and server."""
    services = context_of(interaction).services
    return to_view(
        draft,
        keys=services.keys,
        user_id=interaction.user.id,
        guild_id=interaction.guild_id,
        now=services.clock.now(),
    )


async def send(interaction: discord.Interaction, draft: Draft, *, private: bool = True) -> None:
    """Send a draft as the first answer, or as the content of a deferred one."""
    view = view_for(interaction, draft)
    if _is_answered(interaction):
        await interaction.edit_original_response(view=view)
    else:
        await interaction.response.send_message(view=view, ephemeral=private, allowed_mentions=NO_MENTIONS)


async def replace(interaction: discord.Interaction, work: Coroutine[Any, Any, Draft]) -> None:
    """Do the work and replace the message of the pressed button with its draft."""
    note_arrival(interaction)
    task = _start(interaction, work)
    done, _ = await asyncio.wait({task}, timeout=DEFER_AFTER_S)
    if not done:
        await _defer(interaction, task)
    view = view_for(interaction, await task)
    if has_expired(interaction):
        log.info("an answer came after the interaction's token had expired")
        return
    if _is_answered(interaction):
        await interaction.edit_original_response(view=view, allowed_mentions=NO_MENTIONS)
    else:
        await interaction.response.edit_message(view=view, allowed_mentions=NO_MENTIONS)


def _start(interaction: discord.Interaction, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """Start the work of a command when it is its turn.

    What it writes waits for other processes only as long as a member should.
    """
    with waiting_at_most(WRITE_WITHIN_S):
        return asyncio.create_task(_in_turn(context_of(interaction).services.admission, work))


async def _in_turn(admission: Admission, work: Coroutine[Any, Any, T]) -> T:
    try:
        async with admission.turn():
            return await work
    finally:
        work.close()  # it may never have begun


async def _defer(interaction: discord.Interaction, work: asyncio.Future[Any], **how: bool) -> None:
    """Ask Discord for more time; if it refuses, the work's result is dropped."""
    try:
        await interaction.response.defer(**how)
    except discord.HTTPException as error:
        if error.code != ALREADY_ANSWERED:
            work.add_done_callback(_log_failure)
            raise
        # Discord took the deferral but its answer was lost: discord.py tried again and doesn't know that it is done.
        interaction.extras[_IS_DEFERRED] = True


def _is_answered(interaction: discord.Interaction) -> bool:
    return interaction.response.is_done() or _IS_DEFERRED in interaction.extras


def _log_failure(work: asyncio.Future[Any]) -> None:
    if not work.cancelled() and (error := work.exception()) is not None:
        log.info("work for an expired interaction failed", error=f"{type(error).__name__}: {error}")


def is_too_late(error: BaseException | None) -> bool:
    """True if Discord refused an answer because the interaction has expired or is answered already."""
    return isinstance(error, discord.HTTPException) and error.code in _DEAD


def note_arrival(interaction: discord.Interaction) -> None:
    """Note when an interaction arrived, by the uptime: its own moment is Discord's time."""
    interaction.extras.setdefault(_ARRIVED_S, context_of(interaction).services.clock.uptime())


def has_expired(interaction: discord.Interaction) -> bool:
    """True if the interaction's token is no longer valid: an answer would be refused."""
    arrived_s = interaction.extras.get(_ARRIVED_S)
    return arrived_s is not None and context_of(interaction).services.clock.uptime() - arrived_s >= TOKEN_LIFE_S
