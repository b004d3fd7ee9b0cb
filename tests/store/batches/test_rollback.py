"""Rolling an import of a server back restores what it replaced, exactly."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import BadInputError, TooManyError
from bot.news.content import ImportLimits, ImportRecord
from bot.news.servers.batch import Rollback
from bot.news.servers.log import Deed, Done
from bot.store.sqlite.archive.articles import SqliteArticleStore
from bot.store.sqlite.batches.batches import SqliteBatchStore
from bot.store.sqlite.shelves.files import open_files
from bot.store.sqlite.shelves.names import find_shelf_files
from bot.store.sqlite.shelves.recording import BATCHES_KEPT, SHARE
from bot.usecases.ingest import ImportTurns, delete_article, hide_article, plan_rollback, roll_back
from tests.support.clocks import ManualClock
from tests.support.content_hash import content_hash, content_of
from tests.support.examples import up_to
from tests.support.newsroom import SERVER, Newsroom, read_here, seed_of
from tests.support.seed_files import make_zip

TOO_SMALL: Final = ImportLimits(imports_per_hour=1000, bytes_per_shelf=150_000)
DEED: Final = Deed(id=99, guild_id=7, member_id=3, at=ManualClock().now())


class Office(Newsroom):
    """A newsroom whose imports can be rolled back."""

    batches: SqliteBatchStore
    root: Path

    @property
    def file(self) -> Path:
        """The file of the server's uploads."""
        return find_shelf_files(self.root / "newsdesk.db")[SERVER]

    async def put(self, pack: Mapping[str, bytes], limits: ImportLimits | None = None) -> str:
        """Import a zip of seeds, and return its batch."""
        self.clock.advance(1)
        return (await self.upload(make_zip(dict(pack)), limits=limits or ImportLimits(imports_per_hour=1000))).batch

    async def undo(self, batch: str) -> Rollback:
        """Roll a batch back, as it is previewed."""
        self.clock.advance(1)
        key = (await plan_rollback(self.batches, SERVER, batch)).key
        return await roll_back(self.batches, self.clock, SERVER, batch, key=key, deed=DEED)

    async def record(self, batch: str) -> ImportRecord:
        """A batch as it is stored."""
        found = await self.batches.find_batch(SERVER, batch)
        assert found is not None
        return found


@asynccontextmanager
async def open_office(root: Path) -> AsyncIterator[Office]:
    """An empty one; uploads are read in this process."""
    (root / "seeds").mkdir(exist_ok=True)
    clock = ManualClock()
    async with open_files(root / "newsdesk.db", clock=clock) as files:
        office = Office(SqliteArticleStore(files), root / "seeds", clock)
        office.batches, office.root, office.turns = SqliteBatchStore(files), root, ImportTurns(read=read_here)
        yield office


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """An empty one."""
    async with open_office(tmp_path) as opened:
        yield opened


def related(*names: str) -> list[dict[str, str]]:
    """Items of a seed's coverage."""
    return [
        {"title": f"Title on {name}", "webUrl": f"https://example.com/{name}", "publishedDateTime": "2021-05-07"}
        for name in names
    ]


BEFORE: Final = {
    "a.txt": seed_of("a", heat=1, topics=["Town", "Sports"], related=related("s1", "s2"), quality=3),
    "b.txt": seed_of("b", provider={"name": "Gazette", "domain": "gazette.example"}, related=related("c")),
    "bad.txt": seed_of("bad", title=""),
}
AFTER: Final = {
    "a.txt": seed_of(
        "a",
        title="Quite another title of a",
        publishedDateTime="2021-06-01",
        topics=["TOWN", "Harbour"],
        related=related("s2", "s3"),
        originalUrl="https://other.example/a",
        heat=5,
    ),
    "b.txt": seed_of("b", provider={"name": "The Gazette", "domain": "gazette.example"}),
    "c.txt": seed_of("c", related=related("a")),
    "bad.txt": seed_of("bad"),
    "worse.txt": seed_of("worse", title=""),
}


async def test_rollback_restores_the_content_hash_exactly(office: Office) -> None:
    """Of articles, stubs, links, names, changes, words and findings; the changed and the added ones."""
    await office.put(BEFORE)
    before = content_of(office.file)
    batch = await office.put(AFTER)

    done = await office.undo(batch)

    assert content_of(office.file) == before
    assert sorted(done.removed) == ["Title of bad", "Title of c"]
    assert sorted(done.restored) == ["Title of a", "Title of b"]


