"""The editors' desk: the buttons and selects of a draft.

Each names the revision of the draft that the editor saw. If somebody was faster, the editor gets a sentence and the
draft as it is now, and nothing is done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.chat.answering.answers import answers, replaces
from bot.chat.answering.context import Context
from bot.chat.door import DESK
from bot.errors import BadInputError, DraftChangedError
from bot.news.article import ArticleId
from bot.news.delivery import EditionKey, ScheduleId
from bot.news.edition import Pick
from bot.news.message.draft import Draft
from bot.news.message.form import Form, Submission
from bot.news.schedules.desk import Deed, DeskState, OnDesk
from bot.render.edition.desk import (
    HEADLINE,
    NOTE,
    SIGN,
    SIGNED,
    draft_desk_menu,
    draft_desk_story,
    draft_headline_form,
    draft_note_form,
)
from bot.usecases.digest import Order, act_on_draft, read_desk

_DECIDED = {
    DeskState.OPEN: "This is the draft.",
    DeskState.APPROVED: "Approved.",
    DeskState.HELD: "On hold.",
    DeskState.RELEASED: "Sending now.",
}


@answers(DESK)
async def show_story(context: Context, args: tuple[str, ...]) -> Draft:
    """Handle the select of stories: what can be done to the chosen one."""
    values: object = dict(context.interaction.data or {}).get("values")
    if not isinstance(values, list) or not values:
        raise BadInputError("No story was chosen.", cure="Choose one from the list.")
    seen = await _seen(context, args)
    return _story(seen, ArticleId(str(values[0])), "")


@answers(DESK)
async def approve(context: Context, args: tuple[str, ...]) -> Draft:
    """Handle the button *Approve*."""
    return await _decide(context, args, Deed.APPROVE)


@answers(DESK)
async def hold(context: Context, args: tuple[str, ...]) -> Draft:
    """Handle the button *Hold*."""
    return await _decide(context, args, Deed.HOLD)


@answers(DESK)
async def send(context: Context, args: tuple[str, ...]) -> Draft:
    """Handle the button *Send now*."""
    return await _decide(context, args, Deed.SEND)


@replaces(DESK)
async def drop(context: Context, args: tuple[str, ...]) -> Draft:
    """Handle the button *Drop*: take a story out."""
    return await _change(context, args, Deed.DROP, "Dropped.")


@replaces(DESK)
async def move_up(context: Context, args: tuple[str, ...]) -> Draft:
    """Handle the button *Up*: move a story one place up."""
    return await _change(context, args, Deed.UP, "Moved up.")


@replaces(DESK)
async def swap(context: Context, args: tuple[str, ...]) -> Draft:
    """Handle the button *Swap*: put the next best story in a story's place."""
    return await _change(context, args, Deed.SWAP, "Swapped for the next best story.")


@answers(DESK)
async def open_note(context: Context, args: tuple[str, ...]) -> Draft | Form:
    """Handle the button *Note*: open its form."""
    return await _open(context, args, draft_note_form)


@answers(DESK)
async def open_headline(context: Context, args: tuple[str, ...]) -> Draft | Form:
    """Handle the button *Headline*: open its form."""
    return await _open(context, args, draft_headline_form)


@answers(DESK)
async def submit_note(context: Context, args: tuple[str, ...], submission: Submission) -> Draft:
    """Handle a note that was sent."""
    signed = context.interaction.user.display_name if submission.one(SIGN) == SIGNED else ""
    return await _change(context, args, Deed.NOTE, "The note is saved.", text=submission.one(NOTE), signed=signed)


@answers(DESK)
async def submit_headline(context: Context, args: tuple[str, ...], submission: Submission) -> Draft:
    """Handle a headline that was sent."""
    return await _change(context, args, Deed.HEADLINE, "The headline is saved.", text=submission.one(HEADLINE))


async def _open(context: Context, args: tuple[str, ...], draw: Callable[[OnDesk, Pick], Form]) -> Draft | Form:
    """Open a form about a story, if the draft is the one that the editor saw; sending it is checked again."""
    seen, article = await _seen(context, args), ArticleId(args[2])
    pick = next((each for each in seen.edition.picks if each.article.id == article), None)
    if pick is None or seen.desk.revision != int(args[3]) or not seen.can_change:
        return _story(seen, article, "Somebody changed the draft meanwhile. This is how it is now.")
    return draw(seen, pick)


async def _decide(context: Context, args: tuple[str, ...], deed: Deed) -> Draft:
    seen = await _seen(context, args)
    try:
        done = await _act(context, seen, Order(deed=deed), int(args[2]))
    except DraftChangedError as error:
        return await _as_it_is(context, seen, error)
    return draft_desk_menu(done, _DECIDED[done.desk.state])


async def _change(
    context: Context, args: tuple[str, ...], deed: Deed, said: str, *, text: str = "", signed: str = ""
) -> Draft:
    seen, article = await _seen(context, args), ArticleId(args[2])
    try:
        done = await _act(context, seen, Order(deed=deed, article_id=article, text=text, signed=signed), int(args[3]))
    except DraftChangedError as error:
        return await _as_it_is(context, seen, error)
    except BadInputError as error:  # in the same answer, so that its buttons stay
        return _story(seen, article, str(error))
    return _story(done, article, said)


async def _act(context: Context, seen: OnDesk, order: Order, revision: int) -> OnDesk:
    done = await act_on_draft(
        context.store,
        seen.desk.schedule_id,
        seen.desk.edition,
        replace(order, by=context.deed(seen.desk.guild_id)),
        revision=revision,
        member_id=context.user_id,
        now=context.now(),
        stories=context.services.stories,
    )
    context.services.wake_sender()
    return done


async def _as_it_is(context: Context, seen: OnDesk, error: DraftChangedError) -> Draft:
    return draft_desk_menu(await read_desk(context.store, seen.desk.schedule_id, seen.desk.edition), str(error))


def _story(seen: OnDesk, article: ArticleId, said: str) -> Draft:
    """A story with its buttons, or the whole draft if the story isn't in it (any more)."""
    pick = next((each for each in seen.edition.picks if each.article.id == article), None)
    if pick is None or not seen.can_change:
        return draft_desk_menu(seen, said or "This story is not in the draft any more.")
    return draft_desk_story(seen, pick, said)


async def _seen(context: Context, args: tuple[str, ...]) -> OnDesk:
    """Read the draft of a button; the door has checked that it is of a schedule of this server."""
    return await read_desk(context.store, ScheduleId(int(args[0])), EditionKey(args[1]))
