"""Reports of one event, and an event that was told before."""

from __future__ import annotations

from bot.news.article import Provider
from bot.news.edition import Candidate, ToldStory
from tests.support.candidates import (
    make_candidate,
)

SENATE = "Massachusetts senate halts police facial recognition"


SENATE_TOO = "Police facial recognition halted by Massachusetts senate"


def senate(stem: str, quality: int = 80, **fields: object) -> Candidate:
    """A candidate of the one story that all of these report."""
    provider = Provider(domain=f"{stem}.com", name=stem)
    return make_candidate(stem, title=SENATE, quality=quality, provider=provider, **fields)  # type: ignore[arg-type] # as make_candidate


def told_before(*members: Candidate, score: int = 80) -> ToldStory:
    """The memory of a story of these, the first of them its pick."""
    return ToldStory(
        pick_id=members[0].article.id,
        article_ids=frozenset(each.article.id for each in members),
        providers=frozenset(each.article.provider.domain for each in members),
        score=score,
    )
