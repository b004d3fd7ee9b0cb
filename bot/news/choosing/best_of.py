"""Choose a "best of": the best stories of the editions that were posted in a period, each once.

It chooses from the picks as they were posted, so an article may be gone from the archive since. Its own stories don't
count as told again: it has nothing new.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.news.article import ArticleId
from bot.news.choosing.eligibility import below_bar, off_topic, period_of, shut_out
from bot.news.choosing.places import Bid, best_bid_first, fill_places
from bot.news.choosing.repeats import pages_of, urls_of
from bot.news.edition import Choice, Pick, Reason, Verdict, Window
from bot.news.schedules.schedule import Schedule, latest_due
from bot.news.stories.similarity import Frequencies
from bot.news.stories.story_ids import StoryId

_EVER: Final = datetime.min.replace(tzinfo=UTC)
_NO_FREQUENCIES: Final = Frequencies(total=0, counts={})


def best_of_window(schedule: Schedule, cutoff: datetime, last: datetime | None) -> Window:
    """Compute the period of a "best of": from when the edition before was due, posted or not, to the cutoff.

    Args:
        schedule: Says when editions are due.
        cutoff: The period's end.
        last: The schedule's last cutoff: after a skipped edition the period begins there.

    Raises:
        UnknownZoneError: as `due_on`.
    """
    always = replace(schedule, created_at=_EVER, left_out=None)
    due = latest_due(always, cutoff - timedelta.resolution)
    start = due[1] if due else cutoff - period_of(schedule)
    return Window(start=start if last is None else min(start, last), end=cutoff)


def choose_best_of(told: Sequence[Pick], schedule: Schedule, *, window: Window) -> Choice:
    """Choose the best of what was posted.

    Args:
        told: The picks of the period's editions, without what was taken down since.
        schedule: Sets the count and the filters, which apply to the articles as they were posted.
        window: The period.

    Returns:
        The picks in order, and one verdict for each article that was posted.
    """
    verdicts: dict[ArticleId, Verdict] = {}
    eligible: list[Pick] = []
    for pick in told:
        article = pick.article
        refusal = shut_out(article, schedule) or off_topic(article, schedule) or below_bar(article, schedule)
        if refusal is None:
            eligible.append(pick)
        else:
            verdicts[article.id] = refusal.of(article)
    bids = []
    for group in _stories(eligible):
        best, *others = sorted(map(_bid, group), key=best_bid_first)
        bids.append(best)
        repeated = f"{best.pick.provider.domain} has its story, with score {best.score}"
        verdicts |= {
            each.pick.id: Verdict(article_id=each.pick.id, reason=Reason.LED_IN_STORY, detail=repeated)
            for each in others
        }
    picks, placed = fill_places(bids, (), schedule, order=best_bid_first, frequencies=_NO_FREQUENCIES)
    reasons = {**verdicts, **placed}
    return Choice(window=window, picks=picks, verdicts=tuple(reasons[each] for each in sorted(reasons)))


def _bid(pick: Pick) -> Bid:
    story_id = StoryId(pick.article.id) if pick.story_id is None else pick.story_id
    return Bid(id=story_id, story=pick.story, pick=pick.article, rivals=1)


def _stories(picks: Iterable[Pick]) -> Iterator[list[Pick]]:
    """Group picks that share a story, an article or a page, directly or through others."""
    leads: dict[str, int] = {}
    groups: dict[int, list[Pick]] = defaultdict(list)
    names: dict[int, set[str]] = defaultdict(set)
    for number, pick in enumerate(picks):
        own = set(_names(pick))
        joined = sorted({leads[name] for name in own if name in leads})
        for other in joined:
            groups[number] += groups.pop(other)
            own |= names.pop(other)
        groups[number].append(pick)
        names[number] = own
        leads |= dict.fromkeys(own, number)
    yield from groups.values()


def _names(pick: Pick) -> Iterator[str]:
    if pick.story_id is not None:
        yield f"story {pick.story_id}"
    for article in (pick.article, *pick.story.articles):
        yield f"article {article.id}"
        yield from pages_of(urls_of(article))
