"""Putting seeds: what is added, changed, left alone, and what stays known of the past."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.news.article import INSTANCE_SHELF, Article, Picture, Provider, Seed, server_shelf
from bot.news.edition import Change
from bot.store.port import Store
from bot.store.port.article import PutReport
from tests.support.makers import HERALD, SOME_DAY, make_article, make_seed, make_stub, seed_of

SHELVES = (INSTANCE_SHELF,)
LATER = SOME_DAY + timedelta(days=1)
MUCH_LATER = SOME_DAY + timedelta(days=30)


async def put(store: Store, *seeds: Seed, seen_at: datetime = SOME_DAY, first: bool = False) -> PutReport:
    """Put seeds on the instance's shelf."""
    return await store.articles.put_seeds(INSTANCE_SHELF, seeds, seen_at=seen_at, is_first_import=first)


async def changes(store: Store) -> tuple[Change, ...]:
    """The past of the only candidate there is."""
    (candidate,) = await store.digest.candidates(SHELVES, as_of=MUCH_LATER, published_after=None)
    return candidate.changes


async def found(store: Store, stem: str = "a") -> Article:
    """The article of a stem, which must be there."""
    article = await store.articles.find_article(SHELVES, make_article(stem).id)
    assert article is not None
    return article


async def test_an_article_is_found_as_its_seed_said_it(store: Store) -> None:
    """Every field comes back, with the moment of its first sight."""
    article = make_article(
        title="Caf\u00e9: \u201cBans\u201d | AI\u2122 \U0001f916",
        excerpt="Two\nlines",
        aliases=("https://bostonherald.com/amp/a", "https://cdn.example.com/a"),
        kind="video",
        category="sport",
        quality=7,
        heat=-1,
        listed=None,
        topics=("AI", "Computer Vision"),
        pictures=(
            Picture(url="https://x.example/1.jpg", width=3, height=4, alt="A"),
            Picture(url="https://x.example/2"),
        ),
        provider=Provider(domain="bostonherald.com", name="Boston Herald", picture_url="https://x.example/logo.png"),
    )

    await put(store, seed_of(article), seen_at=LATER)

    assert await found(store) == Article(
        **{name: getattr(article, name) for name in Article.__slots__} | {"first_seen_at": LATER}
    )


async def test_a_report_names_what_was_added_changed_and_left_alone(store: Store) -> None:
    """In the order of the batch."""
    await put(store, make_seed("a"), make_seed("b"))

    report = await put(store, make_seed("c"), make_seed("b", quality=90), make_seed("a"))

    ids = {stem: make_article(stem).id for stem in "abc"}
    assert report == PutReport(added=(ids["c"],), changed=(ids["b"],), unchanged=(ids["a"],))


async def test_a_changed_seed_changes_its_article(store: Store) -> None:
    """All of it, but for its first sight."""
    await put(store, make_seed(title="Old"))

    await put(store, make_seed(title="New", published_at=LATER, topics=("AI",)), seen_at=LATER)

    article = await found(store)
    assert (article.title, article.published_at, article.topics, article.first_seen_at) == (
        "New",
        LATER,
        ("AI",),
        SOME_DAY,
    )


async def test_a_changed_date_keeps_all_that_hangs_on_an_article(store: Store) -> None:
    """Its place among the others moves; its URL, topic and coverage move with it."""
    stub = make_stub()
    await put(store, make_seed(coverage=[stub], topics=("AI",)))

    await put(store, make_seed(coverage=[stub], topics=("AI",), published_at=SOME_DAY - timedelta(days=900)))

    article = make_article()
    assert [each.id for each in await store.articles.find_by_url(SHELVES, article.url)] == [article.id]
    assert [each.id for each in await store.search.latest(SHELVES, topic="ai")] == [article.id]
    assert [each.id for each in await store.related.explicit_coverage(SHELVES, article.id)] == [stub.id]


