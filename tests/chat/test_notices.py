"""An admin meets every notice: in the channel, by a direct message, or on top of the next list."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.chat.account.notices import AGAIN_AFTER_S, NoticeSender
from bot.chat.account.rights import find_access, find_owner
from bot.news.delivery import EditionKey
from bot.news.notices.notice import Notice, NoticeCause, NoticeKind
from bot.news.servers.access import Access
from bot.sandbox import Channel, Member
from tests.support.clocks import ManualClock
from tests.support.postoffice import SCHEDULE, Office, open_office

LONGEST_WAIT_S = 900.0
"""Seconds that a notice waits at most between two attempts."""


class Round:
    """Notices of one schedule, whose admin is Ada."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.ada: Member = office.guild.add_member("Ada", permissions=("manage_guild",))
        self.channel: Channel = office.guild.add_channel("staff")
        self.notices = self.made()

    def made(self) -> NoticeSender:
        """As at the start of a process."""
        return NoticeSender(
            admin=self.office.ledger.admin,
            schedules=self.office.ledger.schedules,
            messenger=self.office.messenger,
            clock=self.office.clock,
            find_owner=lambda: find_owner(self.office.client, self.office.own),
            may_edit=self.may_edit,
            guild_name=lambda _: self.office.guild.name,
        )

    async def may_edit(self, guild: int, user: int) -> bool | None:
        """As the bot asks."""
        office, editors = self.office, self.office.ledger.editors
        access = await find_access(office.client, office.own, editors, guild_id=guild, user_id=user)
        return None if access is None else access >= Access.EDITOR

    async def order(self, *, channel: bool = True) -> None:
        """A schedule with or without a notice channel."""
        await self.office.plan(saved_by=self.ada.id, notice_channel_id=self.channel.id if channel else None)

    def notice(
        self,
        kind: NoticeKind = NoticeKind.LATE,
        text: str = "It was late.",
        *,
        edition: EditionKey | None = None,
        part: int | None = None,
    ) -> Notice:
        """About that schedule."""
        return Notice(
            guild_id=self.office.guild.id,
            schedule_id=SCHEDULE,
            cause=NoticeCause(kind=kind, edition=edition, part=part),
            text=text,
            at=self.office.clock.now(),
        )

    async def say(self, notice: Notice | None = None) -> None:
        """Give a notice, and let it be delivered."""
        await self.notices.notify(notice or self.notice())
        await self.office.past_waits(self.notices.deliver_waiting(), longest_s=LONGEST_WAIT_S)

    async def unread(self) -> list[str]:
        """The causes of what is on top of the next list."""
        return [notice.cause.kind for notice in await self.office.ledger.admin.notices(self.office.guild.id)]


@pytest.fixture
async def round_(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Round]:
    """A client that is logged in, a staff channel, and Ada."""
    async with open_office(tmp_path, clock, limits=False) as office:
        yield Round(office)


async def test_notice_goes_to_the_schedules_notice_channel(round_: Round) -> None:
    """With the schedule's name; then it is read."""
    await round_.order()

    await round_.say()

    (message,) = round_.channel.messages
    assert "Weekly" in message.text
    assert "It was late." in message.text
    assert await round_.unread() == []
    assert round_.ada.direct_messages == []


async def test_notice_goes_to_who_saved_the_schedule_where_no_channel_is_set(round_: Round) -> None:
    """With the server's name: a direct message says nothing about where it comes from."""
    await round_.order(channel=False)

    await round_.say()

    (message,) = round_.ada.direct_messages
    assert "Town Square" in message.text
    assert await round_.unread() == []


@pytest.mark.parametrize("trouble", ["forbidden", "gone"])
async def test_notice_goes_to_who_saved_the_schedule_where_the_channel_takes_it_not(
    round_: Round, trouble: str
) -> None:
    """The trouble may be that very channel's."""
    await round_.order()
    if trouble == "gone":
        round_.channel.delete()
    else:
        round_.channel.set_permissions(bot={"send_messages": False})

    await round_.say()

    assert len(round_.ada.direct_messages) == 1


async def test_notice_that_reaches_nobody_stays_unread(round_: Round) -> None:
    """It is on top of the next list."""
    await round_.order(channel=False)
    round_.ada.takes_direct_messages = False

    await round_.say()

    assert await round_.unread() == ["late"]


async def test_same_cause_is_said_once_a_day(round_: Round) -> None:
    """And again the next day."""
    await round_.order()
    await round_.say()
    await round_.say()
    assert len(round_.channel.messages) == 1

    round_.office.clock.advance(86_400)
    await round_.say(round_.notice())

    assert len(round_.channel.messages) == 2


async def test_question_about_a_delivery_comes_with_its_answers(round_: Round) -> None:
    """Send it again, it is there, leave it out."""
    keys = await round_.office.plan(saved_by=round_.ada.id, notice_channel_id=round_.channel.id)

    await round_.say(round_.notice(kind=NoticeKind.UNKNOWN, edition=keys[0].edition, part=1, text="I don't know."))

    assert len(round_.channel.messages[0].buttons) == 3


