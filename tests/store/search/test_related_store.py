"""Coverage: explicit edges in both directions, and candidates that share rare words."""

from __future__ import annotations

from datetime import timedelta

from bot.news.article import INSTANCE_SHELF, Article, ArticleId, Seed
from bot.news.stories.story import Edge
from bot.store.port import Store
from bot.store.sqlite.search.similar import COMPARED
from bot.text.words import stems_of
from tests.support.makers import SOME_DAY, make_article, make_seed, make_stub

SHELVES = (INSTANCE_SHELF,)
DAY = timedelta(days=1)


async def put(store: Store, *seeds: Seed) -> None:
    """Put seeds together."""
    await store.articles.put_seeds(INSTANCE_SHELF, seeds, seen_at=SOME_DAY)


async def similar(store: Store, article: Article, *, limit: int = 100) -> list[str]:
    """The stems of what is alike, best first; a stub's is empty."""
    return [each.stem for each in (await store.related.similar(SHELVES, article, limit=limit)).articles]


def edge(one: ArticleId, other: ArticleId) -> Edge:
    """The edge between two articles, lower id first."""
    low, high = sorted((one, other))
    return Edge(a=low, b=high)


async def test_coverage_is_what_a_seed_names_and_then_who_names_it(store: Store) -> None:
    """In the seed's order, then by id."""
    article = make_article("a")
    by_url = make_stub("by-url", url=article.url)
    named = [make_stub("z"), make_stub("y")]
    await put(store, make_seed("a", coverage=named), *(make_seed(stem, coverage=[by_url]) for stem in "bcd"))

    covered = await store.related.explicit_coverage(SHELVES, article.id)

    assert [each.id for each in covered] == [
        *(stub.id for stub in named),
        *sorted(make_article(stem).id for stem in "bcd"),
    ]


async def test_an_article_named_in_both_directions_covers_once(store: Store) -> None:
    """The pair names one another."""
    a, b = make_article("a"), make_article("b")
    await put(
        store,
        make_seed("a", coverage=[make_stub(url=b.url)]),
        make_seed("b", coverage=[make_stub(url=a.url)]),
    )

    assert [each.id for each in await store.related.explicit_coverage(SHELVES, a.id)] == [b.id]
    assert await store.related.edges_among(SHELVES, [a.id, b.id]) == (edge(a.id, b.id),)


async def test_coverage_of_an_unknown_article_is_nothing(store: Store) -> None:
    """An article that was deleted meanwhile."""
    assert await store.related.explicit_coverage(SHELVES, ArticleId("nobody")) == ()
    assert await store.related.edges_among(SHELVES, [ArticleId("nobody")]) == ()


async def test_edges_have_at_least_one_end_among_those_asked_for(store: Store) -> None:
    """Each once, sorted by ends, lower id first."""
    one, two, three = make_stub("1"), make_stub("2"), make_stub("3")
    await put(
        store, make_seed("a", coverage=[one, two]), make_seed("b", coverage=[two]), make_seed("c", coverage=[three])
    )
    a, b = make_article("a").id, make_article("b").id

    edges = await store.related.edges_among(SHELVES, [a, two.id])

    assert list(edges) == sorted((edge(a, one.id), edge(a, two.id), edge(b, two.id)), key=lambda each: (each.a, each.b))


async def test_edges_of_a_former_stub_are_its_articles(store: Store) -> None:
    """Whichever of its ids is asked about."""
    stub = make_stub("s")
    await put(store, make_seed("a", coverage=[stub]), make_seed("b", url=stub.url))
    a, b = make_article("a").id, make_article("b").id

    assert await store.related.edges_among(SHELVES, [stub.id]) == (edge(a, b),)


async def test_candidates_that_share_most_rare_words_come_first(store: Store) -> None:
    """A word that nearly every article has says little."""
    await put(
        store,
        *(make_seed(f"common{n}", title=f"Police number {n}") for n in range(8)),
        make_seed("one", title="Police and facial things"),
        make_seed("two", title="Facial recognition things"),
    )

    found = await similar(store, make_article("asked", title="Police facial recognition"))

    assert found[:2] == ["two", "one"]


async def test_candidates_of_equal_share_come_newest_first(store: Store) -> None:
    """Then by id."""
    await put(
        store,
        make_seed("old", title="Facial recognition", published_at=SOME_DAY - DAY),
        make_seed("new", title="Facial recognition"),
    )

    assert await similar(store, make_article("asked", title="Facial recognition")) == ["new", "old"]


