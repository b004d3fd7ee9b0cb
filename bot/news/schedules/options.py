"""The options of a schedule, each declared once: its name, kind, description, default and how it is read.

`/schedule create` and `edit`, the choices of `edit`'s `clear`, the help page and the reading of what an admin gave all
follow from `OPTIONS`; a new option is one more entry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import time, timedelta
from enum import StrEnum
from typing import Any, Final

from bot.errors import BadInputError
from bot.news.parsing.names import NOTHING_KNOWN, KnownNames, read_mutes, read_providers, read_topics
from bot.news.parsing.posting import read_tags, read_topic_roles
from bot.news.parsing.rhythm import parse_recurrence
from bot.news.parsing.rule import parse_rule
from bot.news.parsing.times import parse_time, parse_zone
from bot.news.schedules.schedule import (
    LONGEST_LEAD_HOURS,
    MOST_COUNT,
    DeskDefault,
    EmptyPolicy,
    Schedule,
    ScheduleState,
    StopReason,
    Weekday,
)
from bot.news.schedules.written import (
    Written,
    in_hours,
    written_days,
    written_pause,
    written_roles,
    written_rule,
    written_value,
)
from bot.text.clean import clean

DEFAULT_DAYS: Final = (Weekday.MONDAY,)
DEFAULT_TIME: Final = time(9, 0)

LONGEST_DESCRIPTION: Final = 100
"""Characters, as Discord counts them."""

_LONGEST_TEXT: Final = 100
_LONGEST_LIST: Final = 1000

_EMPTY_POLICIES: Final = {str(policy): policy for policy in EmptyPolicy}
_DESK_DEFAULTS: Final = {str(each): each for each in DeskDefault}
_UNSET: Final[Mapping[str, object]] = {
    **{each.name: each.default for each in fields(Schedule) if each.default is not MISSING},
    "days": DEFAULT_DAYS,
    "at": DEFAULT_TIME,
}
"""The default of each field that has one; a schedule's channel has none, and its time zone the configuration's."""


class OptionKind(StrEnum):
    """What Discord lets a member enter."""

    TEXT = "text"
    NUMBER = "number"
    YES_NO = "yes or no"
    CHANNEL = "channel to post in"
    TEXT_CHANNEL = "text channel"
    ROLE = "role"


class Completion(StrEnum):
    """What is suggested while a text is typed."""

    NONE = ""
    ZONE = "time zone"
    TOPICS = "list of topics"
    PROVIDERS = "list of providers"
    TOPICS_AND_PROVIDERS = "list of topics and providers"
    RULES = "rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option of `/schedule create` and `edit`.

    Attributes:
        name: As it is typed.
        about: What it means, without its range and default.
        parse: Parses what was given (text, a number, a bool or an id) to values of the schedule's fields.
        fields: The fields of `Schedule` that it can set.
        least, most: The range of a number.
        longest: The most characters of a text.
        choices: The only words that can be given, if there are such.
        completion: What is suggested while it is typed.
        default: What applies if it isn't given; empty if that is nothing.
        is_several: True if each of its fields can be cleared alone.
        in_files_only: It is given in files of schedules; in Discord it has a command of its own.
        is_cleared_elsewhere: In Discord that command sets it back to its default, too.
        write: Writes a schedule's value so that `parse` reads it back; None for a value that is absent, and for an
            option whose fields other options write.
    """

    name: str
    kind: OptionKind
    about: str
    parse: Callable[[Any, KnownNames], Mapping[str, object]]
    fields: tuple[str, ...]
    least: int = 0
    most: int = 0
    longest: int = _LONGEST_TEXT
    choices: tuple[str, ...] = ()
    completion: Completion = Completion.NONE
    default: str = ""
    is_several: bool = False
    in_files_only: bool = False
    is_cleared_elsewhere: bool = False
    write: Callable[[Schedule], Written | None] = lambda _: None

    @property
    def can_be_absent(self) -> bool:
        """True if one of its fields may have no value."""
        return any(_UNSET.get(name, "") in (None, ()) for name in self.fields)

    def read(self, given: Any, known: KnownNames = NOTHING_KNOWN) -> Mapping[str, object]:
        """Parse what was given to values of the schedule's fields.

        Args:
            given: Text, a number, a bool or an id, by the option's kind.
            known: The names in the archive, to which names are resolved.

        Raises:
            BadInputError: it can't be used.
        """
        if isinstance(given, str) and len(given) > self.longest:
            raise BadInputError(f"{len(given)} characters; the limit is {self.longest}.", cure="Shorten it.")
        return self.parse(given, known)

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
    """Map each choice of `edit`'s `clear` to the values that the schedule's fields then get.

    These are all options that have a default, and the fields of an option that is several.
    """
    elsewhere = {option.name for option in OPTIONS if option.is_cleared_elsewhere}
    return {name: values for name, values in defaults().items() if name not in elsewhere}


