"""`newsdesk related`: list every report of the story that an article, a link or a headline is about."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

from bot.app.config import Config
from bot.cli.article import article_lines, name_label, source_of
from bot.cli.output.line import Line
from bot.cli.session import Session
from bot.cli.store import SHELVES, configure, reading
from bot.clock import SystemClock
from bot.news.article import Article
from bot.news.stories.evidence import TiedStory
from bot.news.stories.related import Coverage, RelatedArticle
from bot.render.article import title_of
from bot.render.format.json_records import coverage_record
from bot.render.format.number import count_of
from bot.render.related import is_off_topic
from bot.usecases.related import coverage_of_text
from bot.usecases.story import Stories


def run_related(session: Session, text: str, *, as_json: bool) -> None:
    """Print the coverage of an article.

    Args:
        session: The invocation.
        text: The article's id, file name, title or any of its links; or any other link or headline.
        as_json: Print `coverage_record` instead of text.

    Raises:
        BadInputError: There is neither a word nor a link in `text`.
    """
    coverage, tied = asyncio.run(_find(configure(session), text))
    if as_json:
        session.out.show_json(coverage_record(coverage, tied))
    else:
        session.out.show(*coverage_lines(coverage, tied))


async def _find(config: Config, text: str) -> tuple[Coverage, TiedStory | None]:
    async with reading(config) as store:
        coverage = await coverage_of_text(store.related, store.articles, store.search, SHELVES, text)
        stories = Stories(store, SystemClock(), keeps=False)
        return coverage, await stories.tied(SHELVES, coverage.article) if coverage.article.id else None


def coverage_lines(coverage: Coverage, tied: TiedStory | None) -> Iterator[Line]:
    """Describe the coverage of an article: its story oldest first, then related articles, most similar first.

    Args:
        coverage: Everything that may belong to the story.
        tied: The story itself; None where it has no other report.
    """
    yield from _asked(coverage.article)
    inside = {article.id for article in tied.story.articles} if tied else set()
    others = [related for related in coverage.related if related.article.id not in inside]
    if tied is not None:
        yield from _story(coverage.article, tied)
    yield from _section("Related" if tied is None else "Also related", [e for e in others if not is_off_topic(e)])
    yield from _section("Named by a seed, on another topic", [e for e in others if is_off_topic(e)])
    if not coverage.related:
        yield Line()
        yield Line(text="No other article in the archive reports this.")


def _asked(article: Article) -> Iterator[Line]:
    yield Line(text=title_of(article), kind="heading")
    if article.id:
        yield Line(text=f"{source_of(article)}, {name_label(article)}", level=1)
    else:
        yield Line(text="Not in the archive: compared by its words.", level=1)


def _story(asked: Article, tied: TiedStory) -> Iterator[Line]:
    articles: Sequence[Article] = tied.story.articles
    why = {bond.article.id: bond.why for bond in tied.bonds}
    size = f"{count_of(len(articles), 'report')} from {count_of(len(tied.story.providers), 'outlet')}"
    yield Line()
    yield Line(text=f"The story: {size}, oldest first", kind="heading")
    for article in articles:
        marks = (
            "first to report" if article == articles[0] else "",
            "the article you asked about" if article.id == asked.id else why.get(article.id, ""),
        )
        yield Line()
        yield from article_lines(article, note="; ".join(filter(None, marks)))


def _section(heading: str, related: Sequence[RelatedArticle]) -> Iterator[Line]:
    if related:
        yield Line()
        yield Line(text=f"{heading}: {count_of(len(related), 'article')}, most similar first", kind="heading")
    for each in related:
        yield Line()
        yield from article_lines(each.article, note=each.why)
