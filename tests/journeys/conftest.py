"""The town that each journey happens in; whatever happens, Discord would have accepted every request."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.journeys.town import Town


@pytest.fixture
async def quiet_town(tmp_path: Path) -> AsyncIterator[Town]:
    """The town before the bot has started."""
    async with Town(tmp_path) as town:
        yield town
    assert town.sandbox.deviations == []


@pytest.fixture
async def town(quiet_town: Town) -> Town:
    """The town with the bot at work on the five shipped seeds."""
    await quiet_town.start_bot()
    return quiet_town


@pytest.fixture
async def empty_town(tmp_path: Path) -> AsyncIterator[Town]:
    """The town with a bot that has no seeds at all."""
    async with Town(tmp_path, seeds=False) as town:
        await town.start_bot()
        yield town
    assert town.sandbox.deviations == []
