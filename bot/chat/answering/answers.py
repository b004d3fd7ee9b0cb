"""Answer interactions: a handler's drafts become the messages that Discord waits for.

Discord wants a first answer within 3 seconds. An answer that takes longer than one second is deferred, so that slow
work shows a "thinking" line instead of failing.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Concatenate, Final, ParamSpec, Protocol, TypeAlias, TypeVar

import discord
import structlog

from bot.chat.answering.context import TOKEN_LIFE_S, Context, context_of
from bot.chat.door import Effect, admitted, declare
from bot.chat.posting.components import to_view
from bot.chat.posting.forms import to_modal
from bot.errors import NewsdeskError
from bot.news.message.draft import Draft
from bot.news.message.form import Form
from bot.render.reading import with_notes
from bot.render.setup import draft_opener
from bot.store.port.patience import waiting_at_most

log = structlog.get_logger(__name__)

DEFER_AFTER_S: Final = 1.0

WRITE_WITHIN_S: Final = 2.0
"""Time limit of a command's writes while another process holds the database: the member is answered within 3 s."""

UNREADABLE: Final = "This server's own articles can't be read at the moment, so this is without them."

ALREADY_ANSWERED: Final = 40060
_DEAD: Final = frozenset({10008, 10015, 10062, 50027, ALREADY_ANSWERED})
"""Unknown Message (a dismissed answer), Unknown Webhook, Unknown Interaction, Invalid Webhook Token: nobody can be
answered with this token any more."""

NO_MENTIONS: Final = discord.AllowedMentions.none()

_IS_DEFERRED: Final = "newsdesk_is_deferred"

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class WithFile:
    """A private answer with a file of text below it."""

    draft: Draft
    name: str
    text: str


Answer: TypeAlias = Draft | tuple[Draft, ...] | WithFile | Form
"""The first message, and any that follow it; or a form."""

Args: TypeAlias = tuple[str, ...]
"""A button's arguments."""

Pressed: TypeAlias = Callable[[discord.Interaction, Args], Coroutine[Any, Any, None]]
"""Handles a press."""


class Answering(Protocol):
    """Turns a coroutine function that returns an answer into a handler of interactions.

    Its other parameters stay as they are, so that discord.py finds a command's options in them.
    """

    def __call__(
        self, handler: Callable[Concatenate[Context, P], Coroutine[Any, Any, Answer]], /
    ) -> Callable[Concatenate[discord.Interaction, P], Coroutine[Any, Any, None]]:
        """Wrap the handler."""


def answers(effect: Effect) -> Answering:
    """Let a handler with this effect be answered privately."""

    def declared(
        handler: Callable[Concatenate[Context, P], Coroutine[Any, Any, Answer]],
    ) -> Callable[Concatenate[discord.Interaction, P], Coroutine[Any, Any, None]]:
        @functools.wraps(handler)
        async def handle(interaction: discord.Interaction, /, *args: P.args, **kwargs: P.kwargs) -> None:
            context = context_of(interaction)
            await answer(context, effect, lambda: handler(context, *args, **kwargs), _button_args(args))

        # discord.py would look the names of annotations up in this module, not in the handler's.
        handle.__signature__ = inspect.signature(handler, eval_str=True)  # type: ignore[attr-defined] # what discord.py reads
        return declare(handle, effect)

    return declared


def archive_answers(effect: Effect) -> Answering:
    """As `answers`, for an answer that depends on the archive: it says what it lacks at the moment."""

    def declared(
        handler: Callable[Concatenate[Context, P], Coroutine[Any, Any, Answer]],
    ) -> Callable[Concatenate[discord.Interaction, P], Coroutine[Any, Any, None]]:
        @functools.wraps(handler)
        async def noted(context: Context, /, *args: P.args, **kwargs: P.kwargs) -> Answer:
            try:
                answered = await handler(context, *args, **kwargs)
            except NewsdeskError as error:
                error.cure = " ".join(filter(None, (error.cure, *_lacking(context))))
                raise
            lacking = _lacking(context)
            if not lacking or isinstance(answered, WithFile | Form):
                return answered
            return with_notes(answered, lacking)

        return answers(effect)(noted)

    return declared


def _lacking(context: Context) -> list[str]:
    """What an answer from the archive lacks at the moment, in sentences."""
    reading = context.services.reading()
    found = [] if reading is None else [reading.text]
    if any(context.store.articles.is_unreadable(shelf) for shelf in context.shelves):
        found.append(UNREADABLE)
    return found


def _button_args(args: Sequence[object]) -> Sequence[str]:
    """The arguments of a button, which its handler takes as one tuple; a command has none."""
    return args[0] if args and isinstance(args[0], tuple) else ()


async def answer(
    context: Context, effect: Effect, work: Callable[[], Coroutine[Any, Any, Answer]], args: Sequence[str] = ()
) -> None:
    """Do the work and answer privately with its drafts: at once, or deferred if it takes longer than a second.

    Whatever the work raises is raised here, also after a deferral; the error handler answers it.
    """
    interaction = context.interaction
    task = _start(context, effect, work, args)
    done, _ = await asyncio.wait({task}, timeout=DEFER_AFTER_S)
    if not done:
        await _defer(interaction, task, ephemeral=True, thinking=True)
    answered = await task
    if has_expired(interaction):
        log.info("an answer came after the interaction's token had expired")
        return
    if isinstance(answered, Form):
        if not _is_answered(interaction):
            await interaction.response.send_modal(_modal_for(interaction, answered))
            return
        answered = draft_opener(answered)
    first, *rest = answered if isinstance(answered, tuple) else (answered,)
    await send(interaction, first)
    await _send_after(interaction, rest)


