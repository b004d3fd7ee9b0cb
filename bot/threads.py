"""Threads for computing, apart by whom they work for: an edition never waits for what members ask for.

asyncio's own threads are left to short waits for files and host names, which sending needs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from enum import Enum
from functools import partial
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class WorksFor(Enum):
    """The people or the work that is waiting for a result; the prefix of the names of its threads."""

    MEMBERS = "members"
    EDITIONS = "editions"
    UPLOADS = "uploads"
    SEEDS = "seeds"


# Python runs one of them at a time; a second thread lets short work pass long work. Two uploads are read at once.
_POOLS: Final = {
    WorksFor.MEMBERS: ThreadPoolExecutor(2, thread_name_prefix=WorksFor.MEMBERS.value),
    WorksFor.EDITIONS: ThreadPoolExecutor(1, thread_name_prefix=WorksFor.EDITIONS.value),
    WorksFor.UPLOADS: ThreadPoolExecutor(2, thread_name_prefix=WorksFor.UPLOADS.value),
    WorksFor.SEEDS: ThreadPoolExecutor(1, thread_name_prefix=WorksFor.SEEDS.value),
}

# Members by default: work that names nobody must not take the threads of the others.
_WHOM: Final[ContextVar[WorksFor]] = ContextVar("works_for", default=WorksFor.MEMBERS)


@contextmanager
def working_for(whom: WorksFor) -> Iterator[None]:
    """Compute in these threads, in this task and in tasks created within the block."""
    token = _WHOM.set(whom)
    try:
        yield
    finally:
        _WHOM.reset(token)


def works_for() -> WorksFor:
    """Return whom the current task works for."""
    return _WHOM.get()


async def compute(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a function in a thread of those whom the current task works for, and return its result."""
    run = partial(copy_context().run, work, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(_POOLS[works_for()], run)
