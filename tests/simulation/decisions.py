"""What admins decide while editions are planned and sent, and when each of them was answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from bot.errors import NewsdeskError, StoreError
from bot.news.article import INSTANCE_SHELF, ArticleId
from bot.news.delivery import ScheduleId
from bot.news.schedules.schedule import Schedule, ScheduleState, extra_edition_key
from bot.news.servers import log
from bot.usecases.ingest import hide_article
from bot.usecases.schedule import (
    ScheduleChanges,
    delete_schedule,
    edit_schedule,
    pause_schedule,
    resume_schedule,
    set_desk,
)

if TYPE_CHECKING:
    from tests.simulation.deciding import DecidingProcess, DecidingWorld

_Decision: TypeAlias = "Callable[[DecidingWorld, DecidingProcess, Schedule], Coroutine[Any, Any, None]]"

_SOON_S: Final = 0.05
_LATER_S: Final = 2 * 3600.0


@dataclass(slots=True, kw_only=True)
class Deed:
    """A member's command.

    Attributes:
        asked_at: When it was given; it may take effect from then on.
        answered_at: When it was answered; it has taken effect by then. None if it was not.
        over_at: When it was answered or refused, or its process ended; it can't take effect later. None while it is
            under way.
    """

    asked_at: datetime
    answered_at: datetime | None = None
    over_at: datetime | None = None

    def is_done(self, at: datetime) -> bool:
        """Whether it had taken effect before a moment, for certain."""
        return self.answered_at is not None and self.answered_at < at

    def may_come_after(self, other: Deed) -> bool:
        """Whether it may take effect after another one does: also if both were under way at the same time."""
        return self.over_at is None or self.over_at >= other.asked_at


@dataclass(slots=True, kw_only=True)
class Switch:
    """Something that commands turn on and off: one whose write waits for the disk is overtaken by the next."""

    on: list[Deed] = field(default_factory=list)
    off: list[Deed] = field(default_factory=list)

    def is_on(self, at: datetime) -> bool:
        """Whether it was on at a moment, for certain."""
        undone = [deed for deed in self.off if deed.asked_at <= at]
        return any(deed.is_done(at) and not any(each.may_come_after(deed) for each in undone) for deed in self.on)

    @property
    def is_wanted(self) -> bool:
        """Whether the last command was to turn it on."""
        return bool(self.on) and (not self.off or self.off[-1].asked_at < self.on[-1].asked_at)


@dataclass(slots=True)
class Decisions:
    """Everything that was decided so far.

    Attributes:
        hidden: By article, the commands that hid it and showed it again.
        channels: By schedule, in their order, the channels and the commands that moved it there.
        paused: By schedule, the commands that paused and resumed it.
        deleted: By schedule, the commands that deleted it.
        under_way: The commands of the process that runs, those of earlier processes left out.
        asked: How many decisions were asked for.
    """

    hidden: defaultdict[ArticleId, Switch] = field(default_factory=lambda: defaultdict(Switch))
    channels: dict[ScheduleId, list[tuple[int, Deed]]] = field(default_factory=dict)
    paused: defaultdict[ScheduleId, Switch] = field(default_factory=lambda: defaultdict(Switch))
    deleted: defaultdict[ScheduleId, Switch] = field(default_factory=lambda: defaultdict(Switch))
    under_way: list[Deed] = field(default_factory=list)
    asked: int = 0

    def begin(self, at: datetime) -> Deed:
        """Note a command."""
        deed = Deed(asked_at=at)
        self.under_way.append(deed)
        return deed

    def cut_off(self, at: datetime) -> None:
        """Note that the process ended: what was under way has taken effect or never will."""
        for deed in self.under_way:
            deed.over_at = deed.over_at or at
        self.under_way.clear()

    def channels_at(self, schedule: ScheduleId, at: datetime) -> set[int]:
        """Find the channels that may be a schedule's: an edit under way, or cut off by a crash, is done or not."""
        moves = self.channels[schedule]
        done = [deed for _, deed in moves if deed.is_done(at)]
        return {
            channel_id
            for channel_id, deed in moves
            if deed.asked_at <= at and all(deed.may_come_after(later) for later in done if later is not deed)
        }


def decide_something(world: DecidingWorld) -> None:
    """Some decisions about one schedule, seconds or minutes apart: what was planned a moment ago is hit by the next."""
    there = [each for each in world.decisions.channels if not world.decisions.deleted[each].on]
    schedule = world.source.choice(there or list(world.decisions.channels))
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


