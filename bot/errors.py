"""All errors that a person can see, in one hierarchy.

The message is one sentence for that person; `cure` is what they can do about it. Expected failures (an invalid seed, a
refused post) are not errors: they are returned as values (`SeedProblem`, `Refused`).
"""

from __future__ import annotations

from enum import Enum


class Limit(Enum):
    """Everything of which there may only be so much: each refusal names the one that is reached."""

    PER_MINUTE = "what a member begins within a minute"
    AT_ONCE = "what a member has under way"
    WAITING = "commands that wait for a turn"
    SERVER_IMPORTS = "imports of a server under way"
    IMPORTS = "imports under way or waiting in all"
    HOURLY_IMPORTS = "imports of a server within an hour"
    IMPORT_TIME = "the time of an import"
    SHELF = "articles and text of a server"
    SCHEDULES = "schedules of a server"
    EDITOR_ROLES = "editor roles of a server"
    SUGGESTIONS = "suggestions of a member within a day"


class NewsdeskError(Exception):
    """An error to show to a person.

    Attributes:
        message: One sentence, with a final full stop unless it ends in a name or a number.
        cure: What to do about it, one sentence; empty if nothing can be done.
    """

    exit_status = 1

    def __init__(self, message: str, *, cure: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.message} {self.cure}".strip()


class ConfigError(NewsdeskError):
    """The configuration can't be used; `problems` has one line for every wrong key, not only the first."""

    exit_status = 78

    def __init__(self, problems: tuple[str, ...], *, cure: str = "") -> None:
        super().__init__("The configuration can't be used: " + "; ".join(problems) + ".", cure=cure)
        self.problems = problems


class TokenRefusedError(NewsdeskError):
    """Discord rejected the token or a gateway setting permanently; restarting can't help."""

    exit_status = 78


class UnknownArticleError(NewsdeskError):
    """No article that this server can see has that id, URL or title."""


class UnknownScheduleError(NewsdeskError):
    """This server has no schedule of that name or id."""


class ScheduleChangedError(NewsdeskError):
    """The schedule was changed while its edition was planned."""


class PlanOutdatedError(NewsdeskError):
    """What an edition was chosen from has changed before it was stored."""


class PreviewOutdatedError(NewsdeskError):
    """What would be posted now is not what a member saw in the preview."""


class DraftChangedError(NewsdeskError):
    """A draft on the editors' desk is not what the editor saw."""


class ImportOutdatedError(NewsdeskError):
    """What would be imported now is not what a member saw in the preview."""


class UnknownEditionError(NewsdeskError):
    """The schedule has no edition of that number."""


class UnknownZoneError(NewsdeskError):
    """The tz database has no time zone of that name."""


class BadInputError(NewsdeskError):
    """An invalid input: a date, a time, a number, a name."""


class ForbiddenError(NewsdeskError):
    """A permission is missing: the member's, or the bot's in a channel."""


class TooManyError(NewsdeskError):
    """A limit is reached (docs/security.md, Floods).

    Attributes:
        limit: Which one.
    """

    def __init__(self, message: str, *, limit: Limit, cure: str = "") -> None:
        super().__init__(message, cure=cure)
        self.limit = limit


class LateError(NewsdeskError):
    """What a member asked for waited so long that nobody would see it."""


class ArchiveError(NewsdeskError):
    """An uploaded zip archive is rejected as a whole: too many entries, too large, links or folders in it."""


class StoreError(NewsdeskError):
    """The database can't be used."""


class SchemaTooNewError(StoreError):
    """The database was written by a newer Newsdesk."""

    exit_status = 78


class StoreLockedError(StoreError):
    """Another process posts from this database."""

    exit_status = 75


class StoreLostError(StoreError):
    """The database is empty or missing although there was a newsroom in it; a new one must not take its place."""

    exit_status = 78


class StoreDisplacedError(StoreError):
    """The database's file was deleted or replaced while it is open: what is written now would be gone."""


class StoreTakenOverError(StoreError):
    """Another process runs the bot with this database now; started again, this one waits until it has ended."""


class StoreDamagedError(StoreError):
    """A check of the database failed."""


class StoreFullError(StoreError):
    """The file of a server's uploads has reached its limit; nothing of the refused transaction was done."""


class StoreUnavailableError(StoreError):
    """The database can't be used at the moment: locked for too long, or the disk is full. Retrying later can help."""


class StoreBusyError(StoreUnavailableError):
    """Another process is in the middle of a write; nothing of the refused transaction was done."""
