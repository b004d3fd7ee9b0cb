"""Every error that a person can meet, in one tree.

The message is one sentence for the person who meets it; `cure` is what they can do about it. Values that are
merely unwelcome (a bad seed, a refused post) are not errors: they are returned (`SeedProblem`, `Refused`).
"""

from __future__ import annotations


class NewsdeskError(Exception):
    """Something that a person must know.

    Attributes:
        message: One sentence, without a final full stop only where it ends in a name or a number.
        cure: What to do about it, one sentence; empty where nothing can be done.
    """

    exit_status = 1

    def __init__(self, message: str, *, cure: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.message} {self.cure}".strip()


class ConfigError(NewsdeskError):
    """The configuration can't be used. `problems` holds one line for every wrong key, never only the first."""

    exit_status = 78

    def __init__(self, problems: tuple[str, ...], *, cure: str = "") -> None:
        super().__init__("The configuration can't be used: " + "; ".join(problems) + ".", cure=cure)
        self.problems = problems


class TokenRefusedError(NewsdeskError):
    """Discord refused the token, or a gateway setting, for good: starting again can't help."""

    exit_status = 78


class UnknownArticleError(NewsdeskError):
    """No article that this server sees answers to the id, the URL or the title."""


class UnknownScheduleError(NewsdeskError):
    """This server has no schedule of that name or id."""


class UnknownEditionError(NewsdeskError):
    """The schedule has no edition of that number."""


class UnknownZoneError(NewsdeskError):
    """The time zone's name is not in the tz database."""


class BadInputError(NewsdeskError):
    """What a person typed can't be used: a date, a time, a number, a name."""


class ForbiddenError(NewsdeskError):
    """The member may not do this, or the bot may not in that channel."""


class TooManyError(NewsdeskError):
    """A limit is reached: commands a minute, imports an hour, articles a shelf (docs/security.md, Floods)."""


class ArchiveError(NewsdeskError):
    """An uploaded zip is refused as a whole: too many entries, too large, links or folders in it."""


class StoreError(NewsdeskError):
    """The database can't be used."""


class SchemaTooNewError(StoreError):
    """The database was written by a newer Newsdesk."""

    exit_status = 78


class StoreLockedError(StoreError):
    """Another process sends from this database."""

    exit_status = 75


class StoreDamagedError(StoreError):
    """A check of the database failed."""


class StoreUnavailableError(StoreError):
    """The database can't be used at the moment: locked for too long, or no room. Trying again later can help."""

    exit_status = 75
