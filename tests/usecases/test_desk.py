"""The editors' desk over a real store: what editors do to a draft is what is posted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import BadInputError, DraftChangedError, UnknownEditionError
from bot.news.article import INSTANCE_SHELF, ArticleId, Seed
from bot.news.delivery import DeliveryState, EditionKey, ScheduleId
from bot.news.edition import Reason
from bot.news.message.draft_json import draft_to_json
from bot.news.schedules.desk import Deed, DeskState, OnDesk
from bot.news.schedules.schedule import DeskDefault, EmptyPolicy, Schedule
from bot.store.sqlite import SqliteStore, open_store
from bot.usecases.digest import latest_edition, plan_edition
from bot.usecases.digest.desk import (
    Order,
    act_on_draft,
    count_came_in,
    read_desk,
    refresh_drafts,
    skip_draft,
)
from tests.support.candidates import LAST, MIDWEEK, NOW, lone_words
from tests.support.clocks import ManualClock
from tests.support.makers import make_schedule, make_seed

HOUR = timedelta(hours=1)
DRAFTED = NOW - 12 * HOUR
ADA = 77
KEY = EditionKey(NOW.date().isoformat())


def desk_schedule(**fields: object) -> Schedule:
    """A schedule of two stories with a desk."""
    return make_schedule(**{"desk_channel_id": 5, "count": 2, **fields})  # type: ignore[arg-type] # as make_schedule


SCHEDULE = desk_schedule()


@pytest.fixture
async def store(tmp_path: Path, clock: ManualClock) -> AsyncIterator[SqliteStore]:
    """A store with three stories and a schedule with a desk."""
    async with open_store(tmp_path / "newsdesk.db", clock=clock) as opened:
        await opened.schedules.save_schedule(SCHEDULE, next_due_at=None)
        stems = {"best": 90, "good": 80, "fair": 75}
        await put(opened, *(seed(stem, quality=quality) for stem, quality in stems.items()))
        yield opened


def seed(stem: str, published_at: datetime = MIDWEEK, **fields: object) -> Seed:
    """A seed whose story no other seed reports."""
    return make_seed(stem, title=lone_words(stem), published_at=published_at, **fields)  # type: ignore[arg-type] # as make_seed


async def put(store: SqliteStore, *seeds: Seed) -> None:
    """Import seeds; each counts as seen when it was published."""
    await store.articles.put_seeds(INSTANCE_SHELF, seeds, seen_at=NOW, is_first_import=True)


async def draft(store: SqliteStore, schedule: Schedule = SCHEDULE, *, now: datetime = DRAFTED) -> OnDesk:
    """Draft the edition that is due at `NOW`."""
    await store.schedules.save_schedule(schedule, next_due_at=None)
    assert await plan_edition(store, schedule, key=KEY, due_at=NOW, now=now) is not None
    return await read_desk(store, schedule.id, KEY)


async def act(
    store: SqliteStore,
    seen: OnDesk,
    deed: Deed,
    place: int | None = None,
    *,
    text: str = "",
    signed: str = "",
    now: datetime = DRAFTED + HOUR,
) -> OnDesk:
    """Let Ada do something to the draft that she sees."""
    article = None if place is None else seen.edition.picks[place].article.id
    order = Order(deed=deed, article_id=article, text=text, signed=signed)
    return await act_on_draft(store, SCHEDULE.id, KEY, order, revision=seen.desk.revision, member_id=ADA, now=now)


def stems(seen: OnDesk) -> list[str]:
    """The stories of a draft."""
    return [pick.article.stem for pick in seen.edition.picks]


def texts(seen: OnDesk) -> str:
    """All messages of a draft, as they are stored."""
    return "".join(draft_to_json(part.draft) for part in seen.parts)


async def claimed(store: SqliteStore, at: datetime) -> tuple[str, ...]:
    """The messages that may be posted at a moment."""
    rows = await store.deliveries.claim(now=at, lease_until=at + HOUR)
    return tuple(draft_to_json(row.draft) for row in rows)


async def test_draft_is_posted_at_its_time_as_the_desk_shows_it(store: SqliteStore) -> None:
    """Byte for byte, and not before."""
    seen = await draft(store)

    assert stems(seen) == ["best", "good"]
    assert await claimed(store, NOW - timedelta(seconds=1)) == ()
    assert await claimed(store, NOW) == tuple(draft_to_json(part.draft) for part in seen.parts)


async def test_approved_draft_has_the_very_bytes_that_the_editor_saw(store: SqliteStore) -> None:
    """An approval draws nothing again."""
    seen = await act(store, await draft(store), Deed.NOTE, 0, text="Worth your time", signed="Ada")
    approved = await act(store, seen, Deed.APPROVE, now=NOW - HOUR)

    assert approved.desk.state is DeskState.APPROVED
    assert texts(approved) == texts(seen)
    assert "".join(await claimed(store, NOW)) == texts(seen)


async def test_draft_that_waits_is_posted_only_once_it_is_approved(store: SqliteStore) -> None:
    """Or it is too late, and cancelled when it is claimed."""
    seen = await draft(store, desk_schedule(desk_default=DeskDefault.WAIT))
    assert await claimed(store, NOW + HOUR) == ()

    await act(store, seen, Deed.APPROVE, now=NOW + timedelta(minutes=2))
    assert len(await claimed(store, NOW + HOUR)) == 1


async def test_draft_that_is_approved_late_says_so_on_the_desk(store: SqliteStore) -> None:
    """What would be drawn again when it is sent is drawn at the act."""
    seen = await draft(store, desk_schedule(desk_default=DeskDefault.WAIT))
    approved = await act(store, seen, Deed.APPROVE, now=NOW + HOUR)

    assert "Late, due" in texts(approved)
    assert "".join(await claimed(store, NOW + HOUR)) == texts(approved)


async def test_held_draft_is_not_posted(store: SqliteStore) -> None:
    """Whatever the schedule's default is."""
    await act(store, await draft(store), Deed.HOLD)

    assert await claimed(store, NOW + HOUR) == ()


