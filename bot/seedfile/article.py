"""Build an article, and stubs of the coverage that it lists, from the values of a seed.

An article needs a title, a usable URL and a valid date: without one of them the seed is rejected. Any other unusable
part (a picture, a provider's name, a related item) is skipped.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Final

from bot.news.article import Article, ArticleId, Picture, Provider, ShelfId, article_id, stub_id
from bot.seedfile.fields import fields_of, flag_of, items_of, moment_of, number_of, text_of, url_of
from bot.seedfile.refusal import SeedRefusedError
from bot.seedfile.values import Value
from bot.text.links import LONGEST_URL, alias_key, clean_url, domain_of

# Far above real seeds (3 topics, 2 pictures, 6 related items): limits that keep one file from filling the store.
MOST_TOPICS: Final = 50
MOST_PICTURES: Final = 20
MOST_RELATED: Final = 100
LONGEST_NAME: Final = 200
"""Characters of a provider's name, a topic or a category; longer ones are ignored."""

_URL_FIELDS: Final = ("webUrl", "originalUrl", "ampWebUrl", "cdnAmpWebUrl")
"""In order of preference: 12 of 197 real seeds have no `webUrl`."""

_NO_EXCERPT: Final = "Placeholder."
_WIDEST_PICTURE: Final = 100_000


def read_article(values: dict[str, Value], *, shelf: ShelfId, stem: str) -> Article:
    """Build the article of a seed.

    Raises:
        SeedRefusedError: The title, a usable URL or a valid date is missing; `field` names it.
    """
    title = text_of(values.get("title"))
    if not _is_visible(title):
        raise SeedRefusedError("missing title", cure='Write title: "...", in quotes.', field="title")
    urls = _urls(values)
    if not urls:
        raise _no_url(values)
    published_at = moment_of(values.get("publishedDateTime"))
    if published_at is None:
        raise _no_date(values)
    return _article(values, article_id(shelf, stem), shelf, title, urls, published_at, stem=stem)


def _no_url(values: dict[str, Value]) -> SeedRefusedError:
    field = next((field for field in _URL_FIELDS if values.get(field) is not None), "webUrl")
    reason = "not a valid http(s) URL" if field in values else "missing URL"
    return SeedRefusedError(reason, cure="Set webUrl to a URL that begins with https:// or http://.", field=field)


def _no_date(values: dict[str, Value]) -> SeedRefusedError:
    field = "publishedDateTime"
    reason = "missing date" if values.get(field) is None else "not a valid date"
    return SeedRefusedError(reason, cure="Write it as 2021-05-07T14:19:00Z or 2021-05-07.", field=field)


def read_coverage(values: dict[str, Value], article: Article) -> tuple[Article, ...]:
    """Build stubs of a seed's related items: one for each page, in the seed's order, without the article itself.

    Items without a title, a usable URL or a valid date are skipped, because a timeline can't show them.
    """
    if values.get("related") is None:
        return ()
    seen = {alias_key(url) for url in (article.url, *article.aliases)}
    stubs: list[Article] = []
    for item in islice(items_of(values.get("related")), MOST_RELATED):
        stub = _stub(fields_of(item), article.shelf)
        if stub is not None and alias_key(stub.url) not in seen:
            seen.add(alias_key(stub.url))
            stubs.append(stub)
    return tuple(stubs)


def _stub(values: dict[str, Value], shelf: ShelfId) -> Article | None:
    title = text_of(values.get("title"))
    urls = _urls(values)
    published_at = moment_of(values.get("publishedDateTime"))
    if not urls or published_at is None or not _is_visible(title):
        return None
    return _article(values, stub_id(shelf, urls[0]), shelf, title, urls, published_at)


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
    excerpt = text_of(values.get("excerpt"))
    return Article(
        id=named,
        shelf=shelf,
        stem=stem,
        title=title,
        excerpt="" if excerpt == _NO_EXCERPT else excerpt,
        published_at=published_at,
        provider=_provider(fields_of(values.get("provider")), urls[0]),
        url=urls[0],
        aliases=urls[1:],
        kind="video" if values.get("type") == "video" else "article",
        category=_name(values.get("category")) or "news",
        quality=number_of(values.get("quality")),
        heat=number_of(values.get("heat")),
        listed=flag_of(values.get("published")),
        topics=tuple(_topics(values.get("topics"))),
        pictures=tuple(_pictures(values.get("images"))),
        is_stub=not stem,
    )


def _is_visible(title: str) -> bool:
    return (bool(title) and title.isprintable()) or any(char.isprintable() and char != " " for char in title)


def _urls(values: dict[str, Value]) -> tuple[str, ...]:
    """List the usable URLs in order of preference, one for each page."""
    cleaned = (url_of(values.get(field)) for field in _URL_FIELDS)
    by_page: dict[str, str] = {}
    for url in cleaned:
        if url is not None:
            by_page.setdefault(alias_key(url), url)
    return tuple(by_page.values())


def _provider(values: dict[str, Value], url: str) -> Provider:
    """Build the provider, identified by its domain; without one, by the host of the article's URL."""
    named = text_of(values.get("domain"))
    # A longer one is not a URL, so it need not enter the cache.
    domain = (_site(named) if len(named) <= LONGEST_URL else "") or domain_of(url)
    picture = next(_pictures(values.get("images")), None)
    return Provider(
        domain=domain, name=_name(values.get("name")) or domain, picture_url=picture.url if picture else None
    )


@lru_cache(maxsize=1_024)  # the news has a few hundred providers
def _site(domain: str) -> str:
    """Normalise a provider's domain; empty if it is not a domain."""
    return domain_of(clean_url(f"https://{domain}") or "")


def _topics(value: Value) -> Iterator[str]:
    names = (_name(item) for item in items_of(value))
    return islice(dict.fromkeys(name for name in names if name), MOST_TOPICS)


def _name(value: Value) -> str:
    name = text_of(value)
    return name if len(name) <= LONGEST_NAME else ""


def _pictures(value: Value) -> Iterator[Picture]:
    for item in islice(items_of(value), MOST_PICTURES):
        values = fields_of(item)
        url = url_of(values.get("url"))
        if url is not None:
            yield Picture(url=url, width=_pixels(values.get("width")), height=_pixels(values.get("height")))


def _pixels(value: Value) -> int | None:
    number = number_of(value)
    return number if number is not None and 0 < number <= _WIDEST_PICTURE else None