async def test_rollback_after_a_restart_restores_the_content_hash_exactly(tmp_path: Path) -> None:
    """What the import replaced is in its own transaction, so a process that ended in between loses none of it."""
    async with open_office(tmp_path) as office:
        await office.put(BEFORE)
        before = content_hash(office.file)
        batch = await office.put(AFTER)
    async with open_office(tmp_path) as office:
        await office.undo(batch)

        assert content_hash(office.file) == before


async def test_first_import_rolled_back_leaves_the_next_one_the_first(office: Office) -> None:
    """Its articles count as seen when they were published, as if nothing had been imported before."""
    first = await office.put(BEFORE)
    before = content_of(office.file)
    await office.undo(first)
    assert content_of(office.file)["articles"] == []

    await office.put(BEFORE)

    assert content_of(office.file)["articles"] == before["articles"]
    assert content_of(office.file)["changes"] == before["changes"]


async def test_batches_roll_back_one_after_the_other(office: Office) -> None:
    """The newest first, each to the content before it."""
    hashes, batches = [], []
    for pack in (BEFORE, AFTER, BEFORE):
        batches.append(await office.put(pack))
        hashes.append(content_hash(office.file))

    for batch, was in zip(reversed(batches[1:]), reversed(hashes[:-1]), strict=True):
        await office.undo(batch)
        assert content_hash(office.file) == was


async def test_batch_whose_articles_were_changed_later_names_the_later_one(office: Office) -> None:
    """An admin is told which batch to roll back first, and nothing is changed."""
    first, later = await office.put(BEFORE), await office.put(AFTER)
    before = content_hash(office.file)

    with pytest.raises(BadInputError, match=f"Batch {later} changed some of the same articles later") as refused:
        await office.undo(first)

    assert refused.value.cure == f"Roll back batch {later} first."
    assert content_hash(office.file) == before


async def test_batch_of_other_articles_rolls_back_in_any_order(office: Office) -> None:
    """What both named, such as a provider, is what it would be without it."""
    gazette = {"domain": "gazette.example"}
    base = await office.put({"x.txt": seed_of("x", provider=gazette | {"name": "G"}, topics=["town"])})
    alone = content_of(office.file)
    first = await office.put({"y.txt": seed_of("y", provider=gazette | {"name": "Gazette"}, topics=["Town"])})
    second = await office.put({"z.txt": seed_of("z", provider=gazette | {"name": "The Gazette"}, topics=["TOWN"])})

    await office.undo(first)
    await office.undo(second)

    assert content_of(office.file) == alone
    assert (await office.record(base)).can_roll_back


async def test_rolled_back_batch_is_recorded_as_that(office: Office) -> None:
    """With the moment, and with the deed for the log, in the same transaction."""
    batch = await office.put(BEFORE)
    await office.undo(batch)

    record = await office.record(batch)
    assert (record.rolled_back_at, record.can_roll_back) == (office.clock.now(), False)
    assert await office.store.find_done(SERVER, DEED.id) == Done(
        id=DEED.id, subject="pack.zip", detail=f"batch {batch}, 2 removed, 0 restored"
    )
    with pytest.raises(BadInputError, match="was rolled back already"):
        await office.undo(batch)


async def test_rollback_that_would_do_something_else_by_now_does_nothing(office: Office) -> None:
    """It is shown again."""
    batch = await office.put(BEFORE)
    plan = await plan_rollback(office.batches, SERVER, batch)
    await hide_article(office.store, SERVER, "a")
    before = content_hash(office.file)

    done = await roll_back(office.batches, office.clock, SERVER, batch, key=plan.key, deed=DEED)

    assert done.key != plan.key
    assert content_hash(office.file) == before
    assert await office.store.find_done(SERVER, DEED.id) is None


@pytest.mark.parametrize("stem", ["a", "c"])
async def test_article_hidden_meanwhile_stays_hidden(office: Office, stem: str) -> None:
    """One that was changed, and one that was added: importing it again must not show it."""
    await office.put(BEFORE)
    batch = await office.put(AFTER)
    await hide_article(office.store, SERVER, stem)

    done = await office.undo(batch)
    await office.put(AFTER)

    (article, _), *_ = await office.store.find_named(SERVER, stem)
    assert article.is_hidden
    assert done.kept == (stem == "c")


async def test_article_shown_again_meanwhile_stays_shown(office: Office) -> None:
    """An editor's word since the import counts."""
    await office.put(BEFORE)
    await hide_article(office.store, SERVER, "a")
    batch = await office.put(AFTER)
    await hide_article(office.store, SERVER, "a", hidden=False)

    await office.undo(batch)

    (article, _), *_ = await office.store.find_named(SERVER, "a")
    assert not article.is_hidden
    assert [row for row in content_of(office.file)["topics of articles"] if "'sports'" in row]


