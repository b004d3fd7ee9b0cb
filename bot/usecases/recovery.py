"""Take over what the channels show and the ledger doesn't know, after an older copy of the database was put in place.

A backup that is restored, a file that is copied, a disk that is set back: whatever the bot posted after the copy was
made is in the channels alone, and would be posted again as news. So the file keeps the last moment at which the bot was
alive. If that is minutes ago at a start, or the file is another one than it was, the editions since then are read back
from each schedule's channel, and stored as sent with the stories that their messages name.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final, Protocol

import structlog

from bot.errors import NewsdeskError, UnknownZoneError
from bot.news.article import Article, ArticleId, Provider, ShelfId, shelves_seen_by
from bot.news.checkup.finding import Finding, failing
from bot.news.delivery import Delivery, DeliveryKey, DeliveryState, EditionKey, ScheduleId, local_date, nonce_for
from bot.news.edition import Edition, Pick, Window
from bot.news.message.draft import Draft, Paragraph, Text
from bot.news.message.history import ChannelHistory, NamedStory, PostedPart
from bot.news.message.messenger import CannotRead, Refused, Unclear
from bot.news.notices.notice import Notifier
from bot.news.notices.texts import not_read_back_notice
from bot.news.schedules.schedule import Schedule, due_on, edition_key, extra_edition_key
from bot.news.stories.story import story_of
from bot.news.stories.story_ids import KnownStory
from bot.store.port import Store
from bot.text.clean import clean
from bot.text.links import domain_of

log = structlog.get_logger(__name__)

ALIVE: Final = "alive"
"""Name of the setting with the file's identity and the last moment at which the bot was alive."""

OWED: Final = "not read back"
"""Name of the setting with the schedules whose channels are to be read back, each with the moment from which on."""

GAP: Final = timedelta(minutes=2)
"""A file whose bot was alive this short a time ago is not an older copy: that is noted twice a minute. What an edition
posted within it is found by the edition's key when it is planned again."""

MARGIN: Final = timedelta(minutes=1)
LONGEST: Final = timedelta(days=60)
"""A channel is read this far back: an edition repeats no story that is older than its maximum age."""

_AT_ONCE: Final = 8
_MOST_PARTS: Final = 20
_DAY: Final = timedelta(days=1)
_TITLE: Final = "Taken over from the channel"


class StoryNames(Protocol):
    """Names the stories of articles."""

    async def named(self, shelves: Sequence[ShelfId], articles: Sequence[Article]) -> Mapping[ArticleId, KnownStory]:
        """Find the story of each article, by the article's id; a few may be left out."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Which part of which edition a message is, and whether the ledger has it as sent."""

    key: DeliveryKey
    is_sent: bool = False


_Found = tuple[_Place, PostedPart]


