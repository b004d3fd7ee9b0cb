"""Fill the places of an edition: first within each provider's limit, then without it, then with last week's stories.

A place that stays empty while a story waits helps nobody, and what has no place now is never new again. So the limit of
one provider decides who comes first, not how many come: what it kept out fills the places that are left, by score. Then
come stories of the last edition that found no place there, if they score well; then, if the schedule has places of one
line, the next new stories. No page and no text is in an edition
twice, whatever grouping says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.news.article import BASE_QUALITY, Article, ArticleId
from bot.news.choosing.repeats import Texts, pages_of, urls_of
from bot.news.choosing.score import outlet_score
from bot.news.edition import Pick, Reason, Verdict
from bot.news.schedules.schedule import Schedule
from bot.news.stories.similarity import Frequencies
from bot.news.stories.story import Story
from bot.news.stories.story_ids import StoryId

WELL_SCORED: Final = BASE_QUALITY
"""The score from which on a story of the last edition may fill a place: that of a typical article."""

Order = Callable[["Bid"], tuple[float | str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bid:
    """A story that competes for a place in the edition, with its pick.

    Attributes:
        rivals: The number of the story's new candidates.
        comeback: Why a story from an earlier edition returns; empty for a new story.
    """

    id: StoryId
    story: Story
    pick: Article
    rivals: int
    comeback: str = ""

    @property
    def score(self) -> int:
        """The pick's score and what the story's further outlets add to it."""
        return self.pick.score + outlet_score(self.pick, self.story)

    @property
    def score_in_words(self) -> str:
        """The score, with its parts if there are two."""
        outlets = outlet_score(self.pick, self.story)
        return f"score {self.score}" + (f" ({self.pick.score}, and {outlets} for its outlets)" if outlets else "")


def best_bid_first(bid: Bid) -> tuple[float | str, ...]:
    """Sort key: score, then outlets, then newest, then id."""
    return (-bid.score, -len(bid.story.providers), -bid.pick.published_at.timestamp(), bid.pick.id)


def newest_week_first(bid: Bid) -> tuple[float | str, ...]:
    """Sort key of a first edition: the newest ISO week (UTC) first, best first within a week."""
    day = bid.pick.published_at.date()
    return (day.weekday() - day.toordinal(), *best_bid_first(bid))


def fill_places(
    new: Iterable[Bid], carried: Iterable[Bid], schedule: Schedule, *, order: Order, frequencies: Frequencies
) -> tuple[tuple[Pick, ...], Mapping[ArticleId, Verdict]]:
    """Choose the bids that get a place.

    Args:
        new: The new stories and those that return.
        carried: Stories that had no place in the last edition.
        schedule: Sets the number of places and the limit of one provider.
        order: The order of new stories.
        frequencies: How common words are, to recognize nearly equal texts.

    Returns:
        The picks, new ones in order, then carried ones, then those of one line; and a verdict for the pick of each new
        bid, and of each carried one that got a place.
    """
    ranked = sorted(new, key=order)
    places = _Places(schedule=schedule, texts=Texts(frequencies), limit=schedule.count)
    places.fill(ranked)
    chosen = [bid for bid in ranked if bid.pick.id in places.reasons_taken]
    waiting = () if places.is_full else carried  # finding them is work
    last = [bid for bid in sorted(waiting, key=best_bid_first) if bid.score >= WELL_SCORED]
    places.fill(last)
    chosen += [bid for bid in last if bid.pick.id in places.reasons_taken]
    briefs = places.fill_briefly(ranked)
    chosen += briefs
    last_rank = max(
        (rank for rank, bid in enumerate(ranked, start=1) if bid.pick.id in places.reasons_taken), default=0
    )
    verdicts = {bid.pick.id: places.refusal(bid, rank, last_rank) for rank, bid in enumerate(ranked, start=1)}
    is_carried = {bid.pick.id for bid in last}
    is_brief = {bid.pick.id for bid in briefs}
    picks = []
    for rank, bid in enumerate(chosen, start=1):
        why = _why(bid, rank, places.reasons_taken[bid.pick.id], is_carried=bid.pick.id in is_carried)
        picks.append(
            Pick(
                article=bid.pick,
                story=bid.story,
                is_update=bool(bid.comeback),
                why=why,
                story_id=bid.id,
                is_carried=bid.pick.id in is_carried,
                is_brief=bid.pick.id in is_brief,
            )
        )
        verdicts[bid.pick.id] = Verdict(article_id=bid.pick.id, reason=Reason.PICKED, detail=why)
    return tuple(picks), verdicts


@dataclass(slots=True, kw_only=True)
class _Places:
    """The places of one edition while they are filled.

    Attributes:
        reasons_taken: For each pick, what to add to the reason why it was picked; usually empty.
        limit: The number of places.
        twins: For a bid whose page or text is in the edition already, which of both.
    """

    schedule: Schedule
    texts: Texts
    limit: int
    reasons_taken: dict[ArticleId, str] = field(default_factory=dict)
    twins: dict[ArticleId, str] = field(default_factory=dict)
    _of_provider: Counter[str] = field(default_factory=Counter)
    _pages: set[str] = field(default_factory=set)

    def fill(self, ranked: Sequence[Bid]) -> None:
        """Fill the places that are left with bids, the best first."""
        kept_out: list[Bid] = []
        for bid in ranked:
            if self.is_full:
                return
            if self.is_at_limit(bid):
                kept_out.append(bid)
            else:
                self._take(bid, "")
        for bid in kept_out:
            if not self.is_full:
                domain = bid.pick.provider.domain
                self._take(bid, f"; fills an empty place, over the limit of {self.schedule.provider_cap} from {domain}")

    def fill_briefly(self, ranked: Sequence[Bid]) -> list[Bid]:
        """Give the next bids the schedule's places of one line, and return them."""
        waiting = [bid for bid in ranked if bid.pick.id not in self.reasons_taken and bid.pick.id not in self.twins]
        self.limit = len(self.reasons_taken) + self.schedule.also
        self.fill(waiting)
        return [bid for bid in waiting if bid.pick.id in self.reasons_taken]

    @property
    def is_full(self) -> bool:
        """True if every place is taken."""
        return len(self.reasons_taken) >= self.limit

    def is_at_limit(self, bid: Bid) -> bool:
        """Return True if the bid's provider has as many places as it may have first."""
        return self._of_provider[bid.pick.provider.domain] >= self.schedule.provider_cap

    def _take(self, bid: Bid, reason: str) -> None:
        pages = pages_of(urls_of(bid.pick))
        if self._pages & pages:
            self.twins[bid.pick.id] = "the same page is in this edition"
        elif self.texts.nearly(bid.pick.title, bid.pick.excerpt):
            self.twins[bid.pick.id] = "nearly the same text is in this edition"
        else:
            self._pages |= pages
            self.texts.add(bid.pick.title, bid.pick.excerpt)
            self._of_provider[bid.pick.provider.domain] += 1
            self.reasons_taken[bid.pick.id] = reason

    def refusal(self, bid: Bid, rank: int, last_rank: int) -> Verdict:
        """Say why a bid got no place.

        A provider that filled empty places has more than its limit: then the limit kept out only what others of a lower
        rank have a place before.

        Args:
            bid: The bid.
            rank: Its rank among new ones, from 1 on.
            last_rank: The lowest rank that got a place.
        """
        domain = bid.pick.provider.domain
        is_beyond = self._of_provider[domain] > self.schedule.provider_cap
        if bid.pick.id in self.twins:
            reason, detail = Reason.ALREADY_TOLD, self.twins[bid.pick.id]
        elif self.is_at_limit(bid) and (rank < last_rank or not is_beyond):
            reason, detail = Reason.PROVIDER_CAP, f"the limit is {self.schedule.provider_cap} from {domain}"
        else:
            also = f" and {self.schedule.also} of one line" if self.schedule.also else ""
            reason, detail = Reason.OVER_COUNT, f"rank {rank}, the limit is {self.schedule.count}{also}"
        return Verdict(article_id=bid.pick.id, reason=reason, detail=detail)


def _why(bid: Bid, rank: int, more: str, *, is_carried: bool) -> str:
    best = f", the best of {bid.rivals} new reports of its story" if bid.rivals > 1 and not is_carried else ""
    update = f"; update: {bid.comeback}" if bid.comeback else ""
    carried = "; had no place in the last edition" if is_carried else ""
    return f"rank {rank}, {bid.score_in_words}{best}{update}{carried}{more}"
