"""Stories under their ids: kept with their articles, once for the instance and once for each server with its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.news.article import INSTANCE_SHELF, Article, ArticleId, ShelfId, article_id, server_shelf, shelves_seen_by
from bot.news.edition import Pick
from bot.news.stories.story import story_of
from bot.news.stories.story_ids import KnownStory, StoryId
from bot.store.port import Store
from bot.store.port.story import Crowd
from bot.store.sqlite.file.database import Database
from tests.support.makers import SOME_DAY, make_article, make_edition, make_schedule, make_seed, make_stub

SHELVES = (INSTANCE_SHELF,)
SERVER = shelves_seen_by(1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LONG_AFTER = SOME_DAY + 365 * DAY


def ids(stems: str, shelf: ShelfId = INSTANCE_SHELF) -> frozenset[ArticleId]:
    """The ids of these one-letter articles."""
    return frozenset(article_id(shelf, stem) for stem in stems)


def named(stems: str, *aliases: str) -> KnownStory:
    """The story of these one-letter articles, named after the first of them."""
    return KnownStory(
        id=StoryId(article_id(INSTANCE_SHELF, stems[0])),
        articles=ids(stems),
        aliases=tuple(StoryId(article_id(INSTANCE_SHELF, alias)) for alias in aliases),
    )


async def put(store: Store, stems: str, *, shelf: ShelfId = INSTANCE_SHELF, **fields: object) -> None:
    """Import one-letter articles."""
    seeds = [make_seed(stem, shelf=shelf, **fields) for stem in stems]  # type: ignore[arg-type] # as make_seed
    await store.articles.put_seeds(shelf, seeds, seen_at=SOME_DAY)


async def save(
    store: Store, *stories: KnownStory, settled: str = "", joined: str = "", shelves: Sequence[ShelfId] = SHELVES
) -> None:
    """Keep stories."""
    await store.stories.save_stories(
        shelves, stories, settled=ids(settled), joined=ids(joined), at=SOME_DAY, is_arrival=True
    )


async def known(store: Store, stems: str, shelves: Sequence[ShelfId] = SHELVES) -> list[KnownStory]:
    """The stories of these one-letter articles."""
    return list(await store.stories.known_stories(shelves, ids(stems)))


async def test_a_story_is_found_whole_by_any_of_its_articles(store: Store) -> None:
    """With its aliases, in their order."""
    await put(store, "abc")
    await save(store, named("ab", "y", "x"), named("c"))

    assert await known(store, "b") == [named("ab", "y", "x")]


async def test_stories_come_oldest_first(store: Store) -> None:
    """Also when an old one was saved again since."""
    await put(store, "abc")
    await save(store, named("b"))
    await save(store, named("a"))
    await save(store, named("bc"))

    assert await known(store, "abc") == [named("bc"), named("a")]


async def test_a_story_answers_to_whoever_would_take_its_name(store: Store) -> None:
    """Its id and its aliases are those of articles, which may be elsewhere by now."""
    await put(store, "abcx")
    await save(store, replace(named("bc"), id=StoryId(f"{article_id(INSTANCE_SHELF, 'a')}+")), named("x", "z"))

    assert [story.articles for story in await known(store, "a")] == [ids("bc")]
    assert [story.articles for story in await known(store, "z")] == [ids("x")]


async def test_an_article_is_in_one_story(store: Store) -> None:
    """It leaves the one where it was; a story that all have left is gone."""
    await put(store, "abc")
    await save(store, named("ab"), named("c"))

    await save(store, named("bc"))

    assert await known(store, "abc") == [named("a"), named("bc")]


async def test_a_story_that_became_anothers_alias_is_gone(store: Store) -> None:
    """No two stories answer to one id."""
    await put(store, "abcd")
    await save(store, named("ab"), named("cd"))

    await save(store, named("abcd", "c"))

    assert await known(store, "abcd") == [named("abcd", "c")]


async def test_a_story_that_became_anothers_alias_is_gone_with_what_is_hidden_of_it(store: Store) -> None:
    """Nobody grouped that, so it was there still."""
    await put(store, "abcd")
    await save(store, named("ab"), named("cd"))
    await store.articles.hide(INSTANCE_SHELF, article_id(INSTANCE_SHELF, "c"))

    await save(store, named("abd", "c"))

    assert await known(store, "abcd") == [named("abd", "c")]


async def test_a_story_that_all_have_left_leaves_no_row(store: Store, archive_file: Database) -> None:
    """Nothing would ever delete it."""
    await put(store, "ab")
    await save(store, named("a"), named("b"))

    await save(store, named("ab"))

    assert await archive_file.read(lambda raw: raw.execute("SELECT count(*) FROM story").fetchone()[0]) == 1


async def test_what_does_not_exist_is_left_out(store: Store) -> None:
    """Deleted while it was grouped."""
    await put(store, "a")

    await save(store, named("ax"), named("yz"))

    assert await known(store, "axyz") == [named("a")]


async def test_nothing_is_kept_for_an_empty_archive(store: Store) -> None:
    """Nobody sees anything there."""
    await save(store, named("a"))

    assert await known(store, "a") == []


async def test_a_story_goes_with_its_last_article(store: Store, archive_file: Database) -> None:
    """Nothing of it is left in any table."""
    await put(store, "ab")
    await save(store, named("ab", "x"))

    await store.articles.delete(INSTANCE_SHELF, article_id(INSTANCE_SHELF, "a"))
    assert await known(store, "b") == [replace(named("ab", "x"), articles=ids("b"))]
    await store.articles.delete(INSTANCE_SHELF, article_id(INSTANCE_SHELF, "b"))

    for table in ("story", "story_article", "story_alias"):
        assert await archive_file.read(lambda raw, table=table: raw.execute(f"SELECT * FROM {table}").fetchall()) == []  # type: ignore[misc] # noqa: S608


async def test_a_hidden_article_stays_in_its_story(store: Store) -> None:
    """The story is known by it when an edition asks what it told; readers' lists leave it out themselves."""
    await put(store, "ab")
    await save(store, named("ab"))

    await store.articles.hide(INSTANCE_SHELF, article_id(INSTANCE_SHELF, "a"))

    assert await known(store, "b") == [named("ab")]


