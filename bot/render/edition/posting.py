"""Say how a schedule's editions are posted, besides their text."""

from __future__ import annotations

from typing import Final

from bot.news.schedules.schedule import Schedule
from bot.render.format.clip import clip_written
from bot.render.format.rhythm import listed
from bot.text.clean import clean

_LONGEST_LIST: Final = 300


def as_sentence(text: str) -> str:
    """Begin a text with a capital letter, and leave the rest as it is."""
    return text[:1].upper() + text[1:]


def posting_words(schedule: Schedule) -> list[str]:
    """Say how its messages are posted, besides whom they mention; empty for the usual way."""
    said = (
        "without a notification" if schedule.silent else "",
        "with a discussion thread" if schedule.thread else "",
        f"tagged {listed(list(map(clean, schedule.tags)))}" if schedule.tags else "",
    )
    return list(filter(None, said))


def mention_words(schedule: Schedule) -> str:
    """Say whom its editions mention."""
    by_topic = [clean(each.topic) for each in schedule.topic_roles]
    said = [
        *(["a role"] if schedule.mention_role is not None else []),
        *([f"roles by topic ({clip_written(', '.join(by_topic), _LONGEST_LIST)})"] if by_topic else []),
    ]
    return f"mentions {listed(said)}" if said else "mentions nobody"
