"""Stories under their ids.

What a story is depends on who looks: a server sees the instance's articles and its own. So stories are kept for the
instance, and once more for each server that has articles of its own; which of them is meant follows from `shelves`.
Whatever a server has not grouped yet goes on under the instance's ids.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.news.article import Article, ArticleId, ShelfId
from bot.news.stories.story_ids import KnownStory


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """How many articles there are in a span of time, and how many of them belong to no story or only for now."""

    articles: int
    fresh: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What is grouped together: the articles of a span of time and all that their stories hold.

    Attributes:
        articles: Full ones and stubs, by `published_at`, then id; none that is hidden.
        known: Their stories as they are named now, oldest first, and others that took their name from one of them.
        fresh: Those of `articles` that belong to no story, or only until the next grouping.
    """

    articles: tuple[Article, ...]
    known: tuple[KnownStory, ...]
    fresh: frozenset[ArticleId]


class StoryStore(Protocol):
    """Named stories. They go with their articles."""

    async def known_stories(
        self, shelves: Sequence[ShelfId], articles: Collection[ArticleId]
    ) -> tuple[KnownStory, ...]:
        """The stories that hold any of `articles`, each whole, and those named after one of them; oldest first.

        An article that a stub turned out to be stands for it. What was hidden since it was grouped is still there.
        """
        ...

    async def settled(self, shelves: Sequence[ShelfId], articles: Collection[ArticleId]) -> frozenset[ArticleId]:
        """Those of `articles` that were grouped together with all that is near them, as they are now."""
        ...

    async def crowd(self, shelves: Sequence[ShelfId], start: datetime, end: datetime, *, limit: int) -> Crowd:
        """Count the articles and stubs published from `start` to `end`, both included; `limit` of them at most."""
        ...

    async def surroundings(self, shelves: Sequence[ShelfId], start: datetime, end: datetime) -> Surroundings:
        """All that must be looked at to group what was published from `start` to `end`, both included."""
        ...

    async def newcomers(self, shelves: Sequence[ShelfId], since: datetime, *, limit: int) -> tuple[Article, ...]:
        """Full articles published since a moment that belong to no story, newest first."""
        ...

    async def save_stories(
        self,
        shelves: Sequence[ShelfId],
        stories: Sequence[KnownStory],
        *,
        settled: Collection[ArticleId] = (),
        joined: Collection[ArticleId] = (),
        at: datetime,
    ) -> None:
        """Keep stories as they are named now, in one transaction.

        Their articles leave the stories that they were in; a story whose id is now another's alias is gone. Articles
        that don't exist (any more) are left out.

        Args:
            shelves: For whom.
            stories: Every article in one of them at most.
            settled: Those that were grouped with all that is near them. What was settled before stays so, but in a
                story with something new that isn't.
            joined: Those that belong to their story only until the next grouping.
            at: When they were grouped.
        """
        ...

    async def forget_stories(self, before: datetime, *, limit: int = 500) -> int:
        """Drop stories that were last reported and last grouped before a moment and that no edition names.

        Returns:
            How many, `limit` at most.
        """
        ...
