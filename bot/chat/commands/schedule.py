"""`/schedule create edit list show pause resume delete`: standing orders as an admin makes and stops them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import discord
from discord import app_commands

from bot.chat.commands.answers import answer
from bot.chat.commands.context import Desk, desk_of, require_manager
from bot.chat.commands.groups import SCHEDULE
from bot.news.message.draft import Draft
from bot.news.parsing.times import complete_zones
from bot.render.schedule import (
    draft_deleted,
    draft_kept,
    draft_paused,
    draft_resumed,
    draft_saved,
    draft_schedule,
    draft_schedules,
    draft_skipped,
)
from bot.usecases.schedule import (
    Order,
    Standing,
    create_schedule,
    delete_schedule,
    edit_schedule,
    get_schedule,
    keep_next,
    list_schedules,
    pause_schedule,
    resume_schedule,
    show_schedule,
    skip_next,
)

Name = app_commands.Range[str, 1, 100]
Words = app_commands.Range[str, 1, 300]


class PlaceTransformer(app_commands.Transformer):
    """A channel that an edition can be posted to. Named types, for a `ForumChannel` stands for media channels too."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        """See `app_commands.Transformer`."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """See `app_commands.Transformer`."""
        return [
            discord.ChannelType.text,
            discord.ChannelType.news,
            discord.ChannelType.news_thread,
            discord.ChannelType.public_thread,
            discord.ChannelType.private_thread,
            discord.ChannelType.forum,
        ]

    async def transform(self, _interaction: discord.Interaction, value: Channel, /) -> Channel:
        """The channel as Discord resolved it."""
        return value


Channel = app_commands.AppCommandChannel | app_commands.AppCommandThread
Place = app_commands.Transform[Channel, PlaceTransformer]

_DESCRIBED = {
    "channel": "Where it is posted",
    "day": "monday, mon-fri or daily; Monday where nothing is said",
    "time": "18:30 or 6pm; 09:00 where nothing is said",
    "timezone": "Such as Europe/Berlin",
    "count": "Stories at most, 1 to 20; 5 where nothing is said",
    "min_score": "The lowest score that is taken",
    "topics": "Only these topics, with commas between",
    "providers": "Only these providers' domains, with commas between",
    "mute": "Topics and providers' domains to leave out, with commas between",
    "provider_cap": "Stories of one provider at most, 1 to 20; 2 where nothing is said",
    "empty": "What a week without news does; skip where nothing is said",
    "publish": "Publish to followers, in an announcement channel",
    "mention_role": "A role to mention in each edition",
    "notices": "Where I say when something goes wrong; else a message to you",
    "rule": "default, or upstream: the best of the last 160 hours",
}


@SCHEDULE.command(name="create", description="Order a digest: what is posted where and when")
@app_commands.describe(name="What it is called, such as Weekly", **_DESCRIBED)
async def create(  # noqa: PLR0913, PLR0917 - one parameter an option: discord.py reads the signature
    interaction: discord.Interaction,
    name: Name,
    channel: Place,
    day: Words | None = None,
    time: Words | None = None,
    timezone: Words | None = None,
    count: app_commands.Range[int, 1, 20] | None = None,
    min_score: app_commands.Range[int, 0, 1000] | None = None,
    topics: Words | None = None,
    providers: Words | None = None,
    mute: Words | None = None,
    provider_cap: app_commands.Range[int, 1, 20] | None = None,
    empty: Literal["skip", "note", "archive"] | None = None,
    publish: bool | None = None,
    mention_role: discord.Role | None = None,
    notices: discord.TextChannel | None = None,
    rule: Literal["default", "upstream"] | None = None,
) -> None:
    """Make a schedule and say what was understood."""
    guild_id = require_manager(interaction)
    muted_topics, muted_providers = split_mute(mute)
    order = Order(
        name=name,
        channel_id=channel.id,
        days=day,
        at=time,
        timezone=timezone,
        count=count,
        min_score=min_score,
        topics=topics,
        providers=providers,
        muted_topics=muted_topics,
        muted_providers=muted_providers,
        provider_cap=provider_cap,
        empty_policy=empty,
        publish=publish,
        mention_role=mention_role.id if mention_role else None,
        notice_channel_id=notices.id if notices else None,
        rule=rule,
    )
    await answer(interaction, _create(desk_of(interaction), guild_id, interaction.user.id, order))


async def _create(desk: Desk, guild_id: int, member_id: int, order: Order) -> Draft:
    made = await create_schedule(
        desk.store.schedules,
        order,
        guild_id=guild_id,
        member_id=member_id,
        default_timezone=desk.zone.key,
        now=desk.clock.now(),
    )
    return draft_saved(made.schedule, _due(made), is_new=True)


@SCHEDULE.command(name="edit", description="Change a digest's order; what is not given stays")
@app_commands.describe(
    name="Which schedule",
    new_name="What it is called from now on",
    clear="A filter, the role or the notices' channel to take back",
    **_DESCRIBED,
)
async def edit(  # noqa: PLR0913, PLR0917 - one parameter an option: discord.py reads the signature
    interaction: discord.Interaction,
    name: Name,
    new_name: Name | None = None,
    channel: Place | None = None,
    day: Words | None = None,
    time: Words | None = None,
    timezone: Words | None = None,
    count: app_commands.Range[int, 1, 20] | None = None,
    min_score: app_commands.Range[int, 0, 1000] | None = None,
    topics: Words | None = None,
    providers: Words | None = None,
    mute: Words | None = None,
    provider_cap: app_commands.Range[int, 1, 20] | None = None,
    empty: Literal["skip", "note", "archive"] | None = None,
    publish: bool | None = None,
    mention_role: discord.Role | None = None,
    notices: discord.TextChannel | None = None,
    rule: Literal["default", "upstream"] | None = None,
    clear: Literal["min_score", "topics", "providers", "muted_topics", "muted_providers", "mention_role"] | None = None,
) -> None:
    """Change a schedule and say what was understood."""
    guild_id = require_manager(interaction)
    muted_topics, muted_providers = split_mute(mute)
    order = Order(
        name=new_name,
        channel_id=channel.id if channel else None,
        days=day,
        at=time,
        timezone=timezone,
        count=count,
        min_score=min_score,
        topics=topics,
        providers=providers,
        muted_topics=muted_topics,
        muted_providers=muted_providers,
        provider_cap=provider_cap,
        empty_policy=empty,
        publish=publish,
        mention_role=mention_role.id if mention_role else None,
        notice_channel_id=notices.id if notices else None,
        rule=rule,
        clear=frozenset({clear} if clear else ()),
    )
    await answer(interaction, _edit(desk_of(interaction), guild_id, interaction.user.id, name, order))


async def _edit(desk: Desk, guild_id: int, member_id: int, name: str, order: Order) -> Draft:
    schedule = await get_schedule(desk.store.schedules, guild_id, name)
    changed = await edit_schedule(desk.store.schedules, schedule, order, member_id=member_id, now=desk.clock.now())
    return draft_saved(
        changed.schedule,
        _due(changed),
        is_new=False,
        left_out_at=changed.left_out_at,
        taken_back_at=changed.taken_back_at,
    )


def split_mute(typed: str | None) -> tuple[str | None, str | None]:
    """Topics and providers' domains apart: what has a dot and no space is a domain."""
    parts = [part.strip() for part in (typed or "").split(",") if part.strip()]
    domains = [part for part in parts if "." in part and " " not in part]
    topics = [part for part in parts if part not in domains]
    return ",".join(topics) or None, ",".join(domains) or None


