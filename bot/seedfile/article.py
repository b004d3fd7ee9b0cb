"""Build an article, and stubs of the coverage that it lists, from the values of a seed.

An article needs a title, a usable URL and a valid date: without one of them the seed is rejected. Any other unusable
part (a picture, a provider's name, a related item) is skipped.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Final

from bot.news.article import Article, ArticleId, Picture, Provider, ShelfId, article_id, stub_id
from bot.seedfile.dates import moment_of
from bot.seedfile.fields import fields_of, flag_of, items_of, number_of, text_of, url_of
from bot.seedfile.foreign.excerpt import clean_excerpt
from bot.seedfile.known import URLS
from bot.seedfile.refusal import Fault
from bot.seedfile.values import Value
from bot.text.clean import is_visible
from bot.text.links import LONGEST_URL, alias_key, clean_url, domain_of

# Far above real seeds (3 topics, 2 pictures, 6 related items): limits that keep one file from filling the store.
MOST_TOPICS: Final = 20
MOST_PICTURES: Final = 8
MOST_RELATED: Final = 50
LONGEST_NAME: Final = 200
"""Characters of a provider's name, a topic or a category; longer ones are ignored."""

EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
"""The earliest date of an article; older newspapers are not news, and a year like 0001 is a placeholder."""

FARTHEST_AHEAD: Final = timedelta(hours=48)
"""How far a date may be ahead of the clock: far enough for every time zone and for tomorrow's embargo."""

_WIDEST_PICTURE: Final = 100_000


def read_article(
    values: dict[str, Value], *, shelf: ShelfId, stem: str, now: datetime
) -> tuple[Article | None, tuple[Fault, ...]]:
    """Build the article of a seed.

    Args:
        values: The seed's values.
        shelf: The shelf that the article goes to.
        stem: The file's name without folder and extension.
        now: The present, for dates that are too far ahead.

    Returns:
        The article; or None, and everything that keeps the seed from being one.
    """
    return _read(values, article_id(shelf, stem), shelf, now, stem=stem)


def read_stub(values: dict[str, Value], *, shelf: ShelfId, now: datetime) -> tuple[Article | None, tuple[Fault, ...]]:
    """Build the stub of a related item; returns as `read_article`."""
    return _read(values, None, shelf, now)


def _read(
    values: dict[str, Value], named: ArticleId | None, shelf: ShelfId, now: datetime, *, stem: str = ""
) -> tuple[Article | None, tuple[Fault, ...]]:
    title = text_of(values.get("title"))
    urls = _urls(values)
    published_at = moment_of(values.get("publishedDateTime"))
    is_in_range = published_at is not None and EARLIEST <= published_at <= now + FARTHEST_AHEAD
    if not urls or published_at is None or not is_in_range or not is_visible(title):
        faults = (
            *(() if is_visible(title) else (_no_title(values),)),
            *(() if urls else (_no_url(values),)),
            *(() if is_in_range else (_no_date(values, published_at),)),
        )
        return None, faults
    return _article(values, named or stub_id(shelf, urls[0]), shelf, title, urls, published_at, stem=stem), ()


def _no_title(values: dict[str, Value]) -> Fault:
    reason = "not a text" if isinstance(values.get("title"), (list, dict)) else "missing title"
    return Fault(reason=reason, cure='Write title: "...", in quotes.', field="title")


def _no_url(values: dict[str, Value]) -> Fault:
    field = next((field for field in URLS if values.get(field) is not None), "webUrl")
    reason = "not a valid http(s) URL" if field in values else "missing URL"
    return Fault(reason=reason, cure="Set webUrl to a URL that begins with https:// or http://.", field=field)


def _no_date(values: dict[str, Value], published_at: datetime | None) -> Fault:
    field = "publishedDateTime"
    cure = "Write it as 2021-05-07T14:19:00Z or 2021-05-07."
    if published_at is not None:
        reason = "before 1900" if published_at < EARLIEST else "more than 48 hours ahead"
        return Fault(reason=reason, cure="Set it to when the article was published.", field=field)
    return Fault(reason="missing date" if values.get(field) is None else "not a valid date", cure=cure, field=field)


