"""A value for each option of a schedule, as a member could give it."""

from __future__ import annotations

from bot.news.schedules.options import Option, OptionKind

TEXTS = {
    "day": "daily",
    "time": "18:30",
    "timezone": "Europe/Berlin",
    "mute": "sport, wbur.org",
    "providers": "wbur.org",
    "rule": "breaking 4 outlets in 3 hours, quiet 23-6",
    "muted_topics": "sport",
    "muted_providers": "npr.org",
    "topic_roles": "AI=815, Law=<@&816>",
}


def sample(option: Option) -> str | int | bool:
    """Something that a member could give."""
    match option.kind:
        case OptionKind.TEXT:
            return option.choices[-1] if option.choices else TEXTS.get(option.name, "privacy")
        case OptionKind.NUMBER:
            return option.most
        case OptionKind.YES_NO:
            return True
        case _:
            return 815
