"""Columns of `article` that hold a field of `Article`, with the functions that encode and decode those that need one.

Each field of `Article` has the column of its name, `id` that of `article_id`; `shelf` and `provider` are rows of their
own. So a new field needs a column in a migration and, unless SQLite keeps it as it is, an entry in `_CODECS`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from json.encoder import encode_basestring_ascii
from operator import attrgetter
from typing import Any, Final

from bot.news.article import Article, Picture
from bot.store.sqlite.file.moments import as_micros, as_moment
from bot.store.sqlite.file.sql import as_strings, storable

Codec = Callable[[Any], Any] | None


# A look-up in a dictionary is not a call of a Python function: it counts for thousands of articles.
_read_flag: Final = {None: None, 0: False, 1: True}.__getitem__


_decode: Final = json.JSONDecoder().raw_decode  # `loads` looks for white space around every list, half of its time


@lru_cache(maxsize=4_096)  # thousands of articles have the same few topics
def _read_strings(stored: str) -> tuple[str, ...]:
    return tuple(_decode(stored)[0])


def _read_aliases(stored: str) -> tuple[str, ...]:
    return () if stored == "[]" else tuple(_decode(stored)[0])


def _read_pictures(stored: str) -> tuple[Picture, ...]:
    if stored == "[]":
        return ()
    return tuple(
        [Picture(url=url, width=width, height=height, alt=alt) for url, width, height, alt in _decode(stored)[0]]
    )


def _write_pictures(pictures: Sequence[Picture]) -> str:
    """Encode pictures as a JSON list; see `as_strings`."""
    return f"[{', '.join(map(_write_picture, pictures))}]"


def _write_picture(picture: Picture) -> str:
    width, height = ("null" if pixels is None else pixels for pixels in (picture.width, picture.height))
    return f"[{encode_basestring_ascii(picture.url)}, {width}, {height}, {encode_basestring_ascii(picture.alt)}]"


_CODECS: Final[Mapping[str, tuple[Codec, Codec]]] = {
    **dict.fromkeys(("stem", "title", "excerpt", "url"), (storable, None)),
    **dict.fromkeys(("published_at", "first_seen_at"), (as_micros, as_moment)),
    **dict.fromkeys(("listed", "is_stub", "is_hidden"), (None, _read_flag)),
    "aliases": (as_strings, _read_aliases),
    "topics": (as_strings, _read_strings),
    "pictures": (_write_pictures, _read_pictures),
}

_FIELDS: Final = tuple(field.name for field in fields(Article) if field.name not in {"shelf", "provider"})
_NAMES: Final = {"id": "article_id"}

READ_COLUMNS: Final = tuple(_NAMES.get(name, name) for name in _FIELDS)
"""The columns that `read_articles` takes, in its order."""

# What the store alone decides on isn't taken from an article that is put.
_WRITTEN: Final = tuple(name for name in _FIELDS if name not in {"first_seen_at", "is_hidden"})

WRITTEN_COLUMNS: Final = tuple(_NAMES.get(name, name) for name in _WRITTEN)
"""The columns that `article_values` gives, in its order."""

_KEYS: Final = (*_FIELDS, "shelf", "provider")
_READ: Final = [_CODECS.get(name, (None, None))[1] for name in _KEYS]
_WRITE: Final = [(index, write) for index, name in enumerate(_WRITTEN) if (write := _CODECS.get(name, (None, None))[0])]
_values_of: Final = attrgetter(*_WRITTEN)


def read_articles(columns: Sequence[Iterable[Any]]) -> Iterator[Article]:
    """Build the articles of some rows.

    Args:
        columns: The values of `READ_COLUMNS`, and after them each row's shelf and provider. Column by column is
            quicker than row by row: an edition has thousands of candidates.
    """
    decoded = [map(read, column) if read else column for read, column in zip(_READ, columns, strict=True)]
    for values in zip(*decoded, strict=True):
        yield Article(**dict(zip(_KEYS, values, strict=True)))


def article_values(article: Article) -> list[object]:
    """Encode an article as a row's `WRITTEN_COLUMNS`."""
    values = list(_values_of(article))
    for index, write in _WRITE:
        values[index] = write(values[index])
    return values
