"""A server's log: who changed what and when, for its managers, for thirty days."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

LOG_KEPT: Final = timedelta(days=30)
"""An entry is shown and kept for this long."""

NOBODY: Final = 0
"""In place of the id of a member who deleted their data."""


class Act(StrEnum):
    """What somebody did; the values are stored."""

    CREATE = "created"
    EDIT = "edited"
    DELETE = "deleted"
    PAUSE = "paused"
    RESUME = "resumed"
    SKIP = "skipped the next edition of"
    UNSKIP = "restored the next edition of"
    SEND_NOW = "sent an extra edition of"
    RETRY = "sent failed messages again of"
    MARK_POSTED = "marked a message as posted of"
    SKIP_MESSAGE = "skipped a message of"
    IMPORT = "imported"
    ROLL_BACK = "rolled back"
    HIDE = "hid"
    UNHIDE = "showed again"
    ADD_EDITORS = "added the editor role"
    REMOVE_EDITORS = "removed the editor role"
    TAKE = "took the suggestion"
    REFUSE = "refused the suggestion"
    SETTINGS = "imported the settings of"
    DRAFT_APPROVE = "approved the draft of"
    DRAFT_HOLD = "held the draft of"
    DRAFT_SEND = "sent the draft of"
    DRAFT_DROP = "dropped a story from the draft of"
    DRAFT_UP = "moved a story up in the draft of"
    DRAFT_SWAP = "swapped a story in the draft of"
    DRAFT_NOTE = "wrote a note in the draft of"
    DRAFT_HEADLINE = "wrote a headline in the draft of"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One line of a server's log.

    Attributes:
        id: Of the interaction: what a member did in several steps is one entry, and a repeated step adds none.
        guild_id: The server.
        member_id: The member who did it; `NOBODY` once that was deleted.
        act: What was done.
        subject: To what: the name of a schedule, an article, a role or a file, as it was then.
        detail: Which options, why, or how much; empty if the act says it all.
        at: When.
    """

    id: int
    guild_id: int
    member_id: int
    act: Act
    subject: str
    detail: str = ""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """The member who acts, in which server and when: what they do is logged in the transaction that does it."""

    id: int
    guild_id: int
    member_id: int
    at: datetime

    def entry(self, act: Act, subject: str, detail: str = "") -> LogEntry:
        """Build the entry of what is done."""
        return LogEntry(
            id=self.id,
            guild_id=self.guild_id,
            member_id=self.member_id,
            act=act,
            subject=subject,
            detail=detail,
            at=self.at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What somebody has begun to do to a server's articles, which are in another file than the log."""

    deed: Deed
    act: Act


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What was done to a server's articles, recorded in their file by the transaction that did it.

    Attributes:
        id: Of the interaction.
        subject: As `LogEntry.subject`.
        detail: As `LogEntry.detail`.
    """

    id: int
    subject: str
    detail: str = ""


def reasons_of(titles: Sequence[str], entries: Sequence[LogEntry]) -> tuple[str, ...]:
    """Find why articles are hidden, by their titles, which is all that the log knows of them.

    Args:
        titles: Of the hidden articles; several may have one title.
        entries: Of the log, newest first.

    Returns:
        Each article's reason; empty if none is known, or if the log doesn't show which of several it is for.
    """
    reasons: defaultdict[str, list[str]] = defaultdict(list)
    for entry in entries:
        if entry.act is Act.HIDE:
            reasons[entry.subject].append(entry.detail)
    counts = Counter(titles)

    def is_clear(title: str) -> bool:
        known = reasons[title]
        return len(known) >= counts[title] and (counts[title] == 1 or len(set(known)) == 1)

    return tuple(reasons[title][0] if is_clear(title) else "" for title in titles)


def entry_of(deed: Deed | None, act: Act, subject: str, detail: str = "") -> LogEntry | None:
    """Build the entry of a deed; None if it is the operator's or the bot's own."""
    return None if deed is None else deed.entry(act, subject, detail)
