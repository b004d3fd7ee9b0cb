"""A story's coverage as a timeline: who was first, who followed, and why each stands here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.news.article import Article, ArticleId
from bot.news.clean import clean
from bot.news.draft import Block, ButtonRow, Draft, Paragraph, Run, Text
from bot.news.related import Coverage, RelatedArticle
from bot.render.article import DOT, Bounds, byline, first_that_fits, name_of, stamp, title_of, title_run
from bot.render.clip import clip_written
from bot.render.lines import line
from bot.render.number import count_of
from bot.render.share import share_button

OFF_TOPIC_BELOW: Final = 0.1
"""An article that a seed names stands under "Also named" where its text has less in common with the asked one.

Of the 19 that the shipped seeds name, 9 lie below: none of them is on its seed's story.
"""

_MOST: Final = 12
"""Other reports in one message; of more, the least similar are left out."""


def draft_coverage(coverage: Coverage) -> Draft:
    """Everything known on an article's story, as a private answer."""
    return first_that_fits(lambda bounds: Draft(blocks=tuple(_blocks(coverage, bounds))))


def is_off_topic(related: RelatedArticle) -> bool:
    """True where only a seed's list says that it belongs to the story."""
    return related.source == "explicit" and related.similarity < OFF_TOPIC_BELOW


def _blocks(coverage: Coverage, bounds: Bounds) -> Iterator[Block]:
    shown = coverage.related[:_MOST]
    off_topic = {related.article.id for related in shown if is_off_topic(related)}
    kept = {coverage.article.id, *(related.article.id for related in shown)}
    whys = {related.article.id: _why(related, bounds) for related in shown}
    yield line(clip_written(title_of(coverage.article), bounds.title), "heading")
    yield Paragraph(runs=_outlets(coverage, bounds), kind="quiet")
    for article in coverage.timeline:
        if article.id in kept - off_topic:
            yield from _entry(article, _mark(coverage, article.id), whys.get(article.id, ""), bounds)
    yield from _also_named([each for each in shown if each.article.id in off_topic], whys, bounds)
    if left := len(coverage.related) - len(shown):
        yield line(f"With less in common: {count_of(left, 'more report')}.", "quiet")
    if not coverage.related:
        yield line("Nobody else in the archive reports this.")
    if coverage.article.id:
        yield ButtonRow(buttons=(share_button(coverage.article.id),))


def _outlets(coverage: Coverage, bounds: Bounds) -> tuple[Run, ...]:
    if not coverage.timeline:
        return (Text(text="Not in the archive"),)
    first = coverage.timeline[0]
    said = f"{count_of(coverage.outlets, 'outlet')}{DOT}first to report: {name_of(first, bounds)}, "
    return (Text(text=said), stamp(first.published_at))


def _mark(coverage: Coverage, article: ArticleId) -> str:
    marks = (
        "First to report" if article == coverage.timeline[0].id else "",
        "The article asked about" if article == coverage.article.id else "",
    )
    return "".join(mark + DOT for mark in marks if mark)


def _entry(article: Article, mark: str, why: str, bounds: Bounds) -> Iterator[Paragraph]:
    before = (Text(text=mark),) if mark else ()
    after = (Text(text=DOT + why),) if why else ()
    yield Paragraph(runs=(title_run(article, bounds, strong=True),))
    yield Paragraph(runs=(*before, *byline(article, bounds), *after), kind="quiet")


def _also_named(off_topic: list[RelatedArticle], whys: dict[ArticleId, str], bounds: Bounds) -> Iterator[Paragraph]:
    if off_topic:
        yield line("Also named", "subheading")
    for related in off_topic:
        yield from _entry(related.article, "", whys[related.article.id], bounds)


def _why(related: RelatedArticle, bounds: Bounds) -> str:
    return clip_written(clean(related.why), bounds.name)
