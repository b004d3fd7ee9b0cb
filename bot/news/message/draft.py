"""Drafts: messages within all of Discord's limits, not yet posted.

A draft contains runs of plain text, links, timestamps, pictures and buttons, never markdown: each writer
(`chat/wire`, `render/format/terminal`, `render/format/markdown`) escapes for its own medium. Foreign text passes
through `clean` (`text/clean`) when it becomes a run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.news.article import Picture

ButtonStyle = Literal["primary", "secondary", "success", "danger"]
MomentStyle = Literal["relative", "date", "short", "long"]
"""`relative` "2 days ago", `date` "7 May 2021", `short` "7 May 2021 14:19", `long` "Friday, 7 May 2021 14:19"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Plain text; markup in it is shown literally."""

    text: str
    strong: bool = False
    code: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A title that leads to a cleaned http(s) URL."""

    text: str
    url: str
    strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A timestamp that every reader sees in their own time zone."""

    at: datetime
    style: MomentStyle = "relative"


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A link to a channel, shown by its name. It pings nobody."""

    channel_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member, shown by their name. It pings nobody."""

    member_id: int


Run = Text | Link | Moment | Channel | Member


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One line of runs; no run contains a line break.

    Consecutive paragraphs are written as one text display, one per line; a `heading` begins a new one. `quiet` is small
    print.
    """

    runs: tuple[Run, ...]
    kind: Literal["body", "heading", "subheading", "quiet"] = "body"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """The roles that an edition's header may ping; a block of its own, without foreign text."""

    role_id: int
    more: tuple[int, ...] = ()

    @property
    def role_ids(self) -> tuple[int, ...]:
        """All of them."""
        return (self.role_id, *self.more)


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button that the bot responds to.

    Attributes:
        action: The action on a click, from `actions`.
        args: Ids and numbers that the action needs, ASCII without `|`; at most 50 characters in total.
        label: At most 80 UTF-16 units.
        is_private: True in a private or an admin's response: the button is bound to the member and the server and
            expires after 24 hours. Buttons of a posted edition work for everyone and don't expire.
    """

    action: str
    args: tuple[str, ...] = ()
    label: str
    style: ButtonStyle = "secondary"
    is_private: bool = False
    is_disabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One choice of a `Select`; label and description at most 100 UTF-16 units, value ASCII, at most 100."""

    label: str
    value: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    """A select menu for one of 1 to 25 options; otherwise as `Button`."""

    action: str
    args: tuple[str, ...] = ()
    placeholder: str
    options: tuple[Option, ...]
    is_private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One to three paragraphs, written as one text display, with a thumbnail or a button beside them."""

    paragraphs: tuple[Paragraph, ...]
    accessory: Picture | Button


@dataclass(frozen=True, slots=True, kw_only=True)
class Gallery:
    """One to ten large pictures with their alt text."""

    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Separator:
    """A line between stories."""

    is_large: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonRow:
    """One to five buttons side by side."""

    buttons: tuple[Button, ...]


Block = Paragraph | Mention | Section | Gallery | Separator | ButtonRow | Select
PostedBlock = tuple[Paragraph, ...] | Mention | Section | Gallery | Separator | ButtonRow | Select
"""A block as it is posted: paragraphs of one text display are one block."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message within all limits.

    Attributes:
        blocks: Top to bottom.
        key: For a delivery: its nonce, contained in the message itself so that it is found when the channel is read
            back; empty for responses.
        refused: Why Discord refused the richer form that this plain one replaces; empty for a message as it was drawn.
    """

    blocks: tuple[Block, ...]
    key: str = ""
    refused: str = ""


def menu_values(draft: Draft) -> frozenset[str]:
    """Collect the values of a message's select menus: of an edition's part, the ids of the articles in it."""
    return frozenset(option.value for block in draft.blocks if isinstance(block, Select) for option in block.options)


def mentioned_roles(draft: Draft) -> frozenset[int]:
    """Collect the roles that a message mentions."""
    return frozenset(role for block in draft.blocks if isinstance(block, Mention) for role in block.role_ids)


def texts_together(blocks: Iterable[Block]) -> Iterator[PostedBlock]:
    """Group blocks as they are posted: paragraphs of one text display as a tuple, every other block by itself."""
    stack: list[Paragraph] = []
    for block in blocks:
        if stack and (not isinstance(block, Paragraph) or block.kind == "heading"):
            yield tuple(stack)
            stack = []
        if isinstance(block, Paragraph):
            stack.append(block)
        else:
            yield block
    if stack:
        yield tuple(stack)
