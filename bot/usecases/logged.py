"""Log what is done to a server's articles, which are in another file than the log: no entry is lost, none is invented.

No transaction spans both files. So the ledger notes first that something is begun; the articles' file records it in the
transaction that does it; then the ledger turns what was begun into an entry if the other file has that record. A kill
between leaves it begun, and the next start looks at the other file again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from bot.errors import NewsdeskError
from bot.news.article import server_shelf
from bot.news.servers.log import Act, Deed
from bot.store.port import Store

T = TypeVar("T")


async def logged(store: Store, deed: Deed, act: Act, work: Callable[[], Awaitable[T]]) -> T:
    """Do something to a server's articles, and log it if it was done.

    Args:
        store: The database.
        deed: The member's.
        act: What it is.
        work: Does it, and records it in the same transaction (`Done`).

    Returns:
        What `work` returned.
    """
    await store.log.begin_entry(deed, act)
    try:
        answer = await work()
    except Exception:  # not a cancelled one: its transaction may still be under way
        with suppress(NewsdeskError):
            await _finish(store, deed)
        raise
    await _finish(store, deed)
    return answer


async def finish_begun(store: Store) -> int:
    """Finish the entries that were begun before the bot was stopped, and return their number.

    Those of a server whose articles can't be read at the moment are left for the next start.
    """
    begun = await store.log.begun()
    for each in begun:
        with suppress(NewsdeskError):
            await _finish(store, each.deed)
    return len(begun)


async def _finish(store: Store, deed: Deed) -> None:
    done = await store.articles.find_done(server_shelf(deed.guild_id), deed.id)
    await store.log.finish_entry(deed.id, done)
