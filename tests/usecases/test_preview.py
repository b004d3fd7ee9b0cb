"""Previewing editions changes nothing, and shows what would be planned."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.news.article import INSTANCE_SHELF
from bot.news.choosing.upstream import UPSTREAM_COUNT
from bot.news.edition import Window
from bot.news.schedules.schedule import EmptyPolicy
from bot.store.sqlite import SqliteStore, open_store
from bot.usecases.digest import (
    choose,
    choose_between,
    preview_edition,
)
from tests.support.candidates import LAST, MIDWEEK, NOW
from tests.support.clocks import ManualClock
from tests.support.makers import (
    make_schedule,
)
from tests.support.upstream_history import as_it_stood_then, golden_editions, read_seeds
from tests.usecases.planning import HOUR, SHELVES, lone_seed, put, store

__all__ = ["store"]


# Choosing and previewing
async def test_thirty_of_thirty_known_editions_come_out_of_a_real_store(
    tmp_path: Path, data: Path, clock: ManualClock
) -> None:
    """With the records' own texts, and the values as they stood at each send."""
    texts = read_seeds(data / "upstream" / "news")
    schedule = make_schedule(rule="upstream", count=UPSTREAM_COUNT)
    chosen = []
    editions = golden_editions(data)
    for number, edition in enumerate(editions):
        async with open_store(tmp_path / f"{number}.db", clock=clock) as store:
            await put(store, *(as_it_stood_then(texts[record["id"]], record) for record in edition.records))
            choice = await choose(store, schedule, cutoff=edition.sent_at)
        chosen.append(tuple(pick.article.stem for pick in choice.picks))

    assert len(chosen) == 30
    assert chosen == [edition.picks for edition in editions]


async def test_a_preview_plans_nothing(store: SqliteStore) -> None:
    """However often it is asked for."""
    await put(store, lone_seed("a"))

    choice, drafts = await preview_edition(store, make_schedule(), now=NOW)

    assert [pick.article.stem for pick in choice.picks] == ["a"]
    assert [draft.key for draft in drafts] == [""]
    assert await store.digest.edition_keys(make_schedule().id) == frozenset()


async def test_a_preview_as_of_a_moment_sees_only_what_was_known_then(store: SqliteStore) -> None:
    """Scores, flags and dates are read from the changes up to it."""
    seed = lone_seed("a")
    await store.articles.put_seeds(INSTANCE_SHELF, [seed], seen_at=MIDWEEK)
    unlisted = replace(seed, article=replace(seed.article, listed=False), content_hash="f" * 64)
    await store.articles.put_seeds(INSTANCE_SHELF, [unlisted], seen_at=MIDWEEK + 2 * HOUR)

    then, _ = await preview_edition(store, make_schedule(), now=NOW, as_of=MIDWEEK + HOUR)
    now, _ = await preview_edition(store, make_schedule(), now=NOW)

    assert ([pick.article.stem for pick in then.picks], now.picks) == (["a"], ())


async def test_a_preview_of_an_empty_week_has_no_message(store: SqliteStore) -> None:
    """But for the note, where the schedule asks for one."""
    _, drafts = await preview_edition(store, make_schedule(), now=NOW)
    _, note = await preview_edition(store, make_schedule(empty_policy=EmptyPolicy.NOTE), now=NOW)

    assert (len(drafts), len(note)) == (0, 1)


async def test_any_window_can_be_tried_without_a_schedule(store: SqliteStore) -> None:
    """For the command line: nothing is told, nothing is stored."""
    await put(store, lone_seed("a"), lone_seed("old", LAST - HOUR))

    choice = await choose_between(store, make_schedule(), SHELVES, start=LAST, cutoff=NOW)

    assert ([pick.article.stem for pick in choice.picks], choice.window) == (["a"], Window(start=LAST, end=NOW))


async def test_a_configured_quality_decides_who_comes_first(tmp_path: Path, clock: ManualClock) -> None:
    """Of articles whose seeds have none."""
    async with open_store(tmp_path / "rated.db", clock=clock, qualities={"bostonherald.com": 85}) as store:
        await put(store, lone_seed("a", quality=None), lone_seed("b", quality=80), lone_seed("c", quality=None))

        choice = await choose_between(store, make_schedule(), SHELVES, start=LAST, cutoff=NOW)

    assert "score 85" in choice.picks[0].why
    assert [pick.article.stem for pick in choice.picks][-1] == "b"
