"""Decide whether an article is eligible and new, by its change rows (docs/editorial.md, The default rule).

All values are those at the cutoff, so past editions can be replayed. An article is eligible from the moment at which
its seed makes it so and its date has come; only its current period of eligibility counts. A seed without a `published`
flag is listed: a file that somebody put into the folder is meant to be read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.news.article import Article
from bot.news.edition import Candidate, Change, Reason, Verdict, Window
from bot.news.schedules.schedule import EVERY_DAY, Schedule
from bot.text.words import fold

AGE_IN_PERIODS: Final = 2
"""The default maximum age of an article, in periods of the schedule: 14 days for a weekly one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why an article can't be picked, regardless of its story; `detail` as `Verdict.detail`."""

    reason: Reason
    detail: str

    def of(self, article: Article) -> Verdict:
        """Build the verdict for an article."""
        return Verdict(article_id=article.id, reason=self.reason, detail=self.detail)


def as_it_stood(candidate: Candidate, cutoff: datetime) -> Article | None:
    """Restore the scores, flag and date that an article had at the cutoff; None if not imported by then."""
    known = [change for change in candidate.changes if change.seen_at <= cutoff]
    return _as_changed(candidate.article, known[-1]) if known else None


def _as_changed(article: Article, change: Change) -> Article:
    return replace(
        article, quality=change.quality, heat=change.heat, listed=change.listed, published_at=change.published_at
    )


def entered_at(candidate: Candidate, schedule: Schedule, cutoff: datetime) -> datetime | None:
    """Compute when an article became new to a schedule; None if it isn't eligible at the cutoff.

    The latest of its date, its first import and the start of its current period of eligibility. It may be after the
    cutoff, for an article that is dated later.
    """
    since: datetime | None = None
    dated: datetime | None = None
    for change in candidate.changes:
        if change.seen_at > cutoff:
            break
        dated = change.published_at
        if ineligible(_as_changed(candidate.article, change), schedule) is not None:
            since = None
        elif dated > change.seen_at:
            since = dated
        elif since is None or since > change.seen_at:
            since = change.seen_at
    return None if since is None or dated is None else max(since, dated)


def new_at(candidate: Candidate, schedule: Schedule, cutoff: datetime) -> datetime:
    """Compute `entered_at`; if the article isn't eligible at the cutoff, the later of its date and its first import."""
    entered = entered_at(candidate, schedule, cutoff)
    stood = as_it_stood(candidate, cutoff) or candidate.article
    return entered or max(stood.published_at, candidate.changes[0].seen_at)


def shut_out(article: Article, schedule: Schedule) -> Refusal | None:
    """Check whether an article must not even be part of a story: it is hidden, or the schedule mutes it."""
    if article.is_hidden:
        return Refusal(reason=Reason.HIDDEN, detail="hidden by an admin or the operator")
    topics = sorted(_folded(article.topics) & _folded(schedule.muted_topics))
    if topics:
        return Refusal(reason=Reason.MUTED, detail=f"muted topic: {topics[0]}")
    if article.provider.domain in _folded(schedule.muted_providers):
        return Refusal(reason=Reason.MUTED, detail=f"muted provider: {article.provider.domain}")
    return None


def ineligible(article: Article, schedule: Schedule) -> Refusal | None:
    """Check an article's own values, in `Reason`'s order; None if it is eligible."""
    if article.is_led_by_another:
        return Refusal(reason=Reason.LED_UPSTREAM, detail=f"heat {article.heat}: a better article leads its story")
    if article.listed is False:
        return Refusal(reason=Reason.UNLISTED, detail="published: false in its seed")
    return off_topic(article, schedule) or below_bar(article, schedule)


