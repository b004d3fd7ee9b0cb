"""How an edition was chosen: every candidate's reason, in words."""

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
    Reason.OVER_COUNT: "More than fit",
    Reason.PROVIDER_CAP: "Enough of this provider already",
    Reason.LED_IN_STORY: "Led by another article of its story",
    Reason.ALREADY_TOLD: "Already told",
    Reason.BELOW_BAR: "Below the bar",
    Reason.OFF_TOPIC: "Not among the schedule's topics or providers",
    Reason.UNLISTED: "Not listed by the seed",
    Reason.LED_UPSTREAM: "Led by another article, says the seed",
    Reason.MUTED: "Muted by the schedule",
    Reason.HIDDEN: "Taken down",
    Reason.OUTSIDE_WINDOW: "Outside of the window",
}
"""In the order in which they are shown: what was nearest to being picked comes first."""

_NAMED: Final = (25, 15, 10, 7, 5, 3, 2, 1, 0)
"""How many articles of each reason are named: the first number with which the message fits."""


def draft_reasons(schedule_name: str, verdicts: Sequence[Verdict], articles: Mapping[ArticleId, Article]) -> Draft:
    """Every reason with the number of its articles, and as many of them as there is room for.

    Args:
        schedule_name: Whose edition it is.
        verdicts: One for each candidate; within a reason their order stays.
        articles: The candidates that are still there.
    """
    drafts = (Draft(blocks=tuple(_blocks(schedule_name, verdicts, articles, named))) for named in _NAMED)
    return next(draft for draft in drafts if not fits(draft))


def _blocks(
    schedule_name: str, verdicts: Sequence[Verdict], articles: Mapping[ArticleId, Article], named: int
) -> Iterator[Block]:
    name = clip_written(clean(schedule_name), 120)
    yield Paragraph(runs=(Text(text=f"Why these: {name}"),), kind="heading")
    if not verdicts:
        yield Paragraph(runs=(Text(text="No article came into question: nothing entered in the window."),))
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
