"""One broken record never breaks what concerns others: planning, previews, the best of a week, stories."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.article import INSTANCE_SHELF, Provider, Seed, article_id
from bot.news.choosing.soundness import without_broken
from bot.news.delivery import EditionKey
from bot.news.edition import Reason
from bot.store.sqlite import SqliteStore, open_store
from bot.usecases.digest import plan_edition, preview_edition
from bot.usecases.story import Stories
from tests.support.candidates import MIDWEEK, NOW, lone_words
from tests.support.clocks import ManualClock
from tests.support.examples import up_to
from tests.support.makers import make_schedule, make_seed, make_stub

SHELVES = (INSTANCE_SHELF,)
FIRST, LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)

GOOD = make_seed("good", title=lone_words("good"), published_at=MIDWEEK, provider=Provider(domain="g.com", name="G"))

MOMENTS = st.sampled_from(
    [FIRST, FIRST + timedelta(days=3), datetime(1899, 12, 31, tzinfo=UTC), MIDWEEK, NOW + timedelta(days=1), LAST]
) | st.datetimes(timezones=st.just(UTC))

RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "title": st.text(min_size=1, max_size=20) | st.just("\ud800 half a character"),
            "excerpt": st.text(max_size=20),
            "published_at": MOMENTS,
            "quality": st.none() | st.integers(-(10**17), 10**17),
            "heat": st.none() | st.integers(-(10**17), 10**17),
            "listed": st.none() | st.booleans(),
            "topics": st.lists(st.text(max_size=5), max_size=2).map(tuple),
            "coverage": st.lists(
                MOMENTS.map(lambda at: make_stub(f"s{at.timestamp():.0f}", published_at=at)), max_size=2
            ),
        }
    ),
    max_size=4,
)


def seeds_of(records: Sequence[dict[str, Any]]) -> list[Seed]:
    """Seeds with these fields, each of its own stem."""
    return [make_seed(f"odd{number}", **record) for number, record in enumerate(records)]


async def planned_with(folder: Path, seeds: Sequence[Seed]) -> bool:
    """Plan the first edition over some seeds and the good one; whether the good one was judged as eligible."""
    clock = ManualClock(NOW)
    async with open_store(folder / "n.db", clock=clock) as store:
        await store.schedules.save_schedule(make_schedule(), next_due_at=None)
        await store.articles.put_seeds(INSTANCE_SHELF, [GOOD, *seeds], seen_at=NOW, is_first_import=True)
        stories = Stories(store, clock)
        done = await plan_edition(
            store, make_schedule(), key=EditionKey("2021-05-10"), due_at=NOW, now=NOW, stories=stories
        )
        assert done is not None
        await preview_edition(store, make_schedule(), now=NOW, stories=stories)
        await stories.top(SHELVES, days=None)
        await stories.tied(SHELVES, GOOD.article)
        reasons = {
            each.article_id: each.reason
            for each in await store.digest.verdicts(done.edition.schedule_id, done.edition.key)
        }
        return reasons[GOOD.article.id] in {Reason.PICKED, Reason.OVER_COUNT, Reason.LED_IN_STORY}


@up_to(40)
@given(RECORDS)
async def test_no_record_keeps_another_from_being_planned(records: list[dict[str, Any]]) -> None:
    """Whatever its dates, numbers and texts: with it or without it, the good one's edition is planned."""
    with tempfile.TemporaryDirectory() as folder:
        assert await planned_with(Path(folder), seeds_of(records))


@pytest.fixture
async def store(tmp_path: Path) -> Any:
    """A store with a good record and two with impossible dates."""
    clock = ManualClock(NOW)
    async with open_store(tmp_path / "n.db", clock=clock) as opened:
        await opened.schedules.save_schedule(make_schedule(), next_due_at=None)
        odd = [make_seed(f"odd{at.year}", title=lone_words(f"odd{at.year}"), published_at=at) for at in (FIRST, LAST)]
        await opened.articles.put_seeds(INSTANCE_SHELF, [GOOD, *odd], seen_at=NOW, is_first_import=True)
        yield opened


async def test_a_record_with_an_impossible_date_is_left_out_and_named(store: SqliteStore) -> None:
    """Its reason is one of the edition's."""
    choice, _ = await preview_edition(store, make_schedule(), now=NOW, stories=Stories(store, ManualClock(NOW)))

    assert [pick.article.stem for pick in choice.picks] == ["good"]
    odd = next(each for each in choice.verdicts if each.article_id == article_id(INSTANCE_SHELF, "odd1"))
    assert (odd.reason, odd.detail) == (Reason.UNUSABLE, "dated 0001-01-01, which can't be right")


async def test_the_best_of_a_week_leaves_out_what_is_dated_ahead(store: SqliteStore) -> None:
    """It shows from its moment on."""
    top = await Stories(store, ManualClock(NOW)).top(SHELVES, days=7)

    assert [each.article.stem for each in top] == ["good"]


def halve(numbers: Sequence[int]) -> list[float]:
    """A work that breaks on zeros."""
    return [10 / number for number in numbers]


@given(st.lists(st.integers(-3, 3)))
def test_work_is_done_on_the_records_that_do_not_break_it(numbers: list[int]) -> None:
    """And the others are returned."""
    done, broken = without_broken(numbers, halve)

    assert len(done) == len(numbers) - len(broken)
    assert set(broken) <= {0}


def test_a_failure_that_is_no_records_is_raised() -> None:
    """Nothing is hidden."""

    def fail(numbers: Sequence[int]) -> None:
        if len(numbers) > 1:
            raise RuntimeError("too many")

    with pytest.raises(RuntimeError, match="too many"):
        without_broken([1, 2], fail)
