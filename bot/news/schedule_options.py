"""The options of a schedule, each declared once: its name, kind, description, default and how it is read.

`/schedule create` and `edit`, the choices of `edit`'s `clear`, the help page and the reading of what an admin gave all
follow from `OPTIONS`; a new option is one more entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import time, timedelta
from enum import StrEnum
from typing import Any, Final

from bot.errors import BadInputError
from bot.news.parsing.times import parse_days, parse_time, parse_zone
from bot.news.schedule import EmptyPolicy, Rule, Schedule, Weekday
from bot.text.clean import clean
from bot.text.words import fold

DEFAULT_DAYS: Final = (Weekday.MONDAY,)
DEFAULT_TIME: Final = time(9, 0)

LONGEST_DESCRIPTION: Final = 100
"""Characters, as Discord counts them."""

_MOST_LABELS: Final = 25
_RULES: Final[Mapping[str, Rule]] = {"default": "default", "upstream": "upstream"}
_EMPTY_POLICIES: Final = {str(policy): policy for policy in EmptyPolicy}
_UNSET: Final[Mapping[str, object]] = {each.name: each.default for each in fields(Schedule)}


class OptionKind(StrEnum):
    """What Discord lets a member enter."""

    TEXT = "text"
    NUMBER = "number"
    YES_NO = "yes or no"
    CHANNEL = "channel to post in"
    TEXT_CHANNEL = "text channel"
    ROLE = "role"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option of `/schedule create` and `edit`.

    Attributes:
        name: As it is typed.
        about: What it means, without its range and default.
        read: Reads what was given (text, a number, a bool or an id) into values of the schedule's fields.
        fields: The fields of `Schedule` that it can set.
        least, most: The range of a number.
        choices: The only words that can be given, if there are such.
        default: What applies if it isn't given; empty if that is nothing.
        is_clearable: `edit` can set it back to its default.
    """

    name: str
    kind: OptionKind
    about: str
    read: Callable[[Any], Mapping[str, object]]
    fields: tuple[str, ...]
    least: int = 0
    most: int = 0
    choices: tuple[str, ...] = ()
    default: str = ""
    is_clearable: bool = False

    @property
    def description(self) -> str:
        """The option's description in Discord: what it means, its range and its default."""
        span = f", {self.least} to {self.most}" if self.kind is OptionKind.NUMBER else ""
        default = f" (default {self.default})" if self.default else ""
        return f"{self.about}{span}{default}"

    @property
    def label(self) -> str:
        """Its name at the beginning of a sentence."""
        return self.name.replace("_", " ").capitalize()


def clear_choices() -> Mapping[str, Mapping[str, object]]:
    """Map each choice of `edit`'s `clear` to the values that the schedule's fields then get."""
    choices: dict[str, Mapping[str, object]] = {}
    for option in OPTIONS:
        if option.is_clearable:
            names = (option.name,) if len(option.fields) == 1 else option.fields
            choices |= {name: {field: _UNSET[field]} for name, field in zip(names, option.fields, strict=True)}
    return choices


def split_mute(typed: str) -> Mapping[str, object]:
    """Read muted topics and muted providers from one list: what has a dot and no space is a provider's domain."""
    parts = [part.strip() for part in typed.split(",") if part.strip()]
    domains = [part for part in parts if "." in part and " " not in part]
    topics = [part for part in parts if part not in domains]
    if not parts:
        raise _empty_list()
    return {
        **({"muted_topics": _topics(",".join(topics))} if topics else {}),
        **({"muted_providers": _domains(",".join(domains))} if domains else {}),
    }


def _option(
    name: str, kind: OptionKind, about: str, read: Callable[[Any], object], *, field: str = "", **more: Any
) -> Option:
    """An option that sets one field, by default the one of its own name."""
    target = field or name
    return Option(name=name, kind=kind, about=about, read=lambda given: {target: read(given)}, fields=(target,), **more)


def _number(
    name: str, about: str, least: int, most: int, *, read: Callable[[int], object] = int, **more: Any
) -> Option:
    def read_within(given: int) -> object:
        if not least <= given <= most:
            raise BadInputError(f"{given} is not between {least} and {most}.", cure=f"Give {least} to {most}.")
        return read(given)

    return _option(name, OptionKind.NUMBER, about, read_within, least=least, most=most, **more)


