"""The text index and the rows in order of publication: what only SQLite's own tables show."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.news.article import INSTANCE_SHELF
from bot.news.parsing.query import read_query
from bot.store.port import Store
from bot.store.sqlite import open_store
from bot.store.sqlite.file.database import Database
from bot.store.sqlite.file.moments import as_micros, as_moment
from bot.store.sqlite.index.row_ids import PER_SECOND, RowIds, first_row_id
from bot.store.sqlite.index.text_index import drop_all_texts
from tests.support.clocks import ManualClock
from tests.support.examples import up_to
from tests.support.makers import SOME_DAY, make_article, make_seed, make_stub

SHELVES = (INSTANCE_SHELF,)

COUNTS = """
    SELECT (SELECT count(*) FROM article), (SELECT count(*) FROM article_words), (SELECT count(*) FROM coverage),
        (SELECT count(*) FROM article_topic)
"""

moments = st.integers(min_value=-(10**17), max_value=2 * 10**17)


def rows_of(connection: sqlite3.Connection) -> list[int]:
    """The articles' row ids, those published first in front."""
    return [row[0] for row in connection.execute("SELECT row_id FROM article ORDER BY published_at, article_id")]


def make_others(connection: sqlite3.Connection) -> None:
    """Leave the index as a program with other rules for words would."""
    drop_all_texts(connection)
    connection.execute("UPDATE text_index SET made_by = 'another'")


async def test_rows_are_in_the_order_of_publication(store: Store, archive_file: Database) -> None:
    """So that the index reads newest first for nothing; a changed date moves its article."""
    days = (5, 1, 9, 3)
    for n, day in enumerate(days):
        seed = make_seed(f"s{n}", published_at=SOME_DAY + timedelta(days=day), coverage=[make_stub(f"t{n}")])
        await store.articles.put_seeds(INSTANCE_SHELF, [seed], seen_at=SOME_DAY)
    moved = make_seed("s0", published_at=SOME_DAY + timedelta(days=99), coverage=[make_stub("t0")])
    await store.articles.put_seeds(INSTANCE_SHELF, [moved], seen_at=SOME_DAY)

    rows = await archive_file.read(rows_of)

    assert [row // PER_SECOND for row in rows] == sorted(row // PER_SECOND for row in rows)


async def test_an_article_that_moved_leaves_nothing_behind(store: Store, archive_file: Database) -> None:
    """No row of any table points to where it stood."""
    stub = make_stub()
    for day in (5, 1):
        seed = make_seed(published_at=SOME_DAY + timedelta(days=day), coverage=[stub], topics=("AI",))
        await store.articles.put_seeds(INSTANCE_SHELF, [seed], seen_at=SOME_DAY)

    await archive_file.integrity_check()
    counts = await archive_file.read(lambda connection: tuple(connection.execute(COUNTS).fetchone()))

    assert counts == (2, 2, 1, 1)


async def test_an_index_that_other_rules_made_is_made_anew(tmp_path: Path, clock: ManualClock) -> None:
    """A program with a better stemmer, or a Python with newer letters, finds what is there."""
    async with open_store(tmp_path / "n.db", clock=clock) as store:
        seed = make_seed(title="Police banned", coverage=[make_stub(title="Police stub")])
        await store.articles.put_seeds(INSTANCE_SHELF, [seed], seen_at=SOME_DAY)
        await store.files.archive.write(make_others)

    async with open_store(tmp_path / "n.db", clock=clock) as store:
        found = await store.search.search(SHELVES, read_query("bans", now=SOME_DAY), now=SOME_DAY)
        counted = await store.related.word_counts([INSTANCE_SHELF], ["polic"])
        completed = await store.search.complete_articles(SHELVES, "pol")

    assert (found.total, counted, len(completed)) == (1, (2, {"polic": 2}), 1)


async def test_reading_only_makes_no_index_anew(tmp_path: Path, clock: ManualClock) -> None:
    """It changes nothing, whatever it finds."""
    async with open_store(tmp_path / "n.db", clock=clock) as store:
        await store.articles.put_seeds(INSTANCE_SHELF, [make_seed(title="Police")], seen_at=SOME_DAY)
        await store.files.archive.write(make_others)

    async with open_store(tmp_path / "n.db", clock=clock, read_only=True) as store:
        assert await store.articles.find_article(SHELVES, make_article().id) is not None


@up_to(50)
@given(st.lists(moments, max_size=30))
def test_row_ids_are_given_once_and_not_before_their_second(published: list[int]) -> None:
    """Whatever the moments, before 1970 as well."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE article (row_id INTEGER PRIMARY KEY)")

    taken = [RowIds(connection).take(moment) for moment in published[:1]]
    connection.executemany("INSERT INTO article VALUES (?)", [(each,) for each in taken])
    row_ids = RowIds(connection)
    taken += [row_ids.take(moment) for moment in published[1:]]

    assert len(set(taken)) == len(taken)
    assert all(row_id >= first_row_id(moment) for row_id, moment in zip(taken, published, strict=True))
    connection.close()


def test_row_ids_of_a_full_second_go_on_in_the_next() -> None:
    """Thousands of seeds that name only a day."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE article (row_id INTEGER PRIMARY KEY)")
    row_ids = RowIds(connection)

    taken = [row_ids.take(0) for _ in range(3 * PER_SECOND)]

    assert taken == list(range(3 * PER_SECOND))
    connection.close()


@given(st.datetimes().map(lambda at: at.replace(tzinfo=SOME_DAY.tzinfo)))
def test_a_moment_comes_back_as_it_was_stored(at: datetime) -> None:
    """To the microsecond, from the year 1 to 9999."""
    assert as_moment(as_micros(at)) == at