async def test_of_more_than_are_compared_those_near_in_time_are(store: Store) -> None:
    """More reports of a later event share the same words."""
    later = [
        make_seed(f"n{n}", title="Facial recognition", published_at=SOME_DAY + 900 * DAY) for n in range(COMPARED + 1)
    ]
    await put(store, *later, make_seed("near", title="Facial recognition", published_at=SOME_DAY - DAY))

    assert (await similar(store, make_article("asked", title="Facial recognition")))[0] == "near"


async def test_of_more_than_are_compared_those_with_rarer_words_are(store: Store) -> None:
    """However far away: a hundred of the same day share a common word alone."""
    beside = [make_seed(f"n{n}", title="Recognition") for n in range(COMPARED + 1)]
    await put(store, *beside, make_seed("rare", title="Facial recognition", published_at=SOME_DAY - 9 * DAY))

    assert "rare" in await similar(store, make_article("asked", title="Facial recognition"))


async def test_stubs_are_candidates_too(store: Store) -> None:
    """Coverage needs no seed of its own."""
    await put(store, make_seed("a", title="Weather", coverage=[make_stub(title="Facial recognition")]))

    assert await similar(store, make_article("asked", title="Facial recognition")) == [""]


async def test_a_stub_that_is_an_article_is_no_candidate_beside_it(store: Store) -> None:
    """The same text once."""
    stub = make_stub(title="Facial recognition")
    await put(store, make_seed("a", coverage=[stub]), make_seed("b", url=stub.url, title="Facial recognition"))

    assert await similar(store, make_article("asked", title="Facial recognition")) == ["b"]


async def test_an_article_is_no_candidate_of_its_own(store: Store) -> None:
    """It shares most with itself."""
    await put(store, make_seed("a", title="Facial recognition"), make_seed("b", title="Facial things"))

    assert await similar(store, make_article("a", title="Facial recognition")) == ["b"]


async def test_an_article_that_shares_no_word_has_no_candidates(store: Store) -> None:
    """Also one without any word."""
    await put(store, make_seed("a", title="Facial recognition"))

    assert await similar(store, make_article("asked", title="Weather")) == []
    assert await similar(store, make_article("asked", title="!?", excerpt="\U0001f916")) == []


async def test_candidates_are_cut_at_the_limit(store: Store) -> None:
    """The best of them."""
    await put(store, *(make_seed(f"s{n}", title="Facial recognition") for n in range(9)))

    assert len(await similar(store, make_article("asked", title="Facial recognition"), limit=4)) == 4


async def test_words_are_counted_by_article(store: Store) -> None:
    """A word said twice in a text counts once; stubs count; unknown words are 0."""
    await put(
        store,
        make_seed("a", title="Police ban, police", coverage=[make_stub(title="Bans")]),
        make_seed("b", title="Banned"),
    )

    assert await store.related.word_counts([INSTANCE_SHELF], ["polic", "ban", "nothing"]) == (
        3,
        {"polic": 1, "ban": 3, "nothing": 0},
    )


async def test_the_index_counts_the_stems_that_the_house_makes(store: Store) -> None:
    """Whatever the text: what `stems_of` says of it is what is counted."""
    latin = "Caf\u00e9's na\u00efve \ufb01nance: 3.5% of stra\u00dfe_namen \u1e9e a\u0301b \U0001d400\U0001d401"
    text = f"{latin} \u6a5f\u68b0\u5b66\u7fd2 \u0627\u0644\u0630\u0643\u0627\u0621"
    await put(store, make_seed("a", title=text))
    stems = stems_of(text)

    _, counts = await store.related.word_counts([INSTANCE_SHELF], stems)

    assert counts == dict.fromkeys(stems, 1)


async def test_words_of_no_script_are_no_error(store: Store) -> None:
    """Words come from texts that others wrote."""
    assert await store.related.word_counts([INSTANCE_SHELF], ["\ud800", "", "a\0b"]) == (
        0,
        {"\ud800": 0, "": 0, "a\0b": 0},
    )


async def test_article_that_is_named_beside_itself_is_not_compared_with_itself(store: Store) -> None:
    """It answers to its own link, and would be the loudest voice on what its coverage is."""
    a = make_seed("a", title="Police facial recognition in Boston")
    await put(store, a, make_seed("b", title="Police facial scans"), make_seed("c", title="Recognition in Boston"))

    alone = await store.related.similar(SHELVES, a.article)

    assert await store.related.similar(SHELVES, a.article, beside=[a.article.id]) == alone
