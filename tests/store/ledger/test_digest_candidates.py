"""What an edition may be chosen from, as it stood at any moment of the past."""

from __future__ import annotations

from datetime import timedelta
from typing import Unpack

import pytest

from bot.news.article import INSTANCE_SHELF, Article, ArticleId, ShelfId, article_id, server_shelf
from bot.news.edition import Change
from tests.support.ledger import Ledger
from tests.support.makers import HERALD, SOME_DAY, WBUR, ArticleFields, make_article, make_seed, make_stub, seed_of

DAY = timedelta(days=1)
TICK = timedelta.resolution
SHELVES = (INSTANCE_SHELF,)
OWN, OTHERS = server_shelf(1), server_shelf(2)


async def put(ledger: Ledger, stem: str = "a", *, days: float = 0, **fields: Unpack[ArticleFields]) -> ArticleId:
    """A seed that came in some days after SOME_DAY, published then unless it says otherwise; its id."""
    seen_at = SOME_DAY + DAY * days
    fields.setdefault("published_at", seen_at)
    shelf = fields.get("shelf", INSTANCE_SHELF)
    await ledger.articles.put_seeds(shelf, [make_seed(stem, **fields)], seen_at=seen_at)
    return article_id(shelf, stem)


async def candidate_ids(
    ledger: Ledger, *shelves: ShelfId, days: float = 30, after: float | None = None
) -> list[ArticleId]:
    """The candidates as of some days after SOME_DAY, published later than `after` days after it."""
    candidates = await ledger.digest.candidates(
        shelves or SHELVES,
        as_of=SOME_DAY + DAY * days,
        published_after=None if after is None else SOME_DAY + DAY * after,
    )
    return [candidate.article.id for candidate in candidates]


every_question = pytest.mark.parametrize("after", [None, -100], ids=["all of the past", "a window"])


@every_question
async def test_candidate_is_an_article_with_its_past(ledger: Ledger, after: float | None) -> None:
    """Each change of a score, the flag or the date is told apart, oldest first."""
    await put(ledger, quality=60, heat=None, listed=None)
    await put(ledger, days=1, quality=90, heat=100, listed=True, published_at=SOME_DAY)

    (candidate,) = await ledger.digest.candidates(
        SHELVES, as_of=SOME_DAY + DAY * 2, published_after=None if after is None else SOME_DAY + DAY * after
    )

    assert (candidate.article.quality, candidate.changes) == (
        90,
        (
            Change(seen_at=SOME_DAY, quality=60, heat=None, listed=None, published_at=SOME_DAY),
            Change(seen_at=SOME_DAY + DAY, quality=90, heat=100, listed=True, published_at=SOME_DAY),
        ),
    )


@every_question
async def test_changes_after_the_moment_are_not_known_yet(ledger: Ledger, after: float | None) -> None:
    """The past is replayed with what was known then."""
    await put(ledger, quality=60)
    await put(ledger, days=1, quality=90)

    (candidate,) = await ledger.digest.candidates(
        SHELVES, as_of=SOME_DAY + DAY - TICK, published_after=None if after is None else SOME_DAY + DAY * after
    )

    assert [change.quality for change in candidate.changes] == [60]


@every_question
async def test_seed_seen_at_the_moment_itself_is_a_candidate(ledger: Ledger, after: float | None) -> None:
    """The window's end belongs to it."""
    article = await put(ledger)

    assert await candidate_ids(ledger, days=0, after=after) == [article]


@every_question
async def test_seed_first_seen_later_is_no_candidate(ledger: Ledger, after: float | None) -> None:
    """However old it says that it is."""
    await put(ledger, days=1, published_at=SOME_DAY - DAY)

    assert await candidate_ids(ledger, days=0.9, after=after) == []


async def test_first_import_counts_as_seen_when_it_was_published(ledger: Ledger) -> None:
    """So that the past can be previewed."""
    seed = make_seed("a", published_at=SOME_DAY)
    await ledger.articles.put_seeds(INSTANCE_SHELF, [seed], seen_at=SOME_DAY + DAY * 9, is_first_import=True)

    assert await candidate_ids(ledger, days=1) == [seed.article.id]


@every_question
async def test_stub_is_no_candidate(ledger: Ledger, after: float | None) -> None:
    """It is coverage until its seed arrives."""
    seed = make_seed("a", coverage=[make_stub("s")])
    await ledger.articles.put_seeds(INSTANCE_SHELF, [seed], seen_at=SOME_DAY)

    assert await candidate_ids(ledger, after=after) == [seed.article.id]


