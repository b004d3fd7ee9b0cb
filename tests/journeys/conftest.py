"""The town that each journey happens in; whatever happens, Discord would have accepted every request."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.running_bot import Town, quiet_town, town

__all__ = ["empty_town", "quiet_town", "town"]


@pytest.fixture
async def empty_town(tmp_path: Path) -> AsyncIterator[Town]:
    """The town with a bot that has no seeds at all."""
    async with Town(tmp_path, seeds=False) as empty:
        await empty.start_bot()
        yield empty
    assert empty.sandbox.deviations == []
