"""The replay itself: what it plans over real records, and what its table says."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.replay.report import edition_lines, figures, table_lines
from tests.replay.run import Week, replay
from tests.support.data import need_data
from tests.support.seed_files import SHIPPED


@pytest.fixture(scope="module")
def upstream() -> list[Week]:
    """Two years of weekly editions."""
    return asyncio.run(weeks_of(need_data("upstream", "news")))


async def weeks_of(folder: Path) -> list[Week]:
    """All editions of a folder."""
    return [week async for week in replay(folder)]


def test_nothing_is_lost_to_a_providers_limit_while_places_are_empty(upstream: list[Week]) -> None:
    """In two years of real records."""
    assert figures(upstream)["lost to the provider limit while places were empty"] == 0


def test_no_link_is_told_twice(upstream: list[Week]) -> None:
    """In two years of real records."""
    assert figures(upstream)["links told twice"] == 0


def test_every_listed_article_has_one_fate(upstream: list[Week]) -> None:
    """Told, or lost for one reason."""
    rows = figures(upstream)

    assert rows["listed"] == rows["told"] + sum(number for name, number in rows.items() if name.startswith("lost: "))


async def test_the_shipped_seeds_give_two_stories() -> None:
    """Those of the first edition of a new installation, in the weeks in which they were published."""
    weeks = await weeks_of(SHIPPED)

    stems = [pick.article.stem[:3] for week in weeks for pick in week.edition.picks]
    assert sorted(stems) == ["001", "004"]
    assert figures(weeks)["told"] == 2


async def test_an_edition_reads_as_text() -> None:
    """With the reports of each story, and a line for each row of the table."""
    weeks = await weeks_of(SHIPPED)

    text = "\n".join(line for week in weeks for line in edition_lines(week))
    assert "  1. Guardrails needed for police use" in text
    assert "     + Mass. bill would curb police use" in text
    assert len(list(table_lines(weeks))) == len(figures(weeks))
