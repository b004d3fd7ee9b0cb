"""Render how an edition was chosen: the reason for every candidate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from bot.news.article import Article, ArticleId
from bot.news.edition import Reason, Verdict
from bot.news.message.draft import Block, Draft, Paragraph, Run, Text
from bot.render.article import DOT, provider_of, title_of
from bot.render.format.clip import clip_written
from bot.render.format.limits import fits
from bot.render.format.number import count_of
from bot.text.clean import clean

REASONS: Final[Mapping[Reason, str]] = {
    Reason.PICKED: "Picked",
    Reason.OVER_COUNT: "Over the limit",
    Reason.PROVIDER_CAP: "Over the limit for one provider",
    Reason.LED_IN_STORY: "Led by another article of its story",
    Reason.ALREADY_TOLD: "Already sent",
    Reason.BELOW_BAR: "Below the bar",
    Reason.OFF_TOPIC: "Not among the schedule's topics or providers",
    Reason.UNLISTED: "Not listed by its seed",
    Reason.LED_UPSTREAM: "Led by another article according to its seed",
    Reason.MUTED: "Muted by the schedule",
    Reason.HIDDEN: "Hidden",
    Reason.OUTSIDE_WINDOW: "Outside the window",
    Reason.UNUSABLE: "Unusable record",
}
"""Headings in display order: the reasons closest to being picked come first."""

_NAMED: Final = (25, 15, 10, 7, 5, 3, 2, 1, 0)
"""Articles listed for each reason: the first number that makes the message fit."""


def draft_reasons(schedule_name: str, verdicts: Sequence[Verdict], articles: Mapping[ArticleId, Article]) -> Draft:
    """Render every reason with the number of its articles, and as many of them as fit.

    Args:
        schedule_name: The name of the schedule.
        verdicts: One for each candidate; their order within a reason is kept.
        articles: The candidates that still exist.
    """
    drafts = (Draft(blocks=tuple(_blocks(schedule_name, verdicts, articles, named))) for named in _NAMED)
    return next(draft for draft in drafts if not fits(draft))


def _blocks(
    schedule_name: str, verdicts: Sequence[Verdict], articles: Mapping[ArticleId, Article], named: int
) -> Iterator[Block]:
    name = clip_written(clean(schedule_name), 120)
    yield Paragraph(runs=(Text(text=f"Why these: {name}"),), kind="heading")
    if not verdicts:
        yield Paragraph(runs=(Text(text="No candidates: no article entered the window."),))
    for reason, words in REASONS.items():
        group = [verdict for verdict in verdicts if verdict.reason is reason]
        if group:
            yield Paragraph(runs=(Text(text=f"{words}: {count_of(len(group), 'article')}", strong=True),))
            yield from (Paragraph(runs=_line(verdict, articles), kind="quiet") for verdict in group[:named])
        if len(group) > named > 0:
            yield Paragraph(runs=(Text(text=f"and {len(group) - named:,} more"),), kind="quiet")


def _line(verdict: Verdict, articles: Mapping[ArticleId, Article]) -> tuple[Run, ...]:
    article = articles.get(verdict.article_id)
    title = clip_written(title_of(article), 120) if article else f"Article {verdict.article_id}"
    provider = DOT + provider_of(article) if article else ""
    detail = clip_written(clean(verdict.detail), 150)
    return (Text(text=f"{title}{provider}{DOT + detail if detail else ''}"),)