@every_question
async def test_hidden_article_is_a_candidate_that_says_so(ledger: Ledger, after: float | None) -> None:
    """It gets its reason like any other."""
    article = await put(ledger)
    await ledger.articles.hide(INSTANCE_SHELF, article)

    (candidate,) = await ledger.digest.candidates(
        SHELVES, as_of=SOME_DAY, published_after=None if after is None else SOME_DAY + DAY * after
    )

    assert candidate.article.is_hidden


@every_question
async def test_deleted_article_is_no_candidate(ledger: Ledger, after: float | None) -> None:
    """It is gone."""
    article = await put(ledger)
    await ledger.articles.delete(INSTANCE_SHELF, article)

    assert await candidate_ids(ledger, after=after) == []


@every_question
async def test_other_servers_articles_are_not_seen(ledger: Ledger, after: float | None) -> None:
    """One server's admin must not be able to put words into another's channel."""
    own = await put(ledger, shelf=OWN)
    await put(ledger, shelf=OTHERS)
    instances = await put(ledger)

    assert sorted(await candidate_ids(ledger, INSTANCE_SHELF, OWN, after=after)) == sorted([own, instances])


@every_question
async def test_shelf_that_never_held_a_seed_has_no_candidates(ledger: Ledger, after: float | None) -> None:
    """Nothing is not an error."""
    await put(ledger)

    assert await candidate_ids(ledger, OWN, after=after) == []


async def test_window_begins_after_its_first_moment(ledger: Ledger) -> None:
    """What was published at the moment itself is older."""
    await put(ledger, "a", published_at=SOME_DAY)
    later = await put(ledger, "b", published_at=SOME_DAY + TICK)

    assert await candidate_ids(ledger, after=0) == [later]


async def test_article_that_stood_in_the_window_once_is_a_candidate(ledger: Ledger) -> None:
    """Though its date was put back since: its past decides, in the use case."""
    article = await put(ledger, published_at=SOME_DAY)
    await put(ledger, days=1, published_at=SOME_DAY - DAY * 9)

    assert await candidate_ids(ledger, after=-1) == [article]


async def test_date_that_comes_into_the_window_later_is_not_known_yet(ledger: Ledger) -> None:
    """A change after the moment brings nothing in."""
    await put(ledger, published_at=SOME_DAY - DAY * 9)
    await put(ledger, days=2, published_at=SOME_DAY)

    assert await candidate_ids(ledger, days=1, after=-1) == []


@every_question
async def test_candidates_come_newest_first_then_by_id(ledger: Ledger, after: float | None) -> None:
    """The same store gives the same order."""
    older = await put(ledger, "a", published_at=SOME_DAY - DAY)
    same = [await put(ledger, stem, published_at=SOME_DAY) for stem in "bcde"]

    assert await candidate_ids(ledger, after=after) == [*sorted(same), older]


@every_question
async def test_order_is_by_the_dates_that_stood_at_the_moment(ledger: Ledger, after: float | None) -> None:
    """A later change of a date changes nothing of the past."""
    first = await put(ledger, "a", published_at=SOME_DAY)
    second = await put(ledger, "b", published_at=SOME_DAY - DAY)
    await put(ledger, "b", days=3, published_at=SOME_DAY + DAY)

    then, now = [await candidate_ids(ledger, days=days, after=after) for days in (1, 4)]

    assert (then, now) == ([first, second], [second, first])


@every_question
@pytest.mark.parametrize("limit", [0, 2])
async def test_limit_keeps_the_newest(ledger: Ledger, after: float | None, limit: int) -> None:
    """A large archive is cut at its old end."""
    ids = [await put(ledger, stem, published_at=SOME_DAY - DAY * age) for age, stem in enumerate("abc")]

    candidates = await ledger.digest.candidates(
        SHELVES, as_of=SOME_DAY, published_after=None if after is None else SOME_DAY + DAY * after, limit=limit
    )

    assert [candidate.article.id for candidate in candidates] == ids[:limit]


@every_question
@pytest.mark.parametrize("limit", [1, 2, 3])
async def test_limit_among_articles_of_one_date_keeps_the_first_by_id(
    ledger: Ledger, after: float | None, limit: int
) -> None:
    """Seeds that name only a day share their moment by the dozen."""
    ids = sorted([await put(ledger, stem, published_at=SOME_DAY) for stem in "abcdef"])

    candidates = await ledger.digest.candidates(
        SHELVES, as_of=SOME_DAY, published_after=None if after is None else SOME_DAY + DAY * after, limit=limit
    )

    assert [candidate.article.id for candidate in candidates] == ids[:limit]


