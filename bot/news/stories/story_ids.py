"""Which story is which, from one grouping to the next: stories keep their ids while their articles come and go.

A story takes the id of the old one with which it shares most articles, the bigger first, the older of equal ones. Ids
of old stories that went into another stay as its aliases, so that a link to them still answers. Between two groupings
a new article joins the story that it is most like on average, to be looked at again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NewType

from bot.news.article import ArticleId

StoryId = NewType("StoryId", str)
"""The id of the story's first article when it was first seen: nothing is counted, and no two stories share it."""

JOINS_AT: Final = 1.0
"""The mean likeness from which on an article joins a story: the cut of `bot.text.likeness.linkage`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownStory:
    """A story under its id.

    Attributes:
        id: Stays, whatever articles come and go.
        articles: At least one.
        aliases: Ids of stories that went into this one, the older first.
    """

    id: StoryId
    articles: frozenset[ArticleId]
    aliases: tuple[StoryId, ...] = ()

    @property
    def names(self) -> tuple[StoryId, ...]:
        """Its id, then its aliases."""
        return (self.id, *self.aliases)


def name_stories(groups: Iterable[Sequence[ArticleId]], before: Sequence[KnownStory]) -> tuple[KnownStory, ...]:
    """Give the stories of a new grouping their ids.

    Args:
        groups: The articles of each story, first to report first; every article in one of them at most, none empty.
        before: The stories as they were named, oldest first; every article in one of them at most.

    Returns:
        One story a group, in the order of `groups`. An old id is the id or an alias of exactly one of them, as long as
        any article of its story is in a group.
    """
    new = [tuple(group) for group in groups]
    shared = _shared(new, before)
    heirs = _heirs(new, before, shared)
    inherited = _inherited(shared, heirs)
    taken = {name for story in before for name in story.names}
    stories = []
    for number, group in enumerate(new):
        own = before[heirs[number]].id if number in heirs else _fresh(group, taken)
        aliases = _aliases([before[old] for old in inherited[number]], own)
        stories.append(KnownStory(id=own, articles=frozenset(group), aliases=aliases))
    return tuple(stories)


def join_story(likeness: Mapping[ArticleId, float], stories: Sequence[KnownStory]) -> KnownStory | None:
    """The story that a new article belongs to until the next grouping; of equal ones the older.

    Args:
        likeness: Similarity of the new article to others, 1.0 being just enough; 0 if missing. Leave out articles that
            are too far off in time.
        stories: Oldest first.

    Returns:
        None if no story is similar enough: then it is a story of its own.
    """
    means = [sum(likeness.get(each, 0.0) for each in sorted(story.articles)) / len(story.articles) for story in stories]
    best = max(range(len(stories)), key=lambda place: (means[place], -place), default=None)
    return None if best is None or means[best] < JOINS_AT else stories[best]


def with_newcomer(article: ArticleId, likeness: Mapping[ArticleId, float], stories: Sequence[KnownStory]) -> KnownStory:
    """Add a new article to the story that it belongs to until the next grouping, and return that story.

    Args:
        article: It leaves the story that it is in.
        likeness: See `join_story`.
        stories: Oldest first: all that it may join, and all that took their name from it.
    """
    others = [replace(each, articles=each.articles - {article}) for each in stories if each.articles != {article}]
    story = join_story(likeness, [each for each in others if not each.articles.isdisjoint(likeness)])
    if story is None:
        return next((each for each in stories if each.articles == {article}), name_stories([(article,)], others)[0])
    return replace(story, articles=story.articles | {article})


def _shared(groups: Sequence[Sequence[ArticleId]], before: Sequence[KnownStory]) -> dict[int, Counter[int]]:
    """For each old story that has articles in groups: how many in which."""
    places = {article: number for number, group in enumerate(groups) for article in group}
    shared = {
        old: Counter(places[article] for article in story.articles if article in places)
        for old, story in enumerate(before)
    }
    return {old: counts for old, counts in shared.items() if counts}


def _heirs(
    groups: Sequence[Sequence[ArticleId]], before: Sequence[KnownStory], shared: Mapping[int, Counter[int]]
) -> dict[int, int]:
    """Match groups to the old stories that they continue: largest overlap first, then larger, then older stories."""
    pairs = [(count, number, old) for old, counts in shared.items() for number, count in counts.items()]
    pairs.sort(key=lambda pair: (-pair[0], -len(groups[pair[1]]), -len(before[pair[2]].articles), pair[2], pair[1]))
    heirs: dict[int, int] = {}
    continued: set[int] = set()
    for _, number, old in pairs:
        if number not in heirs and old not in continued:
            heirs[number] = old
            continued.add(old)
    return heirs


def _inherited(shared: Mapping[int, Counter[int]], heirs: Mapping[int, int]) -> Mapping[int, list[int]]:
    """The old stories of which each group takes the names: that which it goes on as, and those that went into it."""
    goes_on = {old: number for number, old in heirs.items()}
    inherited: dict[int, list[int]] = defaultdict(list)
    for old in sorted(shared):
        inherited[goes_on.get(old, _most(shared[old]))].append(old)
    return inherited


def _most(counts: Counter[int]) -> int:
    """The group that has most of an old story; of equal ones the first."""
    return min(counts, key=lambda number: (-counts[number], number))


def _aliases(inherited: Iterable[KnownStory], own: StoryId) -> tuple[StoryId, ...]:
    every = [name for story in inherited for name in story.names]
    return tuple(each for each in dict.fromkeys(every) if each != own)


def _fresh(group: Sequence[ArticleId], taken: Collection[StoryId]) -> StoryId:
    """The id of the first article that names no story yet; with a mark where all of them do."""
    fresh = next((name for name in map(StoryId, group) if name not in taken), StoryId(f"{group[0]}+"))
    while fresh in taken:
        fresh = StoryId(f"{fresh}+")
    return fresh
