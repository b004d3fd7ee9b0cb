"""Render search results and lists: pages of a search, latest and top articles, topics, providers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from bot.news.article import Article, ArticleId
from bot.news.message import actions
from bot.news.message.draft import Block, Button, ButtonRow, Draft, Paragraph, Run, Separator, Text
from bot.news.search import Page, SearchQuery, SearchResult, Tally, View
from bot.news.stories.top_story import TopStory
from bot.render.article import (
    DOT,
    Bounds,
    beside_picture,
    byline,
    cleaned,
    coverage_list,
    first_that_fits,
    paragraphs_of,
    stamp,
    title_run,
    topics_of,
)
from bot.render.format.clip import clip_written
from bot.render.format.lines import as_many_as_fit
from bot.render.format.number import count_of
from bot.render.share import share_button
from bot.text.clean import clean

_LONGEST_HEADING: Final = 200
_LONGEST_NOTE: Final = 600
_OTHER_WORDS: Final = "Try fewer or different words, or see /news topics and /news providers."
_WITH_PICTURES: Final = 8
"""The maximum number of results with pictures in one message."""


def draft_page(page: Page) -> Draft:
    """Render a page of a search, as a private response."""
    view = page.view
    if not view.article_ids:
        return _draft_nothing(view.title, view.note)
    found = count_of(view.total, "article") if view.total else count_of(len(view.article_ids), "article")
    where = f"{found}{DOT}page {page.number} of {view.pages}" if view.pages > 1 else found
    removed = len(view.ids_on(page.number)) - len(page.articles)
    gone = f"Removed since: {count_of(removed, 'article')} of this page." if removed else ""
    head = (*_heading(view.title), *_quiet(view.note), *_quiet(where), *_quiet(gone))
    buttons = ButtonRow(buttons=(*_turns(page), *_as_typed(view), share_button(view.id, str(page.number))))
    return first_that_fits(
        lambda bounds: Draft(blocks=(*head, *_hits(page.articles, bounds, view.more_reports), *_list(page), buttons))
    )


def title_of_search(query: SearchQuery) -> str:
    """Build the heading of a search from its query, cleaned."""
    typed = clip_written(clean(query.typed), _LONGEST_HEADING)
    return f"Search: {typed}" if typed else "Latest articles"


def note_of(result: SearchResult) -> str:
    """Build the note under a search's heading, cleaned; empty if there is nothing to report."""
    return clip_written(" ".join(_notes(result)), _LONGEST_NOTE)


def _notes(result: SearchResult) -> Iterator[str]:
    query = result.query
    if query.ignored:
        yield f"Ignored: {clip_written(clean(', '.join(query.ignored)), 150)}."
    if query.excluded:
        yield f"Without: {clip_written(clean(', '.join(query.excluded)), 150)}."
    if not query.corrects:
        yield "Searched as typed."
    if result.left_out:
        yield f"Nothing matches the whole query. Left out: {result.left_out}."
    if result.articles and result.is_broadened and not result.is_cut_short:
        where = " within the filters" if query.has_filters and not result.left_out else ""
        yield f"No article{where} has all of the words. Closest matches:"
    if result.articles and result.corrected:
        meant = ", ".join(f"{meant} for {typed}" for typed, meant in result.corrected)
        yield f"Also searched: {clip_written(clean(meant), 150)}."
    elif result.suggestion:
        yield f"Did you mean: {clip_written(clean(result.suggestion), 150)}?"
    if result.is_cut_short:
        yield "The search timed out, so these results are incomplete. Try fewer words."


def draft_latest(articles: Sequence[Article], *, topic: str = "", provider: str = "") -> Draft:
    """Render the latest articles, as a private response."""
    alone = [TopStory(article=article) for article in articles]
    return _draft_ranking("Latest", alone, topic=topic, provider=provider)


def draft_top(stories: Sequence[TopStory], *, days: int | None = None, topic: str = "") -> Draft:
    """Render the top stories of the last `days` or of all time with their numbers of reports, privately."""
    return _draft_ranking(
        "Top stories of all time"
        if days is None
        else f"Top stories of the last {count_of(days, 'day').removeprefix('1 ')}",
        stories,
        topic=topic,
    )


def _draft_ranking(heading: str, stories: Sequence[TopStory], *, topic: str, provider: str = "") -> Draft:
    held_to = ", ".join(filter(None, (clean(topic), clean(provider))))
    title = f"{heading}: {held_to}" if held_to else heading
    if not stories:
        return _draft_nothing(title, "", hint="Try without filters or with a longer period.")
    select = coverage_list(((each.article, each.outlets) for each in stories), is_private=True)
    more = {each.article.id: each.more for each in stories}
    return _draft_list(_heading(title), [each.article for each in stories], select, more=more)


