"""Serialise the requests and responses between a worker process that parses seeds and its parent.

Seeds are pickled as tuples of their fields: a pickle of the dataclasses repeats every field's name and takes four times
as long to write, and longer to read. Pickle is safe here: the parent starts the worker and only they have the pipe.
"""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, Final

from bot.news.article import Article, Picture, Provider, ReadFile, Seed, SeedNote, ShelfId
from bot.seedfile.folder import NamedFile

LENGTH: Final = 8
"""Bytes of the length prefix of a message, little-endian."""

_of_picture: Final = attrgetter("url", "width", "height", "alt")
_of_article: Final = attrgetter(
    "id", "title", "published_at", "url", "stem", "excerpt", "aliases", "kind", "category", "quality", "heat", "listed",
    "topics", "is_stub", "provider.domain", "provider.name", "provider.picture_url",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """An uploaded file to be read in a process of its own.

    Attributes:
        path: Where the file is.
        results: The file that takes what is read of it, batch by batch.
        name: Its file name; the extension says what it is.
        shelf: The shelf that the articles go to.
        now: As for `read_seed`.
    """

    path: str
    results: str
    name: str
    shelf: ShelfId
    now: datetime


def pack_request(files: Sequence[NamedFile], shelf: ShelfId, now: datetime) -> bytes:
    """Serialise a request to read files for a shelf; `now` as for `read_seed`."""
    return _packed((files, shelf, now))


def unpack_request(data: bytes) -> tuple[Sequence[NamedFile], ShelfId, datetime]:
    """Deserialise a request; `data` is without its length prefix."""
    request: tuple[Sequence[NamedFile], ShelfId, datetime] = pickle.loads(data)  # noqa: S301 - from the process that started us
    return request


def pack_response(results: Sequence[ReadFile]) -> bytes:
    """Serialise what was read of a batch, in order."""
    return _packed([_seed_to_tuple(each) if isinstance(each, Seed) else each for each in results])


def unpack_response(data: bytes, shelf: ShelfId) -> list[ReadFile]:
    """Deserialise a response for this shelf; `data` is without its length prefix."""
    response = pickle.loads(data)  # noqa: S301 - from a process of our own
    return [_seed_of(each, shelf) if isinstance(each, tuple) else each for each in response]


def pack_upload(upload: Upload) -> bytes:
    """Serialise the request to read an upload."""
    return _packed(upload)


def unpack_upload(data: bytes) -> Upload:
    """Deserialise such a request; `data` is without its length prefix."""
    upload: Upload = pickle.loads(data)  # noqa: S301 - from the process that started us
    return upload


def pack_results(results: Sequence[ReadFile | SeedNote]) -> bytes:
    """Serialise some of what was read of an upload, in order."""
    return _packed([_seed_to_tuple(each) if isinstance(each, Seed) else each for each in results])


def unpack_results(data: bytes, shelf: ShelfId) -> list[ReadFile | SeedNote]:
    """Deserialise them for this shelf; `data` is without its length prefix."""
    results = pickle.loads(data)  # noqa: S301 - from a process of our own
    return [_seed_of(each, shelf) if isinstance(each, tuple) else each for each in results]


def _packed(message: object) -> bytes:
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    return len(data).to_bytes(LENGTH, "little") + data


def _seed_to_tuple(seed: Seed) -> tuple[Any, ...]:
    stubs = [_article_to_tuple(stub) for stub in seed.coverage]
    return seed.content_hash, seed.path, _article_to_tuple(seed.article), stubs, seed.notes


def _seed_of(values: tuple[Any, ...], shelf: ShelfId) -> Seed:
    content_hash, path, article, coverage, notes = values
    stubs = tuple([_article_of(stub, shelf) for stub in coverage])
    named = _article_of(article, shelf)
    return Seed(content_hash=content_hash, article=named, coverage=stubs, notes=notes, path=path)


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