async def test_draft_can_be_sent_before_its_time(store: SqliteStore) -> None:
    """At once, as it is."""
    seen = await act(store, await draft(store), Deed.SEND)

    assert "".join(await claimed(store, DRAFTED + HOUR)) == texts(seen)


async def test_dropped_story_is_in_no_message_and_has_its_reason(store: SqliteStore) -> None:
    """The other one stays."""
    seen = await act(store, await draft(store), Deed.DROP, 0)

    verdicts = await store.digest.verdicts(SCHEDULE.id, KEY)
    assert stems(seen) == ["good"]
    assert lone_words("best") not in texts(seen)
    assert [each.reason for each in verdicts if each.reason is Reason.DROPPED] == [Reason.DROPPED]


async def test_story_that_moved_up_leads_the_edition(store: SqliteStore) -> None:
    """It is drawn as the first one."""
    assert stems(await act(store, await draft(store), Deed.UP, 1)) == ["good", "best"]


async def test_swapped_story_is_the_next_best_and_the_other_does_not_come_back(store: SqliteStore) -> None:
    """Neither at the next swap."""
    seen = await act(store, await draft(store), Deed.SWAP, 0)
    assert stems(seen) == ["fair", "good"]

    with pytest.raises(BadInputError):
        await act(store, seen, Deed.SWAP, 1)


async def test_late_story_can_be_swapped_in(store: SqliteStore) -> None:
    """It came in after the edition was drafted."""
    seen = await draft(store)
    await put(store, seed("late", DRAFTED + HOUR / 2, quality=99))

    assert stems(await act(store, seen, Deed.SWAP, 1)) == ["best", "late"]


async def test_note_and_headline_are_in_the_message(store: SqliteStore) -> None:
    """The link stays the article's."""
    noted = await act(store, await draft(store), Deed.NOTE, 0, text="Worth your time", signed="Ada")
    seen = await act(store, noted, Deed.HEADLINE, 0, text="A better title")

    assert all(each in texts(seen) for each in ("by Ada:", "Worth your time", "A better title"))
    assert seen.edition.picks[0].article.url in texts(seen)
    assert lone_words("best") not in texts(seen)


