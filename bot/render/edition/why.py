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
    Reason.DROPPED: "Taken out by an editor",
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
        shown = [(verdict, articles[verdict.article_id]) for verdict in group if verdict.article_id in articles]
        yield from (Paragraph(runs=_line(verdict, article), kind="quiet") for verdict, article in shown[:named])
        if len(shown) > named > 0:
            yield Paragraph(runs=(Text(text=f"and {len(shown) - named:,} more"),), kind="quiet")
        if removed := len(group) - len(shown):
            yield Paragraph(runs=(Text(text=f"Removed since: {count_of(removed, 'article')}"),), kind="quiet")


def _line(verdict: Verdict, article: Article) -> tuple[Run, ...]:
    title = clip_written(title_of(article), 120)
    detail = clip_written(clean(verdict.detail), 150)
    return (Text(text=f"{title}{DOT}{provider_of(article)}{DOT + detail if detail else ''}"),)
