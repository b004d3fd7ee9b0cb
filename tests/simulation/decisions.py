"""What admins decide while editions are planned and sent, and when each of them was answered."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from bot.errors import NewsdeskError, StoreError
from bot.news.article import INSTANCE_SHELF, ArticleId
from bot.news.delivery import ScheduleId
from bot.news.schedule import Schedule, ScheduleState, extra_edition_key
from bot.usecases.ingest import hide_article
from bot.usecases.schedule import ScheduleChanges, edit_schedule, pause_schedule, resume_schedule

if TYPE_CHECKING:
    from tests.simulation.deciding import DecidingProcess, DecidingWorld

_Decision: TypeAlias = "Callable[[DecidingWorld, DecidingProcess, Schedule], Coroutine[Any, Any, None]]"

_SOON_S: Final = 0.05
_LATER_S: Final = 2 * 3600.0


@dataclass(slots=True, kw_only=True)
class Span:
    """From when to when something held.

    Attributes:
        asked_at: When it was asked for; it may hold from then on.
        since: When that was answered; it holds from then on.
        over_at: When the opposite was asked for; None while nobody has.
    """

    asked_at: datetime
    since: datetime | None = None
    over_at: datetime | None = None

    def covers(self, at: datetime) -> bool:
        """Whether it held at a moment for certain."""
        return self.since is not None and self.since < at and (self.over_at is None or at <= self.over_at)


@dataclass(slots=True)
class Decisions:
    """Everything that was decided so far.

    Attributes:
        hidden: By article, the spans in which it was hidden.
        channels: By schedule, in their order, the channels and since when.
        paused: By schedule, the spans in which it was paused.
        asked: How many decisions were asked for.
    """

    hidden: dict[ArticleId, list[Span]] = field(default_factory=dict)
    channels: dict[ScheduleId, list[tuple[int, Span]]] = field(default_factory=dict)
    paused: dict[ScheduleId, list[Span]] = field(default_factory=dict)
    asked: int = 0

    def channels_at(self, schedule: ScheduleId, at: datetime) -> set[int]:
        """Find the channels that may be a schedule's: an edit under way, or cut off by a crash, is done or not."""
        moves = self.channels[schedule]
        done = [span for _, span in moves if span.since is not None and span.since < at]
        return {
            channel_id
            for channel_id, span in moves
            if span.asked_at <= at
            and not any(later.asked_at >= (span.since or span.asked_at) for later in done if later is not span)
        }


def decide_something(world: DecidingWorld) -> None:
    """Some decisions about one schedule, seconds or minutes apart: what was planned a moment ago is hit by the next."""
    schedule = world.source.choice(list(world.decisions.channels))
    wait_s = 0.0
    for decision in world.source.choices(list(_DECISIONS), list(_DECISIONS.values()), k=world.source.randrange(1, 6)):
        world.loop.call_outside(wait_s, _decide, world, decision, schedule)
        wait_s += world.weather.log_uniform_s(_SOON_S, _LATER_S)


def _decide(world: DecidingWorld, decision: _Decision, schedule: ScheduleId) -> None:
    """One decision, by somebody whose command reaches the bot; without a running bot there is none."""
    process = world.deciding_process
    if process is not None and not world.weather.is_over:
        world.note("decision", list(_DECISIONS).index(decision), schedule)
        world.decisions.asked += 1
        world.loop.start(world.process_number, answered(_do(world, process, decision, schedule)))


async def _do(world: DecidingWorld, process: DecidingProcess, decision: _Decision, schedule: ScheduleId) -> None:
    found = await process.store.schedules.find_schedule(schedule)
    if found is not None:
        await decision(world, process, found)


async def answered(work: Coroutine[Any, Any, None]) -> None:
    """Do a member's command."""
    with suppress(StoreError, NewsdeskError):  # the member reads a sentence, and nothing was done
        await work


async def _open(world: DecidingWorld, span: Span, spans: list[Span], work: Coroutine[Any, Any, object]) -> None:
    """Do what begins a span; it counts from its answer on, and not at all if there is none."""
    spans.append(span)
    await work
    span.since = world.clock.true_now()


