"""What a channel's history shows of our editions, as far as the messages name it; and the port that reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.news.article import ArticleId
from bot.news.message.messenger import CannotRead, Refused, Unclear


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedStory:
    """A story that a posted message names.

    Attributes:
        article_id: The pick's id.
        title: Its title, possibly shortened; empty if only the id is there.
        url: Its link; empty if none was found.
    """

    article_id: ArticleId
    title: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedPart:
    """A message of our own that is a part of an edition.

    Attributes:
        posted_at: In Discord's time.
        key: The key that it carries (`Draft.key`).
        stories: The stories that it names, from top to bottom.
    """

    message_id: int
    posted_at: datetime
    key: str
    stories: tuple[NamedStory, ...] = ()


class ChannelHistory(Protocol):
    """Reads our editions back from channels."""

    async def posted_parts(
        self, channel_id: int, *, after: datetime
    ) -> tuple[PostedPart, ...] | CannotRead | Unclear | Refused:
        """Read the parts of editions that we posted to a channel since a moment of Discord's clock, oldest first.

        None if the channel was deleted. `Refused` and `Unclear` are temporary.
        """
        ...
