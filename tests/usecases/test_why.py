"""Showing editions as they were told, and explaining them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.errors import BadInputError, UnknownArticleError, UnknownEditionError
from bot.news.article import INSTANCE_SHELF, Article, article_id
from bot.news.edition import Reason, Verdict
from bot.store.sqlite import SqliteStore
from bot.usecases.digest import (
    edition_of_message,
    latest_edition,
    reasons_of,
    why,
)
from tests.support.candidates import LAST, MIDWEEK, NOW, lone_words
from tests.support.makers import (
    make_schedule,
    make_seed,
    make_stub,
)
from tests.usecases.planning import (
    AFTER_SHIPPED,
    HERALD,
    HOUR,
    SHELVES,
    WBUR,
    lone_seed,
    planned,
    put,
    put_shipped,
    store,
)

__all__ = ["store"]


# What was told
async def test_the_latest_edition_is_shown_as_it_was_told_with_corrected_titles(store: SqliteStore) -> None:
    """Scores that changed since don't change it; its message gets the title, too."""
    seed = lone_seed("a")
    await put(store, seed)
    done = await planned(store)
    renamed = replace(seed, article=replace(seed.article, title="Another title", quality=7), content_hash="f" * 64)
    await store.articles.put_seeds(INSTANCE_SHELF, [renamed], seen_at=NOW + HOUR)
    latest = await latest_edition(store, make_schedule())

    (pick,) = done.edition.picks
    assert latest == replace(done.edition, picks=(replace(pick, article=replace(pick.article, title="Another title")),))


async def test_what_was_taken_down_is_not_shown_in_an_old_edition(store: SqliteStore) -> None:
    """Neither as a pick nor under one."""
    await put_shipped(store)
    done = await planned(store, due_at=AFTER_SHIPPED)
    await store.articles.hide(INSTANCE_SHELF, article_id(INSTANCE_SHELF, HERALD))
    other = next(article for article in done.edition.picks[1].story.articles if article.stem != WBUR)
    await store.articles.hide(INSTANCE_SHELF, other.id)

    (pick,) = (await latest_edition(store, make_schedule())).picks

    assert pick.article.stem == WBUR
    assert other.id not in {article.id for article in pick.story.articles}


async def test_an_edition_that_is_not_there_is_said_so(store: SqliteStore) -> None:
    """With what to do."""
    with pytest.raises(UnknownEditionError, match="hasn't posted yet"):
        await latest_edition(store, make_schedule())
    with pytest.raises(UnknownEditionError, match="no edition 7"):
        await latest_edition(store, make_schedule(), 7)
    with pytest.raises(UnknownEditionError, match="digest latest"):
        await edition_of_message(store, "nobody knows")


async def test_a_message_leads_to_its_edition_and_its_reasons(store: SqliteStore) -> None:
    """By the key that its button carries."""
    await put(store, lone_seed("a"))
    done = await planned(store)

    edition = await edition_of_message(store, done.deliveries[0].draft.key)
    (reason,) = await reasons_of(store, SHELVES, edition)

    assert edition == done.edition
    assert (reason.verdict.reason, named(reason.article)) == (Reason.PICKED, "a")


# Why
def named(article: Article | None) -> str:
    """An article's stem; empty where there is none."""
    return article.stem if article else ""


async def ask_why(store: SqliteStore, stem: str, *, now: datetime = NOW) -> Verdict:
    """Why one article is in the newest edition, or the coming one, or not."""
    (explained,) = await why(
        store,
        make_schedule(),
        now=now,
        article=article_id(INSTANCE_SHELF, stem),
    )
    return explained.verdict


async def test_why_gives_the_stored_reasons_of_a_planned_edition(store: SqliteStore) -> None:
    """Not what the rule would say today."""
    seed = lone_seed("a")
    await put(store, seed)
    await planned(store)
    unlisted = replace(seed, article=replace(seed.article, listed=False), content_hash="f" * 64)
    await store.articles.put_seeds(INSTANCE_SHELF, [unlisted], seen_at=NOW + HOUR)

    (explained,) = await why(store, make_schedule(), now=NOW + HOUR)

    assert (explained.verdict.reason, named(explained.article)) == (Reason.PICKED, "a")


async def test_why_before_the_first_edition_is_about_the_coming_one(store: SqliteStore) -> None:
    """With the moment of asking as its cutoff."""
    await put(store, lone_seed("a"), lone_seed("unlisted", listed=False))
    await store.articles.put_seeds(INSTANCE_SHELF, [lone_seed("ahead", NOW + HOUR)], seen_at=MIDWEEK)

    explained = await why(store, make_schedule(), now=NOW)

    assert {each.verdict.reason for each in explained} == {Reason.PICKED, Reason.UNLISTED}


async def test_why_computes_the_reason_of_an_article_that_did_not_enter(store: SqliteStore) -> None:
    """It was in the window before."""
    await put(store, lone_seed("old", LAST - HOUR), lone_seed("a"))
    await planned(store, due_at=LAST)
    await planned(store)

    verdict = await ask_why(store, "old")

    assert verdict.reason is Reason.OUTSIDE_WINDOW
    assert "new on 2021-05-03 08:00 UTC" in verdict.detail


async def test_why_answers_for_an_article_of_long_ago(store: SqliteStore) -> None:
    """It is older than all that the edition was chosen from."""
    await put(store, lone_seed("ancient", datetime(2001, 1, 1, tzinfo=UTC)), lone_seed("a"))
    await planned(store, due_at=LAST)
    await planned(store)

    verdict = await ask_why(store, "ancient")

    assert verdict.reason is Reason.OUTSIDE_WINDOW
    assert "published on 2001-01-01" in verdict.detail


async def test_why_answers_for_an_article_that_came_after_the_edition(store: SqliteStore) -> None:
    """It was not known then."""
    await put(store, lone_seed("a"))
    await planned(store)
    await store.articles.put_seeds(INSTANCE_SHELF, [lone_seed("late")], seen_at=NOW + HOUR)

    assert "after the cutoff" in (await ask_why(store, "late")).detail


async def test_why_of_an_article_that_only_lists_name_says_that_it_is_never_picked(store: SqliteStore) -> None:
    """A stub is coverage."""
    stub = make_stub(title="Named elsewhere", published_at=MIDWEEK)
    await put(store, make_seed("a", coverage=[stub], title=lone_words("a"), published_at=MIDWEEK))
    (coverage,) = await store.related.explicit_coverage(SHELVES, article_id(INSTANCE_SHELF, "a"))

    with pytest.raises(BadInputError, match="can't be picked"):
        await why(store, make_schedule(), now=NOW, article=coverage.id)


async def test_why_of_an_unknown_article_or_edition_is_said_so(store: SqliteStore) -> None:
    """With what to do."""
    with pytest.raises(UnknownArticleError):
        await ask_why(store, "nobody")
    with pytest.raises(UnknownEditionError):
        await why(store, make_schedule(), now=NOW, number=3)


async def test_why_names_no_article_that_was_taken_down(store: SqliteStore) -> None:
    """The reason stays, the article doesn't."""
    await put(store, lone_seed("a"))
    await planned(store)
    await store.articles.hide(INSTANCE_SHELF, article_id(INSTANCE_SHELF, "a"))

    (explained,) = await why(store, make_schedule(), now=NOW)

    assert explained.article is None
