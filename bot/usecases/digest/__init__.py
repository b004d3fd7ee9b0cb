"""Choose, plan, preview and explain editions."""

from __future__ import annotations

from bot.usecases.digest.ask import Explained, edition_of_message, latest_edition, reasons_of, why
from bot.usecases.digest.choose import StoryNames, choose, choose_between
from bot.usecases.digest.match import count_matching
from bot.usecases.digest.parts import redraw_rest
from bot.usecases.digest.plan import Planned, plan_edition, preview_edition

__all__ = [
    "Explained",
    "Planned",
    "StoryNames",
    "choose",
    "choose_between",
    "count_matching",
    "edition_of_message",
    "latest_edition",
    "plan_edition",
    "preview_edition",
    "reasons_of",
    "redraw_rest",
    "why",
]
