"""The operator's folder on a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from bot.news.article import INSTANCE_SHELF
from tests.support.clocks import ManualClock
from tests.support.newsroom import Newsroom, open_newsroom


@pytest.fixture
async def newsroom(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Newsroom]:
    """An empty one."""
    async with open_newsroom(tmp_path, clock) as opened:
        yield opened


async def _first_seen(newsroom: Newsroom, stem: str) -> datetime | None:
    article = await newsroom.store.find_by_stem(INSTANCE_SHELF, stem)
    return article.first_seen_at if article else None
