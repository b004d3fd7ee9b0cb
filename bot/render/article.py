"""Render articles: title as a link, excerpt, provider and date; lists of articles use the same parts.

The domain beside a link is the URL's real one, not the one that the seed claims.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from bot.news.article import Article, Picture
from bot.news.message import actions
from bot.news.message.draft import (
    Block,
    Button,
    ButtonRow,
    Draft,
    Gallery,
    Link,
    Moment,
    Option,
    Paragraph,
    Run,
    Section,
    Select,
    Text,
)
from bot.render.format.clip import clip, clip_written
from bot.render.format.limits import LONGEST_OPTION, LONGEST_PICTURE_URL, MOST_OPTIONS, fits
from bot.render.format.number import count_of
from bot.text.clean import clean
from bot.text.links import domain_of
from bot.text.pages import without_tracking

DOT: Final = " \u00b7 "
_LONGEST_DOMAIN: Final = 60
_LONGEST_ALT: Final = 300
_LONGEST_READ: Final = 2000
"""Characters of a title, name or excerpt that are read: more than is ever shown, even of letters with marks."""
_MOST_TOPICS: Final = 10
_RECENT: Final = timedelta(days=2)
_PLACEHOLDERS: Final = frozenset({"placeholder", "placeholder."})
# A sentence ends before a capital, a digit or a quote, but not after an initial or an abbreviation such as "Gov.".
_SENTENCE_END: Final = re.compile(
    r"[.!?](?:(?<=[!?])|(?<!\b[A-Z]\.)(?<!\b[A-Z][a-z]\.)(?<!\b[A-Z][a-z]{2}\.))"
    r"[\"'\u201d\u2019)]* (?=[\"'\u201c\u2018(]?[A-Z0-9])"
)
_UNFINISHED: Final = re.compile(r"\s*(?:\.\.\.+|\u2026|[,;:\u2013\u2014-])$")
_FINISHED: Final = re.compile(r"[.!?\u2026][\"'\u201d\u2019)]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Length limits for an article, in UTF-16 units of the written form.

    Attributes:
        url: With a longer URL the title is plain text instead of a link.
        sentences: The maximum number of sentences of the excerpt.
        is_tracked: With False links lose their tracking parameters.
    """

    title: int
    excerpt: int
    name: int = 80
    url: int = 2048
    sentences: int = 2
    is_tracked: bool = True


IN_FULL: Final = Bounds(title=300, excerpt=900, sentences=100)
ROOMY: Final = Bounds(title=250, excerpt=450)
NARROWER: Final = (
    ROOMY,
    Bounds(title=200, excerpt=250, url=1000),
    Bounds(title=150, excerpt=150, name=60, url=500),
    Bounds(title=120, excerpt=0, name=40, url=300),
    Bounds(title=100, excerpt=0, name=30, url=200),
    Bounds(title=80, excerpt=0, name=20, url=150),
    Bounds(title=60, excerpt=0, name=20, url=0),
)
"""From widest to narrowest: a list uses the first that makes it fit."""


def first_that_fits(draw: Callable[[Bounds], Draft], bounds: Sequence[Bounds] = NARROWER) -> Draft:
    """Draw with the widest bounds within Discord's limits, or with the narrowest if none are."""
    for each in bounds[:-1]:
        draft = draw(each)
        if not fits(draft):
            return draft
    return draw(bounds[-1])


def cleaned(text: str) -> str:
    """Sanitise foreign text, only as much of it as could be shown."""
    return clean(text[:_LONGEST_READ])


def topics_of(article: Article, most: int) -> str:
    """Format the first topics, comma-separated; empty if there are none.

    Args:
        article: The article.
        most: The maximum length in UTF-16 units of the written form.
    """
    return clip_written(", ".join(filter(None, map(cleaned, article.topics[:_MOST_TOPICS]))), most)


def title_of(article: Article) -> str:
    """Return the cleaned title, or a substitute if it is empty."""
    return cleaned(article.title) or domain_of(article.url) or "Untitled"


def title_run(article: Article, bounds: Bounds = ROOMY, *, strong: bool = False) -> Run:
    """Render the title as a link, or as text if the URL is too long."""
    text = clip_written(title_of(article), bounds.title)
    url = article.url if bounds.is_tracked else without_tracking(article.url)
    if len(url) > bounds.url:
        return Text(text=text, strong=strong)
    return Link(text=text, url=url, strong=strong)


def provider_of(article: Article, bounds: Bounds = ROOMY) -> str:
    """Format the provider's name with the link's real domain: "WBUR (wbur.org)"; the domain alone if it is the name."""
    domain = domain_of(article.url)
    if len(domain) > _LONGEST_DOMAIN:  # its end identifies the owner
        domain = "\u2026" + domain[1 - _LONGEST_DOMAIN :]
    name = name_of(article, bounds)
    return domain if name.lower() in {domain, ""} else f"{name} ({domain})"


