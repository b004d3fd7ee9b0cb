"""The turn of this process to run the bot: of several with one database one runs, and the others wait to take over.

The turn is an advisory lock of a session of its own. PostgreSQL ends that session when the process is gone, and also
when it says nothing for `SILENCE_S`: a process that is frozen loses its turn as well. That is about answering commands
once; nothing is posted twice even if two processes send (docs/delivery.md, Protocol).
"""

from __future__ import annotations

from typing import Any, Final

import psycopg
from psycopg import sql

from bot.errors import StoreTakenOverError, StoreUnavailableError
from bot.store.postgres.errors import as_store_errors

SILENCE_S: Final = 10
"""Seconds without a sign of life after which another process may take over."""

_WAIT: Final = "Start this one again: it waits until that one has ended."

_LOCK: Final = 0x4E575344_0002
"""The advisory lock of the process that runs; each database has its own."""


class Turn:
    """The turn of this process. Its methods are called from one thread at a time.

    Attributes:
        is_taken: True once it was this process's turn.
    """

    def __init__(self, link: dict[str, Any], name: str) -> None:
        self._link = link
        self._name = name
        self._session: psycopg.Connection[Any] | None = None
        self.is_taken = False

    def take(self) -> None:
        """Take the turn if nobody has it.

        Raises:
            StoreUnavailableError: another process has it, or PostgreSQL can't be reached.
        """
        with as_store_errors(self._name):
            session = psycopg.connect(autocommit=True, **self._link)
            try:
                session.execute(sql.SQL("SET idle_session_timeout = {}").format(f"{SILENCE_S}s"))
                row = session.execute("SELECT pg_try_advisory_lock(%s)", (_LOCK,)).fetchone()
            except psycopg.Error:
                session.close()
                raise
        if row is None or not row[0]:
            session.close()
            raise StoreUnavailableError(
                f"Another process runs the bot with {self._name}.", cure="This one takes over when that one has ended."
            )
        self._session, self.is_taken = session, True

    def keep(self) -> None:
        """Give a sign of life, and take the turn again if its session has ended.

        Raises:
            StoreTakenOverError: another process has taken it meanwhile.
            StoreUnavailableError: PostgreSQL can't be reached; nothing is known.
        """
        if self._session is not None:
            try:
                self._session.execute("SELECT 1")
                return
            except psycopg.Error:
                self._session.close()
                self._session = None
        try:
            self.take()
        except StoreUnavailableError as error:
            if error.__cause__ is not None:
                raise
            raise StoreTakenOverError(f"Another process has taken over {self._name}.", cure=_WAIT) from error

    def give_up(self) -> None:
        """Let another process have it at once."""
        if self._session is not None:
            self._session.close()
            self._session = None
