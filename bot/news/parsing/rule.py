"""Parse how a schedule chooses: `default`, `upstream`, `best-of`, or `breaking 3 outlets in 6 hours, quiet 22-7`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from typing import Final

from bot.errors import BadInputError
from bot.news.parsing.times import parse_time
from bot.news.schedules.breaking import USUAL, Breaking
from bot.news.schedules.schedule import Rule
from bot.text.clean import clean

RULES: Final[Mapping[str, Rule]] = {
    "default": "default",
    "upstream": "upstream",
    "best-of": "best-of",
    "breaking": "breaking",
}

EXAMPLES: Final = (*RULES, "breaking 3 outlets in 6 hours, quiet 22-7", "breaking 5 outlets in 3 hours, no quiet hours")
"""What is suggested while it is typed."""

_MOST_OUTLETS: Final = 20
_MOST_HOURS: Final = 48
_LEAST_AWAKE: Final = 60
"""Minutes of a day without quiet hours."""

_TIME: Final = r"([0-9][0-9:.h]*(?: ?[ap]m)?)"
_QUIET: Final = re.compile(rf"\bquiet(?: hours)?(?: from)? {_TIME} ?(?:-|\u2013|to|until) ?{_TIME}(?=\s|,|$)")
_NOT_QUIET: Final = re.compile(r"\bno quiet hours\b")
_OUTLETS: Final = re.compile(r"\b([0-9]{1,2}) ?outlets?\b")
_HOURS: Final = re.compile(r"\b([0-9]{1,2}) ?h(?:ours?)?\b")
_FILLING: Final = re.compile(r"\b(?:in|within|and)\b|[,;:]")


def parse_rule(typed: str) -> tuple[Rule, Breaking]:
    """Parse a rule, and for `breaking` what breaking news is; what isn't given is as usual.

    Raises:
        BadInputError: there is no such rule, or a number is out of its range.
    """
    text = " ".join(typed.casefold().split())
    rule, _, rest = text.partition(" ")
    if text in RULES:
        return RULES[text], USUAL
    if rule.rstrip(":,") != "breaking":
        *others, last = RULES
        raise BadInputError(f"Unknown value “{clean(typed)[:40]}”.", cure=f"Use {', '.join(others)} or {last}.")
    quiet_from, quiet_until, rest = _take_quiet(rest)
    outlets, rest = _take(_OUTLETS, rest, USUAL.outlets)
    hours, rest = _take(_HOURS, rest, USUAL.hours)
    if _FILLING.sub(" ", rest).strip():
        raise _refusal(typed)
    if not 2 <= outlets <= _MOST_OUTLETS or not 1 <= hours <= _MOST_HOURS:  # noqa: PLR2004 - one outlet isn't news
        raise BadInputError(
            f"{outlets} outlets in {hours} hours is out of range.",
            cure=f"Give 2 to {_MOST_OUTLETS} outlets and 1 to {_MOST_HOURS} hours.",
        )
    return "breaking", Breaking(outlets=outlets, hours=hours, quiet_from=quiet_from, quiet_until=quiet_until)


def _take_quiet(text: str) -> tuple[time, time, str]:
    if _NOT_QUIET.search(text):
        return time(0), time(0), _NOT_QUIET.sub(" ", text)
    found = _QUIET.search(text)
    if found is None:
        return USUAL.quiet_from, USUAL.quiet_until, text
    start, end = parse_time(found[1]), parse_time(found[2])
    awake = (start.hour - end.hour) * 60 + start.minute - end.minute
    if start != end and awake % (24 * 60) < _LEAST_AWAKE:
        raise BadInputError("The quiet hours leave less than an hour.", cure="Make them shorter.")
    return start, end, text[: found.start()] + text[found.end() :]


def _take(pattern: re.Pattern[str], text: str, usual: int) -> tuple[int, str]:
    found = pattern.search(text)
    return (usual, text) if found is None else (int(found[1]), text[: found.start()] + text[found.end() :])


def _refusal(typed: str) -> BadInputError:
    return BadInputError(
        f"“{clean(typed)[:60]}” is not a rule.",
        cure="Write it as: breaking 3 outlets in 6 hours, quiet 22-7.",
    )
