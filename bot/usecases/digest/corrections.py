"""Find posted messages whose articles were corrected or taken down since, and store what they are to show.

Articles are compared with what was posted, not followed as they change: so nothing is forgotten, also if the command
line changed them, or the bot was killed in between.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeAlias

from bot.clock import Clock
from bot.news.article import Article, ArticleId, ShelfId, guild_of_shelf, shelves_seen_by
from bot.news.choosing.correction import (
    CORRECTED_FOR,
    MOST_EDITED,
    MOST_EDITS,
    Correction,
    CorrectionState,
    Facts,
    PostedMessage,
    Showing,
    corrected,
    facts_now,
)
from bot.news.delivery import Delivery, DeliveryKey
from bot.news.edition import Edition, Pick
from bot.news.message.draft import Draft, Select
from bot.render.edition.correction import draft_corrected, reads_alike
from bot.store.port import Store
from bot.usecases.digest.parts import shows, without_taken_down
from bot.usecases.digest.plan import NO_ROOM_IN_EDITION

_REST: Final = 20.0
"""A look is followed by a rest of this many times its length, so that looking takes a twentieth of the time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Now:
    """Some articles as they are now: those that are shown, and those that were taken down."""

    articles: Mapping[ArticleId, Article]
    gone: frozenset[ArticleId]

    def facts(self, article: ArticleId) -> Facts | None:
        """What readers are told of an article; None if it was taken down."""
        return None if article in self.gone else facts_now(self.articles[article])

    def has(self, article: ArticleId) -> bool:
        """False for one of which nothing is known, because its file can't be read."""
        return article in self.gone or article in self.articles


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """What a message is to show, and whether it only loses stories."""

    picks: tuple[Pick, ...]
    draft: Draft
    withdraws: bool


_Judged: TypeAlias = tuple[bool, frozenset[tuple[ArticleId, Facts | None]]]
"""What a message was compared with: the state of its schedule, and its articles."""


