"""`/digest latest edition`, `/schedule preview send-now why`, *Why these?* and *Send now*."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.chat.commands.answers import answer, answer_all
from bot.chat.commands.context import Desk, desk_of, guild_of, require_manager, shelves_of
from bot.chat.commands.groups import DIGEST, SCHEDULE
from bot.chat.commands.related import article_choices
from bot.chat.commands.schedule import Name, name_choices
from bot.errors import BadInputError, UnknownScheduleError
from bot.news.article import ShelfId
from bot.news.delivery import ScheduleId
from bot.news.edition import Reason
from bot.news.message.draft import Draft
from bot.news.schedule import Schedule, ScheduleState, extra_edition_key
from bot.render.digest import draft_edition
from bot.render.preview import draft_preview_header
from bot.render.schedule import draft_sent_now
from bot.render.why import draft_reasons
from bot.usecases.digest import (
    Explained,
    edition_of_message,
    latest_edition,
    plan_edition,
    preview_edition,
    reasons_of,
    why,
)
from bot.usecases.related import find_article
from bot.usecases.schedule import get_schedule, show_schedule


@DIGEST.command(name="latest", description="The newest edition of this server")
@app_commands.describe(schedule="Which schedule's; nothing is needed where there is one")
async def latest(interaction: discord.Interaction, schedule: Name | None = None) -> None:
    """Answer with the newest edition."""
    await answer_all(interaction, _edition(desk_of(interaction), guild_of(interaction), schedule, None))


@DIGEST.command(name="edition", description="An earlier edition, by its number")
@app_commands.describe(number="Its number, from 1", schedule="Which schedule's; nothing is needed where there is one")
async def edition(
    interaction: discord.Interaction, number: app_commands.Range[int, 1, 100_000], schedule: Name | None = None
) -> None:
    """Answer with an edition."""
    await answer_all(interaction, _edition(desk_of(interaction), guild_of(interaction), schedule, number))


async def _edition(desk: Desk, guild_id: int, name: str | None, number: int | None) -> tuple[Draft, ...]:
    schedule = await _named_or_only(desk, guild_id, name)
    found = await latest_edition(desk.store, schedule, number)
    return draft_edition(found, schedule, keys=None, now=desk.clock.now())


async def _named_or_only(desk: Desk, guild_id: int, name: str | None) -> Schedule:
    """The schedule of that name; without one the only schedule, or the one whose edition is the newest."""
    if name:
        return await get_schedule(desk.store.schedules, guild_id, name)
    schedules = await desk.store.schedules.schedules(guild_id)
    if not schedules:
        raise UnknownScheduleError("This server has no digest yet.", cure="An admin makes one with /schedule create.")
    dated = [(await desk.store.digest.last_cutoff(each.id, before=desk.clock.now()), each) for each in schedules]
    told = [(cutoff, each.name, each) for cutoff, each in dated if cutoff is not None]
    return max(told)[2] if told else schedules[0]


@SCHEDULE.command(name="preview", description="The next edition as it would be posted now; nothing is posted")
@app_commands.describe(name="Which schedule")
async def preview(interaction: discord.Interaction, name: Name) -> None:
    """Answer with what would be posted."""
    guild_id = require_manager(interaction)

    async def work(desk: Desk) -> tuple[Draft, ...]:
        now = desk.clock.now()
        standing = await show_schedule(desk.store.schedules, guild_id, name, now=now)
        choice, drafts = await preview_edition(desk.store, standing.schedule, now=now, stories=desk.stories)
        candidates = sum(verdict.reason is not Reason.OUTSIDE_WINDOW for verdict in choice.verdicts)
        header = draft_preview_header(
            standing.schedule, standing.next_due_at, stories=len(choice.picks), candidates=candidates
        )
        return (header, *drafts)

    await answer_all(interaction, work(desk_of(interaction)))


@SCHEDULE.command(name="send-now", description="Post an extra edition at once; what it tells counts as told")
@app_commands.describe(name="Which schedule")
async def send_now(interaction: discord.Interaction, name: Name) -> None:
    """Plan an extra edition with the press as its cutoff."""
    guild_id = require_manager(interaction)

    async def work(desk: Desk) -> Draft:
        return await _send_now(desk, await get_schedule(desk.store.schedules, guild_id, name), interaction.id)

    await answer(interaction, work(desk_of(interaction)))


async def send_previewed(interaction: discord.Interaction, args: tuple[str, ...]) -> None:
    """The press on *Send now* under a preview: authorised again, for settings may have changed since."""
    guild_id = require_manager(interaction)

    async def work(desk: Desk) -> Draft:
        schedule = await desk.store.schedules.find_schedule(ScheduleId(int(args[0])))
        if schedule is None or schedule.guild_id != guild_id:
            raise UnknownScheduleError("That schedule is gone.", cure="See /schedule list.")
        return await _send_now(desk, schedule, interaction.id)

    await answer(interaction, work(desk_of(interaction)))


async def _send_now(desk: Desk, schedule: Schedule, interaction_id: int) -> Draft:
    if schedule.state is not ScheduleState.ACTIVE:
        raise BadInputError(
            f"{schedule.name} is {schedule.state.value}, so nothing of it is posted.",
            cure="Use /schedule resume first.",
        )
    now = desk.clock.now()
    planned = await plan_edition(
        desk.store,
        schedule,
        key=extra_edition_key(interaction_id),
        due_at=now,
        now=now,
        is_extra=True,
        stories=desk.stories,
    )
    desk.wake_sender()
    return draft_sent_now(schedule, len(planned.edition.picks) if planned else 0)


@SCHEDULE.command(name="why", description="Why each article is in an edition or not")
@app_commands.describe(
    name="Which schedule",
    article="Only this article (choose from the list, or a link)",
    number="Which edition; nothing: the newest, or the coming one before the first",
)
async def explain(
    interaction: discord.Interaction,
    name: Name,
    article: app_commands.Range[str, 1, 500] | None = None,
    number: app_commands.Range[int, 1, 100_000] | None = None,
) -> None:
    """Answer with the reasons."""
    guild_id, shelves = require_manager(interaction), shelves_of(interaction)

    async def work(desk: Desk) -> Draft:
        schedule = await get_schedule(desk.store.schedules, guild_id, name)
        found = await find_article(desk.store.articles, desk.store.search, shelves, article) if article else None
        explained = await why(
            desk.store,
            schedule,
            now=desk.clock.now(),
            number=number,
            article=found.id if found else None,
            stories=desk.stories,
        )
        return _draft_explained(schedule.name, explained)

    await answer(interaction, work(desk_of(interaction)))


async def show_reasons(interaction: discord.Interaction, args: tuple[str, ...]) -> None:
    """The press on *Why these?* under an edition."""
    await answer(interaction, _reasons(desk_of(interaction), shelves_of(interaction), args[0]))


async def _reasons(desk: Desk, shelves: tuple[ShelfId, ...], delivery_key: str) -> Draft:
    found = await edition_of_message(desk.store, delivery_key)
    schedule = await desk.store.schedules.find_schedule(found.schedule_id)
    explained = await reasons_of(desk.store, shelves, found)
    return _draft_explained(schedule.name if schedule else "a schedule that is gone", explained)


def _draft_explained(name: str, explained: tuple[Explained, ...]) -> Draft:
    articles = {each.article.id: each.article for each in explained if each.article is not None}
    return draft_reasons(name, [each.verdict for each in explained], articles)


latest.autocomplete("schedule")(name_choices)
edition.autocomplete("schedule")(name_choices)
preview.autocomplete("name")(name_choices)
send_now.autocomplete("name")(name_choices)
explain.autocomplete("name")(name_choices)
explain.autocomplete("article")(article_choices)