class Recovery:
    """Finds out what the file may not know, and reads it back."""

    def __init__(
        self,
        store: Store,
        history: ChannelHistory,
        stories: StoryNames,
        *,
        notifier: Notifier,
        now: Callable[[], datetime],
    ) -> None:
        """Set up the recovery; nothing is read yet.

        Args:
            store: The database.
            history: Reads the channels.
            stories: Names the stories of editions that are taken over.
            notifier: Is told of channels that can't be read.
            now: Returns the current moment in Discord's time.
        """
        self._store = store
        self._history = history
        self._stories = stories
        self._notifier = notifier
        self._now = now
        self._owed: dict[ScheduleId, datetime] = {}
        self._has_begun = False
        self._unreadable: frozenset[ScheduleId] = frozenset()

    async def begin(self, file: str) -> None:
        """Compare the file with what it was, and note which channels are to be read back; once in a process.

        Args:
            file: The file's identity, which a copy doesn't share.
        """
        if self._has_begun:
            return
        self._owed = await self._read_owed()
        known, _, at = (await self._store.admin.find_setting(ALIVE) or "").partition(" ")
        alive_at = datetime.fromisoformat(at) if at else None
        if alive_at is None or known != file or abs(self._now() - alive_at) > GAP:
            await self._owe_all(alive_at)
        self._has_begun = True

    async def _owe_all(self, alive_at: datetime | None) -> None:
        """Note every channel, from the moment on at which the bot was alive; else from its last known edition on."""
        schedules = await self._store.schedules.schedules()
        last = await self._store.checkup.last_editions()
        for each in schedules:
            edition = last.get(each.id)
            known_at = alive_at or (edition.due_at if edition else each.created_at)
            since = max(known_at - MARGIN, self._now() - LONGEST)
            self._owed[each.id] = min(since, self._owed.get(each.id, since))
        if schedules:
            await self._save_owed()
            log.info("channels are read back: the file may be an older copy", channels=len(schedules))

    async def note_alive(self, file: str) -> None:
        """Note that the bot is alive; only after `begin`, which reads when it last was."""
        if self._has_begun:
            await self._store.admin.save_setting(ALIVE, f"{file} {self._now().isoformat()}")

    def holds(self, schedule: ScheduleId) -> bool:
        """True while a schedule's channel is still to be read; not if it can't be without a person."""
        return not self._has_begun or (schedule in self._owed and schedule not in self._unreadable)

    def findings(self) -> tuple[Finding, ...]:
        """Name channels that can't be read back; nothing if there are none."""
        if not self._unreadable:
            return ()
        text = f"{len(self._unreadable)} channels could not be read back after a restore; stories may repeat there."
        return (failing(text, "Give me Read Message History there; I look again every hour.", check="channels"),)

    async def read_back(self) -> None:
        """Read the channels that are to be read back, and take over what they show.

        Raises:
            NewsdeskError: Discord didn't answer about some of them; calling it again later can help.
        """
        schedules = [each for each in await self._store.schedules.schedules() if each.id in self._owed]
        await self._forget(self._owed.keys() - {each.id for each in schedules})
        by_channel = sorted(schedules, key=lambda each: each.channel_id)
        turn = asyncio.Semaphore(_AT_ONCE)
        works = [
            self._read_channel(channel_id, tuple(each), turn)
            for channel_id, each in groupby(by_channel, key=lambda each: each.channel_id)
        ]
        troubles = [trouble for trouble in await asyncio.gather(*works) if trouble]
        if troubles:
            raise NewsdeskError(f"{len(troubles)} channels are not read back yet ({troubles[0]}).")

    async def _read_channel(self, channel_id: int, schedules: Sequence[Schedule], turn: asyncio.Semaphore) -> str:
        """Read the channel of some schedules; return why Discord gave no answer, or nothing."""
        ids = frozenset(each.id for each in schedules)
        async with turn:
            found = await self._history.posted_parts(channel_id, after=min(self._owed[each] for each in ids))
        if isinstance(found, Unclear | Refused):
            return found.detail or "no answer"
        if isinstance(found, CannotRead):
            self._unreadable |= ids
            for schedule in schedules:
                await self._notifier.notify(not_read_back_notice(schedule, found.detail, at=self._now()))
            return ""
        expected = _expected(schedules, min(self._owed[each] for each in ids), self._now())
        placed = [(await self._place(part, schedules[0], expected), part) for part in found]
        for parts in _by_edition(placed):
            if not all(place.is_sent for place, _ in parts):
                await self._take_over(_schedule_of(parts, schedules), parts)
        self._unreadable -= ids
        await self._forget(ids)
        return ""

    async def _place(self, part: PostedPart, schedule: Schedule, expected: Mapping[str, _Place]) -> _Place:
        """Place a message: by the ledger, by its key, or else as an extra edition, whose interaction is forgotten."""
        edition = await self._store.digest.find_edition_by_delivery(part.key)
        if edition is not None:
            for row in await self._store.deliveries.deliveries(edition.schedule_id, edition.key):
                if row.draft.key == part.key:
                    return _Place(key=row.key, is_sent=row.state is DeliveryState.SENT)
        return expected.get(part.key) or _Place(key=_key(schedule, extra_edition_key(part.message_id), 1))

    async def _take_over(self, schedule: Schedule, parts: Sequence[_Found]) -> None:
        """Store an edition that the ledger lacks, or has as not sent."""
        (first, message), *_ = parts
        due_at = _due_at(schedule, first.key.edition, message.posted_at)
        edition = Edition(
            schedule_id=first.key.schedule_id,
            key=first.key.edition,
            due_at=due_at,
            planned_at=message.posted_at,
            window=Window(start=None, end=due_at),
            picks=await self._picks(schedule, [story for _, part in parts for story in part.stories]),
            is_extra=local_date(first.key.edition) is None,
            is_best_of=schedule.rule == "best-of",
        )
        deliveries = [_delivery(place, part, edition, schedule) for place, part in parts]
        await self._store.digest.take_over(edition, deliveries)
        log.info("an edition was taken over", schedule=schedule.id, edition=edition.key, stories=len(edition.picks))

    async def _picks(self, schedule: Schedule, named: Sequence[NamedStory]) -> tuple[Pick, ...]:
        """The picks of an edition: from the archive, or as its messages name them."""
        shelves = shelves_seen_by(schedule.guild_id)
        firsts = {each.article_id: each for each in named}
        found = {each.id: each for each in await self._store.articles.find_articles(shelves, list(firsts))}
        stories = await self._stories.named(shelves, list(found.values()))
        members = {each for story in stories.values() for each in story.articles}
        others = {each.id: each for each in await self._store.articles.find_articles(shelves, sorted(members))}
        picks = []
        for each in firsts.values():
            article = found.get(each.article_id) or _as_named(each, shelves[0], self._now())
            story = stories.get(article.id)
            around = [others[id_] for id_ in sorted(story.articles) if id_ in others] if story else []
            together = {member.id: member for member in (*around, article)}
            story_id = story.id if story else None
            picks.append(Pick(article=article, story=story_of(together.values()), story_id=story_id, why=_TITLE))
        return tuple(picks)

    async def _forget(self, schedules: Iterable[ScheduleId]) -> None:
        gone = set(schedules)
        if gone:
            self._owed = {id_: since for id_, since in self._owed.items() if id_ not in gone}
            await self._save_owed()

    async def _read_owed(self) -> dict[ScheduleId, datetime]:
        stored = json.loads(await self._store.admin.find_setting(OWED) or "{}")
        return {ScheduleId(int(id_)): datetime.fromisoformat(since) for id_, since in stored.items()}

    async def _save_owed(self) -> None:
        owed = {str(id_): since.isoformat() for id_, since in self._owed.items()}
        await self._store.admin.save_setting(OWED, json.dumps(owed))