async def test_limit_takes_what_was_put_back_out_of_the_window_last(ledger: Ledger) -> None:
    """The newest of those first."""
    for stem in "abc":
        await put(ledger, stem, published_at=SOME_DAY)
    put_back = {
        stem: await put(ledger, stem, days=1, published_at=SOME_DAY - DAY * age)
        for stem, age in {"a": 9, "c": 8}.items()
    }

    candidates = await ledger.digest.candidates(SHELVES, as_of=SOME_DAY + DAY, published_after=SOME_DAY - DAY, limit=2)

    assert [each.article.id for each in candidates] == [article_id(INSTANCE_SHELF, "b"), put_back["c"]]


@every_question
async def test_of_changes_seen_at_the_same_moment_the_last_one_stands(ledger: Ledger, after: float | None) -> None:
    """Two imports within a tick of the clock."""
    first = await put(ledger, "a", published_at=SOME_DAY)
    second = await put(ledger, "b", published_at=SOME_DAY - DAY)
    await put(ledger, "b", published_at=SOME_DAY + DAY, quality=10)

    assert await candidate_ids(ledger, days=0, after=after) == [second, first]


@every_question
async def test_change_seen_before_one_that_is_known_does_not_stand_after_it(
    ledger: Ledger, after: float | None
) -> None:
    """The clock of the machine was set back."""
    first = await put(ledger, "a", days=2, published_at=SOME_DAY)
    second = await put(ledger, "b", days=2, published_at=SOME_DAY - DAY)
    await put(ledger, "b", days=1, published_at=SOME_DAY + DAY)

    then, now = [await candidate_ids(ledger, days=days, after=after) for days in (1, 2)]

    assert (then, now) == ([second], [first, second])


async def put_with(ledger: Ledger, article: Article, *coverage: Article, days: float = 0) -> None:
    """A seed that names coverage, come in some days after SOME_DAY."""
    await ledger.articles.put_seeds(article.shelf, [seed_of(article, *coverage)], seen_at=SOME_DAY + DAY * days)


async def coverage(
    ledger: Ledger, *articles: Article, shelves: tuple[ShelfId, ...] = SHELVES, days: float = 30
) -> list[str]:
    """What is tied to some articles, as of some days after SOME_DAY."""
    found = await ledger.digest.coverage_of(shelves, [article.id for article in articles], as_of=SOME_DAY + DAY * days)
    return [article.url for article in found]


LEAD = make_article("lead", provider=HERALD)
STUB = make_stub("s", provider=WBUR)


async def test_coverage_is_what_a_seed_names(ledger: Ledger) -> None:
    """Stubs too."""
    await put_with(ledger, LEAD, STUB)

    assert await coverage(ledger, LEAD) == [STUB.url]


async def test_coverage_is_also_what_names_it(ledger: Ledger) -> None:
    """An edge has two ends."""
    full = make_article("w", url=STUB.url, provider=WBUR)
    await put_with(ledger, full)
    await put_with(ledger, LEAD, STUB)

    assert await coverage(ledger, full) == [LEAD.url]


async def test_coverage_names_the_article_that_a_stub_turned_out_to_be(ledger: Ledger) -> None:
    """Once its seed has arrived."""
    await put_with(ledger, LEAD, STUB)
    full = make_article("w", url=STUB.url, provider=WBUR)
    await put_with(ledger, full)

    found = await ledger.digest.coverage_of(SHELVES, [LEAD.id], as_of=SOME_DAY + DAY)

    assert [(article.id, article.is_stub) for article in found] == [(full.id, False)]


async def test_coverage_leaves_out_what_was_asked_with(ledger: Ledger) -> None:
    """Candidates are there already."""
    full = make_article("w", url=STUB.url, provider=WBUR)
    await put_with(ledger, full)
    await put_with(ledger, LEAD, STUB)

    assert await coverage(ledger, LEAD, full) == []


async def test_coverage_leaves_hidden_articles_out(ledger: Ledger) -> None:
    """Taken down is taken down, also in small print."""
    full = make_article("w", url=STUB.url, provider=WBUR)
    await put_with(ledger, full)
    await put_with(ledger, LEAD, STUB)
    await ledger.articles.hide(INSTANCE_SHELF, full.id)

    assert await coverage(ledger, LEAD) == []


async def test_coverage_of_another_servers_shelf_is_not_seen(ledger: Ledger) -> None:
    """Not even when it names one of our articles."""
    theirs = make_article("x", shelf=OTHERS)
    await put_with(ledger, LEAD)
    await put_with(ledger, theirs, make_stub("lead", shelf=OTHERS, url=LEAD.url, provider=HERALD))

    assert await coverage(ledger, LEAD, shelves=(INSTANCE_SHELF, OWN)) == []


async def test_article_that_names_it_is_not_known_before_it_was_seen(ledger: Ledger) -> None:
    """A replayed edition has the coverage of its day, whatever date a later seed bears."""
    full = make_article("w", url=STUB.url, provider=WBUR)
    await put_with(ledger, full)
    await put_with(ledger, LEAD, STUB, days=2)

    before, after = [await coverage(ledger, full, days=days) for days in (1, 2)]

    assert (before, after) == ([], [LEAD.url])