async def test_a_stub_that_turned_out_to_be_an_article_stays_in_its_story_as_that(store: Store) -> None:
    """Its id in the story is the article's."""
    stub = make_stub("s")
    await store.articles.put_seeds(INSTANCE_SHELF, [make_seed("a", coverage=[stub])], seen_at=SOME_DAY)
    await save(store, KnownStory(id=StoryId("s"), articles=frozenset({stub.id})))

    await put(store, "f", url=stub.url)

    assert [story.articles for story in await known(store, "f")] == [ids("f")]


async def test_an_article_is_in_its_own_story_and_not_in_that_of_the_stub_that_it_was(store: Store) -> None:
    """Wherever the stub was grouped before."""
    stub = make_stub("s")
    await store.articles.put_seeds(INSTANCE_SHELF, [make_seed("a", coverage=[stub])], seen_at=SOME_DAY)
    await save(store, KnownStory(id=StoryId("s"), articles=frozenset({stub.id, *ids("a")})))
    await put(store, "f", url=stub.url)

    await save(store, named("f"))

    assert [story.articles for story in await known(store, "af")] == [ids("a"), ids("f")]


# Settled and fresh


async def crowd(store: Store, *, limit: int = 100, shelves: Sequence[ShelfId] = SHELVES) -> Crowd:
    """The stories within a day of `SOME_DAY`."""
    return await store.stories.crowd(shelves, SOME_DAY - DAY, SOME_DAY + DAY, limit=limit)


async def test_new_and_joined_articles_are_fresh(store: Store) -> None:
    """Those that were grouped are not, whether all near them was or not."""
    await put(store, "abcd")
    await save(store, named("ab"), named("c"), settled="a", joined="c")

    assert await crowd(store) == Crowd(articles=4, fresh=2)
    assert await store.stories.settled(SHELVES, ids("abcd")) == ids("a")