def defaults() -> Mapping[str, Mapping[str, object]]:
    """Map all that a file of schedules can clear to the values that the schedule's fields then get."""
    choices: dict[str, Mapping[str, object]] = {}
    for option in OPTIONS:
        values = {name: _UNSET[name] for name in option.fields if name in _UNSET}
        if values:
            choices[option.name] = values
            choices |= {name: {name: value} for name, value in values.items() if option.is_several}
    return choices


def _option(
    name: str, kind: OptionKind, about: str, read: Callable[[Any], object], *, field: str = "", **more: Any
) -> Option:
    """An option that sets one field, by default the one of its own name."""
    target = field or name
    write = more.pop("write", lambda schedule: written_value(getattr(schedule, target)))
    return Option(
        name=name,
        kind=kind,
        about=about,
        parse=lambda given, _: {target: read(given)},
        fields=(target,),
        write=write,
        **more,
    )


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


def _mutes(typed: str, known: KnownNames) -> Mapping[str, object]:
    """Read both kinds of mutes; of a kind that isn't given, those before stay."""
    topics, providers = read_mutes(typed, known)
    return {
        **({"muted_topics": topics} if topics else {}),
        **({"muted_providers": providers} if providers else {}),
    }


def _days(typed: str, _: KnownNames) -> Mapping[str, object]:
    found = parse_recurrence(typed)
    return {"days": found.days, "rhythm": found.rhythm}


def _rule(typed: str, _: KnownNames) -> Mapping[str, object]:
    rule, breaking = parse_rule(typed)
    return {"rule": rule, "breaking": breaking}


def _paused(given: Any, _: KnownNames) -> Mapping[str, object]:
    state = ScheduleState.PAUSED if given else ScheduleState.ACTIVE
    return {"state": state, "state_reason": StopReason.NONE}