@SCHEDULE.command(name="list", description="The schedules of this server, and what I must tell you")
async def list_all(interaction: discord.Interaction) -> None:
    """Answer with every schedule, below the notices that nobody has read yet."""
    await answer(interaction, _list(desk_of(interaction), require_manager(interaction)))


async def _list(desk: Desk, guild_id: int) -> Draft:
    now = desk.clock.now()
    standing = await list_schedules(desk.store.schedules, guild_id, now=now)
    notices = await desk.store.admin.notices(guild_id)
    draft = draft_schedules([(each.schedule, each.next_due_at) for each in standing], notices)
    for notice in notices:
        if notice.id is not None:
            await desk.store.admin.mark_notice_shown(notice.id, at=now)
    return draft


@SCHEDULE.command(name="show", description="One schedule in full")
@app_commands.describe(name="Which schedule")
async def show(interaction: discord.Interaction, name: Name) -> None:
    """Answer with a schedule, its state and its next edition."""
    guild_id = require_manager(interaction)

    async def work(desk: Desk) -> Draft:
        standing = await show_schedule(desk.store.schedules, guild_id, name, now=desk.clock.now())
        return draft_schedule(standing.schedule, _due(standing), left_out_at=standing.left_out_at)

    await answer(interaction, work(desk_of(interaction)))