def read_coverage(values: dict[str, Value], article: Article, *, now: datetime) -> tuple[Article, ...]:
    """Build stubs of a seed's related items: one for each page, in the seed's order, without the article itself.

    Items without a title, a usable URL or a valid date are skipped, because a timeline can't show them.
    """
    if values.get("related") is None:
        return ()
    seen = {alias_key(url) for url in (article.url, *article.aliases)}
    stubs: list[Article] = []
    for item in islice(items_of(values.get("related")), MOST_RELATED):
        stub, _ = read_stub(fields_of(item), shelf=article.shelf, now=now)
        if stub is not None and alias_key(stub.url) not in seen:
            seen.add(alias_key(stub.url))
            stubs.append(stub)
    return tuple(stubs)


def _article(
    values: dict[str, Value],
    named: ArticleId,
    shelf: ShelfId,
    title: str,
    urls: tuple[str, ...],
    published_at: datetime,
    *,
    stem: str = "",
) -> Article:
    provider = _provider(fields_of(values.get("provider")), urls[0])
    excerpt = text_of(values.get("excerpt"))
    return Article(
        id=named,
        shelf=shelf,
        stem=stem,
        title=title,
        excerpt=clean_excerpt(excerpt, title=title, provider=provider.name),
        published_at=published_at,
        provider=provider,
        url=urls[0],
        aliases=urls[1:],
        kind="video" if values.get("type") == "video" else "article",
        category=name_of(values.get("category")) or "news",
        quality=number_of(values.get("quality")),
        heat=number_of(values.get("heat")),
        listed=False if flag_of(values.get("draft")) else flag_of(values.get("published")),
        topics=tuple(_topics(values.get("topics"))),
        pictures=tuple(_pictures(values.get("images"))),
        is_stub=not stem,
    )


def _urls(values: dict[str, Value]) -> tuple[str, ...]:
    """List the usable URLs in order of preference, one for each page."""
    cleaned = (url_of(values.get(field)) for field in URLS)
    by_page: dict[str, str] = {}
    for url in cleaned:
        if url is not None:
            by_page.setdefault(alias_key(url), url)
    return tuple(by_page.values())


def _provider(values: dict[str, Value], url: str) -> Provider:
    """Build the provider, identified by its domain; without one, by the host of the article's URL."""
    named = text_of(values.get("domain"))
    # A longer one is not a URL, so it need not enter the cache.
    domain = (site_of(named) if len(named) <= LONGEST_URL else "") or domain_of(url)
    picture = next(_pictures(values.get("images")), None)
    return Provider(
        domain=domain, name=name_of(values.get("name")) or domain, picture_url=picture.url if picture else None
    )


@lru_cache(maxsize=1_024)  # the news has a few hundred providers
def site_of(domain: str) -> str:
    """Normalise a provider's domain; empty if it is not a domain."""
    return domain_of(clean_url(f"https://{domain}") or "")


def topic_items(value: Value) -> list[Value]:
    """Convert to a list of topics; one text is split at its commas."""
    return list(value.split(",")) if isinstance(value, str) else items_of(value)


def _topics(value: Value) -> Iterator[str]:
    names = (name_of(item) for item in topic_items(value))
    return islice(dict.fromkeys(name for name in names if name), MOST_TOPICS)


def name_of(value: Value) -> str:
    """Convert to the name of a provider, a topic or a category; empty if it is too long, or shows nothing."""
    name = text_of(value)
    return name if len(name) <= LONGEST_NAME and is_visible(name) else ""


def _pictures(value: Value) -> Iterator[Picture]:
    for item in islice(items_of(value), MOST_PICTURES):
        values = fields_of(item)
        if url := url_of(values.get("url")):
            yield Picture(url=url, width=_pixels(values.get("width")), height=_pixels(values.get("height")))


def _pixels(value: Value) -> int | None:
    number = number_of(value)
    return number if number is not None and 0 < number <= _WIDEST_PICTURE else None
