"""Whatever is put, changed, hidden, deleted and purged, in any order: the text indexes are what a rebuild makes."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.news.article import INSTANCE_SHELF, Seed, ShelfId, server_shelf
from bot.store.sqlite import SqliteStore, open_store
from bot.store.sqlite.index.rebuild import merge_index, rebuild_index
from bot.store.sqlite.index.word_code import decode_texts
from tests.support.clocks import ManualClock
from tests.support.examples import up_to
from tests.support.makers import SOME_DAY, make_article, make_seed, make_stub

GUILD = 7
SHELVES = (INSTANCE_SHELF, server_shelf(GUILD))
STEMS = ("a", "b", "c")
WORDS = ("police", "policed", "facial", "recognition", "the", "who", "\u043f\u043e\u043b\u0438\u0446\u0438\u044f")

TERMS = {
    "article_text": "CREATE VIRTUAL TABLE temp.terms USING fts5vocab ('main', 'article_text', 'instance')",
    "title_text": "CREATE VIRTUAL TABLE temp.terms USING fts5vocab ('main', 'title_text', 'instance')",
}

titles = st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join)
shelves = st.sampled_from(SHELVES)


@st.composite
def seeds(draw: st.DrawFn) -> tuple[str, ShelfId, Seed]:
    """A seed that is put: new, or the next version of one."""
    shelf = draw(shelves)
    coverage = [make_stub(name, shelf=shelf, title=draw(titles)) for name in draw(st.sets(st.sampled_from("xy")))]
    seed = make_seed(
        draw(st.sampled_from(STEMS)),
        shelf=shelf,
        title=draw(titles),
        excerpt=draw(titles),
        url=f"https://wbur.org/{draw(st.sampled_from('axy'))}",
        published_at=SOME_DAY + timedelta(days=draw(st.integers(0, 2))),
        coverage=coverage,
    )
    return "put", shelf, seed


takings = st.tuples(st.sampled_from(["hide", "show", "delete"]), shelves, st.sampled_from(STEMS).map(make_seed))
steps = st.one_of(seeds(), seeds(), takings, st.just(("purge", SHELVES[1], make_seed())))


async def take(store: SqliteStore, step: tuple[str, ShelfId, Seed]) -> None:
    """Do one step."""
    what, shelf, seed = step
    article = make_article(seed.article.stem, shelf=shelf).id
    if what == "put":
        await store.articles.put_seeds(shelf, [seed], seen_at=SOME_DAY)
    elif what == "delete":
        await store.articles.delete(shelf, article)
    elif what == "purge":
        await store.schedules.guild_joined(GUILD)
        await store.schedules.guild_left(GUILD, at=SOME_DAY)
        await store.schedules.purge_guilds(left_before=SOME_DAY + timedelta(days=1))
    else:
        await store.articles.hide(shelf, article, hidden=what == "hide")


def read_index(connection: sqlite3.Connection) -> object:
    """All that the text indexes hold, with stems in place of their numbers."""
    stems = dict(connection.execute("SELECT word_id, stem FROM word").fetchall())
    texts = connection.execute("SELECT row_id, words FROM article_words ORDER BY row_id").fetchall()
    words, starts, title_lengths = decode_texts([text["words"] for text in texts])
    return {
        "totals": tuple(connection.execute("SELECT articles, words FROM text_total").fetchone()),
        "words": sorted(map(tuple, connection.execute("SELECT stem, articles FROM word"))),
        "texts": [
            (text["row_id"], length, [stems[word] for word in words[start:end].tolist()])
            for text, length, start, end in zip(texts, title_lengths, starts[:-1], starts[1:], strict=True)
        ],
        "held": sorted((doc, stems[int(term, 16)]) for doc, term in terms(connection, "article_text")),
        "titles": sorted(terms(connection, "title_text")),
        "spelled": sorted(map(tuple, connection.execute(
            "SELECT written, hash FROM spelling LEFT JOIN deletion USING (spelling_id)"
        ))),
        "deletions": connection.execute("SELECT count(*) FROM deletion").fetchone()[0],
    }  # fmt: skip


def terms(connection: sqlite3.Connection, index: str) -> list[tuple[int, str]]:
    """Which rows of an index hold which terms."""
    connection.execute(TERMS[index])
    found = [(row["doc"], row["term"]) for row in connection.execute("SELECT doc, term FROM temp.terms")]
    connection.execute("DROP TABLE temp.terms")
    return found


@up_to(25)
@given(st.lists(steps, max_size=8))
def test_the_indexes_are_what_a_rebuild_makes_of_the_articles(steps: Sequence[tuple[str, ShelfId, Seed]]) -> None:
    """To the last posting."""

    async def take_all() -> tuple[object, object, object]:
        with tempfile.TemporaryDirectory() as folder:
            async with open_store(Path(folder) / "n.db", clock=ManualClock()) as store:
                for step in steps:
                    await take(store, step)
                kept = await store.files.archive.write(read_index)
                await merge_index(store.files.archive)
                merged = await store.files.archive.write(read_index)
                await store.files.archive.write(lambda db: db.execute("UPDATE text_index SET made_by = 'another'"))
                await rebuild_index(store.files.archive, ManualClock())
                return kept, merged, await store.files.archive.write(read_index)

    kept, merged, rebuilt = asyncio.run(take_all())

    assert kept == rebuilt
    assert merged == rebuilt
