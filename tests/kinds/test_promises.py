"""What is promised is what is done: one function says what comes, and both the answer and the deed call it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Final

import pytest

from bot.errors import NewsdeskError
from bot.news.delivery import EditionKey, ScheduleId
from bot.news.edition import Edition
from bot.news.notices.notice import Notice, Notifier
from bot.news.notices.texts import STOP_CURES
from bot.news.schedules.schedule import EVERY_DAY, Schedule, ScheduleState, StopReason
from bot.sandbox import Answer, Upload
from bot.usecases.schedule import (
    ClockTrust,
    ScheduleChanges,
    ScheduleStatus,
    create_schedule,
    edit_schedule,
    pause_schedule,
    resume_schedule,
    run_tick,
    show_schedule,
    skip_next,
    unskip_next,
)
from tests.simulation import editions
from tests.simulation.memory import InstantDisk, MemoryDigestStore, MemoryScheduleStore, Tables
from tests.simulation.weather import chance
from tests.support.clocks import ManualClock
from tests.support.running_bot import Town, edit_and_apply, import_files, make_seed_text

START: Final = datetime(2021, 3, 24, 12, 0, tzinfo=UTC)
"""The Wednesday before Europe's change to summer time."""

ZONES: Final = ("UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia", "Asia/Kolkata")
TICK: Final = timedelta(seconds=30)


class _Nobody(Notifier):
    """Nobody reads the notices."""

    async def notify(self, notice: Notice) -> None:
        """Drop it."""


class Desk:
    """One schedule, its editions, and a clock that a test moves."""

    def __init__(self, seed: int) -> None:
        self.chance = chance(seed)
        self.clock = ManualClock(START)
        self.tables = Tables()
        self.schedules = MemoryScheduleStore(self.tables, InstantDisk())
        self.digests = MemoryDigestStore(self.tables, InstantDisk())
        self.trust = ClockTrust(self.clock, lambda: 0.0)
        self.posted: list[Edition] = []

    def draw_when(self) -> dict[str, str | int | bool]:
        """Days, a time and a zone as an admin types them, often near the present moment."""
        days = self.chance.sample(EVERY_DAY, self.chance.randint(1, 7))
        near = self.clock.now() + timedelta(minutes=self.chance.choice((-90, -2, -1, 0, 1, 5, 300)))
        at = near.time() if self.chance.random() < 0.7 else time(self.chance.randrange(24), self.chance.randrange(60))
        drawn: dict[str, str | int | bool] = {
            "day": ", ".join(days),
            "time": f"{at:%H:%M}",
            "timezone": self.chance.choice(ZONES),
        }
        return {name: drawn[name] for name in drawn if self.chance.random() < 0.6}

    async def create(self) -> Schedule:
        """The schedule."""
        options: dict[str, str | int | bool] = {"channel": 5, **self.draw_when()}
        made = await create_schedule(
            self.schedules,
            ScheduleChanges(name="Weekly", options=options),
            guild_id=1,
            member_id=7,
            default_timezone="UTC",
            now=self.clock.now(),
            schedule_id=ScheduleId(11),
        )
        return made.schedule

    async def tick(self) -> None:
        """Plan what is due."""
        await run_tick(self.schedules, self.digests, self._plan, notifier=_Nobody(), clock=self.clock, trust=self.trust)

    async def _plan(self, schedule: Schedule, key: EditionKey, due_at: datetime) -> Edition | None:
        edition = await editions.plan(self.digests, schedule, key, due_at, now=self.clock.now(), parts=1)
        if edition is not None and edition.skipped is None:
            self.posted.append(edition)
        return edition

    async def act(self) -> ScheduleStatus | None:
        """Something that an admin does; the status that they are answered with, if they are."""
        schedule, now = await self.shown(), self.clock.now()
        match self.chance.randrange(6):
            case 0:
                return await pause_schedule(self.schedules, schedule.schedule)
            case 1:
                return await resume_schedule(self.schedules, schedule.schedule, now=now)
            case 2:
                return await skip_next(self.schedules, schedule.schedule, now=now)
            case 3:
                return await unskip_next(self.schedules, schedule.schedule, now=now)
            case _:
                options = self.draw_when() or {"count": self.chance.randint(1, 9)}
                changes = ScheduleChanges(options=options)
                return await edit_schedule(self.schedules, schedule.schedule, changes, member_id=7, now=now)

    async def shown(self) -> ScheduleStatus:
        """What `/schedule show` says."""
        return await show_schedule(self.schedules, 1, "Weekly", now=self.clock.now())

    async def pass_time(self) -> None:
        """Seconds to days, during which the bot ticks or is down."""
        span = timedelta(seconds=self.chance.choice((3, 40, 1800, 40_000, 90_000, 300_000)))
        is_running = self.chance.random() < 0.7
        until = self.clock.now() + span
        while is_running and (due_at := await self.next_look()) is not None and due_at <= until:
            self.clock.advance(max(0.0, (due_at - self.clock.now()).total_seconds()) + self.chance.uniform(0.1, 30.0))
            await self.tick()
        self.clock.advance(max(0.0, (until - self.clock.now()).total_seconds()))

    async def next_look(self) -> datetime | None:
        """When the tick finds something to look at; the ticks before that find nothing."""
        ((_, outlook),) = await self.schedules.outlooks((await self.shown()).schedule.guild_id)
        is_active = (await self.shown()).next_due_at is not None
        return outlook.next_due_at if is_active else None

    async def next_posted(self) -> datetime | None:
        """Let the bot run until an edition is planned; when it was due."""
        before = len(self.posted)
        await self.tick()
        while len(self.posted) == before:
            due_at = await self.next_look()
            if due_at is None:
                return None
            self.clock.advance(max(0.0, (due_at - self.clock.now()).total_seconds()) + 1.0)
            await self.tick()
        return self.posted[-1].due_at


