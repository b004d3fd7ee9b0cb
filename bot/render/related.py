"""A story's coverage as a timeline: who was first, who followed, and why each stands here."""

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
"""An article that a seed names stands under "Also named" where its text has less in common with the asked one.

Of the 19 that the shipped seeds name, 9 lie below: none of them is on its seed's story.
"""

_MOST: Final = 12
"""Other reports in one message; of more, the least similar are left out."""

_LEAST_BESIDE: Final = 3
"""So many that are only related stand below the largest story."""


def draft_coverage(coverage: Coverage, tied: TiedStory | None = None) -> Draft:
    """Everything known on an article's story, as a private answer.

    Args:
        coverage: What may belong to it.
        tied: The story itself: it stands first, as the timeline. None where nobody else reports it.
    """
    if tied is None:
        return first_that_fits(lambda bounds: Draft(blocks=tuple(_blocks(coverage, bounds))))
    return first_that_fits(lambda bounds: Draft(blocks=tuple(_story_first(coverage, tied, bounds))))


def is_off_topic(related: RelatedArticle) -> bool:
    """True where only a seed's list says that it belongs to the story."""
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
            mark = _mark(coverage.article, coverage.timeline[0], article.id)
            yield from _entry(article, mark, whys.get(article.id, ""), bounds)
    yield from _also_named([each for each in shown if each.article.id in off_topic], whys, bounds)
    if left := len(coverage.related) - len(shown):
        yield line(f"With less in common: {count_of(left, 'more report')}.", "quiet")
    if not coverage.related:
        yield line("Nobody else in the archive reports this.")
    if coverage.article.id:
        yield ButtonRow(buttons=(share_button(coverage.article.id),))


def _story_first(coverage: Coverage, tied: TiedStory, bounds: Bounds) -> Iterator[Block]:
    """The story's reports in the order of time, then what else is related to it, likest first."""
    asked, story = coverage.article, tied.story
    told = _told(asked, tied)
    inside = {article.id for article in story.articles}
    others = [related for related in coverage.related if related.article.id not in inside]
    room = max(_LEAST_BESIDE, _MOST + 1 - len(told))
    off_topic = [related for related in others[:room] if is_off_topic(related)]
    whys = {related.article.id: _why(related, bounds) for related in others[:room]}
    bonds = {bond.article.id: clip_written(clean(bond.why), bounds.name) for bond in tied.bonds}
    yield line(clip_written(title_of(asked), bounds.title), "heading")
    yield Paragraph(runs=_outlets(story.articles, len(story.providers), bounds), kind="quiet")
    for article in told:
        yield from _entry(article, _mark(asked, story.articles[0], article.id), bonds.get(article.id, ""), bounds)
    if left := len(story.articles) - len(told):
        yield line(f"And {count_of(left, 'more report')} of this story.", "quiet")
    on_topic = [related for related in others[:room] if related not in off_topic]
    if on_topic:
        yield line("Also related", "subheading")
    for related in on_topic:
        yield from _entry(related.article, "", whys[related.article.id], bounds)
    yield from _also_named(off_topic, whys, bounds)
    if left := len(others[room:]):
        yield line(f"With less in common: {count_of(left, 'more report')}.", "quiet")
    yield ButtonRow(buttons=(share_button(asked.id),))


def _told(asked: Article, tied: TiedStory) -> list[Article]:
    """As many of the story's reports as there is room for: the asked one, the first, and those most alike."""
    strongest = sorted(tied.bonds, key=lambda bond: (-bond.strength, bond.article.id))
    kept = {asked.id, tied.story.articles[0].id, *(bond.article.id for bond in strongest[: _MOST - 1])}
    return [article for article in tied.story.articles if article.id in kept]


def _outlets(timeline: Sequence[Article], outlets: int, bounds: Bounds) -> tuple[Run, ...]:
    if not timeline:
        return (Text(text="Not in the archive"),)
    said = f"{count_of(outlets, 'outlet')}{DOT}first to report: {name_of(timeline[0], bounds)}, "
    return (Text(text=said), stamp(timeline[0].published_at))


def _mark(asked: Article, first: Article, article: ArticleId) -> str:
    marks = (
        "First to report" if article == first.id else "",
        "The article asked about" if article == asked.id else "",
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
