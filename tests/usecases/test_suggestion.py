"""Suggestions through kills and failures: nothing is lost or doubled."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from bot.errors import BadInputError, Limit, TooManyError, UnknownEditionError
from bot.news.article import Seed, server_shelf
from bot.news.delivery import ScheduleId
from bot.news.schedules.schedule import ScheduleState
from bot.news.servers.log import Deed
from bot.news.servers.suggestion import TAKING_LASTS, Page, Suggestion, SuggestionId, SuggestionState, seed_text
from bot.seedfile.seed import read_seed
from bot.store.port import Store
from bot.store.sqlite import open_store
from bot.usecases.suggestion import (
    name_suggester,
    refuse_suggestion,
    suggest,
    suggestion_face,
    take_suggestion,
)
from tests.support.clocks import ManualClock
from tests.support.makers import SOME_DAY, make_schedule

SHELF: Final = server_shelf(1)
PAGE: Final = Page(url="https://a.example/quay", title="Quay closes")
DEED: Final = Deed(id=9, guild_id=1, member_id=8, at=SOME_DAY)


class Town:
    """A store with a schedule whose desk is channel 5."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def take_in(self, name: str, text: str) -> None:
        """Import a seed file."""
        seed = read_seed(text.encode(), path=name, shelf=SHELF, now=SOME_DAY)
        assert isinstance(seed, Seed)
        await self.store.articles.put_seeds(SHELF, [seed], seen_at=SOME_DAY)

    async def suggest(self, page: Page = PAGE) -> Suggestion:
        """Let a member suggest a page."""
        return await suggest(self.store, 1, page, member_id=7, now=SOME_DAY)

    async def take(self, suggestion: Suggestion, *, deed: Deed = DEED) -> Suggestion:
        """Let an editor take it."""
        return await take_suggestion(self.store, 1, suggestion.id, self.take_in, deed=deed)

    async def state(self, suggestion: Suggestion) -> SuggestionState:
        """What is decided."""
        found = await self.store.suggestions.find_suggestion(1, suggestion.id)
        assert found is not None
        return found.state

    async def articles(self) -> int:
        """How many articles the server has."""
        return (await self.store.articles.shelf_size(SHELF)).articles


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """The store, with one schedule."""
    async with open_store(tmp_path / "newsdesk.sqlite3", clock=ManualClock()) as store:
        await store.schedules.save_schedule(make_schedule(desk_channel_id=5), next_due_at=None)
        yield Town(store)


async def test_kill_after_the_import_leaves_it_to_be_taken_again(town: Town) -> None:
    """Which imports the same article."""
    made = await town.suggest()

    assert await town.store.suggestions.begin_taking(made.id, at=SOME_DAY)
    await town.take_in("suggestion-1.md", seed_text(made))  # and here the process ends
    with pytest.raises(BadInputError, match="An editor is taking this"):
        await town.take(made)
    taken = await town.take(made, deed=replace(DEED, at=SOME_DAY + 2 * TAKING_LASTS))

    assert taken.state is SuggestionState.TAKEN
    assert taken.article_id is not None
    assert await town.articles() == 1


async def test_import_that_is_refused_leaves_the_suggestion_waiting(town: Town) -> None:
    """For another try, once there is room."""
    made = await town.suggest()

    async def full(_name: str, _text: str) -> None:
        raise TooManyError("Full.", limit=Limit.SHELF)

    with pytest.raises(TooManyError):
        await take_suggestion(town.store, 1, made.id, full, deed=DEED)

    assert await town.state(made) is SuggestionState.WAITING
    assert (await town.take(made)).state is SuggestionState.TAKEN


async def test_import_that_stores_nothing_says_so(town: Town) -> None:
    """And the suggestion can be refused."""
    made = await town.suggest()

    async def nothing(_name: str, _text: str) -> None:
        return

    with pytest.raises(BadInputError, match="can't be imported"):
        await take_suggestion(town.store, 1, made.id, nothing, deed=DEED)
    assert (await refuse_suggestion(town.store, 1, made.id, deed=DEED)).state is SuggestionState.REFUSED


async def test_taken_suggestion_is_neither_taken_again_nor_refused(town: Town) -> None:
    """Its article stays, once."""
    made = await town.suggest()
    await town.take(made)

    for act in (town.take(made), refuse_suggestion(town.store, 1, made.id, deed=DEED)):
        with pytest.raises(BadInputError, match="was taken already"):
            await act
    assert await town.articles() == 1
    assert len(await town.store.log.entries(1, since=SOME_DAY, limit=9)) == 1


async def test_refused_suggestion_is_not_taken(town: Town) -> None:
    """Nor refused twice."""
    made = await town.suggest()
    await refuse_suggestion(town.store, 1, made.id, deed=DEED)

    for act in (town.take(made), refuse_suggestion(town.store, 1, made.id, deed=DEED)):
        with pytest.raises(BadInputError, match="was refused already"):
            await act
    assert await town.articles() == 0


async def test_suggestion_that_is_being_taken_is_not_refused(town: Town) -> None:
    """Its article may be there already."""
    made = await town.suggest()
    await town.store.suggestions.begin_taking(made.id, at=SOME_DAY)

    with pytest.raises(BadInputError, match="An editor is taking this"):
        await refuse_suggestion(town.store, 1, made.id, deed=DEED)


async def test_suggestion_that_was_deleted_can_not_be_decided(town: Town) -> None:
    """Nor be shown, nor named."""
    gone = replace(await town.suggest(), id=SuggestionId(99))

    for act in (
        town.take(gone),
        refuse_suggestion(town.store, 1, gone.id, deed=DEED),
        name_suggester(town.store, 1, gone.id, member_id=7, name="Mo"),
    ):
        with pytest.raises(BadInputError, match="was deleted"):
            await act
    with pytest.raises(UnknownEditionError):
        await suggestion_face(town.store, gone.desk)


async def test_nobody_is_named_by_another_member(town: Town) -> None:
    """It is the suggester's own choice."""
    made = await town.suggest()

    with pytest.raises(BadInputError, match="was deleted"):
        await name_suggester(town.store, 1, made.id, member_id=99, name="Eve")


async def test_active_schedule_is_preferred_to_a_paused_one(town: Town) -> None:
    """Whichever has an edition sooner; without an active one the paused one's desk is better than none."""
    paused = make_schedule(id=ScheduleId(99), name="Paused", desk_channel_id=6, state=ScheduleState.PAUSED)
    await town.store.schedules.save_schedule(paused, next_due_at=None)

    assert (await town.suggest()).channel_id == 5