async def play(seed: int) -> None:
    """Act at random moments; after the last one, what is said to come must come."""
    desk = Desk(seed)
    await desk.create()
    answered: ScheduleStatus | None = None
    for _ in range(desk.chance.randint(1, 8)):
        await desk.pass_time()
        try:
            answered = await desk.act()
        except NewsdeskError:
            answered = None
    shown = await desk.shown()
    if answered is not None:
        assert answered.next_due_at == shown.next_due_at, seed
    assert await desk.next_posted() == shown.next_due_at, seed


@pytest.mark.parametrize("first", range(0, 2000, 500))
def test_next_edition_that_is_answered_is_the_next_one_that_the_tick_plans(first: int) -> None:
    """Whatever schedule it is, however it was changed, and whenever it is asked about."""
    for seed in range(first, first + 500):
        asyncio.run(play(seed))


async def test_edition_moved_to_a_later_hour_of_its_day_is_not_promised_again(town: Town) -> None:
    """That day has had its edition."""
    await town.post_first_edition()

    edited = await edit_and_apply(town.admin, town.channel, name="Weekly", time="18:00")

    assert "Next: Monday, 4 December 2023 18:00" in edited.text
    listed = await town.admin.run(town.channel, "schedule list")
    assert "Next: Monday, 4 December 2023 18:00" in listed.text
    await town.let_pass(timedelta(hours=10))
    assert len(town.channel.messages) == 1


async def test_edition_that_comes_no_more_is_not_the_one_that_is_skipped(town: Town) -> None:
    """The one after it is."""
    await town.post_first_edition()
    await edit_and_apply(town.admin, town.channel, name="Weekly", time="18:00")

    skipped = await town.admin.run(town.channel, "schedule skip-next", name="Weekly")

    assert "will skip the edition of 4 December 2023 18:00" in skipped.text
    assert "Next: Monday, 11 December 2023 18:00" in skipped.text


FERRY: Final = "Ferry line reopens after the winter storms"


async def preview_then_import(town: Town) -> Answer:
    """An admin sees a preview; then an article comes in that belongs into the edition."""
    await town.admin.run(town.channel, "schedule create", name="Weekly", channel=town.channel, day="friday")
    preview = await town.admin.run(town.channel, "schedule preview", name="Weekly")
    upload = Upload(filename="ferry.md", content=make_seed_text(title=FERRY).encode())
    await import_files(town.admin, town.channel, upload)
    return preview


async def test_send_now_after_the_stories_have_changed_shows_them_and_asks(town: Town) -> None:
    """Nothing is posted that nobody saw."""
    preview = await preview_then_import(town)
    assert all(FERRY not in message.text for message in await preview.wait_for_followups(1))

    asked = await town.admin.press(preview, "Send now")

    assert "Nothing was posted: the stories have changed since the preview" in asked.text
    assert any(FERRY in message.text for message in await asked.wait_for_followups(1))
    assert town.channel.messages == []


async def test_send_now_of_the_new_preview_posts_it_and_says_so_once_it_is_posted(town: Town) -> None:
    """The answer comes when the message is in the channel."""
    asked = await town.admin.press(await preview_then_import(town), "Send now")

    sent = await town.admin.press(asked, "Send now")

    assert "Posted an extra edition of Weekly" in sent.text
    (message,) = town.channel.messages
    assert FERRY in message.text


async def test_retry_is_answered_with_what_became_of_it(town: Town) -> None:
    """A channel that still refuses is not a success."""
    town.channel.set_permissions(bot={"send_messages": False})
    await town.post_first_edition()

    answer = await town.admin.run(town.channel, "schedule retry", name="Weekly")

    assert "failed" in answer.text
    assert "sent" not in answer.text.replace("sent again", "")


@pytest.mark.parametrize("reason", list(StopReason))
async def test_what_is_said_to_make_a_stopped_schedule_post_again_does(reason: StopReason) -> None:
    """Resuming, another channel, another time zone: whatever the sentence names."""
    desk = Desk(1)
    schedule = replace(await desk.create(), state_reason=reason)
    stopped = ScheduleState.OFF if reason is StopReason.CHANNEL_GONE else ScheduleState.PAUSED
    await desk.schedules.save_schedule(replace(schedule, state=stopped), next_due_at=None)
    cure, now = STOP_CURES[reason], desk.clock.now()

    if "/schedule edit" in cure:
        options: dict[str, str | int | bool] = {"channel": 9} if "channel" in cure else {"timezone": "UTC"}
        stored = (await desk.shown()).schedule
        await edit_schedule(desk.schedules, stored, ScheduleChanges(options=options), member_id=7, now=now)
    if "/schedule resume" in cure:
        await resume_schedule(desk.schedules, (await desk.shown()).schedule, now=now)

    shown = await desk.shown()
    assert shown.schedule.state is ScheduleState.ACTIVE
    assert await desk.next_posted() == shown.next_due_at
