"""Choose an edition by the preset `upstream`: the rule of the seeds' original newsletter, reproduced exactly.

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
from bot.news.schedules.schedule import Schedule
from bot.news.stories.story import story_of

UPSTREAM_WINDOW: Final = timedelta(hours=160)
"""157 to 161 hours all reproduce the 30 editions."""

UPSTREAM_COUNT: Final = 2
"""The default number of picks of a schedule with this preset."""


def choose_upstream(candidates: Sequence[Candidate], schedule: Schedule, *, window_end: datetime) -> Choice:
    """Choose an edition by the upstream rule.

    Args:
        candidates: The articles visible to the schedule, distinct, with their history.
        schedule: Sets the count; mutes and filters work as in the default rule.
        window_end: The time of sending; all values are those at that time.

    Returns:
        The picks in order, each a story of its own, and one verdict for each candidate.
    """
    window = Window(start=window_end - UPSTREAM_WINDOW, end=window_end)
    ranked: list[Article] = []
    verdicts: dict[ArticleId, Verdict] = {}
    for candidate in candidates:
        known = as_it_stood(candidate, window_end)
        article = known or candidate.article
        refusal = _refusal(article, schedule, window, is_known=known is not None)
        if refusal is None:
            ranked.append(article)
        else:
            verdicts[article.id] = refusal.of(candidate.article)
    ranked.sort(key=_highest_quality_first)
    verdicts |= {article.id: _ranked(article, rank, schedule.count) for rank, article in enumerate(ranked, start=1)}
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
        return Refusal(reason=Reason.OUTSIDE_WINDOW, detail="imported after the send")
    if article.published_at not in window:
        span = f"the {UPSTREAM_WINDOW // timedelta(hours=1)} hours up to {in_words(window.end)}"
        detail = f"published on {in_words(article.published_at)}, not in {span}"
        return Refusal(reason=Reason.OUTSIDE_WINDOW, detail=detail)
    if not article.listed:
        said = "published: false in its seed" if article.listed is False else "no published flag in its seed"
        return Refusal(reason=Reason.UNLISTED, detail=said)
    return off_topic(article, schedule) or below_bar(article, schedule)


def _highest_quality_first(article: Article) -> tuple[int, float, str]:
    return (-(article.quality or 0), article.published_at.timestamp(), article.id)


def _ranked(article: Article, rank: int, count: int) -> Verdict:
    if rank > count:
        detail = f"rank {rank} by quality {article.quality or 0}, the limit is {count}"
        return Verdict(article_id=article.id, reason=Reason.OVER_COUNT, detail=detail)
    return Verdict(article_id=article.id, reason=Reason.PICKED, detail=f"rank {rank}, quality {article.quality or 0}")
