"""`/digest latest edition`, `/schedule preview send-now why`, and the buttons *Why these?* and *Send now*."""

from __future__ import annotations

from typing import Final

from discord import app_commands

from bot.chat.answering.answers import answers, archive_answers
from bot.chat.answering.completion import article_choices, schedule_choices
from bot.chat.answering.context import Context
from bot.chat.answering.groups import DIGEST, SCHEDULE
from bot.chat.answering.options import SCHEDULE_NAME, Name
from bot.chat.commands.delivery import outcome_of
from bot.chat.door import EDIT, PLAN, READ
from bot.errors import BadInputError, PreviewOutdatedError, ScheduleChangedError, UnknownScheduleError
from bot.news.delivery import ScheduleId
from bot.news.edition import Reason
from bot.news.message.draft import Draft
from bot.news.schedules.schedule import Schedule, ScheduleState, extra_edition_key
from bot.render.edition.delivery import draft_sent_now
from bot.render.edition.desk import draft_draft
from bot.render.edition.digest import draft_edition, draft_emptied
from bot.render.edition.preview import draft_preview_header
from bot.render.edition.why import draft_reasons
from bot.usecases.digest import (
    Asked,
    Explained,
    edition_of_message,
    latest_edition,
    plan_edition,
    preview_edition,
    read_desk,
    reasons_of,
    why,
)
from bot.usecases.related import find_article
from bot.usecases.schedule import ScheduleStatus, current_status, get_schedule, get_schedule_or_default, show_schedule

Number = app_commands.Range[int, 1, 100_000]

_OPTIONAL_SCHEDULE: Final = "The schedule's name (optional if there is only one)"


@DIGEST.command(name="latest", description="Show the latest edition of this server")
@app_commands.describe(schedule=_OPTIONAL_SCHEDULE)
@app_commands.autocomplete(schedule=schedule_choices)
@answers(READ)
async def latest(context: Context, schedule: Name | None = None) -> tuple[Draft, ...]:
    """Show the latest edition."""
    return await _edition(context, schedule, None)


@DIGEST.command(name="edition", description="Show an earlier edition by its number")
@app_commands.describe(number="Its number, from 1", schedule=_OPTIONAL_SCHEDULE)
@app_commands.autocomplete(schedule=schedule_choices)
@answers(READ)
async def edition(context: Context, number: Number, schedule: Name | None = None) -> tuple[Draft, ...]:
    """Show an edition."""
    return await _edition(context, schedule, number)


async def _edition(context: Context, name: str | None, number: int | None) -> tuple[Draft, ...]:
    store, now = context.store, context.now()
    schedule = await get_schedule_or_default(store.schedules, store.digest, context.require_server(), name, now=now)
    found = await latest_edition(store, schedule, number)
    return draft_edition(found, schedule, keys=None, now=now) or (draft_emptied(found, schedule),)


@SCHEDULE.command(name="preview", description="Preview the next edition; nothing is posted")
@app_commands.describe(name=SCHEDULE_NAME)
@app_commands.autocomplete(name=schedule_choices)
@archive_answers(EDIT)
async def preview(context: Context, name: Name) -> tuple[Draft, ...]:
    """Show what would be posted now."""
    schedules = context.store.schedules
    return await _preview(context, await show_schedule(schedules, context.require_server(), name, now=context.now()))


async def _preview(context: Context, status: ScheduleStatus, *, has_changed: bool = False) -> tuple[Draft, ...]:
    drafts_on_desk = await context.store.desks.drafts(status.schedule.id)
    if drafts_on_desk and not has_changed:
        return draft_draft(await read_desk(context.store, status.schedule.id, drafts_on_desk[0].edition))
    choice, drafts = await preview_edition(
        context.store, status.schedule, now=context.now(), stories=context.services.stories
    )
    candidates = sum(verdict.reason is not Reason.OUTSIDE_WINDOW for verdict in choice.verdicts)
    header = draft_preview_header(
        status.schedule, status.next_due_at, choice.picks, candidates=candidates, has_changed=has_changed
    )
    return (header, *drafts)