@SCHEDULE.command(name="pause", description="Post nothing until it is resumed")
@app_commands.describe(name="Which schedule")
async def pause(interaction: discord.Interaction, name: Name) -> None:
    """Pause a schedule."""
    guild_id = require_manager(interaction)

    async def work(desk: Desk) -> Draft:
        schedule = await get_schedule(desk.store.schedules, guild_id, name)
        return draft_paused((await pause_schedule(desk.store.schedules, schedule)).schedule)

    await answer(interaction, work(desk_of(interaction)))


@SCHEDULE.command(name="resume", description="Post again, from the next edition on")
@app_commands.describe(name="Which schedule")
async def resume(interaction: discord.Interaction, name: Name) -> None:
    """Resume a schedule."""
    guild_id = require_manager(interaction)

    async def work(desk: Desk) -> Draft:
        schedule = await get_schedule(desk.store.schedules, guild_id, name)
        standing = await resume_schedule(desk.store.schedules, schedule, now=desk.clock.now())
        return draft_resumed(standing.schedule, _due(standing))

    await answer(interaction, work(desk_of(interaction)))


@SCHEDULE.command(
    name="skip-next", description="Leave the next edition out; the one after tells what it would have told"
)
@app_commands.describe(name="Which schedule", undo="Don't leave it out after all")
async def skip(interaction: discord.Interaction, name: Name, *, undo: bool = False) -> None:
    """Leave the next edition out, or take that back."""
    guild_id = require_manager(interaction)

    async def work(desk: Desk) -> Draft:
        schedule = await get_schedule(desk.store.schedules, guild_id, name)
        if undo:
            kept = await keep_next(desk.store.schedules, schedule, now=desk.clock.now())
            return draft_kept(kept.schedule, _due(kept))
        skipped_at, following_at = await skip_next(desk.store.schedules, schedule, now=desk.clock.now())
        return draft_skipped(schedule, skipped_at, (following_at,))

    await answer(interaction, work(desk_of(interaction)))


@SCHEDULE.command(name="delete", description="Stop it for good; what it has posted stays")
@app_commands.describe(name="Which schedule")
async def delete(interaction: discord.Interaction, name: Name) -> None:
    """Delete a schedule."""
    guild_id = require_manager(interaction)

    async def work(desk: Desk) -> Draft:
        schedule = await get_schedule(desk.store.schedules, guild_id, name)
        await delete_schedule(desk.store.schedules, schedule, now=desk.clock.now())
        return draft_deleted(schedule)

    await answer(interaction, work(desk_of(interaction)))


def _due(standing: Standing) -> tuple[datetime, ...]:
    return () if standing.next_due_at is None else (standing.next_due_at,)


@create.autocomplete("timezone")
@edit.autocomplete("timezone")
async def zone_choices(_interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Zones of the tz database that hold what was typed."""
    return [app_commands.Choice(name=name, value=name) for name in complete_zones(typed)]


@edit.autocomplete("name")
@show.autocomplete("name")
@pause.autocomplete("name")
@resume.autocomplete("name")
@delete.autocomplete("name")
@skip.autocomplete("name")
async def name_choices(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """The server's schedules whose name holds what was typed."""
    if interaction.guild_id is None:
        return []
    schedules = await desk_of(interaction).store.schedules.schedules(interaction.guild_id)
    wanted = typed.casefold()
    names = [schedule.name for schedule in schedules if wanted in schedule.name.casefold()]
    return [app_commands.Choice(name=name, value=name) for name in names[:25]]
