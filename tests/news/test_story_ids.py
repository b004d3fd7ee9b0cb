"""Which story is which, from one grouping to the next."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.news.article import ArticleId
from bot.news.stories.story_ids import KnownStory, StoryId, join_story, name_stories, with_newcomer


def story(name: str, articles: str, *aliases: str) -> KnownStory:
    """A known story of these one-letter articles."""
    return KnownStory(
        id=StoryId(name),
        articles=frozenset(ArticleId(each) for each in articles),
        aliases=tuple(StoryId(each) for each in aliases),
    )


def named(groups: list[str], *before: KnownStory) -> list[tuple[str, tuple[str, ...]]]:
    """The ids and aliases of these groups of one-letter articles."""
    stories = name_stories([[ArticleId(each) for each in group] for group in groups], before)
    return [(each.id, each.aliases) for each in stories]


def test_a_new_story_is_named_after_its_first_article() -> None:
    """The first to report."""
    assert named(["ba"]) == [("b", ())]


def test_a_story_that_grows_keeps_its_id() -> None:
    """Also when an earlier report of it comes in."""
    assert named(["xab"], story("a", "ab")) == [("a", ())]


def test_of_a_story_that_parts_the_bigger_part_keeps_the_id() -> None:
    """The other one is new, and has no alias: a link to the story leads to one place."""
    assert named(["bx", "acd"], story("a", "abcd")) == [("b", ()), ("a", ())]


def test_a_part_without_the_id_is_not_named_after_the_article_that_the_id_came_from() -> None:
    """No two stories share an id."""
    assert named(["a", "bc"], story("a", "abc")) == [("a+", ()), ("a", ())]


def test_a_part_whose_every_name_is_taken_gets_one_that_no_story_has() -> None:
    """The story's own id and an alias of it."""
    assert named(["cd", "b"], story("b", "bcd", "b+")) == [("b", ("b+",)), ("b++", ())]


def test_of_stories_that_become_one_the_bigger_gives_the_id() -> None:
    """The other's id, with all that it stood for, is an alias."""
    assert named(["abcde"], story("a", "ab", "z"), story("c", "cde")) == [("c", ("a", "z"))]


def test_of_equal_stories_that_become_one_the_older_gives_the_id() -> None:
    """The younger's is an alias."""
    assert named(["abcd"], story("c", "cd"), story("a", "ab")) == [("c", ("a",))]


def test_aliases_stay_with_their_story() -> None:
    """For as long as it is told."""
    assert named(["ab"], story("a", "ab", "q")) == [("a", ("q",))]


def test_a_story_that_is_gone_leaves_nothing() -> None:
    """None of its articles is in a group."""
    assert named(["x"], story("a", "ab")) == [("x", ())]


def test_a_new_article_joins_the_story_that_it_is_most_like_on_average() -> None:
    """Not the one with the one most similar article."""
    likeness = {ArticleId("a"): 3.0, ArticleId("b"): 0.0, ArticleId("c"): 1.6, ArticleId("d"): 1.6}

    assert join_story(likeness, [story("a", "ab"), story("c", "cd")]) == story("c", "cd")


def test_a_new_article_that_is_like_none_joins_none() -> None:
    """It is a story of its own."""
    assert join_story({ArticleId("a"): 1.9}, [story("a", "ab")]) is None
    assert join_story({}, []) is None


def test_a_new_article_as_much_like_two_stories_joins_the_older() -> None:
    """Nothing is left to chance."""
    likeness = {ArticleId("a"): 1.0, ArticleId("b"): 1.0}

    assert join_story(likeness, [story("b", "b"), story("a", "a")]) == story("b", "b")


GROUPINGS = st.lists(st.lists(st.integers(0, 4), min_size=12, max_size=12), min_size=1, max_size=6)


@given(GROUPINGS)
def test_ids_and_aliases_name_one_story_each_however_often_articles_are_regrouped(groupings: list[list[int]]) -> None:
    """And while no article goes, no id that was ever given is lost."""
    stories: tuple[KnownStory, ...] = ()
    given_ids: set[StoryId] = set()
    for grouping in groupings:
        groups = [[ArticleId("abcdefghijkl"[n]) for n, at in enumerate(grouping) if at == place] for place in range(5)]
        stories = name_stories([group for group in groups if group], stories)
        names = [name for each in stories for name in (each.id, *each.aliases)]
        given_ids |= set(names)
        assert sorted(names) == sorted(given_ids)


def test_a_newcomer_is_in_the_story_that_it_joins() -> None:
    """Which keeps its names."""
    likeness = {ArticleId("a"): 2.0}

    assert with_newcomer(ArticleId("x"), likeness, [story("a", "a", "q")]) == story("a", "ax", "q")


def test_a_newcomer_that_is_like_none_begins_a_story() -> None:
    """Under a name that no other has, though it was taken from it once."""
    assert with_newcomer(ArticleId("x"), {}, []) == story("x", "x")
    assert with_newcomer(ArticleId("x"), {}, [story("x", "ab")]) == story("x+", "x")


def test_a_newcomer_that_is_alone_in_its_story_keeps_it() -> None:
    """Looked at twice, it isn't named twice."""
    assert with_newcomer(ArticleId("x"), {ArticleId("a"): 0.5}, [story("x", "x"), story("a", "a")]) == story("x", "x")
