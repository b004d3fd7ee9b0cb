"""The one door: whatever a member sets off passes here before anything is done, or is refused here.

Each command, menu, button and completion declares its effect: which quota it counts toward, who may cause it, and how
long it is worth doing. `admitted` decides all of that, so that no handler decides alone; `tests/kinds/test_door.py`
finds every handler and shows that it passes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from bot.chat.answering.context import TOKEN_LIFE_S, Context
from bot.chat.quota import Counted
from bot.errors import LateError, UnknownScheduleError
from bot.news.delivery import ScheduleId
from bot.news.servers.access import Access

AnyCallback = TypeVar("AnyCallback", bound=Callable[..., Any])

Right = Callable[[Context, Sequence[str]], Awaitable[None]]
"""Raises ForbiddenError unless the member may; given the context and a button's arguments."""

COMPLETED_WITHIN_S: Final = 3.0
"""Discord shows no completion after that (its documentation, Receiving and Responding)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a handler does, as far as it concerns others.

    Attributes:
        name: For people who read a log or a test.
        counted: The quota that it counts toward.
        right: Refuses members who may not cause it.
        within_s: Seconds after its arrival from which on nobody would see it.
    """

    name: str
    counted: Counted
    right: Right
    within_s: float = TOKEN_LIFE_S


async def _anyone(_context: Context, _args: Sequence[str]) -> None:
    """Refuse nobody: the answer is private, and the server's own settings decide who sees a command."""


async def _poster(context: Context, _args: Sequence[str]) -> None:
    context.require_post()


async def _suggester(context: Context, _args: Sequence[str]) -> None:
    context.require_seen()


async def _editor(context: Context, _args: Sequence[str]) -> None:
    await context.require(Access.EDITOR)


async def _manager(context: Context, _args: Sequence[str]) -> None:
    await context.require(Access.MANAGER)


async def _owner(context: Context, _args: Sequence[str]) -> None:
    await context.require(Access.MANAGER)
    await context.require_owner()


async def _editor_of_schedule(context: Context, args: Sequence[str]) -> None:
    schedule = await context.store.schedules.find_schedule(ScheduleId(int(args[0])))
    if schedule is None:
        raise UnknownScheduleError("That schedule was deleted.", cure="Nothing to do.")
    await context.require_of(schedule.guild_id, Access.EDITOR)


async def _editor_of_server(context: Context, args: Sequence[str]) -> None:
    await context.require_of(int(args[0]), Access.EDITOR)


READ: Final = Effect(name="read", counted=Counted.COMMANDS, right=_anyone)
PAGE: Final = Effect(name="page", counted=Counted.PAGES, right=_anyone)
COMPLETE: Final = Effect(name="complete", counted=Counted.COMPLETIONS, right=_anyone, within_s=COMPLETED_WITHIN_S)
COMPLETE_FOR_EDITORS: Final = Effect(
    name="complete for editors", counted=Counted.COMPLETIONS, right=_editor, within_s=COMPLETED_WITHIN_S
)
SHARE: Final = Effect(name="share", counted=Counted.SHARES, right=_poster)
MANAGE: Final = Effect(name="manage", counted=Counted.COMMANDS, right=_manager)
MANAGED_PAGE: Final = Effect(name="managed page", counted=Counted.PAGES, right=_manager)
EDIT: Final = Effect(name="edit", counted=Counted.COMMANDS, right=_editor)
EDITED_PAGE: Final = Effect(name="edited page", counted=Counted.PAGES, right=_editor)
IMPORT: Final = Effect(name="import", counted=Counted.COMMANDS, right=_editor)
PLAN: Final = Effect(name="plan", counted=Counted.COMMANDS, right=_editor)
POST: Final = Effect(name="post", counted=Counted.COMMANDS, right=_editor_of_schedule)
DESK: Final = Effect(name="desk", counted=Counted.COMMANDS, right=_editor_of_schedule)
SUGGEST: Final = Effect(name="suggest", counted=Counted.COMMANDS, right=_suggester)
DECIDE: Final = Effect(name="decide", counted=Counted.COMMANDS, right=_editor_of_server)
RESUME: Final = Effect(name="resume", counted=Counted.COMMANDS, right=_editor_of_server)
OPERATE: Final = Effect(name="operate", counted=Counted.COMMANDS, right=_owner)

_DECLARED: Final[dict[Callable[..., Any], Effect]] = {}


def declare(callback: AnyCallback, effect: Effect) -> AnyCallback:
    """Note the effect of what discord.py or a button calls; its wrapper passes `admitted` with the same one."""
    _DECLARED[callback] = effect
    return callback


def effect_of(callback: Callable[..., Any]) -> Effect | None:
    """Return the declared effect of a callback; None if it has none, and then it must not be called."""
    return _DECLARED.get(callback)


@asynccontextmanager
async def admitted(context: Context, effect: Effect, args: Sequence[str] = ()) -> AsyncIterator[None]:
    """Decide whether an effect may happen now, and hold its place while it does.

    Args:
        context: The interaction.
        effect: What it is about to do.
        args: A button's arguments.

    Raises:
        TooManyError: The member's quota is used up, or too many others wait.
        LateError: It waited so long that nobody would see it.
        ForbiddenError: The member, or the bot, lacks a permission.
        UnknownScheduleError: What it is about is gone.
    """
    services = context.services
    with services.quotas.one(effect.counted, context.user_id):
        async with services.admission.turn():
            if context.age_s >= effect.within_s:
                raise LateError("This took too long to begin.", cure="Try again.")
            await effect.right(context, args)
            yield
