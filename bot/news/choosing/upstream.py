"""The preset `upstream`: the rule of the newsletter that the seeds' own system sent, reproduced exactly.

30 of 30 known editions (docs/editorial.md, The upstream rule): what is listed and dated in the 160 hours up to the
send, by quality, the older one first on ties. It knows no stories, no cap on a provider, and nothing of what was sent
before.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.news.article import Article, ArticleId
from bot.news.choosing.eligibility import Refusal, as_it_stood, below_bar, in_words, off_topic, shut_out
from bot.news.edition import Candidate, Choice, Pick, Reason, Verdict, Window
from bot.news.schedule import Schedule
from bot.news.stories.story import story_of

UPSTREAM_WINDOW: Final = timedelta(hours=160)
"""157 to 161 hours all reproduce the 30 editions."""

UPSTREAM_COUNT: Final = 2
"""Picks an edition, where a schedule is made with this preset and says nothing else."""


def choose_upstream(candidates: Sequence[Candidate], schedule: Schedule, *, window_end: datetime) -> Choice:
    """Choose an edition by the upstream's rule.

    Args:
        candidates: Seeds that the schedule sees, each once, with their past.
        schedule: Says how many; what it mutes or filters stays out as with the default rule.
        window_end: The send; all values are as they stood then.

    Returns:
        The picks in order, each a story of its own, and one verdict on each candidate.
    """
    window = Window(start=window_end - UPSTREAM_WINDOW, end=window_end)
    ranked: list[Article] = []
    verdicts: dict[ArticleId, Verdict] = {}
    for candidate in candidates:
        article = as_it_stood(candidate, window_end)
        refusal = _refusal(article or candidate.article, schedule, window, is_known=article is not None)
        if refusal is not None:
            verdicts[candidate.article.id] = refusal.of(candidate.article)
        elif article is not None:
            ranked.append(article)
    ranked.sort(key=_highest_quality_first)
    verdicts |= {article.id: _placed(article, place, schedule.count) for place, article in enumerate(ranked, start=1)}
    picks = (
        Pick(article=article, story=story_of((article,)), why=verdicts[article.id].detail)
        for article in ranked[: schedule.count]
    )
    return Choice(window=window, picks=tuple(picks), verdicts=tuple(verdicts[each] for each in sorted(verdicts)))


def _refusal(article: Article, schedule: Schedule, window: Window, *, is_known: bool) -> Refusal | None:
    shut = shut_out(article, schedule)
    if shut is not None:
        return shut
    if not is_known:
        return Refusal(reason=Reason.OUTSIDE_WINDOW, detail="it was first seen after the send")
    if article.published_at not in window:
        span = f"the {UPSTREAM_WINDOW // timedelta(hours=1)} hours up to {in_words(window.end)}"
        detail = f"published on {in_words(article.published_at)}, not in {span}"
        return Refusal(reason=Reason.OUTSIDE_WINDOW, detail=detail)
    if not article.listed:
        said = "its seed says published: false" if article.listed is False else "its seed has no published flag"
        return Refusal(reason=Reason.UNLISTED, detail=said)
    return off_topic(article, schedule) or below_bar(article, schedule, bar=None)


def _highest_quality_first(article: Article) -> tuple[int, float, str]:
    return (-(article.quality or 0), article.published_at.timestamp(), article.id)


def _placed(article: Article, place: int, count: int) -> Verdict:
    if place > count:
        detail = f"place {place} by quality {article.quality or 0}, the edition holds {count}"
        return Verdict(article_id=article.id, reason=Reason.OVER_COUNT, detail=detail)
    return Verdict(article_id=article.id, reason=Reason.PICKED, detail=f"place {place}, quality {article.quality or 0}")
