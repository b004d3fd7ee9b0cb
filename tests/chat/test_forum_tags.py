"""Posts in forums that require tags."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.news.delivery import DeliveryKey, EditionKey, ScheduleId
from bot.news.message.messenger import Outcome, Posted, Refused
from bot.news.schedules.posting import Posting
from bot.sandbox import Channel
from tests.support.clocks import ManualClock
from tests.support.postoffice import Office, open_office, posted_draft


@pytest.fixture
async def office(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Office]:
    """A client that is logged in, without rate limits."""
    async with open_office(tmp_path, clock, limits=False) as opened:
        yield opened


async def post(office: Office, forum: Channel, *tags: str) -> Outcome:
    """Post a part of an edition to a forum."""
    key = DeliveryKey(channel_id=forum.id, schedule_id=ScheduleId(1), edition=EditionKey("2021-06-03"), part=1)
    draft = posted_draft(key)
    return await office.messenger.post(forum.id, draft, nonce=draft.key, title="An edition", posting=Posting(tags=tags))


async def test_a_post_gets_the_first_tag_that_anyone_may_apply(office: Office) -> None:
    """A moderated tag needs Manage Threads, which the invite doesn't grant."""
    forum = office.guild.add_channel("forum", kind="forum")
    forum.add_tag("Official", moderated=True)
    free = forum.add_tag("News")
    forum.require_tag()

    outcome = await post(office, forum)

    assert isinstance(outcome, Posted)
    assert forum.threads[0].applied_tags == (free.id,)


async def test_a_post_gets_no_tag_unless_the_forum_requires_one(office: Office) -> None:
    """Tags are the members' way to sort; the bot doesn't guess."""
    forum = office.guild.add_channel("forum", kind="forum")
    forum.add_tag("News")

    await post(office, forum)

    assert forum.threads[0].applied_tags == ()


@pytest.mark.parametrize("required", [True, False])
async def test_a_post_gets_the_tags_that_its_schedule_names(office: Office, *, required: bool) -> None:
    """By name, whatever its case; a moderated one and one that isn't there are left out."""
    forum = office.guild.add_channel("forum", kind="forum")
    first, weekly = forum.add_tag("First"), forum.add_tag("Weekly")
    forum.add_tag("Official", moderated=True)
    forum.require_tag(required)

    await post(office, forum, "weekly", "Official", "Gone", "FIRST")

    assert set(forum.threads[0].applied_tags) == {first.id, weekly.id}


async def test_a_forum_with_only_moderated_tags_refuses_the_post(office: Office) -> None:
    """Discord's code 40067 is a refusal, not an outage."""
    forum = office.guild.add_channel("forum", kind="forum")
    forum.add_tag("Official", moderated=True)
    forum.require_tag()

    outcome = await post(office, forum)

    assert isinstance(outcome, Refused)
