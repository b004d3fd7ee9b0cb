"""Every limit is raced by twenty at once and never exceeded; a refusal names the limit that is reached."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from bot.chat.admission import Admission
from bot.chat.quota import Counted, Quotas
from bot.errors import Limit, TooManyError
from bot.news.article import server_shelf
from bot.news.content import ImportLimits
from bot.news.delivery import ScheduleId
from bot.news.servers.suggestion import Page
from bot.store.sqlite import open_store
from bot.usecases.ingest import ImportTurns
from bot.usecases.ingest.turns import MOST_AT_ONCE, MOST_WAITING
from tests.news.test_suggestion import SUGGESTION
from tests.support.clocks import ManualClock
from tests.support.makers import make_schedule
from tests.support.newsroom import Newsroom, ingest_upload, open_newsroom, seed_of
from tests.support.seed_files import make_zip

AT_ONCE: Final = 20
SHELF: Final = server_shelf(1)


@dataclass(slots=True)
class Tally:
    """What became of those who came at once."""

    most: int = 0
    done: int = 0
    inside: int = 0

    @contextmanager
    def one(self) -> Iterator[None]:
        """Count one who is let in, while it is."""
        self.inside += 1
        self.most = max(self.most, self.inside)
        try:
            yield
        finally:
            self.inside -= 1
            self.done += 1


async def race(limit: Limit, enter: Callable[[int], AbstractAsyncContextManager[object]]) -> Tally:
    """Let twenty in at once, each for a moment; those who are refused are refused by this limit."""
    tally = Tally()

    async def come(number: int) -> None:
        async with enter(number):
            with tally.one():
                for _ in range(20):
                    await asyncio.sleep(0)

    found = await asyncio.gather(*map(come, range(AT_ONCE)), return_exceptions=True)
    refused = [each for each in found if each is not None]
    assert all(isinstance(each, TooManyError) and each.limit is limit for each in refused), refused
    assert len(refused) + tally.done == AT_ONCE
    return tally


async def _of_quotas(limit: Limit, **allowed: int) -> dict[Counted, Tally]:
    quotas = Quotas(ManualClock(), **allowed)

    @asynccontextmanager
    async def enter(counted: Counted) -> AsyncIterator[None]:
        with quotas.one(counted, 7):
            yield

    def enter_as(counted: Counted) -> Callable[[int], AbstractAsyncContextManager[object]]:
        return lambda _: enter(counted)

    return {counted: await race(limit, enter_as(counted)) for counted in Counted}


async def _per_minute(_folder: Path) -> None:
    of_kinds = await _of_quotas(Limit.PER_MINUTE, per_minute=6, at_once=AT_ONCE)
    done = {counted: tally.done for counted, tally in of_kinds.items()}
    assert done == {Counted.COMMANDS: 6, Counted.PAGES: 12, Counted.COMPLETIONS: AT_ONCE, Counted.SHARES: 2}


async def _at_once(_folder: Path) -> None:
    of_kinds = await _of_quotas(Limit.AT_ONCE, per_minute=60, at_once=3)
    assert {tally.most for tally in of_kinds.values()} == {3}


async def _waiting(_folder: Path) -> None:
    admission = Admission(most_running=2, most_waiting=4)
    tally = await race(Limit.WAITING, lambda _: admission.turn())
    assert (tally.most, tally.done) == (2, 2 + 4)


async def _server_imports(_folder: Path) -> None:
    turns = ImportTurns()
    tally = await race(Limit.SERVER_IMPORTS, lambda _: turns.turn(SHELF))
    assert (tally.most, tally.done) == (1, 1)


async def _imports(_folder: Path) -> None:
    turns = ImportTurns()
    tally = await race(Limit.IMPORTS, lambda number: turns.turn(server_shelf(number)))
    assert (tally.most, tally.done) == (MOST_AT_ONCE, MOST_AT_ONCE + MOST_WAITING)


def _pack(*names: str) -> bytes:
    return make_zip({f"{name}.txt": seed_of(name) for name in names})


async def _each(newsroom: Newsroom, limit: Limit, limits: ImportLimits, *, apart: bool = True) -> int:
    """Let twenty uploads come at once, each beside turns of its own if `apart`; how many were refused by the limit."""
    data = [_pack(f"{number}", f"{number}b") for number in range(AT_ONCE)]

    def upload(number: int) -> Awaitable[object]:
        async def fetch(path: Path) -> None:
            await asyncio.to_thread(path.write_bytes, data[number])
            await asyncio.sleep(0.05)

        turns = ImportTurns() if apart else newsroom.turns
        return ingest_upload(newsroom.store, fetch, "a.zip", SHELF, turns=turns, clock=newsroom.clock, limits=limits)

    found = await asyncio.gather(*map(upload, range(AT_ONCE)), return_exceptions=True)
    refused = [each for each in found if isinstance(each, BaseException)]
    assert all(isinstance(each, TooManyError) for each in refused), refused
    return sum(isinstance(each, TooManyError) and each.limit is limit for each in refused)


async def _hourly_imports(folder: Path) -> None:
    async with open_newsroom(folder, ManualClock()) as newsroom:
        assert await _each(newsroom, Limit.HOURLY_IMPORTS, ImportLimits(imports_per_hour=3)) == AT_ONCE - 3


async def _import_time(folder: Path) -> None:
    async with open_newsroom(folder, ManualClock()) as newsroom:
        limits = ImportLimits(imports_per_hour=AT_ONCE, longest_s=0.01)
        assert await _each(newsroom, Limit.IMPORT_TIME, limits) == AT_ONCE
        assert (await newsroom.store.shelf_size(SHELF)).articles == 0


async def _shelf(folder: Path) -> None:
    async with open_newsroom(folder, ManualClock()) as newsroom:
        limits = ImportLimits(imports_per_hour=100, articles_per_shelf=5)
        assert await _each(newsroom, Limit.SERVER_IMPORTS, limits, apart=False) == AT_ONCE - 1
        for _ in range(3):
            await _each(newsroom, Limit.SHELF, limits, apart=False)
            assert (await newsroom.store.shelf_size(SHELF)).articles <= 5
        with pytest.raises(TooManyError) as refused:
            await newsroom.upload(_pack(*"abcdef"), limits=limits, shelf=SHELF)
        assert refused.value.limit is Limit.SHELF


async def _schedules(folder: Path) -> None:
    async with open_store(folder / "schedules.db", clock=ManualClock()) as store:

        @asynccontextmanager
        async def enter(number: int) -> AsyncIterator[None]:
            schedule = make_schedule(id=ScheduleId(number + 1), name=f"Digest {number}")
            await store.schedules.save_schedule(schedule, next_due_at=None, limit=6)
            yield

        assert (await race(Limit.SCHEDULES, enter)).done == 6
        assert len(await store.schedules.schedules(1)) == 6


async def _editor_roles(folder: Path) -> None:
    async with open_store(folder / "editors.db", clock=ManualClock()) as store:

        @asynccontextmanager
        async def enter(number: int) -> AsyncIterator[None]:
            await store.editors.add_editor_role(1, number + 2, limit=6, existing=range(2, AT_ONCE + 2))
            yield

        assert (await race(Limit.EDITOR_ROLES, enter)).done == 6
        assert len(await store.editors.editor_roles(1)) == 6


async def _suggestions(folder: Path) -> None:
    async with open_store(folder / "suggestions.db", clock=ManualClock()) as store:

        @asynccontextmanager
        async def enter(number: int) -> AsyncIterator[None]:
            page = Page(url=f"https://a.example/{number}", title="T")
            since = SUGGESTION.at - timedelta(days=1)
            await store.suggestions.add_suggestion(replace(SUGGESTION, page=page), since=since, limit=6)
            yield

        assert (await race(Limit.SUGGESTIONS, enter)).done == 6
        assert await store.suggestions.count_suggestions(SUGGESTION.member_id) == 6


RACES: Final[dict[Limit, Callable[[Path], Awaitable[None]]]] = {
    Limit.PER_MINUTE: _per_minute,
    Limit.AT_ONCE: _at_once,
    Limit.WAITING: _waiting,
    Limit.SERVER_IMPORTS: _server_imports,
    Limit.IMPORTS: _imports,
    Limit.HOURLY_IMPORTS: _hourly_imports,
    Limit.IMPORT_TIME: _import_time,
    Limit.SHELF: _shelf,
    Limit.SCHEDULES: _schedules,
    Limit.EDITOR_ROLES: _editor_roles,
    Limit.SUGGESTIONS: _suggestions,
}


@pytest.mark.parametrize("limit", Limit, ids=lambda limit: limit.name)
async def test_limit_is_never_exceeded_by_twenty_at_once(tmp_path: Path, limit: Limit) -> None:
    """A limit that is declared has a race here, and no refusal goes without a limit."""
    await RACES[limit](tmp_path)