def _expected(schedules: Sequence[Schedule], since: datetime, until: datetime) -> Mapping[str, _Place]:
    """Compute the keys that parts of scheduled editions of these days carry: a nonce can't be read backwards."""
    first = (since - _DAY).date()
    dates = [first + timedelta(days=day) for day in range((until - since).days + 3)]
    keys = [
        _key(schedule, edition_key(local_date), part)
        for schedule in schedules
        for local_date in dates
        for part in range(1, _MOST_PARTS + 1)
    ]
    return {nonce_for(key): _Place(key=key) for key in keys}


def _key(schedule: Schedule, edition: EditionKey, part: int) -> DeliveryKey:
    return DeliveryKey(channel_id=schedule.channel_id, schedule_id=schedule.id, edition=edition, part=part)


def _by_edition(placed: Iterable[_Found]) -> Iterable[Sequence[_Found]]:
    """Group parts by their editions, in the order of posting."""
    editions: dict[tuple[ScheduleId, EditionKey], list[_Found]] = {}
    for place, part in placed:
        editions.setdefault((place.key.schedule_id, place.key.edition), []).append((place, part))
    return editions.values()


def _schedule_of(parts: Sequence[_Found], schedules: Sequence[Schedule]) -> Schedule:
    return next((each for each in schedules if each.id == parts[0][0].key.schedule_id), schedules[0])


def _due_at(schedule: Schedule, key: EditionKey, posted_at: datetime) -> datetime:
    """Compute when an edition was due: not after it was posted, and shortly before if that is all that is known."""
    due_on_date = local_date(key)
    try:
        due_at = due_on(replace(schedule, left_out=None), due_on_date) if due_on_date else None
    except UnknownZoneError:
        due_at = None
    return posted_at - MARGIN if due_at is None or due_at > posted_at else due_at


def _delivery(place: _Place, part: PostedPart, edition: Edition, schedule: Schedule) -> Delivery:
    return Delivery(
        key=place.key,
        guild_id=schedule.guild_id,
        state=DeliveryState.SENT,
        draft=Draft(blocks=(Paragraph(runs=(Text(text=_TITLE),)),), key=part.key),
        due_at=edition.due_at,
        planned_at=edition.planned_at,
        message_id=part.message_id,
    )


def _as_named(story: NamedStory, shelf: ShelfId, now: datetime) -> Article:
    """Build an article that the archive lacks from what its message says of it."""
    url = story.url or f"https://{story.article_id}.invalid/"
    domain = domain_of(url)
    return Article(
        id=story.article_id,
        shelf=shelf,
        title=clean(story.title),
        published_at=now,
        provider=Provider(domain=domain, name=domain),
        url=url,
    )