def _choice(name: str, about: str, words: Mapping[str, object], **more: Any) -> Option:
    def read(typed: str) -> object:
        word = typed.strip().casefold()
        if word not in words:
            *others, last = words
            cure = f"Use {', '.join(others)} or {last}."
            raise BadInputError(f"Unknown value “{clean(typed)[:40]}”.", cure=cure)
        return words[word]

    return _option(name, OptionKind.TEXT, about, read, choices=tuple(words), **more)


def _topics(typed: str) -> tuple[str, ...]:
    return _labels(fold(clean(part)) for part in typed.split(","))


def _domains(typed: str) -> tuple[str, ...]:
    return _labels(_domain(part) for part in typed.split(","))


def _domain(typed: str) -> str:
    """`example.com` from `https://www.example.com/news` or from itself."""
    return clean(typed).casefold().rpartition("://")[2].partition("/")[0].removeprefix("www.")


def _labels(found: Iterable[str]) -> tuple[str, ...]:
    labels = tuple(dict.fromkeys(label for label in found if label))
    if not labels:
        raise _empty_list()
    if len(labels) > _MOST_LABELS:
        raise BadInputError(f"{len(labels)} given; the limit is {_MOST_LABELS}.", cure="Shorten the list.")
    return labels


def _empty_list() -> BadInputError:
    return BadInputError("The list is empty.", cure="Give a comma-separated list.")


OPTIONS: Final = (
    _option("channel", OptionKind.CHANNEL, "Channel to post in", int, field="channel_id"),
    _option("day", OptionKind.TEXT, "Such as monday, mon-fri or daily", parse_days, field="days", default="Monday"),
    _option("time", OptionKind.TEXT, "Such as 18:30 or 6pm", parse_time, field="at", default=f"{DEFAULT_TIME:%H:%M}"),
    _option("timezone", OptionKind.TEXT, "Such as Europe/Berlin", parse_zone),
    _number("count", "Most stories in an edition", 1, 20, default=str(_UNSET["count"])),
    _number("min_score", "Lowest score of a story", 0, 1000, is_clearable=True),
    _option("topics", OptionKind.TEXT, "Only these topics, comma-separated", _topics, is_clearable=True),
    _option(
        "providers", OptionKind.TEXT, "Only these providers' domains, comma-separated", _domains, is_clearable=True
    ),
    Option(
        name="mute",
        kind=OptionKind.TEXT,
        about="Topics and providers' domains to leave out, comma-separated",
        read=split_mute,
        fields=("muted_topics", "muted_providers"),
        is_clearable=True,
    ),
    _number(
        "provider_cap", "Most stories of one provider", 1, 20, default=str(_UNSET["provider_cap"]), is_clearable=True
    ),
    _choice(
        "empty",
        "What to do without a new story",
        _EMPTY_POLICIES,
        field="empty_policy",
        default=str(_UNSET["empty_policy"]),
    ),
    _option("publish", OptionKind.YES_NO, "Publish to followers, in an announcement channel", bool, default="no"),
    _option("mention_role", OptionKind.ROLE, "Role to mention in each edition", int, is_clearable=True),
    _option(
        "notices",
        OptionKind.TEXT_CHANNEL,
        "Channel for notices when something goes wrong",
        int,
        field="notice_channel_id",
        default="a direct message to you",
        is_clearable=True,
    ),
    _choice("rule", "How stories are chosen; upstream: the best of the last 160 hours", _RULES, default="“default”"),
    _number(
        "max_age",
        "Oldest article, in days before the last edition",
        1,
        365,
        read=lambda days: timedelta(days=days),
        default="2 periods",
        is_clearable=True,
    ),
    _number(
        "max_lateness",
        "Hours after which a late edition is skipped",
        1,
        168,
        read=lambda hours: timedelta(hours=hours),
        default="24",
        is_clearable=True,
    ),
)

BY_NAME: Final[Mapping[str, Option]] = {option.name: option for option in OPTIONS}