async def test_of_several_seeds_of_a_stem_in_a_batch_the_last_counts(store: Store) -> None:
    """`a.txt` and `a.md` in one zip: putting the zip again changes nothing."""
    batch = (make_seed(title="First"), make_seed(title="Second"))
    await put(store, *batch)

    report = await put(store, *batch)

    assert ((await found(store)).title, report.changed) == ("Second", ())


async def test_a_seed_of_another_shelf_is_refused(store: Store) -> None:
    """A mistake here would show one server's upload to all."""
    with pytest.raises(ValueError, match="shelf"):
        await put(store, make_seed(shelf=server_shelf(1)))


async def test_a_stub_of_another_shelf_is_refused(store: Store) -> None:
    """The same for what a seed names."""
    with pytest.raises(ValueError, match="shelf"):
        await put(store, make_seed(coverage=[make_stub(shelf=server_shelf(1))]))


async def test_an_empty_batch_does_nothing(store: Store) -> None:
    """A folder without news."""
    assert await put(store) == PutReport()
    assert await store.articles.is_empty_shelf(INSTANCE_SHELF)


async def test_comparing_says_what_putting_would_do_and_stores_nothing(store: Store) -> None:
    """A dry run."""
    await put(store, make_seed("a"))
    batch = [make_seed("a", quality=1), make_seed("b")]

    compared = await store.articles.compare_seeds(INSTANCE_SHELF, batch)

    assert (await found(store)).quality == 80
    assert compared == await put(store, *batch)


async def test_comparing_with_a_shelf_that_nobody_used_finds_all_new(store: Store) -> None:
    """A server's first dry run."""
    shelf = server_shelf(1)

    compared = await store.articles.compare_seeds(shelf, [make_seed(shelf=shelf)])

    assert compared.added == (make_article(shelf=shelf).id,)


async def test_a_shelf_is_empty_until_it_held_a_seed(store: Store) -> None:
    """Its next import is its first; also a deleted article was one."""
    was_empty = await store.articles.is_empty_shelf(INSTANCE_SHELF)
    await put(store, make_seed())
    await store.articles.delete(INSTANCE_SHELF, make_article().id)

    assert (was_empty, await store.articles.is_empty_shelf(INSTANCE_SHELF)) == (True, False)


async def test_a_shelf_stays_empty_while_only_problems_are_known(store: Store) -> None:
    """An upload of which every file was refused wasn't an import."""
    await store.articles.save_findings(INSTANCE_SHELF, "pack.zip", [], resolved=["a.txt"], at=SOME_DAY)

    assert await store.articles.is_empty_shelf(INSTANCE_SHELF)


async def test_each_change_of_a_score_the_flag_or_the_date_is_remembered(store: Store) -> None:
    """With the moment when it was seen; the first row is the article's first sight."""
    await put(store, make_seed(quality=60))
    await put(store, make_seed(quality=90, heat=95), seen_at=LATER)
    await put(store, make_seed(quality=90, heat=95, listed=False, published_at=LATER), seen_at=MUCH_LATER)

    assert await changes(store) == (
        Change(seen_at=SOME_DAY, quality=60, heat=None, listed=True, published_at=SOME_DAY),
        Change(seen_at=LATER, quality=90, heat=95, listed=True, published_at=SOME_DAY),
        Change(seen_at=MUCH_LATER, quality=90, heat=95, listed=False, published_at=LATER),
    )


async def test_a_change_of_words_alone_is_no_change_row(store: Store) -> None:
    """A corrected title makes no article new."""
    await put(store, make_seed(title="Tpyo"))
    await put(store, make_seed(title="Typo"), seen_at=LATER)

    assert len(await changes(store)) == 1


async def test_two_changes_at_the_same_moment_are_both_remembered_in_order(store: Store) -> None:
    """A clock may be stopped."""
    await put(store, make_seed(quality=60))
    await put(store, make_seed(quality=70))

    assert [change.quality for change in await changes(store)] == [60, 70]


