"""Hold everything while the database's file is deleted or replaced, and rescue what the open file contains."""

from __future__ import annotations

from typing import Final

import structlog

from bot.clock import Clock
from bot.errors import StoreError
from bot.news.notices.notice import Notifier
from bot.news.notices.texts import displaced_notice
from bot.store.sqlite.file.database import Database

log = structlog.get_logger(__name__)

_SUFFIX: Final = ".rescued-"


class FileGuard:
    """Looks at the database's files at each tick.

    Attributes:
        trouble: What happened to a file, and where the rescued copy is; empty while all are in place.
    """

    def __init__(self, database: Database, clock: Clock, notifier: Notifier) -> None:
        self._database = database
        self._clock = clock
        self._notifier = notifier
        self.trouble = ""

    async def check(self) -> bool:
        """Return True if the files are in place; otherwise nothing is written until they are.

        The first time, what the open file contains is copied beside it, and the operator gets a notice.
        """
        displaced = await self._database.check_place()
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
        path = self._database.path
        target = path.with_name(f"{path.name}{_SUFFIX}{self._clock.now():%Y%m%dT%H%M%S}")
        try:
            await self._database.back_up_to(target)
        except (StoreError, OSError) as error:
            return f"What the bot has open could not be copied ({error})."
        return f"What the bot has open is copied to {target}."