async def _hide(world: DecidingWorld, process: DecidingProcess, _schedule: Schedule) -> None:
    shown = [each for each in world.articles_on_their_way() or world.known_articles() if not _open_spans(world, each)]
    if not shown:
        return
    article = world.source.choice(shown)
    span = Span(asked_at=world.clock.true_now())
    work = hide_article(process.store.articles, INSTANCE_SHELF, article)
    await _open(world, span, world.decisions.hidden.setdefault(article, []), work)


async def _show(world: DecidingWorld, process: DecidingProcess, _schedule: Schedule) -> None:
    hidden = [article for article in world.decisions.hidden if _open_spans(world, article)]
    if not hidden:
        return
    article = world.source.choice(hidden)
    for span in _open_spans(world, article):
        span.over_at = world.clock.true_now()
    await hide_article(process.store.articles, INSTANCE_SHELF, article, hidden=False)


def _open_spans(world: DecidingWorld, article: ArticleId) -> list[Span]:
    return [span for span in world.decisions.hidden.get(article, ()) if span.over_at is None]


async def _move(world: DecidingWorld, process: DecidingProcess, schedule: Schedule) -> None:
    channel_id = world.source.choice(world.channels_of(schedule.guild_id))
    if channel_id == schedule.channel_id:
        return
    span = Span(asked_at=world.clock.true_now())
    world.decisions.channels[schedule.id].append((channel_id, span))
    await _edit(world, process, schedule, channel=channel_id)
    span.since = world.clock.true_now()


async def _change(world: DecidingWorld, process: DecidingProcess, schedule: Schedule) -> None:
    at = f"{world.source.randrange(24):02}:{world.source.randrange(60):02}"
    options: tuple[dict[str, str | int], ...] = ({"count": world.source.randrange(1, 20)}, {"time": at})
    await _edit(world, process, schedule, **world.source.choice(options))


async def _edit(world: DecidingWorld, process: DecidingProcess, schedule: Schedule, **options: str | int) -> None:
    changes = ScheduleChanges(options=options)
    await edit_schedule(process.store.schedules, schedule, changes, member_id=7, now=world.clock.now())


async def _pause(world: DecidingWorld, process: DecidingProcess, schedule: Schedule) -> None:
    span = Span(asked_at=world.clock.true_now())
    spans = world.decisions.paused.setdefault(schedule.id, [])
    await _open(world, span, spans, pause_schedule(process.store.schedules, schedule))


async def _resume(world: DecidingWorld, process: DecidingProcess, schedule: Schedule) -> None:
    if schedule.state is ScheduleState.PAUSED:
        await resume(world, process, schedule)


async def _send_now(world: DecidingWorld, process: DecidingProcess, schedule: Schedule) -> None:
    if schedule.state is not ScheduleState.ACTIVE:
        return
    presses = world.source.choice((1, 1, 2))
    for _ in range(presses):
        key = extra_edition_key(world.source.getrandbits(60))
        world.loop.start(world.process_number, answered(process.send_now(schedule, key)))


def _then(second: _Decision, *, after_s: float = 3.0) -> _Decision:
    """Send now, and do something else while that is planned or sent."""

    async def both(world: DecidingWorld, process: DecidingProcess, schedule: Schedule) -> None:
        await _send_now(world, process, schedule)
        await world.clock.sleep(world.source.uniform(0.0, after_s))
        await second(world, process, schedule)

    return both


_send_now_and_hide = _then(_hide)
_send_now_and_move = _then(_move)


def end_pauses(decisions: Decisions, schedule: ScheduleId, at: datetime) -> None:
    """Note that somebody asks for a schedule to go on."""
    for span in decisions.paused.get(schedule, ()):
        if span.over_at is None:
            span.over_at = at


async def resume(world: DecidingWorld, process: DecidingProcess, schedule: Schedule) -> None:
    """Let a schedule go on."""
    end_pauses(world.decisions, schedule.id, world.clock.true_now())
    await resume_schedule(process.store.schedules, schedule, now=world.clock.now())


_DECISIONS: Final[dict[_Decision, int]] = {
    _hide: 5,
    _show: 3,
    _move: 3,
    _change: 2,
    _pause: 2,
    _resume: 6,
    _send_now: 6,
    _send_now_and_hide: 3,
    _send_now_and_move: 3,
}