async def give(world: DecidingWorld, note: Callable[[Deed], None], work: Coroutine[Any, Any, object]) -> None:
    """Give a command.

    Args:
        world: Where it is given.
        note: Called with the command before anything of it is done.
        work: What it does.
    """
    deed = world.decisions.begin(world.clock.true_now())
    note(deed)
    try:
        await work
        deed.answered_at = world.clock.true_now()
    finally:
        deed.over_at = deed.over_at or world.clock.true_now()


async def _hide(world: DecidingWorld, process: DecidingProcess, _schedule: Schedule) -> None:
    hidden = world.decisions.hidden
    shown = [each for each in world.articles_on_their_way() or world.known_articles() if not hidden[each].is_wanted]
    if not shown:
        return
    article = world.source.choice(shown)
    await give(world, hidden[article].on.append, hide_article(process.store.articles, INSTANCE_SHELF, article))


async def _show(world: DecidingWorld, process: DecidingProcess, _schedule: Schedule) -> None:
    hidden = [article for article, switch in world.decisions.hidden.items() if switch.is_wanted]
    if not hidden:
        return
    article = world.source.choice(hidden)
    work = hide_article(process.store.articles, INSTANCE_SHELF, article, hidden=False)
    await give(world, world.decisions.hidden[article].off.append, work)


async def _move(world: DecidingWorld, process: DecidingProcess, schedule: Schedule) -> None:
    channel_id = world.source.choice(world.channels_of(schedule.guild_id))
    if channel_id == schedule.channel_id:
        return
    moves = world.decisions.channels[schedule.id]
    work = _edit(world, process, schedule, channel=channel_id)
    await give(world, lambda deed: moves.append((channel_id, deed)), work)


async def _change(world: DecidingWorld, process: DecidingProcess, schedule: Schedule) -> None:
    at = f"{world.source.randrange(24):02}:{world.source.randrange(60):02}"
    options: tuple[dict[str, str | int], ...] = ({"count": world.source.randrange(1, 20)}, {"time": at})
    await _edit(world, process, schedule, **world.source.choice(options))


async def _edit(world: DecidingWorld, process: DecidingProcess, schedule: Schedule, **options: str | int) -> None:
    changes = ScheduleChanges(options=options)
    await edit_schedule(process.store.schedules, schedule, changes, member_id=7, now=world.clock.now())


async def _pause(world: DecidingWorld, process: DecidingProcess, schedule: Schedule) -> None:
    await give(world, world.decisions.paused[schedule.id].on.append, pause_schedule(process.store.schedules, schedule))


async def _resume(world: DecidingWorld, process: DecidingProcess, schedule: Schedule) -> None:
    if schedule.state is ScheduleState.PAUSED:
        await resume(world, process, schedule)


async def _delete(world: DecidingWorld, process: DecidingProcess, schedule: Schedule) -> None:
    """Delete a schedule; another one takes its place."""
    work = delete_schedule(process.store.schedules, schedule, now=world.clock.now())
    await give(world, world.decisions.deleted[schedule.id].on.append, work)
    await world.add_schedule(process.store, schedule)


async def _move_the_desk(world: DecidingWorld, process: DecidingProcess, schedule: Schedule) -> None:
    """Draft earlier or later."""
    if schedule.desk_channel_id is not None:
        await set_desk(
            process.store.schedules,
            schedule,
            channel_id=schedule.desk_channel_id,
            lead_hours=world.source.randrange(3, 13),
            now=world.clock.now(),
            deed=log.Deed(id=1, guild_id=schedule.guild_id, member_id=7, at=world.clock.now()),
        )


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


async def resume(world: DecidingWorld, process: DecidingProcess, schedule: Schedule) -> None:
    """Let a schedule go on."""
    work = resume_schedule(process.store.schedules, schedule, now=world.clock.now())
    await give(world, world.decisions.paused[schedule.id].off.append, work)


_DECISIONS: Final[dict[_Decision, int]] = {
    _hide: 5,
    _show: 3,
    _move: 3,
    _change: 2,
    _move_the_desk: 1,
    _delete: 1,
    _pause: 2,
    _resume: 6,
    _send_now: 6,
    _send_now_and_hide: 3,
    _send_now_and_move: 3,
}
