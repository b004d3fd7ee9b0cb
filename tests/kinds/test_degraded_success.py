"""What was sent with something missing is never reported as sent alone, and one cause is one notice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.news.choosing.recheck import Finding
from bot.news.delivery import DELETED_MESSAGE, DeliveryState, EditionKey
from bot.news.message.plain_text import plain_draft
from bot.news.notices.fold import MOST_FOLDED, FoldedNotice, fold_notices
from bot.news.notices.notice import Notice, NoticeCause, NoticeKind
from bot.news.notices.texts import late_notice, not_sent_notice, refused_notice, zone_notice
from bot.render.edition.delivery import draft_history
from bot.render.format.limits import fits
from bot.render.format.terminal import to_text
from bot.render.notice import draft_notice
from tests.chat.test_notices import Round
from tests.support.clocks import ManualClock
from tests.support.makers import SOME_DAY, make_delivery, make_edition, make_schedule
from tests.support.postoffice import open_office
from tests.support.running_bot import Town, make_seed_text

REFUSAL: Final = {"code": 50035, "message": "Invalid Form Body"}

notices = st.builds(
    lambda kind, schedule, guild, minute, part: Notice(
        guild_id=guild,
        schedule_id=schedule,
        cause=NoticeCause(kind=kind, edition=EditionKey("2021-05-10"), part=part),
        text=str(kind),
        at=SOME_DAY + timedelta(minutes=minute),
    ),
    kind=st.sampled_from(NoticeKind),
    schedule=st.integers(1, 4),
    guild=st.integers(1, 2),
    minute=st.integers(0, 100),
    part=st.integers(1, 5),
)


HERE: Final = make_schedule()
FIRST_PART: Final = make_delivery()
LATER: Final = make_delivery(make_edition(key=EditionKey("2021-05-17")), part=2)
EXTRA: Final = make_delivery(make_edition(key=EditionKey("x123")))


def channel_of(notice: Notice) -> int:
    """Two schedules share a channel."""
    return (notice.schedule_id or 0) // 2


@given(st.lists(notices, max_size=30))
def test_notices_of_one_cause_and_channel_are_folded_and_none_is_lost(given_notices: list[Notice]) -> None:
    """Whatever else there is, and in whatever order they came."""
    folded = fold_notices(given_notices, channel_of)

    assert sorted(map(repr, given_notices)) == sorted(repr(each) for group in folded for each in group.notices)
    for group in folded:
        assert len({(each.guild_id, each.cause.kind) for each in group.notices}) == 1
        assert len(group.notices) <= MOST_FOLDED
    smaller = [group for group in folded if len(group.notices) < MOST_FOLDED]
    by_server = {NoticeKind.LATE, NoticeKind.CLOCK, NoticeKind.SHUT_OUT}
    causes = [
        (one.guild_id, one.cause.kind, None if one.cause.kind in by_server else channel_of(one))
        for one in (group.newest for group in smaller)
    ]
    assert len(causes) == len(set(causes))


LATE_BY: Final = timedelta(hours=30)


@pytest.mark.parametrize(
    ("one", "other", "messages"),
    [
        (
            not_sent_notice(FIRST_PART, Finding.MOVED, at=SOME_DAY),
            not_sent_notice(LATER, Finding.MOVED, at=SOME_DAY),
            1,
        ),
        (
            not_sent_notice(FIRST_PART, Finding.MOVED, at=SOME_DAY),
            not_sent_notice(LATER, Finding.EMPTIED, at=SOME_DAY),
            2,
        ),
        (refused_notice(FIRST_PART, "400: no", at=SOME_DAY), refused_notice(EXTRA, "400: no", at=SOME_DAY), 1),
        (refused_notice(FIRST_PART, "400: no", at=SOME_DAY), refused_notice(EXTRA, "409: busy", at=SOME_DAY), 2),
        (zone_notice(HERE, at=SOME_DAY), zone_notice(replace(HERE, timezone="Mars/Base"), at=SOME_DAY), 2),
        (
            late_notice(HERE, SOME_DAY, at=SOME_DAY),
            late_notice(replace(HERE, name="Evening"), SOME_DAY - LATE_BY, at=SOME_DAY),
            1,
        ),
        (
            late_notice(HERE, SOME_DAY, at=SOME_DAY),
            late_notice(replace(HERE, max_lateness=LATE_BY), SOME_DAY, at=SOME_DAY),
            2,
        ),
    ],
)
def test_notices_are_folded_only_if_they_say_the_same(one: Notice, other: Notice, messages: int) -> None:
    """Whichever part, edition or moment each of them is about: what is said of one must be true of the other."""
    folded = fold_notices([one, other], channel_of)

    assert len(folded) == messages


@given(st.lists(notices, min_size=1, max_size=MOST_FOLDED), st.text(max_size=60))
def test_any_folded_notice_fits_a_message(given_notices: list[Notice], name: str) -> None:
    """With the buttons of each of its questions, and room for a heading and an origin."""
    questions = [replace(each, cause=replace(each.cause, kind=NoticeKind.UNKNOWN)) for each in given_notices]
    distinct = {(each.schedule_id, each.cause.part): each for each in questions}
    draft = draft_notice(FoldedNotice(notices=tuple(distinct.values())), lambda _: name)

    assert fits(draft) == []


async def test_eight_questions_about_one_channel_are_one_message(tmp_path: Path, clock: ManualClock) -> None:
    """With the answers to each."""
    async with open_office(tmp_path, clock, limits=False) as office:
        staff = Round(office)
        await staff.order(channel=False)
        for part in range(1, 9):
            key = EditionKey("2021-05-10")
            await staff.notices.notify(staff.notice(NoticeKind.UNKNOWN, "I can't check.", edition=key, part=part))

        await office.past_waits(staff.notices.deliver_waiting(), longest_s=900.0)

        (message,) = staff.ada.direct_messages
        assert len(message.buttons) == 3 * 8
        assert "8. Weekly, edition of 2021-05-10, part 8" in message.text
        assert await staff.unread() == []


async def test_a_form_that_discord_refuses_is_logged_told_once_and_in_the_history(quiet_town: Town) -> None:
    """With Discord's reason in all three; two messages of one channel are one notice."""
    for number in range(16):
        text = make_seed_text(
            title=f"Number {number} of {'abcdefghijklmnop'[number] * 9}",
            url=f"https://example.com/{number}",
            excerpt=f"{'word ' * 60}{number}.",
        )
        (quiet_town.seeds / f"{number}.md").write_text(text, "utf-8")
    await quiet_town.start_bot()
    path = rf"/channels/{quiet_town.channel.id}/messages$"
    quiet_town.sandbox.faults.status(400, body=REFUSAL, method="POST", path=path)

    with capture_logs() as logs:
        await quiet_town.post_first_edition(count=16, provider_cap=20)

    assert quiet_town.bot is not None
    await quiet_town.admin.wait_for_direct_messages(1)
    (notice,) = quiet_town.admin.direct_messages
    history = await quiet_town.admin.run(quiet_town.channel, "schedule history", name="Weekly")
    assert [log["why"] for log in logs if "form" in log["event"]] == ["400, 50035: Invalid Form Body"]
    assert "plain text" in notice.text
    assert "Invalid Form Body" in notice.text
    assert "sent in plain form (400, 50035: Invalid Form Body)" in history.text