async def test_what_is_settled_stays_so_when_its_story_is_saved_again(store: Store) -> None:
    """Another of its articles was looked at."""
    await put(store, "abc")
    await save(store, named("ab"), named("c"), settled="a")
    await save(store, named("abc"), settled="b")

    assert await store.stories.settled(SHELVES, ids("abc")) == ids("ab")


@pytest.mark.parametrize("joined", ["", "c"])
async def test_what_is_settled_is_so_no_more_once_something_new_is_in_its_story(joined: str, store: Store) -> None:
    """Unless that was compared with all that is near it."""
    await put(store, "abcxyz")
    await save(store, named("ab"), named("xy"), *map(named, joined), settled="abxy", joined=joined)
    await save(store, named("abc"), named("xyz"), settled="z")

    assert await store.stories.settled(SHELVES, ids("abcxyz")) == ids("xyz")


@pytest.mark.parametrize(
    "change",
    [{"title": "Other"}, {"excerpt": "Other"}, {"url": "https://a.example/"}, {"published_at": SOME_DAY + HOUR}],
)
async def test_an_article_that_reads_otherwise_is_fresh_again(store: Store, change: dict[str, object]) -> None:
    """It may belong elsewhere now."""
    await put(store, "a")
    await save(store, named("a"), settled="a")

    await put(store, "a", **change)  # type: ignore[arg-type] # as make_seed

    assert await crowd(store) == Crowd(articles=1, fresh=1)
    assert await known(store, "a") == [named("a")]


async def test_an_article_whose_score_alone_changed_is_not_fresh(store: Store) -> None:
    """Stories are made of words."""
    await put(store, "a")
    await save(store, named("a"), settled="a")

    await put(store, "a", quality=150)

    assert await store.stories.settled(SHELVES, ids("a")) == ids("a")


async def test_a_crowd_is_counted_up_to_a_limit(store: Store) -> None:
    """Hidden ones and those of other days don't count."""
    await put(store, "abc")
    await put(store, "x", published_at=SOME_DAY + 2 * DAY)
    await store.articles.hide(INSTANCE_SHELF, article_id(INSTANCE_SHELF, "c"))

    assert (await crowd(store)).articles == 2
    assert (await crowd(store, limit=1)).articles == 1


async def test_surroundings_hold_a_span_and_all_of_its_stories(store: Store) -> None:
    """By date, wherever they lie; with those that are fresh."""
    for hours, stem in enumerate("abc"):
        await put(store, stem, published_at=SOME_DAY + hours * HOUR)
    await put(store, "f", published_at=SOME_DAY + 9 * DAY)
    await put(store, "x", published_at=SOME_DAY + 4 * DAY)
    await save(store, named("ax"))

    around = await store.stories.surroundings(SHELVES, SOME_DAY, SOME_DAY + HOUR)

    assert [article.stem for article in around.articles] == ["a", "b", "x"]
    assert (around.known, around.fresh) == ((named("ax"),), ids("b"))


async def test_newcomers_are_the_newest_that_belong_to_no_story(store: Store) -> None:
    """Full articles alone: what a seed names comes with it."""
    for days, stem in enumerate("abcd"):
        await put(store, stem, published_at=SOME_DAY + days * DAY, coverage=[make_stub(stem)])
    await save(store, named("c"), joined="c")

    new = await store.stories.newcomers(SHELVES, SOME_DAY + DAY, limit=5)

    assert [article.stem for article in new] == ["d", "b"]
    assert len(await store.stories.newcomers(SHELVES, SOME_DAY, limit=1)) == 1


# The stories of each shelf


async def test_a_server_without_articles_has_the_instances_stories(store: Store) -> None:
    """Nothing is grouped twice for it."""
    await put(store, "ab")

    await save(store, named("ab"), shelves=SERVER)

    assert await known(store, "a") == await known(store, "a", SERVER) == [named("ab")]


