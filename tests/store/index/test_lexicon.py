"""A table of a shelf's words that is brought up to date is the table that is made afresh."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import SystemClock
from bot.news.article import INSTANCE_SHELF, ShelfId, server_shelf
from bot.store.sqlite import open_store
from bot.store.sqlite.file.kinds import instance_path
from bot.store.sqlite.index.lexicon import Lexicon, read_lexicon
from bot.store.sqlite.shelves.names import find_shelf_files
from bot.text.term_frequencies import NO_WORD
from tests.support.makers import SOME_DAY, make_seed

OURS: Final = server_shelf(1)
WORDS: Final = ("harbour", "ferry", "council", "the", "quay", "strike", "nobody's", "a")

Write = tuple[ShelfId, str, Sequence[str]]
"""A shelf, an article of it, and the words that it is given; none deletes it."""

writes = st.tuples(
    st.sampled_from([INSTANCE_SHELF, OURS]),
    st.sampled_from(["one", "two", "three"]),
    st.lists(st.sampled_from(WORDS), max_size=4),
)


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection as the store's readers are."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


def read(own: sqlite3.Connection, instance: sqlite3.Connection, known: Lexicon | None) -> Lexicon:
    """The table within a snapshot of each file."""
    for connection in (own, instance):
        connection.execute("BEGIN")
    try:
        return read_lexicon(own, instance, known)
    finally:
        for connection in (own, instance):
            connection.execute("COMMIT")


def meanings(lexicon: Lexicon, instance: sqlite3.Connection) -> list[tuple[int, int]]:
    """By the file's own number, the instance's (-2 for a word of the file alone) and the count."""
    theirs = {row[0] for row in instance.execute("SELECT word_id FROM word")}
    numbers = lexicon.numbers.tolist()
    shared = [number if number in theirs or number < 256 else -2 for number in numbers]
    return list(zip(shared, lexicon.articles.tolist(), strict=True))


@settings(max_examples=25, deadline=None)
@given(st.lists(writes, min_size=1, max_size=8))
async def test_table_that_was_brought_up_to_date_is_the_one_made_afresh(steps: Sequence[Write]) -> None:
    """After any writes to either file: new words, words that are gone and come back, other counts."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "n.db"
        async with open_store(path, clock=SystemClock()) as store:
            await store.articles.put_seeds(OURS, [make_seed("first", shelf=OURS, title="Quay")], seen_at=SOME_DAY)
            own_path, known = find_shelf_files(path)[OURS], None
            with reading(own_path) as own, reading(instance_path(path)) as instance:
                for shelf, stem, words in steps:
                    seed = make_seed(stem, shelf=shelf, title=" ".join(words) or "-", excerpt="")
                    await store.articles.put_seeds(shelf, [seed], seen_at=SOME_DAY)
                    known = read(own, instance, known)
                    afresh = read(own, instance, None)

                    assert meanings(known, instance) == meanings(afresh, instance)
                    assert np.array_equal(known.numbers[known.own], known.ordered)
                    used = known.numbers[known.numbers != NO_WORD].tolist()
                    assert known.ordered.tolist() == sorted(set(used)) == sorted(used)
