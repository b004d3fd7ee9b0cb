"""Worlds in which admins decide while editions are planned and sent: real plans of real articles in the real store.

Besides what every world has (crashes, pauses, faults, a wrong clock, a full disk), somebody hides articles, edits and
pauses schedules and presses *Send now* at random moments. `judging` compares what was posted with what was decided.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import partial
from typing import Final

from typing_extensions import override

from bot.clock import Clock
from bot.errors import BadInputError, StoreError
from bot.news.article import INSTANCE_SHELF, ArticleId, Provider, Seed, article_id
from bot.news.delivery import Delivery, DeliveryState, EditionKey, ScheduleId
from bot.news.edition import Edition
from bot.news.message.draft import Draft
from bot.news.message.draft_json import draft_to_json
from bot.news.schedules.desk import OnDesk
from bot.news.schedules.looking import looked_at
from bot.news.schedules.schedule import DeskDefault, Schedule, StopReason, next_due
from bot.store.sqlite import SqliteStore, store_of
from bot.store.sqlite.file.moments import as_moment
from bot.store.sqlite.shelves.files import StoreFiles
from bot.usecases.delivery import Deliverer, DeskKeeper
from bot.usecases.digest import desk_face, plan_edition, redraw_rest, refresh_drafts
from bot.usecases.schedule import retry_schedule
from tests.simulation import changes, editions
from tests.simulation.admin import Admin
from tests.simulation.clock import DAWN
from tests.simulation.decisions import Decisions, Deed, answered, decide_something, give, resume
from tests.simulation.discord import Place
from tests.simulation.editing import edit_something
from tests.simulation.editors import Drafts, judge_drafts
from tests.simulation.inline import Content, InlineDatabase
from tests.simulation.judging import MAX_LATENESS, Begun, Breaches, Shown, judge_decisions
from tests.simulation.messenger import SimulatedMessenger
from tests.simulation.oracle import Findings
from tests.simulation.process import Process
from tests.simulation.reading import ReadingMessenger
from tests.simulation.variants import PROTOCOL, Variant
from tests.simulation.weather import Climate
from tests.simulation.world import LONGER_THAN_A_POST_S, Plan, World
from tests.support.makers import make_seed

_HOUR_S: Final = 3600.0
_FIRST: Final = 30
_COMING: Final = 2
_COMING_EVERY_S: Final = 3 * _HOUR_S
_DECISION_EVERY_S: Final = 1.2 * _HOUR_S
_EDITING_EVERY_S: Final = 0.7 * _HOUR_S
_KEEP_DESKS_EVERY_S: Final = 120.0
_LEAD_TIME: Final = timedelta(hours=8)
_AHEAD_OF_DRAFTS: Final = DAWN - timedelta(days=1)
_SHARE_OF_CUTS: Final = 0.5
_SHORTEST_CUT_S: Final = 600.0
_LONGEST_CUT_S: Final = 5 * _HOUR_S
_PROVIDERS: Final = 12
_URL: Final = re.compile(r"https://site\d+\.example/(\d+)")
_SYLLABLES: Final = ("ba", "ko", "ri", "tu", "me", "sa", "lo", "pe", "ni", "du", "fa", "go")

SOME_TROUBLE: Final = Climate(
    trouble=(0.02, 0.35), steps_to_a_crash=2500.0, steps_to_a_pause=4000.0, hours_to_a_change=3.0
)


class DecidingAdmin(Admin):
    """Lets schedules go on, and has that written down."""

    def __init__(self, world: DecidingWorld, process: DecidingProcess) -> None:
        super().__init__(process.store.deliveries, process.store.schedules, world.discord, world.clock)
        self._world = world
        self._process = process

    @override
    async def _answer(self, row: Delivery) -> None:
        # As the bot's own commands do it: what failed as a whole may have been told since.
        store, place = self._process.store, self._discord.places[row.key.channel_id]
        if row.state is not DeliveryState.FAILED or self._message(row) is not None or not place.may_post:
            await super()._answer(row)
            return
        schedule = await store.schedules.find_schedule(row.key.schedule_id)
        if schedule is not None:
            key, now, pauses = row.key.edition, self._clock.now(), self._world.decisions.paused[schedule.id]
            work = retry_schedule(store.schedules, store.digest, store.deliveries, schedule, now=now, edition=key)
            with suppress(BadInputError):  # its earlier part was retried a moment ago
                await give(self._world, pauses.off.append, work)

    @override
    async def _mend(self, schedule: Schedule) -> None:
        # What a member paused, members resume, be it days later.
        is_stopped = schedule.state_reason is not StopReason.NONE or self._world.weather.is_over
        if is_stopped and self._discord.places[schedule.channel_id].may_post:
            await resume(self._world, self._process, schedule)


class DecidingProcess(Process):
    """The core with the real store, planning and redrawing as `app` puts them together."""

    def __init__(self, world: DecidingWorld) -> None:
        super().__init__(world)
        self._deciding = world
        self.store = store = world.make_store(world.database.files, world.clock)
        self._schedules = store.schedules  # type: ignore[assignment] # another implementation of the port
        self._digest = store.digest  # type: ignore[assignment] # likewise
        self.deliverer = Deliverer(
            store=store,
            messenger=self.messenger,
            notifier=self._notices,
            clock=world.clock,
            jitter=world.source.random,
            redraw=lambda row, holding, now: redraw_rest(store, row, holding, now),
        )
        self._keeper = DeskKeeper(
            desks=store.desks,
            messenger=self.messenger,
            notifier=self._notices,
            clock=world.clock,
            jitter=world.source.random,
            face=partial(desk_face, store),
        )
        self._admin = DecidingAdmin(world, self)

    @override
    def _works(self) -> tuple[Coroutine[None, None, None], ...]:
        return *super()._works(), self._keep_desks()

    async def _keep_desks(self) -> None:
        while True:
            with suppress(StoreError):  # tried again
                await refresh_drafts(self.store, now=self._deciding.clock.now())
                await self._keeper.show_due()
            await asyncio.sleep(_KEEP_DESKS_EVERY_S)

    @override
    async def _plan(self, schedule: Schedule, key: EditionKey, due_at: datetime) -> Edition | None:
        now = self._deciding.clock.now()
        planned = await plan_edition(
            self.store, schedule, key=key, due_at=due_at, now=now, is_extra=key.startswith("x")
        )
        return None if planned is None else planned.edition


class DecidingWorld(World):
    """A world of real articles.

    Attributes:
        database: The machine's file; what is committed survives every crash.
        make_store: Builds a process's store; controls leave a guard out of it.
        decisions: What was decided, and when it was answered.
        is_cut_off: True while no message gets through.
        drafts: What editors did to drafts.
        drafts_edited: How many acts of editors were asked for.
        begun: By nonce, each time that a request of a message began.
        breaches: At the end, what was posted against what was decided.
    """

    def __init__(
        self,
        seed: int,
        content: Content,
        *,
        plan: Plan | None = None,
        variant: Variant = PROTOCOL,
        make_store: Callable[[StoreFiles, Clock], SqliteStore] = store_of,
        keeps_trace: bool = False,
    ) -> None:
        plan = plan or Plan(schedules=8, days=3.0, climate=SOME_TROUBLE)
        super().__init__(seed, plan=plan, variant=variant, keeps_trace=keeps_trace)
        self.make_store = make_store
        self.decisions = Decisions()
        self.drafts = Drafts()
        self.drafts_edited = 0
        self.begun: dict[str, list[Begun]] = {}
        self.breaches = Breaches()
        self.is_cut_off = False
        self.database = InlineDatabase(
            content, before_read=self._before_read, before_write=self._before_write, after=self._after
        )
        self.loop.works_for_s = lambda: self.source.uniform(0.05, 2.0)
        self._articles: list[ArticleId] = []
        self._desk_channels: set[int] = set()
        self._of_desks: set[str] = set()
        self._schedules = 0
        self._written = 0

    # The machine's disk.

    async def _before_read(self) -> None:
        await self.disk.read(lambda: None)

    async def _before_write(self) -> None:
        await self.disk.write(lambda: None)

    async def _after(self) -> None:
        await self.disk.read(lambda: None)

    # Its articles and schedules.

    @override
    def _open_schedules(self) -> None:
        filling = self.loop.create_task(self._fill())
        self.loop.run(filling.done)
        filling.result()
        self.loop.call_outside(_COMING_EVERY_S, self._come)
        self.loop.call_outside(_HOUR_S, self._decide)
        self.loop.call_outside(_HOUR_S, self._edit_drafts)

    async def _fill(self) -> None:
        store = store_of(self.database.files, self.clock)
        await self._import(store, _FIRST)
        for _ in range(self.size.schedules):
            await self.add_schedule(store)

    async def add_schedule(self, store: SqliteStore, before: Schedule | None = None) -> None:
        """Create a schedule: every second one drafts its editions, and every fourth one waits for an approval.

        Args:
            store: Keeps it.
            before: The one that was deleted, whose channels and desk it takes over.
        """
        number, now = self._schedules, self.clock.true_now()
        self._schedules += 1
        at = time(self.source.randrange(24), self.source.randrange(60))
        schedule = replace(editions.standing_order(number, at=at, created_at=now), max_lateness=MAX_LATENESS)
        if before is not None:
            schedule = replace(before, id=schedule.id, at=at, created_at=now)
        elif number % 2:
            default = DeskDefault.WAIT if number % 4 == 1 else DeskDefault.SEND
            desk = self.channels_of(schedule.guild_id)[-1] + 10_000
            schedule = replace(schedule, desk_channel_id=desk, lead_time=_LEAD_TIME, desk_default=default)
            self._desk_channels.add(desk)
            self.discord.places[desk] = Place()
        for channel_id in self.channels_of(schedule.guild_id):
            self.discord.places.setdefault(channel_id, Place())
        if schedule.desk_channel_id is not None and schedule.desk_default is DeskDefault.WAIT:
            self.drafts.waiting.add(schedule.id)
        done = Deed(asked_at=now, answered_at=now, over_at=now)
        self.decisions.channels[schedule.id] = [(schedule.channel_id, done)]
        due_at = next_due(schedule, now)[1]
        await store.schedules.save_schedule(schedule, next_due_at=looked_at(schedule, due_at))

    def channels_of(self, guild_id: int) -> list[int]:
        """List a server's channels; no other server posts there."""
        return [guild_id + 10_000 * number for number in (1, 2, 3)]

    async def _import(self, store: SqliteStore, count: int) -> None:
        seeds = [self._seed() for _ in range(count)]
        await store.articles.put_seeds(INSTANCE_SHELF, seeds, seen_at=self.clock.now())
        self._articles += [seed.article.id for seed in seeds]

    def _seed(self) -> Seed:
        """Write an article whose words no other one has, so that each is a story of its own."""
        self._written += 1
        number = self._written
        words = ("".join(self.source.choices(_SYLLABLES, k=4)) + str(number) for _ in range(5))
        name = f"site{number % _PROVIDERS}.example"
        return make_seed(
            f"story-{number}",
            title=" ".join(words).capitalize(),
            url=f"https://{name}/{number}",
            provider=Provider(domain=name, name=name),
            published_at=self.clock.true_now() - timedelta(hours=self.source.uniform(0.0, 48.0)),
            quality=self.source.randrange(60, 100),
        )

    def _come(self) -> None:
        """New articles arrive, if the bot runs."""
        if self.weather.is_over:
            return
        if self.deciding_process is not None:
            self.loop.start(self.process_number, answered(self._import(self.deciding_process.store, _COMING)))
        self.loop.call_outside(_COMING_EVERY_S, self._come)

    def known_articles(self) -> list[ArticleId]:
        """List what was imported."""
        return self._articles

    def articles_on_their_way(self) -> list[ArticleId]:
        """List the stories of messages that are planned and not posted."""
        rows = self.database.connection.execute(_ON_THEIR_WAY)
        numbers = {number for row in rows for number in _URL.findall(row["value"])}
        return [article_id(INSTANCE_SHELF, f"story-{number}") for number in sorted(numbers, key=int)]

    # Its processes.

    @override
    def new_process(self) -> DecidingProcess:
        return DecidingProcess(self)

    @override
    def new_messenger(self) -> SimulatedMessenger:
        messenger = ReadingMessenger(
            self.discord,
            self.clock,
            self.loop,
            self.weather,
            tries_again=self.nonce_window_s > LONGER_THAN_A_POST_S,
            note=self.note,
        )
        messenger.world = self
        return messenger

    @override
    def _end_process(self, down_s: float) -> None:
        super()._end_process(down_s)
        self.decisions.cut_off(self.clock.true_now())

    @property
    def deciding_process(self) -> DecidingProcess | None:
        """The process that runs."""
        return self._running if isinstance(self._running, DecidingProcess) else None

    @property
    def process_number(self) -> int:
        """Of the process that runs."""
        return self._process

    @override
    def _change(self) -> None:
        if self.weather.is_over:
            return
        self.tally.changes += 1
        if self.source.random() < _SHARE_OF_CUTS:
            self._cut_off()
        else:
            changes.change_weather(self)
        self._plan_change()

    def _cut_off(self) -> None:
        """No message gets through for a while: what is planned waits, and decisions overtake it."""
        self.note("cut off")
        self.is_cut_off = True
        self.loop.call_outside(self.weather.log_uniform_s(_SHORTEST_CUT_S, _LONGEST_CUT_S), self._reconnect)

    def _reconnect(self) -> None:
        self.is_cut_off = False

    @override
    def _begin_the_end(self) -> None:
        self._reconnect()
        super()._begin_the_end()

    def _decide(self) -> None:
        if not self.weather.is_over:
            decide_something(self)
            self.loop.call_outside(self.source.expovariate(1 / _DECISION_EVERY_S), self._decide)

    def _edit_drafts(self) -> None:
        if not self.weather.is_over:
            edit_something(self)
            self.loop.call_outside(self.source.expovariate(1 / _EDITING_EVERY_S), self._edit_drafts)

    @override
    def next_due_at(self) -> datetime | None:
        return self._moment(_NEXT_DUE)

    @override
    def next_open_at(self) -> datetime | None:
        return self._moment(_NEXT_OPEN)

    def _moment(self, sql: str) -> datetime | None:
        (micros,) = self.database.connection.execute(sql).fetchone()
        at: datetime | None = as_moment(micros)
        return at

    @override
    def is_settled(self) -> bool:
        (left,) = self.database.connection.execute(_UNSETTLED).fetchone()
        return not left

    # What it came to.

    def parts_of(self, seen: OnDesk) -> tuple[str, ...]:
        """Write down the messages of a draft as an editor was shown them."""
        return tuple(draft_to_json(part.draft) for part in seen.parts)

    @override
    def _refuses_form(self, nonce: str, is_plain: bool) -> bool:
        return nonce not in self._of_desks and super()._refuses_form(nonce, is_plain)

    def note_request(self, channel_id: int, nonce: str, draft: Draft) -> None:
        """A request of a message begins; the ledger is looked at once more, as nobody but this world could."""
        if channel_id in self._desk_channels:
            self._of_desks.add(nonce)
            return
        row = self.database.connection.execute(_OF_NONCE, (nonce,)).fetchone()
        asked_at = as_moment(row["asked_at"]) or as_moment(row["due_at"])
        begun = Begun(
            at=self.clock.true_now(),
            schedule=ScheduleId(row["schedule_id"]),
            edition=EditionKey(row["edition"]),
            due_at=max(as_moment(row["due_at"]), asked_at),
            part=row["part"],
            text=draft_to_json(draft),
            is_plain=bool(draft.refused),
            articles=frozenset(
                article_id(INSTANCE_SHELF, f"story-{number}") for number in _URL.findall(draft_to_json(draft))
            ),
        )
        self.begun.setdefault(nonce, []).append(begun)

    @override
    def _judge(self) -> Findings:
        self.tally.faults = self.weather.faults
        self.tally.simulated_s = self.loop.time()
        shown = self.shown()
        self.breaches = judge_decisions(shown, self.decisions)
        judge_drafts(shown, self.drafts, self.decisions, _AHEAD_OF_DRAFTS, self.breaches)
        for nonce in sorted(self._of_desks - self.frozen):
            if len(self.discord.posted.get(nonce, ())) > 1:
                self.breaches.desk_twice.append(nonce)
        self.database.close()
        return Findings(lost=[], doubled=[])

    def shown(self) -> list[Shown]:
        """List every message that was posted, but for those of a process that was frozen on the way to the wire."""
        return [
            Shown(
                begun=next(begun for begun in reversed(self.begun[nonce]) if begun.at <= message.at),
                channel_id=message.channel_id,
                arrived_at=message.at,
            )
            for nonce, messages in self.discord.posted.items()
            for message in messages
            if nonce not in self.frozen and nonce not in self._of_desks
        ]


