"""Worlds in which a crash takes the file along, and a backup of the last hour is put in its place."""

from __future__ import annotations

from typing import Final

from typing_extensions import override

from bot.news.delivery import DeliveryKey, DeliveryState, nonce_for
from tests.simulation.memory import Tables
from tests.simulation.oracle import Findings
from tests.simulation.world import World

_EVERY_S: Final = 300.0
_KEPT: Final = 12
_SHARE: Final = 0.4
"""Of all crashes."""


class RestoringWorld(World):
    """Nothing may be doubled by it. What was planned after the backup is planned again, or forgotten with the file."""

    def _open_schedules(self) -> None:
        super()._open_schedules()
        self._backups: list[Tables] = []
        self._back_up()

    def _back_up(self) -> None:
        self._backups = [*self._backups[1 - _KEPT :], self.tables.copy()]
        self.loop.call_outside(_EVERY_S, self._back_up)

    def draw_parts(self) -> int:
        """The same each time: an edition that is planned again has as many parts as before."""
        return 2

    @override
    def kill(self, down_s: float) -> None:
        # At times the file is lost, too.
        super().kill(down_s)
        if self.source.random() < _SHARE:
            self.tally.restores += 1
            self.note("restore")
            self.planned |= self.tables.rows.keys()
            self.tables = self.source.choice(self._backups).copy()
            self._note_deleted()

    def _note_deleted(self) -> None:
        """Note messages that a moderator deleted and the backup doesn't know of: nothing shows that they were sent."""
        sent = {row.draft.key for row in self.tables.rows.values() if row.state is DeliveryState.SENT}
        for nonce, messages in self.discord.posted.items():
            if nonce not in sent and any(message.deleted_at is not None for message in messages):
                self.deleted_unsettled.add(nonce)

    def _judge(self) -> Findings:
        forgotten = self.planned - self.tables.rows.keys()
        self.planned.clear()
        findings = super()._judge()
        doubled = sorted(f"forgotten {key}" for key in forgotten if self._count(key) > 1)
        self.tally.doubled += len(doubled)
        findings.doubled += doubled
        return findings

    def _count(self, key: DeliveryKey) -> int:
        """The messages of a delivery that no moderator deleted; its file is gone, so nobody knows more."""
        nonce = nonce_for(key)
        if nonce in self.frozen | self.deleted_unsettled:
            return 0
        return sum(message.deleted_at is None for message in self.discord.posted.get(nonce, ()))