async def test_notice_waits_out_a_rate_limit(round_: Round) -> None:
    """It is no less true a minute later."""
    await round_.order()
    round_.office.sandbox.faults.rate_limit(50, method="POST", path=r"/messages$")

    await round_.say()

    assert len(round_.channel.messages) == 1
    assert round_.office.sandbox.limits.early == []


async def test_notice_waits_until_the_circuit_closes(round_: Round) -> None:
    """The operator hears that the address was shut out, once it isn't any more."""
    round_.office.sandbox.faults.ban(method="POST")
    notice = Notice(
        guild_id=None, cause=NoticeCause(kind=NoticeKind.SHUT_OUT), text="Shut out.", at=round_.office.clock.now()
    )

    await round_.say(notice)

    assert [message.text for message in round_.office.sandbox.owner.direct_messages] != []


async def test_instances_own_notice_goes_to_the_owner(round_: Round) -> None:
    """And to no server."""
    await round_.say(
        Notice(
            guild_id=None,
            cause=NoticeCause(kind=NoticeKind.CLOCK),
            text="The disk is full.",
            at=round_.office.clock.now(),
        )
    )

    assert "The disk is full." in round_.office.sandbox.owner.direct_messages[0].text
    assert round_.channel.messages == []


async def test_notice_pings_nobody(round_: Round) -> None:
    """What Discord or a headline said is in it."""
    await round_.order()

    await round_.say(round_.notice(text="@everyone, look."))

    assert not round_.channel.messages[0].mentions


async def test_notice_of_a_deleted_schedule_stays_unread_and_breaks_nothing(round_: Round) -> None:
    """The next notice has its turn."""
    await round_.order()
    await round_.say(replace(round_.notice(), schedule_id=999))

    await round_.say(round_.notice(NoticeKind.NO_PERMISSION))

    assert len(round_.channel.messages) == 1
    assert await round_.unread() == ["late"]


async def test_running_round_delivers_what_an_earlier_process_left(round_: Round) -> None:
    """Of the last day; what is older is on the list alone."""
    await round_.order()
    await round_.notices.notify(round_.notice())
    round_.office.clock.advance(90_000)
    await round_.notices.notify(round_.notice(NoticeKind.NO_PERMISSION, text="Fresh."))
    stop = asyncio.Event()

    running = asyncio.create_task(round_.made().run(stop))
    await round_.channel.wait_for_messages(1)
    stop.set()
    await asyncio.wait_for(running, 5)

    assert ["Fresh." in message.text for message in round_.channel.messages] == [True]
    assert await round_.unread() == ["late"]


async def test_running_round_delivers_once_it_has_waited_for_others_of_the_same_cause(round_: Round) -> None:
    """A notice wakes it; two seconds later both are one message."""
    await round_.order()
    stop = asyncio.Event()
    running = asyncio.create_task(round_.notices.run(stop))
    await asyncio.sleep(0.05)

    await round_.notices.notify(round_.notice(NoticeKind.UNKNOWN, edition=EditionKey("2021-05-10"), part=1))
    await round_.notices.notify(round_.notice(NoticeKind.UNKNOWN, edition=EditionKey("2021-05-10"), part=2))
    await round_.office.clock.sleepers_reach(1)
    round_.office.clock.advance(2.0)
    await round_.channel.wait_for_messages(1)
    stop.set()
    await asyncio.wait_for(running, 5)

    assert len(round_.channel.messages) == 1
    assert len(round_.channel.messages[0].buttons) == 6


async def test_notice_is_kept_before_anybody_is_told(round_: Round) -> None:
    """A kill in between loses nothing."""
    await round_.order()

    await round_.notices.notify(round_.notice())

    assert await round_.unread() == ["late"]
    assert round_.channel.messages == []


async def test_notice_that_discord_could_not_take_is_delivered_by_the_clock(round_: Round) -> None:
    """The outage lasts longer than the first attempts; nothing else has to happen for it."""
    await round_.order()
    fault = round_.office.sandbox.faults.status(503, times=None, method="GET", path="/guilds/")
    round_.office.sandbox.faults.drop(times=None, method="POST", path="/messages$")
    await round_.notices.notify(round_.notice())
    stop, clock = asyncio.Event(), round_.office.clock
    running = asyncio.create_task(round_.notices.run(stop))
    await round_.office.past_waits(_until(lambda: clock.next_wake == AGAIN_AFTER_S), longest_s=LONGEST_WAIT_S / 2)
    assert (fault.hits > 0, await round_.unread()) == (True, ["late"])

    round_.office.sandbox.faults.clear()
    clock.advance(AGAIN_AFTER_S)
    await round_.office.past_waits(_until(lambda: bool(round_.channel.messages)), longest_s=LONGEST_WAIT_S / 2)

    stop.set()
    await running
    assert await round_.unread() == []


async def _until(happened: Callable[[], bool]) -> None:
    for _ in range(1000):
        if happened():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen")
