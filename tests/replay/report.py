"""Write a replay: each edition as text with its stories' reports, and a table of what was told and what was lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from bot.news.article import Article, ArticleId
from bot.news.choosing.repeats import pages_of, urls_of
from bot.news.edition import Pick, Reason
from bot.render.edition.why import REASONS
from tests.replay.run import Week

COMPETED: Final = (
    Reason.PICKED,
    Reason.LED_IN_STORY,
    Reason.ALREADY_TOLD,
    Reason.PROVIDER_CAP,
    Reason.OVER_COUNT,
)
"""Reasons of articles that were eligible and new in an edition: the listed ones. The first of them counts."""

LOST: Final = COMPETED[1:]


def figures(weeks: Sequence[Week]) -> dict[str, int | float]:
    """Count what a replay told and lost, by the names of the table's rows."""
    final = _final_reasons(weeks)
    reasons = Counter(final.values())
    picks = [pick for week in weeks for pick in week.edition.picks]
    listed = len(final)
    told = reasons[Reason.PICKED]
    rows: dict[str, int | float] = {
        "editions with stories": sum(bool(week.edition.picks) for week in weeks),
        "listed": listed,
        "told": told,
        "told, percent of listed": round(100 * told / listed, 1) if listed else 0.0,
    }
    rows |= {f"lost: {REASONS[reason].lower()}": reasons[reason] for reason in LOST}
    return rows | {
        "lost to the provider limit while places were empty": sum(
            verdict.reason is Reason.PROVIDER_CAP
            for week in weeks
            if len(week.edition.picks) < week.places
            for verdict in week.verdicts
        ),
        "places left empty": sum(week.places - len(week.edition.picks) for week in weeks if week.edition.picks),
        "filled over a provider's limit": sum("over the limit of" in pick.why for pick in picks),
        "from last week": sum(pick.is_carried for pick in picks),
        "updates": sum(pick.is_update for pick in picks),
        "links told twice": sum(count - 1 for count in _told_pages(picks).values()),
        "stories with one provider alone": sum(len(pick.story.providers) == 1 for pick in picks),
    }


def _final_reasons(weeks: Iterable[Week]) -> Mapping[ArticleId, Reason]:
    """Find for each listed article what became of it: the best of its reasons over all editions."""
    final: dict[ArticleId, Reason] = {}
    for week in weeks:
        for verdict in week.verdicts:
            if verdict.reason in COMPETED:
                known = final.get(verdict.article_id, verdict.reason)
                final[verdict.article_id] = min(known, verdict.reason, key=COMPETED.index)
    return final


def _told_pages(picks: Iterable[Pick]) -> Counter[str]:
    """Count in how many picks each page was linked."""
    return Counter(page for pick in picks for page in pages_of(urls_of(pick.article)))


def table_lines(weeks: Sequence[Week]) -> Iterator[str]:
    """Write `figures` as a table."""
    rows = figures(weeks)
    width = max(map(len, rows))
    yield from (f"{name:{width}}  {number:>7}" for name, number in rows.items())


def edition_lines(week: Week) -> Iterator[str]:
    """Write an edition: its stories with their reports, and what was lost with the reason."""
    edition = week.edition
    kind = ", from the archive" if edition.is_first or edition.is_archive else ""
    yield f"{edition.due_at:%Y-%m-%d}: {len(edition.picks)} of {week.places}{kind}"
    for place, pick in enumerate(edition.picks, start=1):
        mark = "Update: " if pick.is_update else "From last week: " if pick.is_carried else ""
        yield f"  {place}. {mark}{_named(pick.article)}"
        yield f"     {pick.why}"
        for article in pick.story.articles:
            if article.id != pick.article.id:
                yield f"     + {_named(article)}"
    for verdict in week.verdicts:
        if verdict.reason in LOST and verdict.article_id in week.articles:
            yield f"  - {REASONS[verdict.reason]}: {_named(week.articles[verdict.article_id])}; {verdict.detail}"


def _named(article: Article) -> str:
    return f"{article.title} ({article.provider.domain}, {article.published_at:%Y-%m-%d}, {article.stem or 'stub'})"
