"""The editors' desk: the draft of an edition that editors see, change and release before it is posted.

A draft is a planned edition whose parts can't be claimed yet. So what is posted are the stored messages that the desk
shows, and everything that holds for a planned edition holds for a draft: a pause, a deleted schedule, an article that
was taken down, a limit of lateness.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.errors import BadInputError, DraftChangedError
from bot.news.article import ArticleId
from bot.news.delivery import Delivery, DeliveryState, EditionKey, ScheduleId
from bot.news.edition import Edition, Pick
from bot.news.message.draft import Draft
from bot.news.message.draft_json import draft_to_json
from bot.news.schedules.schedule import Schedule
from bot.news.servers.log import LogEntry
from bot.text.clean import clean

LONGEST_NOTE: Final = 300
"""Characters of an editor's note."""

LONGEST_HEADLINE: Final = 200
"""Characters of an editor's title."""

LONGEST_EDITOR: Final = 32
"""Characters of an editor's name below a note: Discord's own limit of a name."""


class DeskState(StrEnum):
    """What was decided about a draft as a whole."""

    OPEN = "open"
    """Nothing yet: the schedule's default applies."""
    APPROVED = "approved"
    HELD = "held"
    RELEASED = "released"
    """Sent before its time."""


class Deed(StrEnum):
    """What was done to a draft; the values are stored."""

    DROP = "drop"
    UP = "up"
    SWAP = "swap"
    NOTE = "note"
    HEADLINE = "headline"
    HOLD = "hold"
    APPROVE = "approve"
    SEND = "send"
    SKIP = "skip"
    """The edition was skipped with `/schedule skip-next`."""
    REDRAW = "redraw"
    """The bot drew it again, because an article was taken down or the schedule was edited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A draft on the desk.

    Attributes:
        channel_id: The editors' channel.
        due_at: When the edition is due.
        waits: Without an act it waits for an approval; otherwise it is posted at its time.
        revision: The number of changes: an act names the revision that the editor saw.
        came_in: The number of stories that came in since it was drafted, and aren't in it.
        is_closed: True once its message shows what became of it, so that nothing is left to show.
    """

    schedule_id: ScheduleId
    edition: EditionKey
    guild_id: int
    channel_id: int
    due_at: datetime
    waits: bool = False
    state: DeskState = DeskState.OPEN
    revision: int = 0
    came_in: int = 0
    is_closed: bool = False

    @property
    def is_waiting(self) -> bool:
        """True if it isn't posted before somebody approves it."""
        return self.state is DeskState.HELD or (self.state is DeskState.OPEN and self.waits)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskAct:
    """One act, with the member who did it and the moment.

    Attributes:
        revision: The draft's revision after it.
        member_id: The editor; `NOBODY` for the bot, or if that member's id was deleted.
        article_id: The story; None for the draft as a whole.
        detail: The note, the title, or the title of the story that was dropped or came in.
        entry: For the server's log, written together with the act; None for the bot's own, and for one that is read.
    """

    deed: Deed
    at: datetime
    member_id: int
    revision: int = 0
    article_id: ArticleId | None = None
    detail: str = ""
    entry: LogEntry | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskMessage:
    """One message of the desk in the editors' channel.

    Attributes:
        number: 0 for the message with the buttons, then the edition's parts.
        message_id: None until it is known to be in the channel.
        tried_at: When a request with unknown outcome for it began; None if there is none.
        first_tried_at: When the first attempt to post it began that may have reached Discord.
        shown: The `shown_key` of what the channel shows; empty if that isn't known.
    """

    number: int
    message_id: int | None = None
    tried_at: datetime | None = None
    first_tried_at: datetime | None = None
    shown: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDesk:
    """A draft as it is now, with all that its desk shows.

    Attributes:
        schedule: None if it was deleted.
        parts: The messages that are posted, unless something changes.
        acts: What was done to it, the oldest act first.
    """

    desk: Desk
    schedule: Schedule | None
    edition: Edition
    parts: tuple[Delivery, ...]
    acts: tuple[DeskAct, ...]

    @property
    def can_change(self) -> bool:
        """True until the edition is on its way, or won't be posted."""
        return self.schedule is not None and is_on_desk(self.parts)

    @property
    def is_on_its_way(self) -> bool:
        """True while a part of it is being sent or waits for the part before it."""
        is_open = any(part.state in _OPEN for part in self.parts)
        return self.schedule is not None and is_open and not self.can_change


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskFace:
    """What the messages of a desk show now.

    Attributes:
        messages: By number, each with its key.
        since: When the edition was drafted: none of them was posted before.
        is_over: True if it shows what became of the edition.
    """

    messages: tuple[Draft, ...]
    since: datetime
    is_over: bool


_OPEN: Final = frozenset({DeliveryState.PLANNED, DeliveryState.SENDING})


def shown_key(draft: Draft) -> str:
    """Compute a short key of what a message shows: 16 base32 characters."""
    return base64.b32encode(hashlib.sha256(draft_to_json(draft).encode()).digest())[:16].decode().lower()


def claimable_at(desk: Desk, max_lateness: timedelta) -> datetime | None:
    """Return from when on a draft's parts may be claimed; None for at once.

    One that waits may be claimed once it is too late, which cancels it with a notice: its stories come back.
    """
    if desk.state is DeskState.RELEASED:
        return None
    return desk.due_at + max_lateness + timedelta(seconds=1) if desk.is_waiting else desk.due_at