async def test_article_that_is_named_was_known_before_its_own_seed_came(ledger: Ledger) -> None:
    """As a stub, by the seed that named it."""
    await put_with(ledger, LEAD, STUB)
    await put_with(ledger, make_article("w", url=STUB.url, provider=WBUR), days=2)

    assert await coverage(ledger, LEAD, days=1) == [STUB.url]


async def test_article_tied_in_both_directions_comes_once(ledger: Ledger) -> None:
    """The pair names each other."""
    full = make_article("w", url=STUB.url, provider=WBUR)
    await put_with(ledger, full, make_stub("lead", url=LEAD.url, provider=HERALD))
    await put_with(ledger, LEAD, STUB)

    assert await coverage(ledger, LEAD) == [STUB.url]


async def test_stub_published_later_is_not_known_yet(ledger: Ledger) -> None:
    """Seeds name related items that are later than themselves."""
    await put_with(ledger, LEAD, make_stub("s", published_at=SOME_DAY + DAY * 2))

    before, after = [await coverage(ledger, LEAD, days=days) for days in (1, 2)]

    assert (before, len(after)) == ([], 1)


async def test_coverage_comes_by_id(ledger: Ledger) -> None:
    """The same input gives the same edition."""
    await put_with(ledger, LEAD, *(make_stub(name) for name in "stuvw"))

    found = await ledger.digest.coverage_of(SHELVES, [LEAD.id], as_of=SOME_DAY)

    assert [article.id for article in found] == sorted(article.id for article in found)
    assert len(found) == 5


async def test_coverage_of_nothing_is_nothing(ledger: Ledger) -> None:
    """No ids, unknown ids."""
    await put_with(ledger, LEAD, STUB)

    assert (await coverage(ledger), await coverage(ledger, make_article("unknown"))) == ([], [])


async def test_article_that_is_shown_is_not_taken_down(ledger: Ledger) -> None:
    """Nor one that the store never knew: it may be a stub that nobody names any more."""
    article = await put(ledger)

    assert await ledger.digest.taken_down([INSTANCE_SHELF, OWN], [article, ArticleId("unknown")]) == frozenset()


async def test_hidden_article_is_taken_down(ledger: Ledger) -> None:
    """An old edition shows it no more."""
    hidden, shown = await put(ledger, "a"), await put(ledger, "b")
    await ledger.articles.hide(INSTANCE_SHELF, hidden)

    assert await ledger.digest.taken_down([INSTANCE_SHELF, OWN], [hidden, shown]) == {hidden}


async def test_article_that_is_shown_again_is_not_taken_down(ledger: Ledger) -> None:
    """The edition reads as before."""
    article = await put(ledger)
    await ledger.articles.hide(INSTANCE_SHELF, article)
    await ledger.articles.hide(INSTANCE_SHELF, article, hidden=False)

    assert await ledger.digest.taken_down([INSTANCE_SHELF, OWN], [article]) == frozenset()


async def test_deleted_article_is_taken_down(ledger: Ledger) -> None:
    """Its row is gone; the edition's copy must not be shown."""
    article = await put(ledger)
    await ledger.articles.delete(INSTANCE_SHELF, article)

    assert await ledger.digest.taken_down([INSTANCE_SHELF, OWN], [article]) == {article}


async def test_stub_of_an_article_that_was_hidden_is_taken_down(ledger: Ledger) -> None:
    """An edition from before its seed came names it by the stub's id."""
    await put_with(ledger, LEAD, STUB)
    full = make_article("w", url=STUB.url, provider=WBUR)
    await put_with(ledger, full)
    await ledger.articles.hide(INSTANCE_SHELF, full.id)

    assert await ledger.digest.taken_down([INSTANCE_SHELF, OWN], [STUB.id]) == {STUB.id}


async def test_stub_of_an_article_that_was_deleted_is_taken_down(ledger: Ledger) -> None:
    """As long as another seed names it."""
    await put_with(ledger, LEAD, STUB)
    full = make_article("w", url=STUB.url, provider=WBUR)
    await put_with(ledger, full)
    await ledger.articles.delete(INSTANCE_SHELF, full.id)

    assert await ledger.digest.taken_down([INSTANCE_SHELF, OWN], [STUB.id]) == {STUB.id}


async def test_article_of_any_shelf_can_be_taken_down(ledger: Ledger) -> None:
    """Servers hide their own."""
    article = await put(ledger, shelf=OWN)
    await ledger.articles.hide(OWN, article)

    assert await ledger.digest.taken_down([INSTANCE_SHELF, OWN], [article]) == {article}
