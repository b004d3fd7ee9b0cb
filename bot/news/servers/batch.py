"""Batches: imports of a server, and what rolling one back would do."""

from __future__ import annotations

from dataclasses import dataclass

from bot.errors import BadInputError
from bot.news.content import ImportRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollback:
    """What rolling a batch back does, or did.

    Attributes:
        batch: The import.
        removed: Titles of the articles that it added and that go.
        restored: Titles of the articles that it changed, as they become again.
        kept: How many articles that it added stay because somebody has hidden them since.
        later: The newest later batch that touched the same articles; None if there is none.
        key: Stands for all of this: what is done is what was shown.
    """

    batch: ImportRecord
    removed: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()
    kept: int = 0
    later: ImportRecord | None = None
    key: str = ""


def require_open(batch: ImportRecord | None) -> ImportRecord:
    """Return a batch that can be rolled back.

    Raises:
        BadInputError: it can't; the message says why.
    """
    if batch is None:
        raise BadInputError("There is no such batch in this server.", cure="Choose one from the list.")
    if batch.rolled_back_at is not None:
        raise BadInputError(f"Batch {batch.id} was rolled back already.", cure="Nothing was changed.")
    if not batch.added + batch.changed and not batch.can_roll_back:
        raise BadInputError(f"Batch {batch.id} changed nothing.", cure="There is nothing to roll back.")
    if not batch.can_roll_back:
        raise BadInputError(
            f"Batch {batch.id} has expired.",
            cure="Only the latest imports can be rolled back. Use /content hide, or import the earlier files again.",
        )
    return batch


def require_latest(rollback: Rollback) -> Rollback:
    """Return a rollback that no later batch is in the way of.

    Raises:
        BadInputError: one is; the message names it.
    """
    if rollback.later is not None:
        raise BadInputError(
            f"Batch {rollback.later.id} changed some of the same articles later.",
            cure=f"Roll back batch {rollback.later.id} first.",
        )
    return rollback
