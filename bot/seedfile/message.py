"""What a process that reads seeds and the one that stores them say to each other, as bytes.

Seeds travel as tuples of their fields: a pickle of the values themselves names each field of each and takes four times
as long to make, and longer to read. Pickles are safe here: the one end starts the other and nobody else has the pipe.
"""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from operator import attrgetter
from typing import Any, Final

from bot.news.article import Article, Picture, Provider, Seed, SeedProblem, ShelfId
from bot.seedfile.folder import NamedFile

LENGTH: Final = 8
"""Bytes in front of a message: how long it is, the lowest first."""

Result = Seed | SeedProblem

_of_picture: Final = attrgetter("url", "width", "height", "alt")
_of_article: Final = attrgetter(
    "id", "title", "published_at", "url", "stem", "excerpt", "aliases", "kind", "category", "quality", "heat", "listed",
    "topics", "is_stub", "provider.domain", "provider.name", "provider.picture_url",
)  # fmt: skip


def pack_request(files: Sequence[NamedFile], shelf: ShelfId) -> bytes:
    """Which files are to be read, and for which shelf."""
    return _packed((files, shelf))


def unpack_request(data: bytes) -> tuple[Sequence[NamedFile], ShelfId]:
    """What `pack_request` was given; `data` is without the length."""
    request: tuple[Sequence[NamedFile], ShelfId] = pickle.loads(data)  # noqa: S301 - from the process that started us
    return request


def pack_answer(results: Sequence[Result]) -> bytes:
    """What the files are, in their order."""
    return _packed([_seed_to_tuple(each) if isinstance(each, Seed) else each for each in results])


def unpack_answer(data: bytes, shelf: ShelfId) -> list[Result]:
    """What `pack_answer` was given, of this shelf; `data` is without the length."""
    answer = pickle.loads(data)  # noqa: S301 - from a process of our own
    return [each if isinstance(each, SeedProblem) else _seed_of(each, shelf) for each in answer]


def _packed(message: object) -> bytes:
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    return len(data).to_bytes(LENGTH, "little") + data


def _seed_to_tuple(seed: Seed) -> tuple[Any, ...]:
    return seed.content_hash, _article_to_tuple(seed.article), [_article_to_tuple(stub) for stub in seed.coverage]


def _seed_of(values: tuple[Any, ...], shelf: ShelfId) -> Seed:
    content_hash, article, coverage = values
    stubs = tuple([_article_of(stub, shelf) for stub in coverage])
    return Seed(content_hash=content_hash, article=_article_of(article, shelf), coverage=stubs)


def _article_to_tuple(article: Article) -> tuple[Any, ...]:
    return (*_of_article(article), [_of_picture(picture) for picture in article.pictures])


def _article_of(values: tuple[Any, ...], shelf: ShelfId) -> Article:
    (
        named, title, published_at, url, stem, excerpt, aliases, kind, category, quality, heat, listed, topics, is_stub,
        domain, name, picture_url, pictures,
    ) = values  # fmt: skip
    return Article(
        id=named,
        shelf=shelf,
        title=title,
        published_at=published_at,
        provider=Provider(domain=domain, name=name, picture_url=picture_url),
        url=url,
        stem=stem,
        excerpt=excerpt,
        aliases=aliases,
        kind=kind,
        category=category,
        quality=quality,
        heat=heat,
        listed=listed,
        topics=topics,
        pictures=tuple([Picture(url=url, width=width, height=height, alt=alt) for url, width, height, alt in pictures]),
        is_stub=is_stub,
    )