class Corrections:
    """Looks for what is to be corrected. There is one in a process."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """Set up the comparison.

        Args:
            store: The database.
            clock: For the length of a look.
        """
        self._store = store
        self._clock = clock
        self._judged: dict[DeliveryKey, _Judged] = {}
        self._rests_until_s = 0.0

    async def look(self, now: datetime) -> int:
        """Compare all messages that were posted lately with their articles; return how many are to be corrected.

        Does nothing shortly after a look that took long.
        """
        began_s = self._clock.uptime()
        if began_s < self._rests_until_s:
            return 0
        found = await self._look(now)
        self._rests_until_s = self._clock.uptime() + _REST * (self._clock.uptime() - began_s)
        return found

    async def _look(self, now: datetime) -> int:
        since = now - CORRECTED_FOR
        changed = await self._changed(since)
        judged: dict[DeliveryKey, _Judged] = {}
        found = 0
        for showing in await self._store.corrections.showing(changed, since=since):
            sight = (showing.is_active, frozenset((each, changed[each]) for each in showing.article_ids))
            if self._judged.get(showing.key) != sight:
                outcome = await self._judge(showing, now)
                found += outcome is True
                if outcome is None:
                    continue
            judged[showing.key] = sight
        self._judged = judged
        return found

    async def _changed(self, since: datetime) -> Mapping[ArticleId, Facts | None]:
        """Find the posted articles that read otherwise somewhere than now, or were taken down."""
        shown = await self._store.corrections.shown(since=since)
        by_shelf: defaultdict[ShelfId, set[ArticleId]] = defaultdict(set)
        for each in shown:
            by_shelf[each.shelf].add(each.article_id)
        changed: dict[ArticleId, Facts | None] = {}
        for shelf, ids in by_shelf.items():
            now = await self._now(guild_of_shelf(shelf), ids)
            changed |= {
                each.article_id: now.facts(each.article_id)
                for each in shown
                if each.shelf == shelf and now.has(each.article_id) and now.facts(each.article_id) != each.facts
            }
        return changed

    async def _now(self, guild_id: int | None, ids: Collection[ArticleId]) -> _Now:
        shelves, asked = shelves_seen_by(guild_id), sorted(ids)
        return _Now(
            articles={each.id: each for each in await self._store.articles.find_articles(shelves, asked)},
            gone=await self._store.digest.taken_down(shelves, asked),
        )

    async def _judge(self, showing: Showing, now: datetime) -> bool | None:
        """Decide about a message: True if its correction was stored, None if it must be looked at again."""
        correction = await self._store.corrections.find_correction(showing.key)
        if correction is not None and correction.state is CorrectionState.GIVEN_UP:
            return False
        if correction is not None and correction.is_unsettled:
            return None
        edition = await self._store.digest.find_edition_by_key(showing.key.schedule_id, showing.key.edition)
        parts = await self._store.deliveries.deliveries(showing.key.schedule_id, showing.key.edition)
        part = next((each for each in parts if each.key == showing.key), None)
        if edition is None or part is None:
            return None
        members = {article.id for pick in edition.picks for article in (pick.article, *pick.story.articles)}
        current = await self._now(showing.guild_id, members)
        posted = await self._posted(edition, part, current)
        if posted is None or not posted.picks:
            return False
        return await self._decide(posted, showing, correction, current, now)

    async def _decide(
        self, posted: PostedMessage, showing: Showing, correction: Correction | None, current: _Now, now: datetime
    ) -> bool | None:
        store = self._store.corrections
        shown = posted.picks if correction is None or correction.shown is None else correction.shown
        is_due = correction is not None and correction.state is CorrectionState.DUE
        target = _target(posted, shown, current, now, is_active=showing.is_active)
        if target is None:
            return None if correction is not None and is_due and not await store.drop_correction(correction) else False
        if correction is not None and is_due and target.picks == correction.picks:
            return False
        is_over = correction is not None and correction.edits >= MOST_EDITS
        stored = await store.save_correction(
            Correction(
                key=showing.key,
                state=CorrectionState.GIVEN_UP if is_over else CorrectionState.DUE,
                revision=1 if correction is None else correction.revision + 1,
                draft=target.draft,
                picks=target.picks,
                withdraws=target.withdraws,
                reason=MOST_EDITED if is_over else "",
            )
        )
        return not is_over if stored else None

    async def _posted(self, edition: Edition, part: Delivery, current: _Now) -> PostedMessage | None:
        schedule = await self._store.corrections.schedule_of(part.key)
        if schedule is None:
            return None
        picks = _in_order(part, [pick for pick in edition.picks if shows(part.draft, pick.article)])
        others = without_taken_down((pick for pick in edition.picks if pick not in picks), current.gone)
        verdicts = await self._store.digest.verdicts(edition.schedule_id, edition.key)
        return PostedMessage(
            edition=replace(edition, picks=(*picks, *others)),
            schedule=schedule,
            draft=part.draft,
            picks=picks,
            number=part.key.part,
            drawn_at=part.drawn_at or part.planned_at,
            left_out=sum(each.detail == NO_ROOM_IN_EDITION for each in verdicts),
        )


def _target(
    posted: PostedMessage, shown: Sequence[Pick], current: _Now, now: datetime, *, is_active: bool
) -> _Target | None:
    """Draw what a message is to show; None if that is what it shows, or there is no room for it."""
    left = corrected(shown, current.articles, current.gone, only_withdrawn=True)
    wanted = corrected(shown, current.articles, current.gone, only_withdrawn=not is_active)
    for picks in (wanted, left):
        draft = None if reads_alike(posted, picks, shown) else draft_corrected(posted, picks, at=now)
        if draft is not None:
            return _Target(picks=picks, draft=draft, withdraws=picks == left)
    return None


def _in_order(part: Delivery, picks: Sequence[Pick]) -> tuple[Pick, ...]:
    """Sort a message's stories as they are in it, by its menu; as the edition has them if it has none."""
    menus = [block for block in part.draft.blocks if isinstance(block, Select)]
    places = {option.value: place for menu in menus for place, option in enumerate(menu.options)}
    return tuple(sorted(picks, key=lambda pick: places.get(pick.article.id, 0)))
