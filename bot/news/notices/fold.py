"""Fold notices of one cause: eight messages of unknown outcome in one channel are one question, not eight."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Final

from bot.news.notices.notice import MOST_LISTED, Notice, NoticeKind
from bot.news.notices.texts import edition_name

MOST_FOLDED: Final = 9
"""Notices in one: each question has three buttons of its own, and a message has room for nine rows of them."""

_EVERYWHERE: Final = frozenset({NoticeKind.LATE, NoticeKind.CLOCK, NoticeKind.SHUT_OUT})
"""Kinds whose cause is the bot's own, so that it is the same in every channel."""

_SUBJECT: Final = re.compile(
    r"[Pp]art [0-9]+ of the (?:edition of [0-9]{4}-[0-9]{2}-[0-9]{2}|extra edition)"
    r"|(?<=^The edition due on )[^.]* UTC(?= was skipped)"
)
"""The part and edition within a notice's text, and when a late one was due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldedNotice:
    """Notices of one cause and place, oldest first, at least one."""

    notices: tuple[Notice, ...]

    @property
    def newest(self) -> Notice:
        """The notice whose text is shown."""
        return self.notices[-1]


Place = Callable[[Notice], Hashable]
"""Returns what notices of one kind have in common if they are to be folded, such as a channel."""


def fold_notices(notices: Iterable[Notice], place_of: Place) -> tuple[FoldedNotice, ...]:
    """Fold the notices that say the same of each place, in the given order of each one's last."""
    groups: dict[Hashable, list[tuple[int, Notice]]] = {}
    for position, notice in enumerate(notices):
        kind = notice.cause.kind
        place = (notice.guild_id, kind, None if kind in _EVERYWHERE else place_of(notice), _said(notice))
        groups.setdefault(place, []).append((position, notice))
    chunks = [
        group[start : start + MOST_FOLDED] for group in groups.values() for start in range(0, len(group), MOST_FOLDED)
    ]
    chunks.sort(key=lambda chunk: chunk[-1][0])
    return tuple(FoldedNotice(notices=tuple(notice for _, notice in chunk)) for chunk in chunks)


def _said(notice: Notice) -> str:
    """What a notice says without what it is about: only what holds of all of them is said once."""
    return _SUBJECT.sub("", notice.text)


def listed_notices(unread: Iterable[Notice], place_of: Place) -> tuple[FoldedNotice, ...]:
    """Pick the unread notices that one list shows, and that count as read then: the newest, in the given order."""
    return fold_notices(unread, place_of)[-MOST_LISTED:]


def subject_of(notice: Notice, schedule_name: str) -> str:
    """Name what a notice is about: its schedule, and its edition and part if it has them."""
    parts = [schedule_name or "a deleted schedule"]
    if notice.cause.edition is not None:
        parts.append(edition_name(notice.cause.edition))
    if notice.cause.part is not None:
        parts.append(f"part {notice.cause.part}")
    return ", ".join(parts)