def off_topic(article: Article, schedule: Schedule) -> Refusal | None:
    """Check the schedule's topics and providers; None if the article matches, or the schedule has none."""
    if schedule.topics and not _folded(article.topics) & _folded(schedule.topics):
        detail = f"it has none of the schedule's topics ({', '.join(schedule.topics)})"
        return Refusal(reason=Reason.OFF_TOPIC, detail=detail)
    if schedule.providers and article.provider.domain not in _folded(schedule.providers):
        detail = f"{article.provider.domain} is not one of the schedule's providers"
        return Refusal(reason=Reason.OFF_TOPIC, detail=detail)
    return None


def below_bar(article: Article, schedule: Schedule) -> Refusal | None:
    """Check the schedule's minimum score; None if the article reaches it, or the schedule has none."""
    if schedule.min_score is None or article.score >= schedule.min_score:
        return None
    detail = f"score {article.score}, the schedule's bar is {schedule.min_score}"
    return Refusal(reason=Reason.BELOW_BAR, detail=detail)


def not_new(candidate: Candidate, schedule: Schedule, window: Window) -> Refusal | None:
    """Check whether an article is new in a window: it must enter within it and not be too old; None if it is new.

    Args:
        candidate: The article with its history.
        schedule: Sets eligibility and the maximum age.
        window: The edition's window; one without a start accepts articles of any age.
    """
    article = as_it_stood(candidate, window.end)
    if article is None:
        return _outside("imported after the cutoff")
    entered = new_at(candidate, schedule, window.end)
    if entered not in window:
        return _outside(f"new on {in_words(entered)}, the window is {_from_to(window)}")
    if window.start is not None and article.published_at <= window.start - max_age_of(schedule):
        oldest = in_words(window.start - max_age_of(schedule))
        return _outside(f"published on {in_words(article.published_at)}, too old: it must be after {oldest}")
    return None


def was_new_before(candidate: Candidate, schedule: Schedule, window: Window) -> bool:
    """Return True if an article, eligible now, was new in the period of the schedule that ended with the last cutoff.

    It may fill an empty place of this edition, once: in the edition after, that period is over.
    """
    if window.start is None:
        return False
    before = Window(start=window.start - period_of(schedule), end=window.start)
    article = as_it_stood(candidate, window.end)
    entered = entered_at(candidate, schedule, window.end)
    if article is None or entered is None or entered not in before or shut_out(article, schedule) is not None:
        return False
    return article.published_at > window.start - period_of(schedule) - max_age_of(schedule)


def out_of_reach(article: Article, schedule: Schedule, cutoff: datetime) -> Refusal:
    """Explain why an article wasn't a candidate for an edition: not imported by then, or far too old."""
    shut = shut_out(article, schedule)
    if shut is not None:
        return shut
    if article.first_seen_at is not None and article.first_seen_at > cutoff:
        return _outside(f"imported on {in_words(article.first_seen_at)}, after the cutoff of {in_words(cutoff)}")
    return _outside(f"published on {in_words(article.published_at)}, older than every candidate")


def _outside(detail: str) -> Refusal:
    return Refusal(reason=Reason.OUTSIDE_WINDOW, detail=detail)


def max_age_of(schedule: Schedule) -> timedelta:
    """Compute the maximum age at entry: the schedule's own limit, or twice the longest interval between editions."""
    return AGE_IN_PERIODS * period_of(schedule) if schedule.max_age is None else schedule.max_age


def period_of(schedule: Schedule) -> timedelta:
    """Compute the longest interval between two editions: 7 days for a weekly schedule, 31 for a monthly one."""
    days = sorted(EVERY_DAY.index(day) for day in set(schedule.days)) or [0]
    waits = [later - day for day, later in zip(days, [*days[1:], days[0] + len(EVERY_DAY)], strict=True)]
    return schedule.rhythm.longest_after(max(waits))


def in_words(at: datetime) -> str:
    """Format a moment for a verdict, to the minute, in UTC."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _from_to(window: Window) -> str:
    return (
        f"after {in_words(window.start)} to {in_words(window.end)}" if window.start else f"up to {in_words(window.end)}"
    )


def _folded(labels: tuple[str, ...]) -> frozenset[str]:
    return frozenset(fold(label) for label in labels)
