"""Batch marks: marks that arrive while others are being written are written together next, one fsync for forty.

A mark returns only once its transaction is on disk, so it is as durable as if it had been written alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

from bot.errors import StoreError
from bot.news.delivery import DeliveryKey, DeliveryState
from bot.store.engine.connection import Connection
from bot.store.engine.ledger import LedgerDatabase
from bot.store.sqlite.ledger.delivery_rows import key_columns

Mark = Mapping[str, object]
Waiting = tuple[Mark, asyncio.Future[bool]]

_MARK: Final = """
    UPDATE delivery SET state = :state, reason = :reason, lease_until = :lease_until, not_before = :not_before,
        message_id = CAST(:message_id AS BIGINT), sent_at = CAST(:sent_at AS BIGINT),
        tries = tries + :more_tries, revision = revision + :more_revisions,
        was_sending = CASE WHEN :state = 'sending' THEN was_sending ELSE 0 END,
        claimed_at = CASE WHEN :forget_attempt <> 0 THEN NULL ELSE claimed_at END,
        publish_at = CASE WHEN :state = 'sent' AND publish <> 0 AND :message_id <> 0 THEN :sent_at END,
        thread_at = CASE
            WHEN :state = 'sent' AND :message_id <> 0
                AND CAST(json_extract(nullif(posting, ''), '$.thread') AS BIGINT) = 1
            THEN :sent_at
        END
    WHERE schedule_id = :schedule_id AND edition = :edition AND part = :part AND channel_id = :channel_id
        AND attempt = :attempt AND state = 'sending'
"""


class Marks:
    """Writes the marks of one store in batches."""

    def __init__(self, database: LedgerDatabase) -> None:
        self._database = database
        self._waiting: list[Waiting] = []
        self._writing: asyncio.Task[None] | None = None

    async def write(self, mark: Mark) -> bool:
        """Write a mark; True once the changed row is on disk, False if the row was claimed again.

        Raises:
            StoreError: the file can't be written.
        """
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((mark, answer))
        if self._writing is None or self._writing.done():
            # A task of its own: a cancelled caller must not cancel the others' marks.
            self._writing = asyncio.create_task(self._write_all())
        return await answer

    async def _write_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            await self._write_batch(batch)

    async def _write_batch(self, batch: Sequence[Waiting]) -> None:
        try:
            moved = await self._database.write(lambda connection: [write_mark(connection, mark) for mark, _ in batch])
        except StoreError as error:
            _refuse(batch, error)
        except Exception as error:  # noqa: BLE001 - one caller's bug (a number too large) must not affect the others
            if len(batch) == 1:
                _refuse(batch, error)
                return
            for waiting in batch:
                await self._write_batch([waiting])
        else:
            for (_, answer), is_moved in zip(batch, moved, strict=True):
                if not answer.done():
                    answer.set_result(is_moved)


def mark_of(key: DeliveryKey, attempt: int, state: DeliveryState, **changes: object) -> Mark:
    """Build the mark that moves a SENDING row to `state`; `changes` are the values that aren't reset."""
    unchanged: dict[str, object] = {
        "reason": "",
        "lease_until": None,
        "not_before": None,
        "message_id": None,
        "sent_at": None,
        "more_tries": 0,
        "more_revisions": 0,
        "forget_attempt": False,
    }
    return key_columns(key) | unchanged | {"attempt": attempt, "state": state} | changes


def write_mark(connection: Connection, mark: Mark) -> bool:
    """Apply one mark within the caller's transaction."""
    return connection.execute(_MARK, mark).rowcount == 1


def _refuse(batch: Sequence[Waiting], error: Exception) -> None:
    for _, answer in batch:
        if not answer.done():
            answer.set_exception(error)
