"""Suggestions: what members of a server suggest for its next edition, and what its editors decide about it.

All of it is a stranger's text: it is cleaned and clipped before anything else is done with it, and only http and https
links are kept. Nothing is fetched: the record is what the message itself shows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NewType

from bot.errors import BadInputError
from bot.news.article import Article, ArticleId, Picture, Provider, article_id, server_shelf
from bot.news.delivery import EditionKey, ScheduleId
from bot.news.schedules.desk import Desk
from bot.text.clean import clean, is_visible
from bot.text.links import alias_key, clean_url, domain_of, link_alone, links_in
from bot.text.pages import page_key

SuggestionId = NewType("SuggestionId", int)
"""Never given twice, since it is in the buttons of posted messages."""

NOT_STORED: Final = SuggestionId(0)

SUGGESTIONS_A_DAY: Final = 5
"""Of one member, within 24 hours."""

SUGGESTIONS_KEPT: Final = timedelta(days=30)

TAKING_LASTS: Final = timedelta(minutes=2)
"""After that, the editor who was taking a suggestion has been cut off: an import is stopped after a minute."""

LONGEST_TITLE: Final = 200
LONGEST_DESCRIPTION: Final = 500
LONGEST_SITE: Final = 80
LONGEST_CREDIT: Final = 32
"""Characters; the last one is Discord's own limit of a name."""

_FEWEST_WORDS: Final = 3
_BREAKS: Final = re.compile(r"[-_+]+")
_EXTENSION: Final = re.compile(r"\.[a-z]{2,5}$")


class SuggestionState(StrEnum):
    """What was decided about a suggestion; the values are stored."""

    WAITING = "waiting"
    TAKING = "taking"
    """An editor is importing it."""
    TAKEN = "taken"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A linked page as a message shows it: any text, any of it may be empty."""

    url: str = ""
    title: str = ""
    description: str = ""
    picture_url: str = ""
    site: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One suggestion.

    Attributes:
        id: `NOT_STORED` before it is stored.
        guild_id: The server.
        schedule_id: The schedule whose desk it is on.
        channel_id: The editors' channel.
        member_id: The member who suggested it; `NOBODY` once that was deleted.
        at: When.
        page: The page, cleaned and clipped, with a URL and a title.
        credit: The member's name, if they agreed that it is shown; empty if not.
        article_id: The article that it became; None before, and if the archive had its link already.
        is_closed: True once its message shows what was decided, so that nothing is left to show.
    """

    id: SuggestionId = NOT_STORED
    guild_id: int
    schedule_id: ScheduleId
    channel_id: int
    member_id: int
    at: datetime
    page: Page
    credit: str = ""
    state: SuggestionState = SuggestionState.WAITING
    article_id: ArticleId | None = None
    is_closed: bool = False

    @property
    def stem(self) -> str:
        """The stem of the article that it becomes."""
        return f"suggestion-{self.id}"

    @property
    def is_decided(self) -> bool:
        """True once an editor took or refused it."""
        return self.state in {SuggestionState.TAKEN, SuggestionState.REFUSED}

    @property
    def desk(self) -> Desk:
        """The desk that shows it: one message, which is kept like those of a draft."""
        return Desk(
            schedule_id=self.schedule_id,
            edition=edition_of(self.id),
            guild_id=self.guild_id,
            channel_id=self.channel_id,
            due_at=self.at,
            is_closed=self.is_closed,
        )

    @property
    def article(self) -> Article:
        """The article that it becomes, as far as it is shown."""
        page, shelf = self.page, server_shelf(self.guild_id)
        domain = domain_of(page.url)
        return Article(
            id=article_id(shelf, self.stem),
            shelf=shelf,
            stem=self.stem,
            title=page.title,
            excerpt=page.description,
            published_at=self.at,
            provider=Provider(domain=domain, name=page.site or domain),
            url=page.url,
            pictures=(Picture(url=page.picture_url),) if page.picture_url else (),
        )


def edition_of(suggestion: SuggestionId) -> EditionKey:
    """Return what stands for an edition in the key of a suggestion's message."""
    return EditionKey(f"suggestion-{suggestion}")


def suggestion_of(edition: EditionKey) -> SuggestionId:
    """Return the suggestion whose message has this key, the inverse of `edition_of`."""
    return SuggestionId(int(edition.rpartition("-")[2]))


def read_page(text: str, pages: Sequence[Page], *, title: str = "") -> Page:
    """Find the page that a message is about: its first link, with what the message shows of it.

    Args:
        text: The message's text, or a link alone.
        pages: The embeds of the message.
        title: A member's own title; empty for the page's.

    Raises:
        BadInputError: there is no usable link.
    """
    shown = [replace(page, url=url) for page in pages if (url := clean_url(page.url))]
    links = links_in(text) or [link for link in (link_alone(text),) if link] or [page.url for page in shown]
    if not links:
        raise BadInputError("There is no http or https link in this.", cure="Suggest a message with a link.")
    url = links[0]
    page = next((page for page in shown if page_key(page.url) == page_key(url)), Page())
    return Page(
        url=url,
        title=_clipped(title, LONGEST_TITLE) or _clipped(page.title, LONGEST_TITLE) or _title_of(url),
        description=_clipped(page.description, LONGEST_DESCRIPTION),
        picture_url=clean_url(page.picture_url) or "",
        site=_clipped(page.site, LONGEST_SITE),
    )


def credit_of(name: str) -> str:
    """Clean the name of a member who wants to be named."""
    return _clipped(name, LONGEST_CREDIT)


def _clipped(text: str, longest: int) -> str:
    clipped = clean(clean(text)[:longest])
    return clipped if is_visible(clipped) else ""


def _title_of(url: str) -> str:
    """Read a title out of an address; the site's name if it has none."""
    last = _EXTENSION.sub("", alias_key(url).partition("?")[0].partition("/")[2].rpartition("/")[2])
    words = [word for word in _BREAKS.split(last) if word]
    if len(words) < _FEWEST_WORDS or "%" in last or "&" in last:
        return domain_of(url)
    return _clipped(" ".join(words).capitalize(), LONGEST_TITLE)


def seed_text(suggestion: Suggestion) -> str:
    """Write the seed file of a suggestion; the same suggestion always gives the same bytes."""
    return "\n".join(("---", *_fields(suggestion), "---", ""))


def _fields(suggestion: Suggestion) -> Iterator[str]:
    page = suggestion.page
    yield f"title: {_quoted(page.title)}"
    yield f"webUrl: {_quoted(page.url)}"
    yield f"publishedDateTime: {_quoted(f'{suggestion.at:%Y-%m-%dT%H:%M:%SZ}')}"
    if page.description:
        yield f"excerpt: {_quoted(page.description)}"
    if page.site:
        yield from ("provider:", f"  name: {_quoted(page.site)}")
    if page.picture_url:
        yield from ("images:", f"  - url: {_quoted(page.picture_url)}")


def _quoted(text: str) -> str:
    """Quote a cleaned text: without control characters, JSON's quotes are YAML's."""
    return json.dumps(text, ensure_ascii=False)