async def test_a_message_that_can_not_be_published_is_not_reported_as_sent_alone(town: Town) -> None:
    """The history says what Discord said."""
    town.sandbox.faults.status(403, body={"code": 50013, "message": "Missing Permissions"}, path=r"/crosspost$")
    await town.post_first_edition(channel=town.guild.add_channel("announced", "announcement"), publish=True)
    assert town.bot is not None
    await town.admin.wait_for_direct_messages(1)

    history = await town.admin.run(town.channel, "schedule history", name="Weekly")

    assert "sent (not published: 403, 50013: Missing Permissions)" in history.text


SENT_SHORT: Final = {
    "in plain form": {"draft": plain_draft(make_delivery().draft, refused="400: no")},
    "then deleted": {"message_id": DELETED_MESSAGE},
    "not published": {"reason": "not published: 403"},
}


@pytest.mark.parametrize("said", SENT_SHORT)
def test_history_says_what_is_missing_of_what_was_sent(said: str) -> None:
    """Each of the ways in which a message may be sent with less than was planned."""
    whole = make_delivery(make_edition(), state=DeliveryState.SENT, message_id=1)
    short = replace(whole, **SENT_SHORT[said])  # type: ignore[arg-type] # a delivery's own fields

    assert said in to_text(draft_history(make_schedule(), [(make_edition(), [short])]), 500)
    assert said not in to_text(draft_history(make_schedule(), [(make_edition(), [whole])]), 500)
