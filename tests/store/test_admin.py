"""What the bot remembers of itself."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.news.notices.notice import Notice, NoticeCause, NoticeKind
from tests.support.ledger import DUE, Ledger

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

LATE = Notice(
    guild_id=1, schedule_id=11, cause=NoticeCause(kind=NoticeKind.LATE), text="An edition came too late.", at=DUE
)


async def test_setting_that_was_never_saved_is_none(ledger: Ledger) -> None:
    """Not an empty text."""
    assert await ledger.admin.find_setting("command_hash") is None


async def test_setting_reads_as_it_was_saved_last(ledger: Ledger) -> None:
    """The newer value replaces the older."""
    for value in ("a", "", "\N{ROBOT FACE} ' --"):
        await ledger.admin.save_setting("command_hash", value)

    assert await ledger.admin.find_setting("command_hash") == "\N{ROBOT FACE} ' --"


async def test_settings_do_not_mix(ledger: Ledger) -> None:
    """Each name has its own value."""
    await ledger.admin.save_setting("a", "1")
    await ledger.admin.save_setting("b", "2")

    assert await ledger.admin.find_setting("a") == "1"


async def test_first_call_makes_one_key_of_32_bytes(ledger: Ledger) -> None:
    """Nobody has to think of one."""
    (key,) = await ledger.admin.secrets()

    assert len(key) == 32


async def test_key_stays_the_same(ledger: Ledger) -> None:
    """Buttons in old messages go on working."""
    assert await ledger.admin.secrets() == await ledger.admin.secrets()


async def test_two_first_calls_at_once_make_one_key(ledger: Ledger) -> None:
    """No button is signed with a key that is lost."""
    answers = await asyncio.gather(*(ledger.admin.secrets() for _ in range(8)))

    assert len(set(answers)) == len(answers[0]) == 1


async def test_notice_is_kept_with_an_id(ledger: Ledger) -> None:
    """So that it can be marked as read."""
    kept = await ledger.admin.add_notice(LATE)

    assert kept is not None
    assert await ledger.admin.notices(1) == (replace(LATE, id=kept.id),) == (kept,)


async def test_same_cause_on_the_same_day_is_said_once(ledger: Ledger) -> None:
    """One notice a cause and day."""
    await ledger.admin.add_notice(LATE)

    assert await ledger.admin.add_notice(replace(LATE, text="Again.", at=DUE + HOUR)) is None


async def test_same_cause_is_said_again_on_the_next_day(ledger: Ledger) -> None:
    """It is still not fixed."""
    await ledger.admin.add_notice(LATE)

    assert await ledger.admin.add_notice(replace(LATE, at=DUE + DAY)) is not None


async def test_day_of_a_notice_is_utcs(ledger: Ledger) -> None:
    """Whatever zone a moment was written in."""
    midnight = datetime(2021, 5, 11, tzinfo=UTC)
    before = (midnight - timedelta.resolution).astimezone(timezone(timedelta(hours=9)))
    await ledger.admin.add_notice(replace(LATE, at=midnight))

    assert await ledger.admin.add_notice(replace(LATE, at=before)) is not None


@pytest.mark.parametrize(
    "other",
    [
        replace(LATE, cause=NoticeCause(kind=NoticeKind.CHANNEL_GONE)),
        replace(LATE, schedule_id=12),
        replace(LATE, schedule_id=None),
        replace(LATE, guild_id=2),
        replace(LATE, guild_id=None, schedule_id=None),
    ],
    ids=["cause", "schedule", "no schedule", "server", "instance"],
)
async def test_notice_of_another_cause_schedule_or_server_is_its_own(ledger: Ledger, other: Notice) -> None:
    """Nobody's trouble hides another's."""
    await ledger.admin.add_notice(LATE)

    assert await ledger.admin.add_notice(other) is not None


async def test_instance_is_told_once_a_day_too(ledger: Ledger) -> None:
    """Without a server and a schedule."""
    shut_out = Notice(guild_id=None, cause=NoticeCause(kind=NoticeKind.SHUT_OUT), text="Wait.", at=DUE)
    await ledger.admin.add_notice(shut_out)

    assert await ledger.admin.add_notice(shut_out) is None


async def test_notices_come_oldest_first(ledger: Ledger) -> None:
    """As things happened."""
    for day in (2, 0, 1):
        await ledger.admin.add_notice(replace(LATE, at=DUE + DAY * day))

    assert [notice.at for notice in await ledger.admin.notices(1)] == [DUE, DUE + DAY, DUE + DAY * 2]


async def test_server_does_not_see_others_notices(ledger: Ledger) -> None:
    """Nor the instance's."""
    await ledger.admin.add_notice(replace(LATE, guild_id=2))
    await ledger.admin.add_notice(replace(LATE, guild_id=None, schedule_id=None))

    assert await ledger.admin.notices(1) == ()