@SCHEDULE.command(
    name="send-now", description="Post an extra edition now; its stories won't be repeated in the next one"
)
@app_commands.describe(name=SCHEDULE_NAME)
@app_commands.autocomplete(name=schedule_choices)
@answers(PLAN)
async def send_now(context: Context, name: Name) -> Draft:
    """Plan an extra edition with the current moment as its cutoff."""
    schedule = await get_schedule(context.store.schedules, context.require_server(), name)
    return await _send_now(context, schedule)


@answers(PLAN)
async def send_previewed(context: Context, args: tuple[str, ...]) -> Draft | tuple[Draft, ...]:
    """Handle the button *Send now* under a preview; if the stories have changed, show them and ask again.

    Permissions are checked again, for they may have changed.
    """
    guild_id = context.require_server()
    schedule = await context.store.schedules.find_schedule(ScheduleId(int(args[0])))
    if schedule is None or schedule.guild_id != guild_id:
        raise UnknownScheduleError("That schedule was deleted.", cure="See /schedule list.")
    try:
        return await _send_now(context, schedule, previewed=args[1] if len(args) > 1 else "")
    except PreviewOutdatedError:
        status = await current_status(context.store.schedules, schedule, now=context.now())
        _require_active(status.schedule)
        return await _preview(context, status, has_changed=True)


async def _send_now(context: Context, schedule: Schedule, *, previewed: str | None = None) -> Draft:
    try:
        return await _plan_extra(context, schedule, previewed)
    except ScheduleChangedError:
        changed = await context.store.schedules.find_schedule(schedule.id)
        if changed is None:
            raise UnknownScheduleError("That schedule was deleted.", cure="See /schedule list.") from None
        return await _plan_extra(context, changed, previewed)


def _require_active(schedule: Schedule) -> None:
    if schedule.state is not ScheduleState.ACTIVE:
        raise BadInputError(
            f"{schedule.name} is {schedule.state.value}, so it can't post.", cure="Use /schedule resume first."
        )


async def _plan_extra(context: Context, schedule: Schedule, previewed: str | None) -> Draft:
    context.require_ready_to_send(schedule.id)
    _require_active(schedule)
    now = context.now()
    planned = await plan_edition(
        context.store,
        schedule,
        key=extra_edition_key(context.interaction.id),
        due_at=now,
        now=now,
        is_extra=True,
        stories=context.services.stories,
        asked=Asked(previewed=previewed, deed=context.deed()),
    )
    if planned is None or planned.outcome != "sent":
        return draft_sent_now(schedule, 0, ())
    parts = await outcome_of(context, schedule, (planned.edition.key,))
    return draft_sent_now(schedule, len(planned.edition.picks), parts)


@SCHEDULE.command(name="why", description="Show why each article is or isn't in an edition")
@app_commands.describe(
    name=SCHEDULE_NAME,
    article="Only this article (choose from the list, or give its link)",
    number="The edition's number (default: the latest, or the next one before the first)",
)
@app_commands.autocomplete(name=schedule_choices, article=article_choices)
@answers(EDIT)
async def explain(
    context: Context,
    name: Name,
    article: app_commands.Range[str, 1, 500] | None = None,
    number: Number | None = None,
) -> Draft:
    """Show the reasons."""
    store = context.store
    schedule = await get_schedule(store.schedules, context.require_server(), name)
    found = await find_article(store.articles, store.search, context.shelves, article) if article else None
    explained = await why(
        store,
        schedule,
        now=context.now(),
        number=number,
        article=found.id if found else None,
        stories=context.services.stories,
    )
    return _draft_explained(schedule.name, explained)


@answers(READ)
async def show_reasons(context: Context, args: tuple[str, ...]) -> Draft:
    """Handle the button *Why these?* under an edition."""
    store = context.store
    found = await edition_of_message(store, args[0])
    schedule = await store.schedules.find_schedule(found.schedule_id)
    explained = await reasons_of(store, context.shelves, found)
    return _draft_explained(schedule.name if schedule else "a deleted schedule", explained)


def _draft_explained(name: str, explained: tuple[Explained, ...]) -> Draft:
    articles = {each.article.id: each.article for each in explained if each.article is not None}
    return draft_reasons(name, [each.verdict for each in explained], articles)
