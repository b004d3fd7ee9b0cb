"""Hold everything while a file of the database is deleted or replaced, and planning while the archive is damaged.

What the open files contain is rescued in the first case.
"""

from __future__ import annotations

from typing import Final

import structlog

from bot.clock import Clock
from bot.errors import StoreError
from bot.news.article import ShelfId, guild_of_shelf
from bot.news.notices.notice import Notifier
from bot.news.notices.texts import damaged_notice, displaced_notice, unreadable_notice
from bot.store.sqlite.backup import write_backup
from bot.store.sqlite.shelves.files import StoreFiles

log = structlog.get_logger(__name__)

_SUFFIX: Final = ".rescued-"


class FileGuard:
    """Looks at the database's files at each tick.

    Attributes:
        trouble: What happened to a file, and where the rescued copy is; empty while all are in place.
    """

    def __init__(self, files: StoreFiles, clock: Clock, notifier: Notifier) -> None:
        self._files = files
        self._clock = clock
        self._notifier = notifier
        self.trouble = ""
        self._has_notified = False
        self._notified: set[ShelfId] = set()

    async def may_plan(self) -> bool:
        """Return False if the archive is damaged, from which editions are chosen; the operator gets a notice of it.

        If it is one server's file, that server gets the notice, and its editions are chosen from the instance's alone.
        """
        damage = self._files.archive.damage
        if damage and not self._has_notified:
            log.error("no edition is planned", reason=damage)
            await self._notifier.notify(damaged_notice(damage, at=self._clock.now()))
            self._has_notified = True
        await self._notify_servers()
        return not damage

    async def _notify_servers(self) -> None:
        """Send a server whose file can't be used one notice of it."""
        unreadable = self._files.shelves.find_unreadable()
        for shelf in unreadable.keys() - self._notified:
            guild_id = guild_of_shelf(shelf)
            if guild_id is not None:
                await self._notifier.notify(unreadable_notice(guild_id, at=self._clock.now()))
        self._notified = set(unreadable)

    async def check(self) -> bool:
        """Return True if the files are in place; otherwise nothing is written until they are.

        The first time, what the open files contain is backed up beside them, and the operator gets a notice.
        """
        displaced = ", and ".join((await self._files.find_displaced()).values())
        if not displaced:
            if self.trouble:
                log.info("the database's files are in place again")
            self.trouble = ""
            return True
        if not self.trouble:
            self.trouble = f"{displaced}. {await self._rescue()}"
            log.error("nothing is posted or planned", reason=self.trouble)
            await self._notifier.notify(displaced_notice(self.trouble, at=self._clock.now()))
        return False

    async def _rescue(self) -> str:
        path = self._files.local.path
        target = path.with_name(f"{path.name}{_SUFFIX}{self._clock.now():%Y%m%dT%H%M%S}")
        try:
            left_out = await write_backup(self._files, target, clock=self._clock)
        except StoreError as error:
            return f"What the bot has open could not be copied ({error})."
        return " ".join([f"What the bot has open is copied to {target}.", *left_out.values()])