async def test_a_servers_articles_are_in_stories_of_its_own_alone(store: Store) -> None:
    """Neither the instance nor another server learns of them."""
    await put(store, "ab")
    await put(store, "o", shelf=server_shelf(1))
    await put(store, "t", shelf=server_shelf(2))
    ours = KnownStory(id=named("ab").id, articles=ids("ab") | ids("o", server_shelf(1)))
    await save(store, named("ab"))

    await save(store, ours, shelves=SERVER)

    assert await known(store, "a", SERVER) == [ours]
    assert await known(store, "a") == await known(store, "a", shelves_seen_by(2)) == [named("ab")]
    around = await store.stories.surroundings(shelves_seen_by(2), SOME_DAY, SOME_DAY)
    assert {article.stem for article in around.articles} == {"a", "b", "t"}
    assert all(story.articles <= ids("ab") for story in around.known)


async def test_a_server_goes_on_with_the_instances_ids(store: Store) -> None:
    """Until it has grouped an article itself: a told story is known again on the day of the first upload."""
    await put(store, "abc")
    await save(store, named("ab", "x"), named("c"))
    await put(store, "o", shelf=server_shelf(1))
    assert await known(store, "abc", SERVER) == [named("ab", "x"), named("c")]

    await save(store, named("c"), shelves=SERVER)

    assert await known(store, "abc", SERVER) == [named("ab", "x"), named("c")]


async def test_a_server_that_is_purged_leaves_no_story(store: Store, archive_file: Database) -> None:
    """Neither ids nor aliases."""
    await put(store, "o", shelf=server_shelf(1))
    mine = KnownStory(id=StoryId("o"), articles=ids("o", server_shelf(1)), aliases=(StoryId("p"),))
    await save(store, mine, shelves=SERVER)
    await store.schedules.guild_left(1, at=SOME_DAY)

    await store.schedules.purge_guilds(left_before=LONG_AFTER)

    for table in ("story", "story_article", "story_alias"):
        assert await archive_file.read(lambda raw, table=table: raw.execute(f"SELECT * FROM {table}").fetchall()) == []  # type: ignore[misc] # noqa: S608


# Forgetting


async def plan_story(store: Store, article: Article, story_id: str) -> None:
    """Plan an edition with a story."""
    await store.schedules.save_schedule(make_schedule(), next_due_at=None)
    pick = Pick(article=article, story=story_of([article]), story_id=StoryId(story_id))
    await store.digest.plan(make_edition(picks=(pick,)), (), ())


async def test_an_old_story_is_forgotten(store: Store) -> None:
    """As many at once as are asked for; its articles stay."""
    await put(store, "abc")
    await save(store, named("a"), named("b"), named("c"))

    forgotten = [await store.stories.forget_stories(LONG_AFTER, limit=2) for _ in range(3)]

    assert forgotten == [2, 1, 0]
    assert await known(store, "abc") == []
    assert len(await store.articles.find_articles(SHELVES, sorted(ids("abc")))) == 3


async def test_a_story_that_was_reported_or_grouped_lately_is_kept(store: Store) -> None:
    """Somebody may ask again."""
    await put(store, "a")
    await put(store, "b", published_at=SOME_DAY + 2 * DAY)
    await store.stories.save_stories(SHELVES, [named("a")], at=SOME_DAY + 2 * DAY, is_arrival=True)
    await save(store, named("b"))

    assert await store.stories.forget_stories(SOME_DAY + DAY) == 0


@pytest.mark.parametrize("told", ["a", "x"])
async def test_a_story_that_an_edition_names_is_kept(store: Store, told: str) -> None:
    """By its id, or by one that it has taken over."""
    await put(store, "a")
    await save(store, named("a", "x"))
    await plan_story(store, make_article("a"), article_id(INSTANCE_SHELF, told))

    assert await store.stories.forget_stories(LONG_AFTER) == 0