async def test_article_that_the_import_itself_hid_is_as_before(office: Office) -> None:
    """Its stub was hidden, so the import hid it: nobody has hidden it since."""
    await office.put({"b.txt": seed_of("b", related=related("c"))})
    (stub,) = await office.store.find_by_url((SERVER,), "https://example.com/c")
    await office.store.hide(SERVER, stub.id)
    before = content_of(office.file)
    batch = await office.put({"c.txt": seed_of("c")})

    assert (await office.undo(batch)).kept == 0
    assert content_of(office.file) == before


async def test_article_deleted_meanwhile_stays_deleted(office: Office) -> None:
    """It is not among what comes back."""
    await office.put(BEFORE)
    batch = await office.put(AFTER)
    await delete_article(office.store, SERVER, "a")

    assert (await office.undo(batch)).restored == ("Title of b",)
    assert await office.store.find_by_stem(SERVER, "a") is None


async def test_stub_that_a_later_import_names_stays(office: Office) -> None:
    """Until nothing names it any more."""
    first = await office.put({"a.txt": seed_of("a", related=related("s1"))})
    later = await office.put({"b.txt": seed_of("b", related=related("s1"))})

    await office.undo(first)
    assert len(await office.store.find_by_url((SERVER,), "https://example.com/s1")) == 1
    await office.undo(later)
    assert content_of(office.file)["articles"] == []


async def test_article_takes_another_place_if_its_own_is_taken(office: Office) -> None:
    """A later import put another article of the same second there."""
    await office.put({"a.txt": seed_of("a", publishedDateTime="2021-05-07T10:00:00Z")})
    batch = await office.put({"a.txt": seed_of("a", publishedDateTime="2021-05-08T10:00:00Z")})
    await office.put({"z.txt": seed_of("z", publishedDateTime="2021-05-07T10:00:00Z")})

    await office.undo(batch)

    article = await office.store.find_by_stem(SERVER, "a")
    assert article is not None
    assert article.published_at.day == 7
    assert await office.store.find_by_stem(SERVER, "z") is not None


async def test_articles_that_changed_places_change_back(office: Office) -> None:
    """Each takes the other's date, and so its row."""
    days = {"a": "2021-05-07T10:00:00Z", "b": "2021-05-08T10:00:00Z"}
    await office.put({f"{stem}.txt": seed_of(stem, publishedDateTime=day) for stem, day in days.items()})
    before = content_of(office.file)
    pack = {f"{stem}.txt": seed_of(stem, publishedDateTime=days["ba"["ab".index(stem)]]) for stem in days}
    batch = await office.put(pack)

    await office.undo(batch)

    assert content_of(office.file) == before


async def test_provider_dropped_by_a_later_import_comes_back_with_its_name(office: Office) -> None:
    """The article that comes back has it again."""
    gazette = {"provider": {"name": "The Gazette", "domain": "gazette.example"}}
    await office.put({"a.txt": seed_of("a", **gazette), "b.txt": seed_of("b", **gazette)})
    batch = await office.put({"a.txt": seed_of("a")})
    await office.put({"b.txt": seed_of("b")})

    await office.undo(batch)

    article = await office.store.find_by_stem(SERVER, "a")
    assert article is not None
    assert article.provider.name == "The Gazette"


async def test_only_the_latest_imports_can_be_rolled_back(office: Office) -> None:
    """Others say that they have expired."""
    batches = [await office.put({f"{n}.txt": seed_of(f"{n}")}) for n in range(BATCHES_KEPT + 1)]

    with pytest.raises(BadInputError, match=f"Batch {batches[0]} has expired"):
        await office.undo(batches[0])
    await office.undo(batches[1])


async def test_import_that_replaced_too_much_can_not_be_rolled_back(office: Office) -> None:
    """Nor can those before it, whose articles it may have changed."""
    limits = ImportLimits(imports_per_hour=1000, bytes_per_shelf=2 << 20)
    seeds = {f"{n}.txt": seed_of(f"{n}", excerpt=f"word{n} " * 120) for n in range(150)}
    first = await office.put(seeds, limits)
    second = await office.put({name: seed + b" " for name, seed in seeds.items()}, limits)
    third = await office.put({f"{n}.txt": seed_of(f"{n}", excerpt="other words " * 80) for n in range(150)}, limits)

    for batch in (first, third):
        with pytest.raises(BadInputError, match="has expired"):
            await office.undo(batch)
    with pytest.raises(BadInputError, match="changed nothing"):
        await office.undo(second)


