"""How long a write waits for another process's transaction: long for work in the background, short for a member."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

_LIMIT_S: Final[ContextVar[float | None]] = ContextVar("write_patience", default=None)


@contextmanager
def waiting_at_most(seconds: float) -> Iterator[None]:
    """Let writes of this task, and of tasks created within the block, give up after these seconds."""
    token = _LIMIT_S.set(seconds)
    try:
        yield
    finally:
        _LIMIT_S.reset(token)


def patience_s(usual_s: float) -> float:
    """Return the shorter of the usual time limit and that of this task, in seconds."""
    limit_s = _LIMIT_S.get()
    return usual_s if limit_s is None else min(usual_s, limit_s)
