"""Stories by id.

A server sees the instance's articles and its own, so its stories may differ from the instance's. Stories are stored for
the instance, and separately for each server that has articles of its own; `shelves` decides which of them is read.
Articles that a server has not grouped yet keep the instance's story ids.
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
    """Number of articles in a span of time, and of those that belong to no story or only until the next grouping."""

    articles: int
    fresh: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The input of a grouping: the articles of a span of time and all others in their stories.

    Attributes:
        articles: Full articles and stubs that aren't hidden, by `published_at`, then id.
        known: Their current stories, oldest first, and stories named after one of the articles.
        fresh: Those of `articles` that belong to no story, or only until the next grouping.
    """

    articles: tuple[Article, ...]
    known: tuple[KnownStory, ...]
    fresh: frozenset[ArticleId]


class StoryStore(Protocol):
    """Stories. One is deleted with the last of its articles."""

    async def known_stories(
        self, shelves: Sequence[ShelfId], articles: Collection[ArticleId]
    ) -> tuple[KnownStory, ...]:
        """Read the stories with any of `articles`, each whole, and those named after one of them; oldest first.

        A stub that turned out to be a full article is returned as that. Articles hidden since then are included.
        """
        ...

    async def settled(self, shelves: Sequence[ShelfId], articles: Collection[ArticleId]) -> frozenset[ArticleId]:
        """Find those of `articles` that were grouped with all articles near them and haven't changed since."""
        ...

    async def crowd(self, shelves: Sequence[ShelfId], start: datetime, end: datetime, *, limit: int) -> Crowd:
        """Count the articles and stubs published from `start` to `end`, both included; `limit` of them at most."""
        ...

    async def surroundings(self, shelves: Sequence[ShelfId], start: datetime, end: datetime) -> Surroundings:
        """Read the articles and stories needed to group what was published from `start` to `end`, both included."""
        ...

    async def newcomers(self, shelves: Sequence[ShelfId], since: datetime, *, limit: int) -> tuple[Article, ...]:
        """Read the full articles published since a moment that belong to no story, newest first."""
        ...

    async def save_stories(
        self,
        shelves: Sequence[ShelfId],
        stories: Sequence[KnownStory],
        *,
        settled: Collection[ArticleId] = (),
        joined: Collection[ArticleId] = (),
        at: datetime,
        is_arrival: bool,
    ) -> None:
        """Save stories in one transaction.

        Their articles leave the stories that they were in; a story whose id is now another's alias is deleted. Articles
        that don't exist (any longer) are left out.

        Args:
            shelves: The shelves that the grouping saw.
            stories: Every article is in at most one of them.
            settled: Articles that were grouped with all articles near them. Others that were settled before stay
                settled, except in a story with a new article that is not settled.
            joined: Articles that belong to their story only until the next grouping.
            at: When they were grouped.
            is_arrival: True if articles arrived; the instance's stories are saved only then, a server's own also if a
                question is answered: other servers read the instance's.
        """
        ...

    async def forget_stories(self, before: datetime, *, limit: int = 500) -> int:
        """Delete at most `limit` stories last reported and last grouped before a moment that no edition names.

        Returns:
            How many were deleted.
        """
        ...
