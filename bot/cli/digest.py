"""`newsdesk digest preview`: show the edition that a schedule would post, and why."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time

from bot.app.config import Config
from bot.cli.article import name_label
from bot.cli.output.line import Line
from bot.cli.session import Session
from bot.cli.store import SHELVES, configure, reading
from bot.clock import SystemClock
from bot.errors import BadInputError
from bot.news.article import Article, ArticleId
from bot.news.delivery import ScheduleId
from bot.news.edition import Choice, Verdict
from bot.news.parsing.dates import find_moment
from bot.news.schedules.schedule import Rule, Schedule, Weekday
from bot.render.article import provider_of, title_of
from bot.render.edition.preview import draft_choice
from bot.render.edition.why import REASONS
from bot.render.format.json_records import choice_record
from bot.render.format.number import count_of
from bot.text.words import fold
from bot.usecases.digest import choose_between


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The options of a preview, as typed.

    Attributes:
        as_of: The cutoff, a date or a time; empty for now.
        since: The previous cutoff; empty for a first edition.
        count: Stories at most.
        min_score: The lowest score that is picked; None for any.
        topics: Only articles on one of these; empty for all.
        rule: The rule that chooses.
    """

    as_of: str = ""
    since: str = ""
    count: int = 5
    min_score: int | None = None
    topics: tuple[str, ...] = ()
    rule: Rule = "default"


def run_preview(session: Session, preview: Preview, *, why: bool, as_json: bool) -> None:
    """Choose an edition and print it; nothing is planned.

    Args:
        session: The invocation.
        preview: Which edition.
        why: Print the reason of every candidate as well.
        as_json: Print `choice_record` instead of text.

    Raises:
        BadInputError: `as_of` or `since` is not a time.
    """
    now = SystemClock().now()
    schedule = _schedule(preview, cutoff=_moment(preview.as_of, now) or now)
    choice, articles = asyncio.run(_choose(configure(session), schedule, start=_moment(preview.since, now)))
    if as_json:
        session.out.show_json(choice_record(choice))
        return
    for draft in draft_choice(choice, schedule, now=now):
        session.out.show_draft(draft)
    if why:
        session.out.show(*reason_lines(choice, articles))


def _schedule(preview: Preview, *, cutoff: datetime) -> Schedule:
    """A schedule that no server has; its day and time play no part in what is chosen."""
    return Schedule(
        id=ScheduleId(0),
        guild_id=0,
        channel_id=0,
        name="Preview",
        days=(Weekday.MONDAY,),
        at=time(9),
        timezone="UTC",
        count=preview.count,
        rule=preview.rule,
        min_score=preview.min_score,
        topics=tuple(map(fold, preview.topics)),
        saved_by=0,
        created_at=cutoff,
    )


async def _choose(
    config: Config, schedule: Schedule, *, start: datetime | None
) -> tuple[Choice, Mapping[ArticleId, Article]]:
    """What would be picked at the schedule's creation, and the candidates that aren't hidden."""
    async with reading(config) as store:
        cutoff = schedule.created_at
        choice = await choose_between(store, schedule, SHELVES, start=start, cutoff=cutoff)
        found = await store.articles.find_articles(SHELVES, [verdict.article_id for verdict in choice.verdicts])
        return choice, {article.id: article for article in found}


def _moment(text: str, now: datetime) -> datetime | None:
    if not text:
        return None
    at = find_moment(text, now=now)
    if at is None:
        raise BadInputError(f"{text} is not a date or time.", cure="Write 2024-05-17, 2024-05-17T09:00 or 7d.")
    return at


def reason_lines(choice: Choice, articles: Mapping[ArticleId, Article]) -> Iterator[Line]:
    """List every candidate under its reason, those nearest to being picked first.

    Args:
        choice: What was chosen and why.
        articles: The candidates by id; a hidden one may be missing.
    """
    yield Line()
    yield Line(text="Why these articles" if choice.verdicts else "No candidates: no article arrived in the window.")
    for reason, words in REASONS.items():
        group = [verdict for verdict in choice.verdicts if verdict.reason is reason]
        if group:
            yield Line()
            yield Line(text=f"{words}: {count_of(len(group), 'article')}", kind="heading")
        for verdict in group:
            yield from _reason(verdict, articles.get(verdict.article_id))


def _reason(verdict: Verdict, article: Article | None) -> Iterator[Line]:
    if article is None:
        yield Line(text=f"id {verdict.article_id}", level=1)
    else:
        yield Line(text=title_of(article), level=1)
        yield Line(text=f"{provider_of(article)}, {name_label(article)}", kind="quiet", level=2)
    if verdict.detail:
        yield Line(text=verdict.detail, kind="quiet", level=2)
