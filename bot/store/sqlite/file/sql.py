"""Encode parameters and decode results: JSON lists for `json_each`, plain-tuple cursors, numpy columns."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from json.encoder import encode_basestring_ascii

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.int64]
"""Integer columns of a result, one row per hit, the row id first."""


def as_list(values: Iterable[object]) -> str:
    """Encode values as one bound parameter for `json_each(?)`."""
    return json.dumps(list(values))


def as_strings(texts: Iterable[str]) -> str:
    """Encode strings as a JSON list; for the few of an article several times as fast as `json.dumps`."""
    return f"[{','.join(map(encode_basestring_ascii, texts))}]"


def storable(text: str) -> str:
    """Replace characters that SQLite can't store in foreign text by question marks.

    These are unpaired surrogates, which have no UTF-8 form, and NULs, at which some of its functions end a text.
    """
    if "\0" in text:
        text = text.replace("\0", "?")
    return text if text.isascii() else text.encode(errors="replace").decode()


def plain(connection: sqlite3.Connection) -> sqlite3.Cursor:
    """Create a cursor whose rows are plain tuples, for reading thousands of them."""
    cursor = connection.cursor()
    cursor.row_factory = None
    return cursor


def as_numbers(joined: str | None) -> NDArray[np.int64]:
    """Parse the integers that `group_concat` joined.

    Reading thousands of numbers as one text takes half the time of reading rows; and a reader that fetches hundreds of
    rows yields the GIL as often.
    """
    return np.fromstring(joined or "", dtype=np.int64, sep=",")


def as_table(columns: Sequence[str | None]) -> Table:
    """Parse the integer columns that `group_concat` joined, as a table."""
    return np.stack([as_numbers(column) for column in columns], axis=1)
