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
    """Values as one bound parameter, to be read by `json_each(?)`."""
    return json.dumps(list(values))


def as_strings(texts: Iterable[str]) -> str:
    """Texts as a JSON list; several times as fast as `json.dumps` for the few that an article has."""
    return f"[{','.join(map(encode_basestring_ascii, texts))}]"


def storable(text: str) -> str:
    """Foreign text as SQLite keeps it, with question marks for what it can't keep.

    These are unpaired surrogates, which have no UTF-8, and NULs, at which some of its functions believe a text to end.
    """
    if "\0" in text:
        text = text.replace("\0", "?")
    return text if text.isascii() else text.encode(errors="replace").decode()


def plain(connection: sqlite3.Connection) -> sqlite3.Cursor:
    """A cursor whose rows are plain tuples: for thousands of them."""
    cursor = connection.cursor()
    cursor.row_factory = None
    return cursor


def as_numbers(joined: str | None) -> NDArray[np.int64]:
    """What `group_concat` made of numbers.

    Thousands are read as one text in half the time that they take as rows; and a reader that waits for each of hundreds
    of rows gives way to all other threads as often.
    """
    return np.fromstring(joined or "", dtype=np.int64, sep=",")


def as_table(columns: Sequence[str | None]) -> Table:
    """What `group_concat` made of columns."""
    return np.stack([as_numbers(column) for column in columns], axis=1)
