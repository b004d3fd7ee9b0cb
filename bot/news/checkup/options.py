"""A schedule's options compared with the names in the archive and with each other, and what to do about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from bot.news.checkup.finding import Finding, failing
from bot.news.parsing.names import KnownNames, did_you_mean
from bot.news.parsing.times import fixed_offset
from bot.news.schedules.schedule import DEFAULT_PROVIDER_CAP, EmptyPolicy, Schedule

_CHANGE: Final = "Change it with /schedule edit if it is misspelled."


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """What a schedule's filters let through of the last weeks, and what they kept out.

    Attributes:
        weeks: The length of the span.
        stories: Stories that an edition could have had.
        off_topic: Articles with none of the schedule's topics, or of another provider.
        muted: Muted articles of any age.
        below_bar: Articles below the lowest score.
    """

    weeks: int
    stories: int
    off_topic: int = 0
    muted: int = 0
    below_bar: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check of a saved schedule found; `matching` is None if it has no filters, or they weren't counted."""

    findings: tuple[Finding, ...] = ()
    matching: Matching | None = None


def has_filters(schedule: Schedule) -> bool:
    """True if the schedule's options keep any article out."""
    lists = schedule.topics, schedule.providers, schedule.muted_topics, schedule.muted_providers
    return schedule.min_score is not None or any(lists)


def name_findings(schedule: Schedule, known: KnownNames) -> Iterator[Finding]:
    """Find each name in a schedule's options that no article has, with the nearest known ones."""
    for topics, effect in ((schedule.topics, "selects"), (schedule.muted_topics, "mutes")):
        for topic in _unknown(topics, known.topics):
            cure = did_you_mean(known.near_topics(topic)) or _CHANGE
            yield failing(f"No article has the topic “{topic}” yet, so it {effect} nothing.", cure)
    for domains, effect in ((schedule.providers, "selects"), (schedule.muted_providers, "mutes")):
        for domain in _unknown(domains, known.providers):
            cure = did_you_mean(known.near_providers(domain)) or _CHANGE
            yield failing(f"No article comes from {domain} yet, so it {effect} nothing.", cure)


def silencing_findings(schedule: Schedule, known: KnownNames) -> Iterator[Finding]:
    """Find a list of topics or providers that no article passes: the schedule posts nothing because of it."""
    if schedule.topics and not any(topic in known.topics for topic in schedule.topics):
        yield failing("No article has any of its topics.", "See /news topics, and change them with /schedule edit.")
    if schedule.providers and not any(domain in known.providers for domain in schedule.providers):
        cure = "See /news providers, and change them with /schedule edit."
        yield failing("No article comes from any of its providers.", cure)


def option_findings(schedule: Schedule) -> Iterator[Finding]:
    """Find options that have no effect, or another one than expected."""
    unused = [name for name, is_set in _unused_upstream(schedule) if is_set] if schedule.rule == "upstream" else []
    if unused:
        verb = "have" if len(unused) > 1 else "has"
        yield failing(f"{' and '.join(unused)} {verb} no effect with rule:upstream.", "Use rule:default to apply it.")
    offset = fixed_offset(schedule.timezone)
    if offset:
        yield failing(
            f"{schedule.timezone} is always {offset}, without summer time.",
            "Choose a city's time zone, such as America/New_York, if your clocks change.",
        )


def _unused_upstream(schedule: Schedule) -> tuple[tuple[str, bool], ...]:
    return (
        ("provider_cap", schedule.provider_cap != DEFAULT_PROVIDER_CAP),
        ("max_age", schedule.max_age is not None),
        ("empty:archive", schedule.empty_policy is EmptyPolicy.ARCHIVE),
    )


def _unknown(names: tuple[str, ...], known: Mapping[str, str]) -> list[str]:
    return [name for name in names if name not in known]
