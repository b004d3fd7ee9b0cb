"""Order an edition's stories by topic, for an edition with a heading above each topic's stories."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.news.article import Article
from bot.news.edition import Pick
from bot.news.schedules.schedule import Schedule
from bot.text.words import fold

OTHER_TOPICS: Final = "More"
"""The section of a story with none of the schedule's topics, whose topics were changed since."""


def by_section(picks: Sequence[Pick], schedule: Schedule) -> tuple[Pick, ...]:
    """Sort picks by the schedule's topics, each in the first that it has; the short ones stay last.

    The order within a topic is kept, and all of it if the schedule has no sections.
    """
    return tuple(sorted(picks, key=lambda pick: (pick.is_brief, 0 if pick.is_brief else _place(pick, schedule))))


def section_of(article: Article, schedule: Schedule) -> str:
    """Return the name of an article's section, as the article spells the topic; empty without sections."""
    if not _has_sections(schedule):
        return ""
    spelled = {fold(topic): topic for topic in reversed(article.topics)}
    return next((spelled[topic] for topic in map(fold, schedule.topics) if topic in spelled), OTHER_TOPICS)


def _place(pick: Pick, schedule: Schedule) -> int:
    if not _has_sections(schedule):
        return 0
    own = set(map(fold, pick.article.topics))
    return next((place for place, topic in enumerate(map(fold, schedule.topics)) if topic in own), len(schedule.topics))


def _has_sections(schedule: Schedule) -> bool:
    return schedule.sections and bool(schedule.topics)
