"""Find what of a seed's values was ignored, changed or left out although the article was read.

The article is compared with the values that it was built from, so the converters stay plain functions, and a seed
without notes, which nearly every real one is, costs one look at each field.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from bot.news.article import Article, Picture, Provider
from bot.seedfile.article import (
    MOST_PICTURES,
    MOST_RELATED,
    MOST_TOPICS,
    name_of,
    read_stub,
    site_of,
    topic_items,
)
from bot.seedfile.fields import flag_of, items_of, text_of, url_of
from bot.seedfile.foreign.mojibake import repair_mojibake
from bot.seedfile.front import REPAIRED, REPAIRED_CURE, FrontMatter
from bot.seedfile.known import FIELDS, PICTURE_FIELDS, PROVIDER_FIELDS, URLS, nearest_field
from bot.seedfile.refusal import Fault
from bot.seedfile.values import Value
from bot.text.links import alias_key

MOST_NOTES: Final = 20
"""Notes kept for a file: a list of a hundred wrong items needs no hundred notes."""

_FIELDS_HELP: Final = "Remove it, or use a field of docs/seeds.md."
_SHOWN: Final = 40  # characters of a field's name

# A value without quotes, up to the `#` that begins a comment.
_COMMENT: Final = re.compile(
    r"(?m)^[ \t]*(?:-[ \t]+)?(?:(?P<field>title|excerpt|name|category)[ \t]*:[ \t]+|(?<=- ))"
    r"(?P<kept>[^\s\"'|>\[{#&*!%@`][^\n]*?)[ \t]+#"
)

_Values = dict[str, Value]


def notes_on_fields(values: _Values) -> Iterator[Fault]:
    """Find unknown fields; also of a seed that was rejected, since the field that it lacks may be one of them."""
    if values.keys() <= FIELDS:
        return
    for name in values:
        if name not in FIELDS:
            yield _unknown(name, nearest_field(name))


def notes_on(
    values: _Values, article: Article, coverage: tuple[Article, ...], front: FrontMatter, *, now: datetime
) -> Iterator[Fault]:
    """Find what of the values the article and its coverage don't hold as they were written.

    Args:
        values: The seed's values.
        article: What was read of them.
        coverage: What was read of its related items.
        front: Where the values are from.
        now: As for `read_article`.
    """
    yield from _on_scalars(values, article)
    if values.get("excerpt") != article.excerpt or values.get("title") != article.title:
        yield from _on_texts(values, article)
    if sum([values.get(field) is not None for field in URLS]) > 1 + len(article.aliases):
        yield from _on_urls(values)
    if values.get("provider") is not None:
        yield from _on_provider(values["provider"], article.provider)
    topics = values.get("topics")
    if not isinstance(topics, list) or len(topics) != len(article.topics):
        yield from _on_topics(topics, article)
    if values.get("images") is not None:
        yield from _on_pictures("images", values["images"], article.pictures)
    if values.get("related") is not None:
        yield from _on_related(values["related"], article, coverage, now)
    if "#" in front.text:
        yield from _cut_texts(front, article)


def _on_scalars(values: _Values, article: Article) -> Iterator[Fault]:
    if article.quality is None or article.heat is None:
        for field, number in (("quality", article.quality), ("heat", article.heat)):
            if number is None and values.get(field) is not None:
                yield Fault(field=field, reason="not an integer, ignored", cure="Write it as 70, or remove it.")
    if article.listed is None or "draft" in values:
        for field in ("published", "draft"):
            if values.get(field) is not None and flag_of(values[field]) is None:
                yield Fault(field=field, reason="not true or false, ignored", cure="Write true or false.")
    if values.get("type", "article") not in {article.kind, None}:
        yield Fault(field="type", reason="unknown type, read as article", cure="Write article or video.")
    category = values.get("category")
    if category != article.category and category is not None and not name_of(category):
        yield Fault(field="category", reason="not a short text, ignored", cure="Write one name.")


def _on_texts(values: _Values, article: Article) -> Iterator[Fault]:
    if isinstance(values.get("excerpt"), (list, dict)):
        yield Fault(field="excerpt", reason="not a text, ignored", cure="Write one text in quotes.")
    yield from _repaired("title", values.get("title"), article.title)
    yield from _repaired("excerpt", values.get("excerpt"), article.excerpt)


def _repaired(field: str, value: Value, read: str) -> Iterator[Fault]:
    if value != read and isinstance(value, str) and repair_mojibake(value) != value:
        yield Fault(field=field, reason=REPAIRED, cure=REPAIRED_CURE)


def _on_urls(values: _Values) -> Iterator[Fault]:
    for field in URLS:
        if values.get(field) is not None and url_of(values[field]) is None:
            cure = "Write a URL that begins with https:// or http://."
            yield Fault(field=field, reason="not a valid http(s) URL, ignored", cure=cure)


def _on_provider(value: Value, provider: Provider) -> Iterator[Fault]:
    if not isinstance(value, dict):
        cure = "Write name and domain, indented, on lines of their own."
        yield Fault(field="provider", reason="not a mapping, ignored", cure=cure)
        return
    if not value.keys() <= PROVIDER_FIELDS:
        yield from _unknown_inside("provider", value, PROVIDER_FIELDS)
    name, domain = value.get("name"), value.get("domain")
    if name != provider.name:
        if name is not None and not name_of(name):
            yield Fault(field="provider.name", reason="not a short text, ignored", cure="Write one name.")
        yield from _repaired("provider.name", name, provider.name)
    if domain != provider.domain and domain is not None and not site_of(text_of(domain)):
        cure = "Write a host such as example.com."
        yield Fault(field="provider.domain", reason="not a domain, ignored", cure=cure)
    if provider.picture_url is None and value.get("images"):
        yield Fault(field="provider.images", reason="no item has a valid url, ignored", cure="Write - url: https://...")


def _on_topics(value: Value, article: Article) -> Iterator[Fault]:
    items = topic_items(value)
    if isinstance(value, str) and len(items) > 1:
        reason = f"one text, split at its commas into {len(article.topics)} topics"
        yield Fault(field="topics", reason=reason, cure="Write a list: [AI, Law].")
    for number, item in enumerate(items, start=1):
        if item is not None and item != "" and not name_of(item):
            yield _dropped("topics", number, "not a short text", cure="Write one name for each topic.")
    yield from _beyond("topics", len({name_of(item) for item in items}), MOST_TOPICS)


def _on_pictures(field: str, value: Value, pictures: tuple[Picture, ...]) -> Iterator[Fault]:
    items = items_of(value)
    read = iter(pictures)
    for number, item in enumerate(items[:MOST_PICTURES], start=1):
        if not isinstance(item, dict) or (len(items) > len(pictures) and url_of(item.get("url")) is None):
            yield _dropped(field, number, "no valid url", cure="Write - url: https://...")
            continue
        if not item.keys() <= PICTURE_FIELDS:
            yield from _unknown_inside(f"{field} item {number}", item, PICTURE_FIELDS)
        picture = next(read)
        for side, pixels in (("width", picture.width), ("height", picture.height)):
            if pixels is None and item.get(side) is not None:
                where = f"{field} item {number} {side}"
                yield Fault(field=where, reason="not a number of pixels, ignored", cure="Write a number of pixels.")
    yield from _beyond(field, len(items), MOST_PICTURES)


def _on_related(value: Value, article: Article, coverage: tuple[Article, ...], now: datetime) -> Iterator[Fault]:
    items = items_of(value)
    left = {alias_key(stub.url) for stub in coverage}
    for number, item in enumerate(items[:MOST_RELATED], start=1):
        if not isinstance(item, dict):
            yield _dropped("related", number, "not a mapping", cure="Write title, webUrl and publishedDateTime.")
            continue
        if not item.keys() <= FIELDS:
            yield from _unknown_inside(f"related item {number}", item, FIELDS)
        if len(items) == len(coverage):
            continue
        stub, faults = read_stub(item, shelf=article.shelf, now=now)
        if stub is None:
            why = ", ".join(fault.reason for fault in faults)
            yield _dropped("related", number, why, cure="Correct it, or remove the item.")
        elif (page := alias_key(stub.url)) in left:
            left.discard(page)
        else:
            yield _dropped("related", number, "same page as the article or an earlier item", cure="Remove the item.")
    yield from _beyond("related", len(items), MOST_RELATED)


def _cut_texts(front: FrontMatter, article: Article) -> Iterator[Fault]:
    """Find texts without quotes that ended at a `#`; anything else that looks so was inside quotes."""
    known: dict[str, Callable[[str], bool]] = {
        "title": lambda kept: kept == article.title,
        "excerpt": lambda kept: kept == article.excerpt,
        "category": lambda kept: kept == article.category,
        "name": lambda kept: kept == article.provider.name,
        "topics": lambda kept: kept in article.topics,
    }
    for found in _COMMENT.finditer(front.text):
        field = found["field"] or "topics"
        if known[field](text_of(found["kept"])):
            shown = "provider.name" if field == "name" else field
            line = front.line_at(found.start("kept"))
            reason = "cut off by a comment, which begins at ' #'"
            yield Fault(line=line, field=shown, reason=reason, cure="Put the text in quotes.")


def _unknown_inside(where: str, values: _Values, known: frozenset[str]) -> Iterator[Fault]:
    for name in values:
        if name not in known:
            near = nearest_field(name)
            shown = f"{where} {name}" if " " in where else f"{where}.{name}"
            yield _unknown(shown, near if near in known else "")


def _unknown(shown: str, near: str) -> Fault:
    cure = f"Newsdesk reads {near}." if near else _FIELDS_HELP
    return Fault(field=shown[: 2 * _SHOWN], reason="unknown field, ignored", cure=cure)


def _dropped(field: str, number: int, why: str, *, cure: str) -> Fault:
    return Fault(field=field, reason=f"item {number} ignored: {why}", cure=cure)


def _beyond(field: str, count: int, limit: int) -> Iterator[Fault]:
    if count > limit:
        yield Fault(field=field, reason=f"{count} items, ignored after {limit}", cure="Remove some.")
