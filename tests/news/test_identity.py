"""The ids of new articles: every place has as many as it needs."""

from __future__ import annotations

from itertools import islice

import pytest

from bot.news.article import INSTANCE_SHELF, Place
from bot.news.identity import new_ids
from tests.support.makers import make_article


@pytest.mark.parametrize("file", ["ferry.md", "2024/ferry.md", "2024/ferry/index.md"])
def test_a_place_never_runs_out_of_ids(file: str) -> None:
    """Each article that was once at a place keeps its own, however many there were with one link."""
    ids = list(islice(new_ids(INSTANCE_SHELF, Place(folder="/seeds", file=file), make_article("ferry")), 6))

    assert len(set(ids)) == 6