async def test_instance_does_not_see_servers_notices(ledger: Ledger) -> None:
    """None means the instance, not everybody."""
    await ledger.admin.add_notice(LATE)

    assert await ledger.admin.notices(None) == ()


async def test_notice_that_was_read_is_not_shown_again(ledger: Ledger) -> None:
    """It has done its work."""
    kept = await ledger.admin.add_notice(LATE)
    assert kept is not None
    assert kept.id is not None
    await ledger.admin.mark_notice_shown(kept.id, at=DUE + HOUR)

    assert await ledger.admin.notices(1) == ()


async def test_notice_keeps_when_it_was_read_first(ledger: Ledger) -> None:
    """The second reader changes nothing."""
    kept = await ledger.admin.add_notice(LATE)
    assert kept is not None
    assert kept.id is not None
    for hours in (1, 2):
        await ledger.admin.mark_notice_shown(kept.id, at=DUE + HOUR * hours)

    assert await ledger.admin.notices(1, unread_only=False) == (replace(kept, shown_at=DUE + HOUR),)


async def test_same_cause_is_not_said_again_on_the_day_on_which_it_was_read(ledger: Ledger) -> None:
    """Reading it doesn't ask for more."""
    kept = await ledger.admin.add_notice(LATE)
    assert kept is not None
    assert kept.id is not None
    await ledger.admin.mark_notice_shown(kept.id, at=DUE)

    assert await ledger.admin.add_notice(replace(LATE, at=DUE + HOUR)) is None


async def test_marking_an_unknown_notice_changes_nothing(ledger: Ledger) -> None:
    """It may have been purged."""
    await ledger.admin.mark_notice_shown(99, at=DUE)

    assert await ledger.admin.notices(1, unread_only=False) == ()


async def test_identifies_of_a_day_are_counted(ledger: Ledger) -> None:
    """This one included."""
    assert [await ledger.admin.count_identify(at=DUE + HOUR * hours) for hours in range(3)] == [1, 2, 3]


async def test_identify_of_24_hours_ago_does_not_count(ledger: Ledger) -> None:
    """A day is 24 hours, not one microsecond more."""
    await ledger.admin.count_identify(at=DUE)
    just_within = await ledger.admin.count_identify(at=DUE + DAY - timedelta.resolution)
    beyond = await ledger.admin.count_identify(at=DUE + DAY)

    assert (just_within, beyond) == (2, 2)


async def test_clock_that_jumped_ahead_and_back_forgets_no_identify(ledger: Ledger) -> None:
    """Discord counts on, and a token past 1,000 is reset."""
    await ledger.admin.count_identify(at=DUE)
    await ledger.admin.count_identify(at=DUE + DAY * 365)

    assert await ledger.admin.count_identify(at=DUE + HOUR) == 2


async def test_starts_are_counted_since_a_moment(ledger: Ledger) -> None:
    """A crash loop is seen; this start included, and one at the moment itself."""
    for minutes in (0, 5, 9):
        at = DUE + timedelta(minutes=minutes)
        await ledger.admin.starts_since(at=at, since=at)

    at = DUE + timedelta(minutes=15)
    assert await ledger.admin.starts_since(at=at, since=at - timedelta(minutes=10)) == 3


async def test_starts_are_not_identifies(ledger: Ledger) -> None:
    """Each has its own count."""
    await ledger.admin.count_identify(at=DUE)

    assert await ledger.admin.starts_since(at=DUE, since=DUE - DAY) == 1


async def test_last_identify_is_the_one_recorded_last(ledger: Ledger) -> None:
    """Whatever the clock said of it: it may have been set back since."""
    assert await ledger.admin.last_identify() is None
    await ledger.admin.count_identify(at=DUE + HOUR)
    await ledger.admin.count_identify(at=DUE)

    assert await ledger.admin.last_identify() == DUE