async def test_edition_remembers_the_articles_own_title(store: SqliteStore) -> None:
    """By it later reports of the story are recognized."""
    await act(store, await draft(store), Deed.HEADLINE, 0, text="A better title")

    told = await store.digest.told(SCHEDULE.id, SCHEDULE.channel_id, before=NOW + HOUR)
    assert told[0].title == lone_words("best")


async def test_notes_that_have_no_room_are_refused(store: SqliteStore) -> None:
    """No story is left out for an editor's words without a word."""
    await put(store, *(seed(f"more{number}", quality=70) for number in range(20)))
    seen = await draft(store, desk_schedule(count=20, provider_cap=20))

    async def note_all(seen: OnDesk) -> None:
        for place in range(20):
            seen = await act(store, seen, Deed.NOTE, place, text="*_" * 150)

    with pytest.raises(BadInputError, match="no room"):
        await note_all(seen)


async def test_second_editor_gets_the_changed_draft(store: SqliteStore) -> None:
    """Nothing is lost, and nothing is done to what she didn't see."""
    seen = await draft(store)
    first = await act(store, seen, Deed.UP, 1)

    with pytest.raises(DraftChangedError):
        await act(store, seen, Deed.DROP, 0)
    assert await read_desk(store, SCHEDULE.id, KEY) == first


async def test_edition_on_its_way_is_not_changed(store: SqliteStore) -> None:
    """It may be in the channel."""
    seen = await draft(store)
    await claimed(store, NOW)

    with pytest.raises(DraftChangedError):
        await act(store, seen, Deed.HOLD, now=NOW)


async def test_draft_of_a_deleted_schedule_is_not_changed(store: SqliteStore) -> None:
    """It was skipped with its schedule."""
    seen = await draft(store)
    await store.schedules.delete_schedule(SCHEDULE.id, at=NOW)

    with pytest.raises(DraftChangedError):
        await act(store, seen, Deed.HOLD)


async def test_unknown_draft_is_said_to_be_unknown(store: SqliteStore) -> None:
    """A button may be older than its server's data."""
    with pytest.raises(UnknownEditionError):
        await read_desk(store, ScheduleId(999), KEY)


async def test_act_that_is_not_done_to_a_story_is_a_mistake(store: SqliteStore) -> None:
    """A caller's, which is not stored."""
    with pytest.raises(ValueError, match="not done to a story"):
        await act(store, await draft(store), Deed.HOLD, 0)


async def test_hidden_story_leaves_the_draft_and_the_desk_says_so(store: SqliteStore) -> None:
    """With its title, before the edition is sent."""
    seen = await draft(store)
    await hide(store, seen.edition.picks[0].article.id)

    assert await refresh_drafts(store, now=DRAFTED + HOUR) == 1
    now = await read_desk(store, SCHEDULE.id, KEY)
    assert stems(now) == ["good"]
    assert (now.acts[-1].deed, now.acts[-1].detail) == (Deed.REDRAW, lone_words("best"))


async def test_draft_whose_stories_are_all_hidden_is_skipped(store: SqliteStore) -> None:
    """There is nothing left to post."""
    seen = await draft(store)
    for pick in seen.edition.picks:
        await hide(store, pick.article.id)
    await refresh_drafts(store, now=DRAFTED + HOUR)

    parts = (await read_desk(store, SCHEDULE.id, KEY)).parts
    assert {part.state for part in parts} == {DeliveryState.SKIPPED}


async def hide(store: SqliteStore, article: ArticleId) -> None:
    """Take an article down."""
    await store.articles.hide(INSTANCE_SHELF, article)


async def test_edited_schedule_is_seen_on_the_desk(store: SqliteStore) -> None:
    """Another channel, and another role to mention."""
    await draft(store)
    await store.schedules.save_schedule(replace(SCHEDULE, channel_id=4, mention_role=6), next_due_at=None)

    assert await refresh_drafts(store, now=DRAFTED + HOUR) == 1
    (part,) = (await read_desk(store, SCHEDULE.id, KEY)).parts
    assert (part.key.channel_id, part.mention_role) == (4, 6)


