"""Draw an edition's parts, when it is planned and again when what was planned no longer holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, Protocol

from bot.news.article import Article, ArticleId, ShelfId
from bot.news.choosing.correction import corrected
from bot.news.choosing.recheck import Holding, Redrawn
from bot.news.delivery import Delivery, DeliveryKey, DeliveryState, nonce_for
from bot.news.edition import LATE_AFTER, Edition, Pick
from bot.news.message.draft import Block, Draft, Link, Paragraph, Section, menu_values
from bot.news.schedules.schedule import Schedule, zone_of
from bot.news.stories.story import story_of
from bot.render.edition.digest import draft_edition, draft_empty_note
from bot.render.format.clip import clip
from bot.store.port import Store
from bot.store.port.delivery import DeliveryStore
from bot.store.port.digest import DigestStore
from bot.text.pages import without_tracking

LONGEST_TITLE: Final = 100
"""Limit of a forum post's title in UTF-16 code units."""


class PlannedStores(Protocol):
    """The part of a `Store` that holds planned editions."""

    @property
    def digest(self) -> DigestStore:
        """Editions with their picks."""
        ...

    @property
    def deliveries(self) -> DeliveryStore:
        """Their parts."""
        ...


def draw(
    edition: Edition,
    schedule: Schedule,
    *,
    keys: Callable[[int], str] | None,
    now: datetime,
    first: int = 1,
    left_out: int = 0,
) -> tuple[Draft, ...]:
    """Render an edition's messages; a one-line note if it has no story."""
    if edition.picks:
        return draft_edition(edition, schedule, keys=keys, now=now, first=first, left_out=left_out)
    return (draft_empty_note(edition, schedule, keys=keys),)


def planned_parts(
    edition: Edition, schedule: Schedule, *, now: datetime, first: int = 1, revision: int = 0, left_out: int = 0
) -> tuple[Delivery, ...]:
    """Draw the parts of an edition for the schedule's channel.

    Args:
        edition: With the picks to draw: all of them, or those that the parts before `first` don't have.
        schedule: Says where the parts go, and whom they mention.
        now: The moment of drawing.
        first: The number of the first part.
        revision: Of each part.
        left_out: The number of stories that have no room in the edition's messages.
    """

    def delivery_key(part: int) -> DeliveryKey:
        return DeliveryKey(channel_id=schedule.channel_id, schedule_id=schedule.id, edition=edition.key, part=part)

    def nonce(part: int) -> str:
        return nonce_for(delivery_key(part))

    drafts = draw(edition, schedule, keys=nonce, now=now, first=first, left_out=left_out)
    return tuple(
        Delivery(
            key=delivery_key(part),
            guild_id=schedule.guild_id,
            state=DeliveryState.PLANNED,
            draft=draft,
            revision=revision,
            due_at=edition.due_at,
            planned_at=edition.planned_at,
            title=_title(edition, schedule, part),
            mention_role=schedule.mention_role if part == 1 else None,
            publish=schedule.publish,
            posting=schedule.posting(part),
        )
        for part, draft in enumerate(drafts, start=first)
    )


def _title(edition: Edition, schedule: Schedule, part: int) -> str:
    """Compose a forum post's title from the schedule's name and the local date on which the edition was due."""
    local = edition.due_at.astimezone(zone_of(schedule.timezone))
    suffix = f", {local:%Y-%m-%d}" + (f", part {part}" if part > 1 else "")
    return clip(schedule.name, LONGEST_TITLE - len(suffix)) + suffix


async def redraw_rest(store: PlannedStores, row: Delivery, holding: Holding, now: datetime) -> Redrawn:
    """Draw an edition's unsent parts from the schedule as it is now, without what was taken down.

    Args:
        store: Holds the edition.
        row: The first unsent part; the parts before it were sent and keep their stories.
        holding: What holds now; its schedule exists.
        now: The moment of drawing.

    Raises:
        ValueError: the edition or its schedule doesn't exist.
    """
    edition = await store.digest.find_edition_by_key(row.key.schedule_id, row.key.edition)
    if edition is None or holding.schedule is None:
        raise ValueError(f"edition {row.key.edition} of schedule {row.key.schedule_id} can't be drawn")
    parts = await store.deliveries.deliveries(row.key.schedule_id, row.key.edition)
    earlier = [part.draft for part in parts if part.key.part < row.key.part]
    sent = tuple(pick for pick in edition.picks if any(shows(draft, pick.article) for draft in earlier))
    rest = tuple(pick for pick in edition.picks if pick not in sent)
    kept = without_taken_down(rest, holding.taken_down)
    edition = replace(edition, picks=kept, is_late=now - edition.due_at > LATE_AFTER)
    drawn: tuple[Delivery, ...] = ()
    if kept or not rest:
        revision = 1 + max(part.revision for part in parts if part.key.part >= row.key.part)
        drawn = planned_parts(edition, holding.schedule, now=now, first=row.key.part, revision=revision)
        drawn = tuple(replace(part, asked_at=row.asked_at, drawn_at=now) for part in drawn)
    return Redrawn(edition=replace(edition, picks=(*sent, *kept)), parts=drawn, is_reduced=kept != rest)


def without_taken_down(picks: Iterable[Pick], gone: frozenset[ArticleId]) -> tuple[Pick, ...]:
    """Leave out the picks, and the other articles of their stories, that were taken down."""
    return tuple(_reduced(pick, gone) for pick in picks if pick.article.id not in gone)


async def picks_now(store: Store, shelves: Sequence[ShelfId], picks: Sequence[Pick]) -> tuple[Pick, ...]:
    """Return posted picks as their articles are now: without those that were taken down, the others corrected."""
    members = {article.id for pick in picks for article in (*pick.story.articles, pick.article)}
    gone = await store.digest.taken_down(shelves, sorted(members))
    found = await store.articles.find_articles(shelves, [pick.article.id for pick in picks])
    return corrected(without_taken_down(picks, gone), {each.id: each for each in found}, gone, only_withdrawn=False)


def _reduced(pick: Pick, gone: frozenset[ArticleId]) -> Pick:
    members = [article for article in pick.story.articles if article.id not in gone]
    if len(members) == len(pick.story.articles):
        return pick
    return replace(pick, story=story_of(members or (pick.article,)))


def shows(draft: Draft, article: Article) -> bool:
    """True if a message has an article as one of its stories: linked, or in its menu."""
    links = {article.url, without_tracking(article.url)}
    return article.id in menu_values(draft) or any(not links.isdisjoint(_urls(block)) for block in draft.blocks)


def _urls(block: Block) -> Iterator[str]:
    paragraphs = (block,) if isinstance(block, Paragraph) else block.paragraphs if isinstance(block, Section) else ()
    for paragraph in paragraphs:
        yield from (run.url for run in paragraph.runs if isinstance(run, Link))
