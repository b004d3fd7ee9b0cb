"""Editors at work on drafts: one after the other and at once, on the draft as each of them saw it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from bot.errors import BadInputError, DraftChangedError
from bot.news.schedules.desk import Deed as DeskDeed
from bot.news.schedules.desk import DeskState, OnDesk
from bot.usecases.digest.desk import Order, act_on_draft, read_desk, skip_draft
from tests.simulation.decisions import answered
from tests.simulation.editors import EditorsAct

if TYPE_CHECKING:
    from tests.simulation.deciding import DecidingProcess, DecidingWorld

_SHORTEST_LOOK_S: Final = 0.05
_LONGEST_LOOK_S: Final = 900.0
_LONGEST_PAUSE_S: Final = 2 * 3600.0

_TO_STORIES: Final = {DeskDeed.DROP: 5, DeskDeed.SWAP: 4, DeskDeed.UP: 4, DeskDeed.NOTE: 4, DeskDeed.HEADLINE: 4}
_TO_DRAFTS: Final = {DeskDeed.HOLD: 5, DeskDeed.APPROVE: 10, DeskDeed.SEND: 2, DeskDeed.SKIP: 1}
_ACTS: Final = _TO_STORIES | _TO_DRAFTS


def edit_something(world: DecidingWorld) -> None:
    """Let editors work on a draft; without a running bot they can't."""
    process = world.deciding_process
    if process is not None:
        world.loop.start(world.process_number, answered(_work(world, process)))


async def _work(world: DecidingWorld, process: DecidingProcess) -> None:
    desks = [desk for desk in await process.store.desks.desks() if desk.state is not DeskState.RELEASED]
    if not desks:
        return
    desk = world.source.choice(desks)
    for _ in range(world.source.randrange(1, 6)):
        seen = await read_desk(process.store, desk.schedule_id, desk.edition)
        await asyncio.sleep(world.weather.log_uniform_s(_SHORTEST_LOOK_S, _LONGEST_LOOK_S))
        editors = world.source.choice((1, 2, 2))  # who see the same draft, and press in the same moment or soon after
        waits_s = (world.source.choice((0.0, 0.0, _LONGEST_LOOK_S)) * world.source.random() for _ in range(editors))
        await asyncio.gather(*(answered(_act(world, process, seen, wait_s)) for wait_s in waits_s))
        process.deliverer.wake()
        await asyncio.sleep(world.weather.log_uniform_s(_SHORTEST_LOOK_S, _LONGEST_PAUSE_S))


async def _act(world: DecidingWorld, process: DecidingProcess, seen: OnDesk, wait_s: float) -> None:
    """One editor does something to the draft that they saw."""
    (deed,) = world.source.choices(list(_ACTS), list(_ACTS.values()))
    await asyncio.sleep(wait_s)
    if world.weather.is_over or not seen.can_change:
        return
    pick = world.source.choice(seen.edition.picks) if deed in _TO_STORIES and seen.edition.picks else None
    if pick is None and deed in _TO_STORIES:
        return
    act = EditorsAct(
        command=world.decisions.begin(world.clock.true_now()),
        deed=deed,
        article=None if pick is None else pick.article.id,
        is_clock_right=world.clock.wrong_by_s == 0.0,
    )
    acts = world.drafts.acts[seen.desk.schedule_id, seen.desk.edition]
    acts.append(act)
    world.drafts_edited += 1
    try:
        answer = await _do(world, process, seen, act)
        act.command.answered_at = world.clock.true_now()
        act.shown = world.parts_of(answer)
    except (DraftChangedError, BadInputError):  # nothing was done
        acts.remove(act)
        raise
    finally:
        act.command.over_at = act.command.over_at or world.clock.true_now()


async def _do(world: DecidingWorld, process: DecidingProcess, seen: OnDesk, act: EditorsAct) -> OnDesk:
    schedule_id, key, now = seen.desk.schedule_id, seen.desk.edition, world.clock.now()
    if act.deed is DeskDeed.SKIP:
        if seen.schedule is None:
            raise BadInputError("The schedule was deleted.")
        skipped = await skip_draft(process.store, seen.schedule, member_id=7, now=now)
        if skipped is None or skipped.desk.edition != key:
            raise BadInputError("Another draft was skipped, or none.")
        return skipped
    order = Order(deed=act.deed, article_id=act.article, text=f"words {world.source.randrange(100)}")
    revision = seen.desk.revision
    return await act_on_draft(process.store, schedule_id, key, order, revision=revision, member_id=7, now=now)