async def test_what_came_with_a_first_import_counts_as_seen_when_published(store: Store) -> None:
    """So that the past can be previewed."""
    await put(store, make_seed(published_at=SOME_DAY), seen_at=MUCH_LATER, first=True)

    assert (await found(store)).first_seen_at == SOME_DAY
    assert [change.seen_at for change in await changes(store)] == [SOME_DAY]


async def test_a_provider_is_called_as_the_newest_article_says(store: Store) -> None:
    """Whichever came first."""
    old = Provider(domain=HERALD.domain, name="bostonherald.com")
    await put(store, make_seed("new", published_at=LATER))
    await put(store, make_seed("old", provider=old))

    assert (await found(store, "old")).provider == HERALD


async def test_a_provider_keeps_its_picture_when_newer_articles_have_none(store: Store) -> None:
    """The newest picture there is."""
    pictured = Provider(domain=HERALD.domain, name="B. Herald", picture_url="https://x.example/logo.png")
    await put(store, make_seed("new", published_at=LATER))
    await put(store, make_seed("old", provider=pictured))

    assert (await found(store, "new")).provider.picture_url == "https://x.example/logo.png"


async def test_a_providers_picture_is_that_of_the_newest_article_with_one(store: Store) -> None:
    """Whichever came first."""
    for stem, at in (("new", LATER), ("old", SOME_DAY)):
        pictured = Provider(domain=HERALD.domain, name="B. Herald", picture_url=f"https://x.example/{stem}.png")
        await put(store, make_seed(stem, provider=pictured, published_at=at))

    assert (await found(store, "old")).provider.picture_url == "https://x.example/new.png"


async def test_one_shelf_does_not_rename_anothers_provider(store: Store) -> None:
    """One server's admin puts no words into another's channel."""
    shelf = server_shelf(1)
    renamed = Provider(domain=HERALD.domain, name="Fake News")
    await put(store, make_seed())
    await store.articles.put_seeds(
        shelf, [make_seed("b", shelf=shelf, provider=renamed, published_at=LATER)], seen_at=LATER
    )

    assert (await found(store)).provider == HERALD


async def test_text_that_utf8_has_no_bytes_for_is_stored_with_question_marks(store: Store) -> None:
    """An unpaired surrogate must not stop ten thousand seeds."""
    await put(store, make_seed(title="Half \ud83d of it", topics=("\udc00",)))

    assert (await found(store)).title == "Half ? of it"


async def test_thousands_of_articles_of_the_same_second_are_all_kept(store: Store) -> None:
    """Seeds that name only a day."""
    await put(store, *(make_seed(f"s{n:04}") for n in range(1200)))

    assert (await store.articles.shelf_size(INSTANCE_SHELF)).articles == 1200


async def test_articles_from_before_1970_are_kept_in_order(store: Store) -> None:
    """An archive goes back as far as newspapers do."""
    years = (1869, 1969, 1970, 2021)
    await put(
        store,
        *(make_seed(f"y{year}", published_at=SOME_DAY.replace(year=year), topics=("AI",)) for year in years),
    )

    assert [each.stem for each in await store.search.latest(SHELVES, topic="ai")] == [
        "y2021",
        "y1970",
        "y1969",
        "y1869",
    ]


async def test_a_shelfs_size_is_its_articles_and_their_text(store: Store) -> None:
    """Stubs aren't articles, but what a seed says of them takes room like its own words."""
    await put(store, make_seed())
    alone = await store.articles.shelf_size(INSTANCE_SHELF)
    await put(store, make_seed(coverage=[make_stub(excerpt="x" * 1000)]))

    size = await store.articles.shelf_size(INSTANCE_SHELF)

    assert (alone.articles, size.articles) == (1, 1)
    assert size.bytes > alone.bytes + 1000


async def test_a_shelf_that_nobody_used_has_no_size(store: Store) -> None:
    """A server that never uploaded."""
    size = await store.articles.shelf_size(server_shelf(1))

    assert (size.articles, size.bytes) == (0, 0)