OPTIONS: Final = (
    _option("channel", OptionKind.CHANNEL, "Channel to post in", int, field="channel_id"),
    Option(
        name="day",
        kind=OptionKind.TEXT,
        about="Such as monday, mon-fri, daily, every second monday, last friday, monthly 15",
        parse=_days,
        write=written_days,
        fields=("days", "rhythm"),
        default="Monday",
    ),
    _option("time", OptionKind.TEXT, "Such as 18:30 or 6pm", parse_time, field="at", default=f"{DEFAULT_TIME:%H:%M}"),
    _option("timezone", OptionKind.TEXT, "Such as Europe/Berlin", parse_zone, completion=Completion.ZONE),
    _number("count", "Most stories in an edition", 1, MOST_COUNT, default=str(_UNSET["count"])),
    _number("min_score", "Lowest score of a story", 0, 1000),
    _option(
        "topics",
        OptionKind.TEXT,
        "Only these topics, comma-separated",
        read_topics,
        longest=_LONGEST_LIST,
        completion=Completion.TOPICS,
    ),
    Option(
        name="providers",
        kind=OptionKind.TEXT,
        about="Only these providers, comma-separated domains or names",
        parse=lambda typed, known: {"providers": read_providers(typed, known)},
        write=lambda schedule: written_value(schedule.providers),
        fields=("providers",),
        longest=_LONGEST_LIST,
        completion=Completion.PROVIDERS,
    ),
    Option(
        name="mute",
        kind=OptionKind.TEXT,
        about="Topics and providers to leave out, comma-separated",
        parse=_mutes,
        fields=("muted_topics", "muted_providers"),
        is_several=True,
        longest=_LONGEST_LIST,
        completion=Completion.TOPICS_AND_PROVIDERS,
    ),
    _number("provider_cap", "Most stories of one provider", 1, 20, default=str(_UNSET["provider_cap"])),
    _option("sections", OptionKind.YES_NO, "Headings for the schedule's topics", bool, default="no"),
    _number("also", "Further stories, in one line each", 0, 10, default=str(_UNSET["also"])),
    _choice(
        "empty",
        "What to do without a new story",
        _EMPTY_POLICIES,
        field="empty_policy",
        default=str(_UNSET["empty_policy"]),
    ),
    _option("publish", OptionKind.YES_NO, "Publish to followers, in an announcement channel", bool, default="no"),
    _option("mention_role", OptionKind.ROLE, "Role to mention in each edition", int),
    _option(
        "topic_roles",
        OptionKind.TEXT,
        "Roles to mention only if a story has their topic: AI=123, Law=456",
        read_topic_roles,
        write=lambda schedule: written_roles(schedule.topic_roles),
        longest=_LONGEST_LIST,
        in_files_only=True,
    ),
    _option("silent", OptionKind.YES_NO, "Post without a notification", bool, default="no"),
    _option("thread", OptionKind.YES_NO, "Open a discussion thread under each edition", bool, default="no"),
    _option("tags", OptionKind.TEXT, "Tags of a forum for its posts, comma-separated", read_tags),
    _option(
        "notices",
        OptionKind.TEXT_CHANNEL,
        "Channel for notices when something goes wrong",
        int,
        field="notice_channel_id",
        default="a direct message to you",
    ),
    Option(
        name="rule",
        kind=OptionKind.TEXT,
        about="How stories are chosen: upstream, best-of or breaking 3 outlets in 6 hours",
        parse=_rule,
        write=written_rule,
        fields=("rule", "breaking"),
        completion=Completion.RULES,
        default="“default”",
    ),
    _number(
        "max_age",
        "Oldest article, in days before the last edition",
        1,
        365,
        read=lambda days: timedelta(days=days),
        write=lambda schedule: None if schedule.max_age is None else schedule.max_age.days,
        default="2 periods",
    ),
    _number(
        "max_lateness",
        "Hours after which a late edition is skipped",
        1,
        168,
        read=lambda hours: timedelta(hours=hours),
        write=lambda schedule: in_hours(schedule.max_lateness),
        default="24",
    ),
    _option(
        "muted_topics",
        OptionKind.TEXT,
        "Topics to leave out, comma-separated",
        read_topics,
        longest=_LONGEST_LIST,
        in_files_only=True,
    ),
    Option(
        name="muted_providers",
        kind=OptionKind.TEXT,
        about="Providers to leave out, comma-separated domains or names",
        parse=lambda typed, known: {"muted_providers": read_providers(typed, known)},
        write=lambda schedule: written_value(schedule.muted_providers),
        fields=("muted_providers",),
        longest=_LONGEST_LIST,
        in_files_only=True,
    ),
    _option(
        "desk",
        OptionKind.TEXT_CHANNEL,
        "The editors' channel for drafts",
        int,
        field="desk_channel_id",
        in_files_only=True,
        is_cleared_elsewhere=True,
    ),
    _number(
        "lead_time",
        "Hours before an edition is due that its draft is shown",
        1,
        LONGEST_LEAD_HOURS,
        read=lambda hours: timedelta(hours=hours),
        write=lambda schedule: in_hours(schedule.lead_time),
        default="12",
        in_files_only=True,
        is_cleared_elsewhere=True,
    ),
    _choice(
        "desk_default",
        "What happens to a draft that nobody decides about",
        _DESK_DEFAULTS,
        default=str(_UNSET["desk_default"]),
        in_files_only=True,
        is_cleared_elsewhere=True,
    ),
    Option(
        name="paused",
        kind=OptionKind.YES_NO,
        about="Post nothing until it is resumed",
        parse=_paused,
        write=written_pause,
        fields=("state", "state_reason"),
        default="no",
        in_files_only=True,
        is_cleared_elsewhere=True,
    ),
)

BY_NAME: Final[Mapping[str, Option]] = {option.name: option for option in OPTIONS}