def name_of(article: Article, bounds: Bounds = ROOMY) -> str:
    """Format the provider's name."""
    return clip_written(cleaned(article.provider.name), bounds.name)


def byline(article: Article, bounds: Bounds = ROOMY, *, now: datetime | None = None) -> tuple[Run, ...]:
    """Render provider and date, for small print."""
    kind = f"Video{DOT}" if article.kind == "video" else ""
    return (Text(text=f"{kind}{provider_of(article, bounds)}{DOT}"), stamp(article.published_at, now=now))


def stamp(at: datetime, *, now: datetime | None = None) -> Moment:
    """Render a date; "5 hours ago" if `now` is given and less than two days later."""
    is_recent = now is not None and timedelta(0) <= now - at < _RECENT
    return Moment(at=at, style="relative" if is_recent else "date")


def excerpt_of(article: Article, bounds: Bounds = ROOMY) -> str:
    """Format the excerpt's first sentences; empty if there is none, or only upstream's placeholder."""
    text = cleaned(article.excerpt)
    if text.lower() in _PLACEHOLDERS or not bounds.excerpt:
        return ""
    ends = [found.end() for found in islice(_SENTENCE_END.finditer(text), bounds.sentences)]
    shown = text[: ends[bounds.sentences - 1]].rstrip() if len(ends) >= bounds.sentences else text
    if shown and (shown.endswith("...") or not _FINISHED.search(shown)):
        shown = _UNFINISHED.sub("", shown) + "\u2026"
    return clip_written(shown, bounds.excerpt)


def picture_of(article: Article) -> Picture | None:
    """Choose the picture to show, with alt text; None if Discord would accept none."""
    for picture in article.pictures:
        if picture.url.startswith(("https://", "http://")) and len(picture.url) <= LONGEST_PICTURE_URL:
            alt = cleaned(picture.alt) or f"Image for the article: {title_of(article)}"
            return Picture(url=picture.url, width=picture.width, height=picture.height, alt=clip(alt, _LONGEST_ALT))
    return None


def paragraphs_of(
    article: Article,
    bounds: Bounds = ROOMY,
    *,
    prefix: str = "",
    also: tuple[Run, ...] = (),
    now: datetime | None = None,
) -> tuple[Paragraph, ...]:
    """Render title, excerpt and small print: two or three paragraphs.

    Args:
        article: The article.
        bounds: Length limits.
        prefix: Our own text before the title.
        also: Our own runs at the end of the small print.
        now: The reference for "5 hours ago".
    """
    before = (Text(text=prefix),) if prefix else ()
    excerpt = excerpt_of(article, bounds)
    return (
        Paragraph(runs=(*before, title_run(article, bounds)), kind="subheading"),
        *((Paragraph(runs=(Text(text=excerpt),)),) if excerpt else ()),
        Paragraph(runs=(*byline(article, bounds, now=now), *also), kind="quiet"),
    )


def beside_picture(article: Article, paragraphs: tuple[Paragraph, ...]) -> tuple[Block, ...]:
    """Add the article's thumbnail to its paragraphs, if it has a picture."""
    picture = picture_of(article)
    return paragraphs if picture is None else (Section(paragraphs=paragraphs, accessory=picture),)


def draft_article(article: Article) -> Draft:
    """Render one article in full, as a private response."""
    picture = picture_of(article)
    return Draft(
        blocks=(
            *((Gallery(pictures=(picture,)),) if picture else ()),
            *paragraphs_of(article, IN_FULL),
            *_small_print(article),
            ButtonRow(buttons=(coverage_button(article),)),
        )
    )


def _small_print(article: Article) -> tuple[Paragraph, ...]:
    topics = topics_of(article, 300)
    said = (
        f"Topics: {topics}" if topics else "",
        "Known only from another article's related list" if article.is_stub else f"Score {article.score}",
    )
    return tuple(Paragraph(runs=(Text(text=line),), kind="quiet") for line in said if line)


def coverage_button(article: Article) -> Button:
    """Build the *Full coverage* button of an article, for a private response."""
    return Button(action=actions.COVERAGE, args=(article.id,), label="Full coverage", is_private=True)


def coverage_list(stories: Iterable[tuple[Article, int]], *, is_private: bool = False) -> Select:
    """Build a select menu that opens the full coverage of one of several articles.

    Args:
        stories: Distinct articles, at least one, each with the number of outlets that report its story; 0 if unknown.
            Only the first 25 are listed.
        is_private: True in a private response.
    """
    options = tuple(_coverage_option(article, outlets) for article, outlets in stories)[:MOST_OPTIONS]
    return Select(
        action=actions.COVERAGE_CHOICE, placeholder="Full coverage of a story", options=options, is_private=is_private
    )


def _coverage_option(article: Article, outlets: int) -> Option:
    said = f"{count_of(outlets, 'outlet')}{DOT}" if outlets else ""
    return Option(
        label=clip(title_of(article), LONGEST_OPTION),
        value=article.id,
        description=clip(said + provider_of(article), LONGEST_OPTION),
    )
