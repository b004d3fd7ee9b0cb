"""What a notice is about, in a word that can be read back, and sentences that say what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.delivery import Delivery, EditionKey
from bot.news.notices.fold import listed_notices
from bot.news.notices.notice import Notice, NoticeCause, NoticeKind, Recipient, recipients
from bot.news.notices.texts import (
    channel_gone_notice,
    clock_notice,
    late_notice,
    no_permission_notice,
    refused_notice,
    shut_out_notice,
    unknown_notice,
    zone_notice,
)
from tests.support.makers import make_delivery, make_edition, make_schedule

NOW = datetime(2021, 6, 7, 9, 5, tzinfo=UTC)

OF_A_DELIVERY = (no_permission_notice, channel_gone_notice, refused_notice, unknown_notice)


@pytest.mark.parametrize("key", ["2021-05-10", "x815"])
def test_question_about_a_delivery_names_its_edition_and_part(key: str) -> None:
    """The buttons of its answers are made from it."""
    delivery = make_delivery(make_edition(key=EditionKey(key)), part=3)

    cause = unknown_notice(delivery, "403", at=NOW).cause

    assert cause == NoticeCause(kind=NoticeKind.UNKNOWN, edition=EditionKey(key), part=3)


@pytest.mark.parametrize("make", OF_A_DELIVERY)
def test_notice_of_a_delivery_says_what_discord_said_and_what_to_do(
    make: Callable[..., Notice],
) -> None:
    """Which edition, why, and a command or a permission."""
    delivery: Delivery = make_delivery(part=2)

    notice = make(delivery, "403, 50013: Missing Permissions", at=NOW)

    assert (notice.guild_id, notice.schedule_id, notice.at) == (1, 11, NOW)
    assert "2 of the edition of 2021-05-10" in notice.text
    assert "403, 50013: Missing Permissions" in notice.text
    assert "/schedule" in notice.text or "Give me" in notice.text


def test_notice_of_an_extra_edition_says_how_it_came_about() -> None:
    """An interaction's id says nothing to anybody."""
    delivery = make_delivery(make_edition(key=EditionKey("x815")))

    assert "extra edition" in refused_notice(delivery, "418", at=NOW).text


def test_two_editions_that_were_refused_are_two_causes() -> None:
    """One a day would hide the second."""
    first, second = make_delivery(), make_delivery(make_edition(key=EditionKey("x1")))

    assert refused_notice(first, "418", at=NOW).cause != refused_notice(second, "418", at=NOW).cause


def test_notices_of_the_instance_go_to_no_server() -> None:
    """They are the operator's."""
    for notice in (shut_out_notice("banned", at=NOW), clock_notice(at=NOW)):
        assert (notice.guild_id, notice.schedule_id) == (None, None)


def test_notice_of_a_late_edition_says_when_it_was_due() -> None:
    """And how late is too late."""
    text = late_notice(make_schedule(), datetime(2021, 6, 7, 9, 0, tzinfo=UTC), at=NOW).text

    assert "07 June 2021 at 09:00 UTC" in text
    assert "24 hours" in text


def test_notice_of_a_vanished_zone_names_it() -> None:
    """And how to choose another one."""
    text = zone_notice(make_schedule(timezone="Europe/Atlantis"), at=NOW).text

    assert "Europe/Atlantis" in text
    assert "/schedule edit" in text


def about(schedule_id: int | None, guild_id: int | None = 1, at: datetime = NOW) -> Notice:
    """A notice of no special kind."""
    return Notice(guild_id=guild_id, schedule_id=schedule_id, cause=NoticeCause(kind=NoticeKind.LATE), text="", at=at)


def test_schedules_notice_goes_to_its_notice_channel_first_and_then_to_the_member_who_saved_it() -> None:
    """The channel may be what the notice is about."""
    schedule = make_schedule(notice_channel_id=5, saved_by=7)

    assert recipients(about(11), schedule, owner_id=9) == (
        Recipient(kind="channel", id=5),
        Recipient(kind="user", id=7),
    )


def test_schedule_without_a_notice_channel_notifies_the_member_who_saved_it() -> None:
    """Saving a schedule is the opt-in."""
    assert recipients(about(11), make_schedule(saved_by=7), owner_id=9) == (Recipient(kind="user", id=7),)


@pytest.mark.parametrize(("guild_id", "owner_id"), [(1, 9), (None, None)])
def test_notice_without_a_schedule_waits_in_a_list(guild_id: int | None, owner_id: int | None) -> None:
    """A server's, and the instance's if its owner wants none."""
    assert recipients(about(None, guild_id), None, owner_id=owner_id) == ()


def test_notice_of_a_deleted_schedule_waits_in_a_list() -> None:
    """Nobody is left who saved it."""
    assert recipients(about(11), None, owner_id=9) == ()


def test_instances_notice_goes_to_its_owner() -> None:
    """And to no server."""
    assert recipients(about(None, None), None, owner_id=9) == (Recipient(kind="user", id=9),)


def about_its_channel(schedule_id: int, *, at: datetime) -> Notice:
    """A notice that isn't folded with those about other channels."""
    return replace(about(schedule_id, at=at), cause=NoticeCause(kind=NoticeKind.CHANNEL_GONE))


@given(st.integers(0, 10))
def test_list_shows_the_newest_notices(count: int) -> None:
    """At most three, in their order; the others stay unread."""
    unread = [about_its_channel(number, at=NOW + timedelta(minutes=number)) for number in range(count)]

    listed = listed_notices(unread, lambda notice: notice.schedule_id)

    assert [each.newest for each in listed] == unread[max(0, count - 3) :]
