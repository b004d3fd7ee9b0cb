"""In-memory implementation of `DeskStore`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import cast

from typing_extensions import override

from bot.news.delivery import Delivery, DeliveryState, EditionKey, ScheduleId
from bot.news.edition import Edition, Reason, Verdict
from bot.news.schedules.desk import Deed, Desk, DeskAct, DeskMessage, OnDesk, draft_was_changed, not_a_draft
from bot.news.schedules.desk import after as desk_after
from bot.news.schedules.schedule import NOBODY
from bot.store.port.desk import DeskStore
from tests.simulation.memory.disk import Disk
from tests.simulation.memory.tables import EditionId, Tables


class MemoryDeskStore(DeskStore):
    """In-memory implementation of `DeskStore`."""

    def __init__(self, tables: Tables, disk: Disk) -> None:
        self._tables = tables
        self._disk = disk

    @override
    async def find_draft(self, schedule: ScheduleId, edition: EditionKey) -> OnDesk | None:
        return await self._disk.read(lambda: self._draft((schedule, edition)))

    def _draft(self, key: EditionId) -> OnDesk | None:
        desk, edition = self._tables.desks.get(key), self._tables.editions.get(key[0], {}).get(key[1])
        if desk is None or edition is None:
            return None
        row = self._tables.schedules.get(key[0])
        return OnDesk(
            desk=desk,
            schedule=None if row is None or row.deleted_at is not None else row.schedule,
            edition=edition,
            parts=tuple(self._tables.parts_of(key)),
            acts=self._tables.desk_acts.get(key, ()),
        )

    @override
    async def desks(self, *, guild_id: int | None = None) -> tuple[Desk, ...]:
        return await self._disk.read(lambda: self._find(lambda desk: guild_id in {None, desk.guild_id}))

    @override
    async def drafts(self, schedule: ScheduleId) -> tuple[Desk, ...]:
        return await self._disk.read(lambda: self._drafts(schedule))

    def _drafts(self, schedule: ScheduleId) -> tuple[Desk, ...]:
        return self._find(lambda desk: desk.schedule_id == schedule and self._tables.is_draft(schedule, desk.edition))

    def _find(self, wanted: Callable[[Desk], bool]) -> tuple[Desk, ...]:
        found = [desk for desk in self._tables.desks.values() if not desk.is_closed and wanted(desk)]
        return tuple(sorted(found, key=lambda desk: (desk.due_at, desk.schedule_id)))

    @override
    async def change(self, desk: Desk, act: DeskAct, edition: Edition, parts: Sequence[Delivery]) -> OnDesk:
        key = (desk.schedule_id, desk.edition)

        def work() -> OnDesk:
            stored = self._tables.desks.get(key)
            if stored is None or not self._tables.is_draft(*key):
                raise not_a_draft()
            if stored.revision != desk.revision - 1:
                raise draft_was_changed()
            self._record(desk, act)
            if parts:
                self._replace_draft(key, act, edition, parts)
            else:
                self._skip_parts(key, act)
            return cast("OnDesk", self._draft(key))

        return await self._disk.write(work)

    def _record(self, desk: Desk, act: DeskAct) -> None:
        key = (desk.schedule_id, desk.edition)
        self._tables.desks[key] = replace(self._tables.desks[key], state=desk.state, revision=desk.revision)
        acts = self._tables.desk_acts.get(key, ())
        self._tables.desk_acts[key] = (*acts, replace(act, revision=desk.revision))

    def _skip_parts(self, key: EditionId, act: DeskAct) -> None:
        for row in self._tables.parts_of(key):
            self._tables.put(replace(row, state=DeliveryState.SKIPPED, reason=act.detail, not_before=None))

    @override
    async def skip_next(self, schedule: ScheduleId, act: DeskAct, *, after: datetime) -> OnDesk | None:
        def work() -> OnDesk | None:
            ahead = [desk for desk in self._drafts(schedule) if desk.due_at > after]
            if not ahead:
                return None
            self._record(desk_after(ahead[0], act.deed), act)
            self._skip_parts((schedule, ahead[0].edition), act)
            return self._draft((schedule, ahead[0].edition))

        return await self._disk.write(work)

    def _replace_draft(self, key: EditionId, act: DeskAct, edition: Edition, parts: Sequence[Delivery]) -> None:
        for row in self._tables.parts_of(key):
            self._tables.drop(row.key)
        for part in parts:
            self._tables.add(part)
        stored = self._tables.editions[key[0]][key[1]]
        self._tables.editions[key[0]][key[1]] = replace(stored, picks=edition.picks, is_late=edition.is_late)
        before = {pick.article.id for pick in stored.picks}
        now = {pick.article.id for pick in edition.picks}
        verdicts = {each.article_id: each for each in self._tables.verdicts.get(key, ())}
        lost = Reason.HIDDEN if act.deed is Deed.REDRAW else Reason.DROPPED
        for article in before - now:
            if article in verdicts:
                verdicts[article] = Verdict(article_id=article, reason=lost)
        for article in now - before:
            verdicts[article] = Verdict(article_id=article, reason=Reason.PICKED, detail="by an editor")
        self._tables.verdicts[key] = tuple(verdicts.values())

    @override
    async def count_acts(self, member_id: int) -> int:
        return await self._disk.read(lambda: self._count(member_id))

    def _count(self, member_id: int) -> int:
        return sum(act.member_id == member_id for acts in self._tables.desk_acts.values() for act in acts)

    @override
    async def forget_editor(self, member_id: int) -> int:
        def work() -> int:
            count = self._count(member_id)
            for key, acts in self._tables.desk_acts.items():
                self._tables.desk_acts[key] = tuple(
                    replace(act, member_id=NOBODY) if act.member_id == member_id else act for act in acts
                )
            return count

        return await self._disk.write(work)

    @override
    async def note_came_in(self, desk: Desk, count: int) -> None:
        await self._alter(desk, lambda stored: replace(stored, came_in=count))

    @override
    async def postpone(self, desk: Desk, parts: Sequence[Delivery]) -> bool:
        not_before = {part.not_before for part in parts}
        if len(not_before) != 1:
            raise ValueError("the parts of a draft may be claimed from one moment on")
        free_at, key = not_before.pop(), (desk.schedule_id, desk.edition)

        def work() -> bool:
            stored = self._tables.desks.get(key)
            if stored is None or stored.revision != desk.revision or not self._tables.is_draft(*key):
                return False
            for row in self._tables.parts_of(key):
                self._tables.put(replace(row, not_before=free_at))
            return True

        return await self._disk.write(work)

    @override
    async def messages(self, schedule: ScheduleId, edition: EditionKey) -> tuple[DeskMessage, ...]:
        def work() -> tuple[DeskMessage, ...]:
            found = self._tables.desk_messages.get((schedule, edition), {})
            return tuple(found[number] for number in sorted(found))

        return await self._disk.read(work)

    @override
    async def save_message(self, desk: Desk, message: DeskMessage) -> None:
        def work() -> None:
            key = (desk.schedule_id, desk.edition)
            if key in self._tables.desks:
                self._tables.desk_messages.setdefault(key, {})[message.number] = message

        await self._disk.write(work)

    @override
    async def close(self, desk: Desk) -> None:
        await self._alter(desk, lambda stored: replace(stored, is_closed=True))

    async def _alter(self, desk: Desk, change: Callable[[Desk], Desk]) -> None:
        def work() -> None:
            key = (desk.schedule_id, desk.edition)
            if key in self._tables.desks:
                self._tables.desks[key] = change(self._tables.desks[key])

        await self._disk.write(work)
