"""Forms: what a member is asked for (Discord's modals), and what they sent.

A form is a first answer, like a Draft; each of its fields has a value, so that it can be sent as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.news.checkup.channel import ChannelAccess
from bot.news.message.draft import Button


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelField:
    """A channel of the server that an edition can be posted to.

    Attributes:
        name: What its value is called in the submission; ASCII.
        label: At most 45 UTF-16 units.
        about: A line below the label, at most 100; empty for none.
        channel_id: The channel that is chosen already; None for none.
    """

    name: str
    label: str
    about: str = ""
    channel_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormOption:
    """One choice; label, value and description at most 100 UTF-16 units each."""

    label: str
    value: str
    description: str = ""
    is_chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceField:
    """Choices from a list.

    Attributes:
        options: 1 to 25.
        least: The fewest that must be chosen; 0 makes the field optional.
    """

    name: str
    label: str
    about: str = ""
    options: tuple[FormOption, ...]
    least: int = 1
    most: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RadioField:
    """Exactly one of 2 to 10 choices, all of them shown."""

    name: str
    label: str
    about: str = ""
    options: tuple[FormOption, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextField:
    """A text.

    Attributes:
        least: The fewest characters; 0 makes the field optional.
        is_long: It is written in a box of several lines.
    """

    name: str
    label: str
    about: str = ""
    value: str
    longest: int
    least: int = 1
    is_long: bool = False


Field = ChannelField | ChoiceField | RadioField | TextField


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form, for one member.

    Attributes:
        action: What happens when it is sent, from `actions`.
        args: As for a `Button`.
        title: At most 45 UTF-16 units.
        fields: 1 to 5, Discord's limit.
        opener: Opens it again: an answer that took too long can't be a form any more, so it is this button.
    """

    action: str
    args: tuple[str, ...] = ()
    title: str
    fields: tuple[Field, ...]
    opener: Button


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What a member sent.

    Attributes:
        values: By the field's name; several choices, one text, or nothing.
        channels: The bot's access to the channels among them, as Discord said with the submission itself; a forum's is
            not among them, since Discord leaves out the tags that it requires.
    """

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    channels: Mapping[int, ChannelAccess] = field(default_factory=dict)

    def one(self, name: str) -> str:
        """Return the only value of a field; empty if there is none."""
        return next(iter(self.values.get(name, ())), "")