async def test_held_draft_waits_for_the_schedules_lateness_as_it_is(store: SqliteStore) -> None:
    """It must not be claimed before it is too late."""
    await act(store, await draft(store), Deed.HOLD)
    longer = replace(SCHEDULE, max_lateness=48 * HOUR)
    await store.schedules.save_schedule(longer, next_due_at=None)
    await refresh_drafts(store, now=DRAFTED + HOUR)

    assert await claimed(store, NOW + 47 * HOUR) == ()


async def test_draft_that_holds_is_left_alone(store: SqliteStore) -> None:
    """Looking at it changes nothing."""
    seen = await draft(store)

    assert await refresh_drafts(store, now=DRAFTED + HOUR) == 0
    assert await read_desk(store, SCHEDULE.id, KEY) == seen


async def test_late_stories_are_counted_and_change_nothing(store: SqliteStore) -> None:
    """The desk names them."""
    seen = await draft(store)
    await put(store, *(seed(f"late{number}", DRAFTED + HOUR / 2) for number in range(2)))

    assert await count_came_in(store, seen.desk, now=DRAFTED + HOUR) == 2
    now = await read_desk(store, SCHEDULE.id, KEY)
    assert (now.desk.came_in, texts(now)) == (2, texts(seen))


async def test_late_story_is_in_the_next_edition(store: SqliteStore) -> None:
    """Its window begins when this one was drafted."""
    await draft(store)
    await put(store, seed("late", DRAFTED + HOUR / 2))
    after = NOW + timedelta(weeks=1)
    planned = await plan_edition(
        store, replace(SCHEDULE, desk_channel_id=5), key=EditionKey("next"), due_at=after, now=after
    )

    assert planned is not None
    assert [pick.article.stem for pick in planned.edition.picks if not pick.is_carried] == ["late"]


async def test_skipped_draft_is_not_posted_and_its_stories_come_back(store: SqliteStore) -> None:
    """As if it had never been drafted."""
    await draft(store)
    assert await skip_draft(store, SCHEDULE, member_id=ADA, now=DRAFTED + HOUR) is not None

    assert await claimed(store, NOW) == ()
    assert await skip_draft(store, SCHEDULE, member_id=ADA, now=DRAFTED + HOUR) is None
    assert await store.digest.told(SCHEDULE.id, SCHEDULE.channel_id, before=NOW + HOUR) == ()


@pytest.mark.parametrize("policy", [EmptyPolicy.SKIP, EmptyPolicy.NOTE])
async def test_nothing_is_drafted_without_a_story(store: SqliteStore, policy: EmptyPolicy) -> None:
    """One may come in until the edition is due."""
    schedule = desk_schedule(empty_policy=policy, topics=("nothing",))
    await store.schedules.save_schedule(schedule, next_due_at=None)

    assert await plan_edition(store, schedule, key=KEY, due_at=NOW, now=DRAFTED) is None
    assert await plan_edition(store, schedule, key=KEY, due_at=NOW, now=NOW) is not None


async def test_extra_edition_has_no_draft(store: SqliteStore) -> None:
    """A person asked for it, and it is posted."""
    await plan_edition(store, SCHEDULE, key=EditionKey("x1"), due_at=NOW, now=NOW, is_extra=True)

    assert await store.desks.desks() == ()
    assert len(await claimed(store, NOW)) == 1


async def test_members_see_the_last_edition_and_not_the_draft(store: SqliteStore) -> None:
    """A draft is the editors' until it is posted."""
    await put(store, seed("old", LAST - 12 * HOUR))
    plain = replace(SCHEDULE, desk_channel_id=None)
    await store.schedules.save_schedule(plain, next_due_at=None)
    posted = await plan_edition(store, plain, key=EditionKey("old"), due_at=LAST, now=LAST)
    await draft(store)

    assert posted is not None
    assert await latest_edition(store, SCHEDULE) == posted.edition
    with pytest.raises(UnknownEditionError):
        await latest_edition(store, SCHEDULE, 2)
