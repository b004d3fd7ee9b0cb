"""Render full coverage of a story as a timeline, with the reason for each report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from bot.news.article import Article, ArticleId
from bot.news.message.draft import Block, ButtonRow, Draft, Paragraph, Run, Text
from bot.news.stories.evidence import TiedStory
from bot.news.stories.related import Coverage, RelatedArticle
from bot.render.article import DOT, Bounds, byline, first_that_fits, name_of, stamp, title_of, title_run
from bot.render.format.clip import clip_written
from bot.render.format.lines import line
from bot.render.format.number import count_of
from bot.render.share import share_button
from bot.text.clean import clean

OFF_TOPIC_BELOW: Final = 0.1
"""The similarity below which an article that a seed lists is shown under "Also listed".

Of the 19 articles that the shipped seeds list, 9 are below it: none of them is about its seed's story.
"""

_MOST: Final = 12
"""The maximum number of other reports in one message; the most similar are kept."""

_LEAST_BESIDE: Final = 3
"""The number of related articles shown below even the largest story."""


def draft_coverage(coverage: Coverage, tied: TiedStory | None = None) -> Draft:
    """Render full coverage of an article, as a private response.

    Args:
        coverage: Related articles.
        tied: The article's story, shown first as a timeline; None if nobody else reports it.
    """
    if tied is None:
        return first_that_fits(lambda bounds: Draft(blocks=tuple(_blocks(coverage, bounds))))
    return first_that_fits(lambda bounds: Draft(blocks=tuple(_story_first(coverage, tied, bounds))))


def is_off_topic(related: RelatedArticle) -> bool:
    """Return True if only a seed's list connects the article to the story."""
    return related.source == "explicit" and related.similarity < OFF_TOPIC_BELOW


def _blocks(coverage: Coverage, bounds: Bounds) -> Iterator[Block]:
    shown = coverage.related[:_MOST]
    off_topic = {related.article.id for related in shown if is_off_topic(related)}
    kept = {coverage.article.id, *(related.article.id for related in shown)}
    whys = {related.article.id: _why(related, bounds) for related in shown}
    yield line(clip_written(title_of(coverage.article), bounds.title), "heading")
    yield Paragraph(runs=_outlets(coverage.timeline, coverage.outlets, bounds), kind="quiet")
    for article in coverage.timeline:
        if article.id in kept - off_topic:
            label = _label(coverage.article, coverage.timeline[0], article.id)
            yield from _entry(article, label, whys.get(article.id, ""), bounds)
    yield from _also_listed([each for each in shown if each.article.id in off_topic], whys, bounds)
    if left := len(coverage.related) - len(shown):
        yield line(f"{left:,} more, less similar", "quiet")
    if not coverage.related:
        yield line("No other reports in the archive.")
    if coverage.article.id:
        yield ButtonRow(buttons=(share_button(coverage.article.id),))


def _story_first(coverage: Coverage, tied: TiedStory, bounds: Bounds) -> Iterator[Block]:
    """Render the story's reports in chronological order, then related articles, most similar first."""
    asked, story = coverage.article, tied.story
    shown = _most_similar(asked, tied)
    inside = {article.id for article in story.articles}
    others = [related for related in coverage.related if related.article.id not in inside]
    room = max(_LEAST_BESIDE, _MOST + 1 - len(shown))
    off_topic = [related for related in others[:room] if is_off_topic(related)]
    whys = {related.article.id: _why(related, bounds) for related in others[:room]}
    bonds = {bond.article.id: clip_written(clean(bond.why), bounds.name) for bond in tied.bonds}
    yield line(clip_written(title_of(asked), bounds.title), "heading")
    yield Paragraph(runs=_outlets(story.articles, len(story.providers), bounds), kind="quiet")
    for article in shown:
        yield from _entry(article, _label(asked, story.articles[0], article.id), bonds.get(article.id, ""), bounds)
    if left := len(story.articles) - len(shown):
        yield line(f"{count_of(left, 'more report')} of this story", "quiet")
    on_topic = [related for related in others[:room] if related not in off_topic]
    if on_topic:
        yield line("Also related", "subheading")
    for related in on_topic:
        yield from _entry(related.article, "", whys[related.article.id], bounds)
    yield from _also_listed(off_topic, whys, bounds)
    if left := len(others[room:]):
        yield line(f"{left:,} more, less similar", "quiet")
    yield ButtonRow(buttons=(share_button(asked.id),))


def _most_similar(asked: Article, tied: TiedStory) -> list[Article]:
    """Select the story's reports that fit: the requested article, the first report, and the most similar ones."""
    strongest = sorted(tied.bonds, key=lambda bond: (-bond.strength, bond.article.id))
    kept = {asked.id, tied.story.articles[0].id, *(bond.article.id for bond in strongest[: _MOST - 1])}
    return [article for article in tied.story.articles if article.id in kept]


def _outlets(timeline: Sequence[Article], outlets: int, bounds: Bounds) -> tuple[Run, ...]:
    if not timeline:
        return (Text(text="Not in the archive"),)
    said = f"{count_of(outlets, 'outlet')}{DOT}first to report: {name_of(timeline[0], bounds)}, "
    return (Text(text=said), stamp(timeline[0].published_at))


def _label(asked: Article, first: Article, article: ArticleId) -> str:
    labels = ("First to report" if article == first.id else "", "This article" if article == asked.id else "")
    return "".join(label + DOT for label in labels if label)


def _entry(article: Article, label: str, why: str, bounds: Bounds) -> Iterator[Paragraph]:
    before = (Text(text=label),) if label else ()
    after = (Text(text=DOT + why),) if why else ()
    yield Paragraph(runs=(title_run(article, bounds, strong=True),))
    yield Paragraph(runs=(*before, *byline(article, bounds), *after), kind="quiet")


def _also_listed(off_topic: list[RelatedArticle], whys: dict[ArticleId, str], bounds: Bounds) -> Iterator[Paragraph]:
    if off_topic:
        yield line("Also listed", "subheading")
    for related in off_topic:
        yield from _entry(related.article, "", whys[related.article.id], bounds)


def _why(related: RelatedArticle, bounds: Bounds) -> str:
    return clip_written(clean(related.why), bounds.name)