_ON_THEIR_WAY: Final = "SELECT value FROM delivery JOIN draft USING (delivery_id) WHERE state IN ('planned', 'sending')"

_OF_NONCE: Final = "SELECT delivery.* FROM draft JOIN delivery USING (delivery_id) WHERE draft_key = ?"

_NEXT_DUE: Final = "SELECT min(next_due_at) FROM schedule WHERE state = 'active' AND deleted_at IS NULL"

_NEXT_OPEN: Final = """
    SELECT min(CASE mine.state WHEN 'planned' THEN coalesce(not_before, planned_at) ELSE lease_until END)
    FROM delivery AS mine JOIN schedule USING (schedule_id)
    WHERE mine.state IN ('planned', 'sending') AND schedule.state = 'active' AND deleted_at IS NULL
        AND (part = 1 OR EXISTS (
            SELECT 1 FROM delivery AS before
            WHERE before.schedule_id = mine.schedule_id AND before.edition = mine.edition
                AND before.part = mine.part - 1 AND before.channel_id = mine.channel_id AND before.state = 'sent'
        ))
"""

_UNSETTLED: Final = """
    SELECT (
        SELECT count(*) FROM delivery JOIN schedule USING (schedule_id)
        WHERE delivery.state IN ('planned', 'sending', 'failed', 'unknown') AND deleted_at IS NULL
    ) + (SELECT count(*) FROM desk WHERE is_closed = 0)
"""
