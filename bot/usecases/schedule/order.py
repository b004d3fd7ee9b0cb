"""What an admin asked for, read onto a schedule: all that is wrong with it is said at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, TypeVar

from bot.errors import BadInputError, NewsdeskError
from bot.news.parsing.times import parse_days, parse_time, parse_zone
from bot.news.schedule import EmptyPolicy, Rule, Schedule
from bot.text.clean import clean
from bot.text.words import fold

LONGEST_NAME: Final = 60
COUNTS: Final = (1, 20)
CAPS: Final = (1, 20)
SCORES: Final = (0, 1000)
AGES_IN_DAYS: Final = (1, 365)
LATENESS_IN_HOURS: Final = (1, 168)

_MOST_LABELS: Final = 25
_RULES: Final[Mapping[str, Rule]] = {"default": "default", "upstream": "upstream"}
_LABELS: Final = {"days": "day", "at": "time", "max_age_days": "max age", "max_lateness_hours": "max lateness"}
_CLEARED: Final[Mapping[str, object]] = {
    **dict.fromkeys(("topics", "providers", "muted_topics", "muted_providers"), ()),
    **dict.fromkeys(("min_score", "max_age", "mention_role", "notice_channel_id"), None),
}
"""What can be taken back, and what it then is."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Options as a person gave them; None leaves as it is (a new schedule's default).

    Attributes:
        days, at, timezone: As typed; see `news/when`.
        topics, providers, muted_topics, muted_providers: As typed, with commas between.
        rule, empty_policy: A word of theirs.
        clear: Names of `Schedule`'s attributes that go back to nothing: a filter, the role, the notice channel.
    """

    name: str | None = None
    channel_id: int | None = None
    days: str | None = None
    at: str | None = None
    timezone: str | None = None
    count: int | None = None
    rule: str | None = None
    min_score: int | None = None
    topics: str | None = None
    providers: str | None = None
    muted_topics: str | None = None
    muted_providers: str | None = None
    provider_cap: int | None = None
    max_age_days: int | None = None
    max_lateness_hours: int | None = None
    empty_policy: str | None = None
    publish: bool | None = None
    mention_role: int | None = None
    notice_channel_id: int | None = None
    clear: frozenset[str] = frozenset()


class _Reader:
    """Reads options one after the other and keeps what is wrong with each."""

    def __init__(self) -> None:
        self.problems: list[tuple[str, NewsdeskError]] = []

    def read(self, option: str, given: _T | None, read: Callable[[_T], object]) -> dict[str, object]:
        """The option's value under its name; nothing where it was not given or can't be used."""
        if given is None:
            return {}
        try:
            return {option: read(given)}
        except NewsdeskError as error:
            self.problems.append((_LABELS.get(option, option.replace("_", " ")), error))
            return {}


def apply_order(order: Order, schedule: Schedule) -> tuple[Schedule, list[tuple[str, NewsdeskError]]]:
    """`schedule` with the options of `order` read onto it, and what is wrong with each option that can't be used."""
    reader = _Reader()
    unknown = order.clear - _CLEARED.keys()
    if unknown:
        names = ", ".join(sorted(unknown))
        reader.problems.append(("clear", BadInputError(f"{names} can't be cleared.", cure="Give it another value.")))
    changes: dict[str, object] = {
        **{name: _CLEARED[name] for name in order.clear & _CLEARED.keys()},
        **_read_times(order, reader),
        **_read_choice(order, reader),
        **_read_places(order, reader, schedule.guild_id),
    }
    return replace(schedule, **changes), reader.problems  # type: ignore[arg-type] # each reader answers its field's type


def _read_times(order: Order, reader: _Reader) -> dict[str, object]:
    age = reader.read("max_age_days", order.max_age_days, _within(*AGES_IN_DAYS))
    lateness = reader.read("max_lateness_hours", order.max_lateness_hours, _within(*LATENESS_IN_HOURS))
    return {
        **reader.read("days", order.days, parse_days),
        **reader.read("at", order.at, parse_time),
        **reader.read("timezone", order.timezone, parse_zone),
        **({"max_age": timedelta(days=order.max_age_days or 0)} if age else {}),
        **({"max_lateness": timedelta(hours=order.max_lateness_hours or 0)} if lateness else {}),
    }


def _read_choice(order: Order, reader: _Reader) -> dict[str, object]:
    return {
        **reader.read("count", order.count, _within(*COUNTS)),
        **reader.read("provider_cap", order.provider_cap, _within(*CAPS)),
        **reader.read("min_score", order.min_score, _within(*SCORES)),
        **reader.read("rule", order.rule, _one_of(_RULES)),
        **reader.read("empty_policy", order.empty_policy, _one_of({str(each): each for each in EmptyPolicy})),
        **reader.read("topics", order.topics, _topics),
        **reader.read("muted_topics", order.muted_topics, _topics),
        **reader.read("providers", order.providers, _domains),
        **reader.read("muted_providers", order.muted_providers, _domains),
    }


def _read_places(order: Order, reader: _Reader, guild_id: int) -> dict[str, object]:
    def role(given: int) -> int:
        # @everyone is the role with the server's own id: it may never be pinged.
        if given == guild_id:
            raise BadInputError("Everyone can't be mentioned.", cure="Choose a role that members take on themselves.")
        return given

    return {
        **reader.read("name", order.name, _name),
        **reader.read("channel_id", order.channel_id, int),
        **reader.read("notice_channel_id", order.notice_channel_id, int),
        **reader.read("publish", order.publish, bool),
        **reader.read("mention_role", order.mention_role, role),
    }


def _name(typed: str) -> str:
    name = clean(typed)
    if not fold(name).strip():
        raise BadInputError("A schedule needs a name.", cure="Give it one, such as Weekly.")
    if len(name) > LONGEST_NAME:
        raise BadInputError(f"A name has at most {LONGEST_NAME} characters, this one has {len(name)}.", cure="Cut it.")
    return name


def _within(least: int, most: int) -> Callable[[int], int]:
    def read(given: int) -> int:
        if not least <= given <= most:
            raise BadInputError(f"{given} is not between {least} and {most}.", cure=f"Give {least} to {most}.")
        return given

    return read


def _one_of(words: Mapping[str, _T]) -> Callable[[str], _T]:
    def read(typed: str) -> _T:
        word = typed.strip().casefold()
        if word not in words:
            raise BadInputError(f"“{clean(typed)[:40]}” is none of {', '.join(words)}.", cure="Choose one of them.")
        return words[word]

    return read


def _topics(typed: str) -> tuple[str, ...]:
    return _several(fold(clean(part)) for part in typed.split(","))


def _domains(typed: str) -> tuple[str, ...]:
    return _several(_domain(part) for part in typed.split(","))


def _domain(typed: str) -> str:
    """`example.com` of `https://www.example.com/news` and of itself."""
    return clean(typed).casefold().rpartition("://")[2].partition("/")[0].removeprefix("www.")


def _several(found: Iterable[str]) -> tuple[str, ...]:
    labels = tuple(dict.fromkeys(label for label in found if label))
    if not labels:
        raise BadInputError("There is nothing in the list.", cure="Put commas between several.")
    if len(labels) > _MOST_LABELS:
        raise BadInputError(f"That is {len(labels)}; {_MOST_LABELS} are the most.", cure="Leave some out.")
    return labels
