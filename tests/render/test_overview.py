"""What an admin sees of a server's shelf, and of rolling an import back."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.news.content import ShelfOverview, ShelfSize
from bot.news.servers.batch import Rollback
from bot.render.content import draft_content_status
from bot.render.format.clip import units
from bot.render.format.limits import fits
from bot.render.format.terminal import to_text
from bot.render.servers.overview import sparkline
from bot.render.servers.rollback import batch_label, draft_rollback_preview, draft_rolled_back
from tests.render.absurd import any_text
from tests.render.test_content import record
from tests.support.examples import up_to
from tests.support.makers import SOME_DAY, make_article

SIZE = ShelfSize(articles=9, bytes=9)
FULL = ShelfOverview(
    weeks=(0, 1, 4, 8),
    topics=(("Town", 12), ("Sports", 3)),
    providers=(("Gazette", 9),),
    newest=make_article("a", title="Ferry sinks"),
    hidden=(("Pier opens", "a hoax"), ("Mayor resigns", "")),
)


def text_of(overview: ShelfOverview) -> str:
    """A status, as text."""
    return to_text(draft_content_status(SIZE, [record()], problems=0, overview=overview))


def test_status_draws_the_weeks_and_names_what_is_there() -> None:
    """Topics and providers with their numbers, the newest article, and hidden ones with their reasons."""
    lines = text_of(FULL).splitlines()

    assert "Articles by week: \u2581\u2582\u2585\u2588 (4 weeks, at most 8 a week)" in lines
    assert "Most frequent topics: Town 12, Sports 3" in lines
    assert "Most frequent providers: Gazette 9" in lines
    assert any(each.startswith("Newest: Ferry sinks, ") for each in lines)
    assert "Pier opens: a hoax" in lines
    assert "Mayor resigns" in lines


def test_status_of_an_empty_shelf_has_no_empty_lines() -> None:
    """Nothing is drawn of nothing."""
    assert "by week" not in text_of(ShelfOverview(weeks=(0, 0)))


def test_status_counts_the_hidden_articles_that_it_does_not_name() -> None:
    """So that a long list leaves room for the imports."""
    assert "and 2 more" in text_of(replace(FULL, hidden=(("Pier opens", ""),) * 7))


def test_status_says_who_imported_a_batch_and_whether_it_was_rolled_back() -> None:
    """As far as the log knows."""
    imports = [replace(record(), deed_id=5, rolled_back_at=SOME_DAY), record(2)]

    text = to_text(draft_content_status(SIZE, imports, problems=0, overview=replace(FULL, importers={5: 77})))

    assert text.count("pack.zip by ") == 1
    assert "(batch b1, rolled back)" in text
    assert "(batch b2)" in text


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=12))
def test_sparkline_has_a_bar_for_each_week_and_none_is_flat_that_has_articles(counts: list[int]) -> None:
    """The largest is a full bar."""
    bars = sparkline(counts)

    assert len(bars) == len(counts)
    assert [bar == "\u2581" for bar in bars] == [count == 0 for count in counts]
    assert not max(counts) or bars[counts.index(max(counts))] == "\u2588"


@up_to(20)
@given(any_text, st.integers(0, 40))
def test_any_status_and_rollback_fits_a_message(words: str, count: int) -> None:
    """Whatever articles, topics, providers and files are called."""
    overview = ShelfOverview(
        weeks=(10**9,) * 12,
        topics=((words, 10**9),) * 5,
        providers=((words, 10**9),) * 5,
        newest=make_article("a", title=words or "x"),
        hidden=((words, words),) * count,
    )
    batch = record(origin=words)
    rollback = Rollback(batch=batch, removed=(words,) * count, restored=(words,) * count, kept=count, key="k" * 16)

    drafts = [
        draft_content_status(SIZE, [batch] * count, problems=9, overview=overview),
        draft_rollback_preview(rollback, member_id=7, has_changed=True),
        draft_rollback_preview(rollback),
        draft_rolled_back(rollback),
    ]

    assert [fits(draft) for draft in drafts] == [[]] * len(drafts)
    assert units(batch_label(replace(batch, id="b" * 16), is_own=True)) <= 100


def test_rollback_of_an_import_without_a_name_is_readable() -> None:
    """Its file had no visible name."""
    rollback = Rollback(batch=record(origin=""), removed=("Pier opens",) * 16)

    text = to_text(draft_rollback_preview(rollback))

    assert "Roll back the upload?" in text
    assert "and 1 more" in text
