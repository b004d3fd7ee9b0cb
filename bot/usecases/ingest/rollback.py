"""Roll an import of a server back: show what that does, then do exactly that."""

from __future__ import annotations

from bot.clock import Clock
from bot.news.article import ShelfId
from bot.news.servers.batch import Rollback, require_latest
from bot.news.servers.log import Deed
from bot.store.port.article import BatchStore


async def plan_rollback(store: BatchStore, shelf: ShelfId, batch: str) -> Rollback:
    """Compute what rolling a batch back would do.

    Raises:
        BadInputError: there is no such batch, it can't be rolled back (any more), or a later batch is in the way.
    """
    return require_latest(await store.plan_rollback(shelf, batch.strip()))


async def roll_back(store: BatchStore, clock: Clock, shelf: ShelfId, batch: str, *, key: str, deed: Deed) -> Rollback:
    """Roll a batch back, if that does what was shown; an import that is being stored goes first.

    Args:
        store: Keeps what the batch replaced.
        clock: When it was done.
        shelf: The server's.
        batch: The import's id.
        key: Of the rollback that was shown.
        deed: The member's.

    Returns:
        What was done; its key is another one than was given if nothing was, since it would do something else by now.

    Raises:
        BadInputError: as `plan_rollback`.
        StoreBusyError: an import of the server is being stored, and takes long.
    """
    return await store.roll_back(shelf, batch, key=key, at=clock.now(), deed=deed)