async def _send_after(interaction: discord.Interaction, drafts: Sequence[Draft | WithFile]) -> None:
    """Send the drafts below a first answer."""
    for draft in drafts:
        await interaction.followup.send(view=view_for(interaction, draft), ephemeral=True, allowed_mentions=NO_MENTIONS)


def view_for(interaction: discord.Interaction, answered: Draft | WithFile) -> discord.ui.LayoutView:
    """Convert an answer to components whose private buttons belong to this member and server."""
    services = context_of(interaction).services
    view = to_view(
        answered.draft if isinstance(answered, WithFile) else answered,
        keys=services.keys,
        user_id=interaction.user.id,
        guild_id=interaction.guild_id,
        now=services.clock.now(),
    )
    if isinstance(answered, WithFile):
        view.add_item(discord.ui.File(f"attachment://{answered.name}"))
    return view


def _modal_for(interaction: discord.Interaction, form: Form) -> discord.ui.Modal:
    services = context_of(interaction).services
    return to_modal(
        form,
        keys=services.keys,
        user_id=interaction.user.id,
        guild_id=interaction.guild_id,
        now=services.clock.now(),
    )


def _files_of(answered: Draft | WithFile) -> list[discord.File]:
    if not isinstance(answered, WithFile):
        return []
    return [discord.File(BytesIO(answered.text.encode(errors="replace")), filename=answered.name)]


async def send(interaction: discord.Interaction, answered: Draft | WithFile, *, private: bool = True) -> None:
    """Send an answer as the first one, or as the content of a deferred one."""
    view, files = view_for(interaction, answered), _files_of(answered)
    if _is_answered(interaction):
        await interaction.edit_original_response(view=view, attachments=files)
    else:
        await interaction.response.send_message(view=view, files=files, ephemeral=private, allowed_mentions=NO_MENTIONS)


Replacement: TypeAlias = Draft | tuple[Draft, ...] | WithFile
"""What a message is replaced by, and any that follow it."""


def replaces(effect: Effect) -> Callable[[Callable[[Context, Args], Coroutine[Any, Any, Replacement]]], Pressed]:
    """Let a button with this effect replace the message that it is in."""

    def declared(handler: Callable[[Context, Args], Coroutine[Any, Any, Replacement]]) -> Pressed:
        @functools.wraps(handler)
        async def handle(interaction: discord.Interaction, args: Args, /) -> None:
            context = context_of(interaction)
            await _replace(context, _start(context, effect, lambda: handler(context, args), args))

        return declare(handle, effect)

    return declared


async def _replace(context: Context, task: asyncio.Task[Replacement]) -> None:
    interaction = context.interaction
    done, _ = await asyncio.wait({task}, timeout=DEFER_AFTER_S)
    if not done:
        await _defer(interaction, task)
    answered = await task
    first, *rest = answered if isinstance(answered, tuple) else (answered,)
    view, files = view_for(interaction, first), _files_of(first)
    if has_expired(interaction):
        log.info("an answer came after the interaction's token had expired")
        return
    if _is_answered(interaction):
        await interaction.edit_original_response(view=view, attachments=files, allowed_mentions=NO_MENTIONS)
    else:
        await interaction.response.edit_message(view=view, attachments=files, allowed_mentions=NO_MENTIONS)
    await _send_after(interaction, rest)


def posts(effect: Effect) -> Callable[[Callable[[Context, Args], Coroutine[Any, Any, Draft]]], Pressed]:
    """Let a button with this effect post to the channel, once however often it is pressed."""

    def declared(handler: Callable[[Context, Args], Coroutine[Any, Any, Draft]]) -> Pressed:
        @functools.wraps(handler)
        async def handle(interaction: discord.Interaction, args: Args, /) -> None:
            context = context_of(interaction)
            with context.services.shared.first(_button_of(interaction)):
                draft = await _start(context, effect, lambda: handler(context, args), args)
                await send(interaction, draft, private=False)

        return declare(handle, effect)

    return declared


def _button_of(interaction: discord.Interaction) -> str:
    """Name a button: the message that it is in, and what it does there."""
    message = interaction.message.id if interaction.message is not None else 0
    return f"{message}|{dict(interaction.data or {}).get('custom_id')}"


def _start(
    context: Context, effect: Effect, work: Callable[[], Coroutine[Any, Any, T]], args: Sequence[str]
) -> asyncio.Task[T]:
    """Start the work of a command once it is admitted.

    What it writes waits for other processes only as long as a member should.
    """
    context.note_arrival()

    async def admitted_work() -> T:
        async with admitted(context, effect, args):
            return await work()

    with waiting_at_most(WRITE_WITHIN_S):
        return asyncio.create_task(admitted_work())


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


def has_expired(interaction: discord.Interaction) -> bool:
    """True if the interaction's token is no longer valid: an answer would be refused."""
    return context_of(interaction).age_s >= TOKEN_LIFE_S