def _draft_list(
    head: tuple[Block, ...], articles: Sequence[Article], *tail: Block, more: Mapping[ArticleId, int] | None = None
) -> Draft:
    hits = _hits if len(articles) <= _WITH_PICTURES else _lines
    return first_that_fits(lambda bounds: Draft(blocks=(*head, *hits(articles, bounds, more or {}), *tail)))


def draft_topics(tallies: Sequence[Tally], *, contains: str = "") -> Draft:
    """Render topics with their numbers of articles."""
    return _draft_tallies("Topics", "topic", tallies, contains, lambda tally: cleaned(tally.label))


def draft_providers(tallies: Sequence[Tally], *, contains: str = "") -> Draft:
    """Render providers with their domains and numbers of articles."""

    def named(tally: Tally) -> str:
        name = cleaned(tally.label)
        return name if name.lower() == tally.key else f"{name} ({tally.key})"

    return _draft_tallies("Providers", "provider", tallies, contains, named)


def _draft_tallies(
    heading: str, what: str, tallies: Sequence[Tally], contains: str, named: Callable[[Tally], str]
) -> Draft:
    held_to = clip_written(clean(contains), 100)
    head = _heading(f"{heading} with \u201c{held_to}\u201d" if held_to else heading)
    if not tallies:
        said = f"No {what} contains that. Leave the filter out to see all." if held_to else "The archive is empty."
        return Draft(blocks=(*head, Paragraph(runs=(Text(text=said),))))
    lines = [_tally_line(clip_written(named(tally), 120), tally) for tally in tallies]
    shown = as_many_as_fit(head, lines)
    left = len(lines) - len(shown)
    rest = _quiet(f"{count_of(left, f'more {what}')}: use the filter option to narrow the list." if left else "")
    return Draft(blocks=(*head, *shown, *rest))


def _tally_line(name: str, tally: Tally) -> Paragraph:
    said = f": {count_of(tally.count, 'article')}, newest "
    return Paragraph(runs=(Text(text=name or "-", strong=True), Text(text=said), stamp(tally.newest_at)))


def _draft_nothing(title: str, note: str, *, hint: str = _OTHER_WORDS) -> Draft:
    lines = ("Nothing found.", note, hint)
    return Draft(blocks=(*_heading(title), *(Paragraph(runs=(Text(text=line),)) for line in lines if line)))


def _heading(text: str) -> tuple[Paragraph, ...]:
    return (Paragraph(runs=(Text(text=clip_written(clean(text), _LONGEST_HEADING) or "Search"),), kind="heading"),)


def _quiet(text: str) -> tuple[Paragraph, ...]:
    text = clip_written(clean(text), _LONGEST_NOTE)
    return (Paragraph(runs=(Text(text=text),), kind="quiet"),) if text else ()


def _hits(articles: Iterable[Article], bounds: Bounds, more: Mapping[ArticleId, int]) -> Iterator[Block]:
    for article in articles:
        also = (*_others(article, more), *_topics(article, bounds))
        yield Separator()
        yield from beside_picture(article, paragraphs_of(article, bounds, also=also))


def _lines(articles: Iterable[Article], bounds: Bounds, more: Mapping[ArticleId, int]) -> Iterator[Block]:
    for article in articles:
        yield Paragraph(runs=(title_run(article, bounds, strong=True),))
        yield Paragraph(runs=(*byline(article, bounds), *_others(article, more)), kind="quiet")


def _others(article: Article, more: Mapping[ArticleId, int]) -> tuple[Run, ...]:
    count = more.get(article.id, 0)
    return (Text(text=f"{DOT}and {count_of(count, 'more report')}"),) if count else ()


def _topics(article: Article, bounds: Bounds) -> tuple[Run, ...]:
    topics = topics_of(article, bounds.name)
    return (Text(text=DOT + topics),) if topics else ()


def _turns(page: Page) -> tuple[Button, ...]:
    turns = (("Previous", page.number - 1), ("Next", page.number + 1))
    return tuple(
        Button(action=actions.SEARCH_PAGE, args=(page.view.id, str(number)), label=label, is_private=True)
        for label, number in turns
        if 1 <= number <= page.view.pages
    )


def _as_typed(view: View) -> tuple[Button, ...]:
    as_typed = Button(action=actions.SEARCH_AS_TYPED, args=(view.id,), label="Search as typed", is_private=True)
    return (as_typed,) if view.as_typed else ()


def _list(page: Page) -> tuple[Block, ...]:
    return (coverage_list(((article, 0) for article in page.articles), is_private=True),) if page.articles else ()