def is_on_desk(parts: Sequence[Delivery]) -> bool:
    """True if an edition can still be changed: no part was ever claimed, skipped or posted."""
    return bool(parts) and all(part.state is DeliveryState.PLANNED and part.attempt == 0 for part in parts)


def after(desk: Desk, deed: Deed) -> Desk:
    """Return a draft's state after an act, without its number."""
    state = _DECIDES.get(deed, desk.state)
    return replace(desk, state=state, revision=desk.revision + 1)


_DECIDES: Final[Mapping[Deed, DeskState]] = {
    Deed.HOLD: DeskState.HELD,
    Deed.APPROVE: DeskState.APPROVED,
    Deed.SEND: DeskState.RELEASED,
}


def not_a_draft() -> DraftChangedError:
    """Build the error of an act on an edition that can't be changed any more."""
    return DraftChangedError("This edition is not a draft any more.", cure="This is how it is now.")


def draft_was_changed() -> DraftChangedError:
    """Build the error of an act on a draft that is another one than its editor saw."""
    return DraftChangedError("Somebody changed the draft meanwhile.", cure="This is how it is now.")


def dropped(picks: Sequence[Pick], article: ArticleId) -> tuple[Pick, ...]:
    """Leave a story out.

    Raises:
        DraftChangedError: it isn't in the draft.
        BadInputError: it is the only one.
    """
    place = _place(picks, article)
    if len(picks) == 1:
        raise BadInputError("This is the draft's only story.", cure="Hold the draft, or use /schedule skip-next.")
    return (*picks[:place], *picks[place + 1 :])


def moved_up(picks: Sequence[Pick], article: ArticleId) -> tuple[Pick, ...]:
    """Move a story one place up.

    Raises:
        DraftChangedError: it isn't in the draft.
        BadInputError: it is the first one.
    """
    place = _place(picks, article)
    if place == 0:
        raise BadInputError("This story is already the first one.", cure="Move another one up.")
    return (*picks[: place - 1], picks[place], picks[place - 1], *picks[place + 1 :])


def swapped(picks: Sequence[Pick], article: ArticleId, other: Pick) -> tuple[Pick, ...]:
    """Put another story in a story's place.

    Raises:
        DraftChangedError: it isn't in the draft.
    """
    return _changed(picks, article, lambda _: other)


def with_note(picks: Sequence[Pick], article: ArticleId, note: str, signed: str = "") -> tuple[Pick, ...]:
    """Put an editor's note above a story; an empty one removes it.

    Args:
        picks: The draft's stories.
        article: The story.
        note: As it was typed.
        signed: The editor's name; empty for none.

    Raises:
        DraftChangedError: it isn't in the draft.
        BadInputError: the note is too long.
    """
    text = _limited(note, LONGEST_NOTE, "note")
    name = clean(signed)[:LONGEST_EDITOR].strip() if text else ""
    return _changed(picks, article, lambda pick: replace(pick, note=text, note_by=name))


def with_headline(picks: Sequence[Pick], article: ArticleId, headline: str) -> tuple[Pick, ...]:
    """Show a story under another title, with its own link; an empty one brings the article's title back.

    Raises:
        DraftChangedError: it isn't in the draft.
        BadInputError: the title is too long.
    """
    text = _limited(headline, LONGEST_HEADLINE, "headline")
    return _changed(picks, article, lambda pick: replace(pick, headline=text))


def _limited(typed: str, longest: int, what: str) -> str:
    text = clean(typed)
    if len(text) > longest:
        raise BadInputError(f"The {what} has {len(text)} characters; the limit is {longest}.", cure="Shorten it.")
    return text


def _changed(picks: Sequence[Pick], article: ArticleId, change: Callable[[Pick], Pick]) -> tuple[Pick, ...]:
    place = _place(picks, article)
    return (*picks[:place], change(picks[place]), *picks[place + 1 :])


def _place(picks: Sequence[Pick], article: ArticleId) -> int:
    for place, pick in enumerate(picks):
        if pick.article.id == article:
            return place
    raise DraftChangedError("This story is not in the draft any more.", cure="Look at the draft as it is now.")


def next_best(others: Sequence[Pick], picks: Sequence[Pick], left_out: frozenset[ArticleId]) -> Pick | None:
    """Find the best story that is neither in the draft nor was taken out of it.

    Args:
        others: Stories that could be chosen now, best first.
        picks: The draft's stories.
        left_out: The articles that were dropped from it.
    """
    known = left_out | {article.id for pick in picks for article in (*pick.story.articles, pick.article)}
    return next((each for each in others if known.isdisjoint(_members(each))), None)


def _members(pick: Pick) -> set[ArticleId]:
    return {pick.article.id, *(article.id for article in pick.story.articles)}


def desk_key(desk: Desk, number: int) -> str:
    """Compute the key of one of the desk's messages, which is also its nonce: 25 base32 characters.

    It differs from the keys of posted parts, so no message on a desk is taken for an edition.
    """
    text = f"desk|{desk.channel_id}|{desk.schedule_id}|{desk.edition}|{number}"
    return base64.b32encode(hashlib.sha256(text.encode()).digest())[:25].decode().lower()