async def test_unknown_batch_is_refused(office: Office) -> None:
    """And one of a server without uploads."""
    with pytest.raises(BadInputError, match="no such batch"):
        await plan_rollback(office.batches, SERVER, "x")


async def test_import_that_fails_leaves_nothing_recorded(office: Office) -> None:
    """The next one records only its own."""
    await office.put(BEFORE)
    before = content_of(office.file)
    with pytest.raises(TooManyError):
        await office.put({"a.txt": seed_of("a", excerpt="new words " * 50)}, TOO_SMALL)
    batch = await office.put(AFTER)

    await office.undo(batch)

    assert content_of(office.file) == before


seeds = st.builds(
    lambda title, day, heat, topic, provider, links, named: {
        "title": f"Title {title}",
        "publishedDateTime": f"2021-05-0{day}T10:00:00Z",
        "heat": heat,
        "topics": [topic],
        "provider": {"name": provider, "domain": f"{provider.casefold()}.example"},
        "originalUrl": f"https://o.example/{links}",
        "related": related(*named),
    },
    st.integers(0, 2),
    st.integers(1, 3),
    st.integers(0, 2),
    st.sampled_from(("Town", "TOWN", "Sports")),
    st.sampled_from(("Gazette", "GAZETTE", "Herald")),
    st.integers(0, 2),
    st.lists(st.sampled_from("abcst"), max_size=3, unique=True),
)
packs = st.dictionaries(st.sampled_from(("a.txt", "b.txt", "c.txt", "n/a.txt")), seeds, min_size=1)


_ELSEWHERE: Final = "https://o.example/0"
_FIELDS: Final = {"title": "Title", "publishedDateTime": "2021-05-01T10:00:00Z"}


@up_to(60)
@given(history=st.lists(packs, min_size=1, max_size=4))
@example(
    history=[
        {"a.txt": _FIELDS | {"provider": {"name": name, "domain": f"{name.casefold()}.example"}}}
        for name in ("Gazette", "Herald")
    ]
)
@example(
    history=[
        {"a.txt": _FIELDS | {"originalUrl": _ELSEWHERE}, "c.txt": _FIELDS | {"related": related("b")}},
        {"b.txt": _FIELDS | {"originalUrl": _ELSEWHERE}},
    ]
)
def test_any_history_can_be_rolled_back_step_by_step(history: list[dict[str, dict[str, object]]]) -> None:
    """Whatever was imported over what, each step leads back to exactly what was there before."""
    asyncio.run(_there_and_back(history))


async def _there_and_back(history: list[dict[str, dict[str, object]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with open_office(Path(folder)) as office:
            steps: list[tuple[str, dict[str, list[str]] | None]] = []
            for pack in history:
                before = content_of(office.file) if steps else None
                text = {name: seed_of(Path(name).stem, **fields) for name, fields in pack.items()}
                steps.append((await office.put(text), before))
            for batch, before in reversed(steps):
                if (await office.record(batch)).can_roll_back:
                    await office.undo(batch)
                if before is not None:
                    assert content_of(office.file) == before


KEPT: Final = ("undo_article", "undo_name", "undo_finding")


async def kept_bytes(office: Office) -> int:
    """What is kept for rolling back: the bytes of articles, names and findings."""
    with closing(sqlite3.connect(office.file)) as connection:
        return sum(
            connection.execute(f"SELECT ifnull(sum(length(CAST(image AS BLOB))), 0) FROM {table}").fetchone()[0]  # noqa: S608
            for table in KEPT
        )


def in_long_words(name: str, turn: str) -> bytes:
    """A seed whose characters take three bytes each."""
    return seed_of(name, excerpt=f"{turn}{name} " + turn * 400)


def with_a_long_picture(name: str, turn: str) -> bytes:
    """A seed whose provider has a picture with a long address."""
    provider = {"name": f"{name} {turn}", "domain": f"p{name}.example"}
    return seed_of(name, provider=provider | {"images": [{"url": f"https://p.example/{ord(turn)}{'x' * 1900}"}]})


@pytest.mark.parametrize("seed", [in_long_words, with_a_long_picture])
async def test_what_is_kept_never_keeps_an_import_out(office: Office, seed: Callable[[str, str], bytes]) -> None:
    """However often the same articles change, in whatever script: it takes its eighth at most, in bytes."""
    limits = ImportLimits(imports_per_hour=1000, bytes_per_shelf=2 << 20)
    kept = []
    for turn in "永東西南北北西":
        await office.put({f"{number}.txt": seed(f"{number}", turn) for number in range(40)}, limits)
        kept.append(await kept_bytes(office))

    assert 0 < max(kept) <= SHARE * limits.file_bytes
