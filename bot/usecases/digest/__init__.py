"""Choose, plan, preview and explain editions."""

from __future__ import annotations

from bot.usecases.digest.ask import Explained, edition_of_message, latest_edition, reasons_of, why
from bot.usecases.digest.choose import StoryNames, choose, choose_between
from bot.usecases.digest.corrections import Corrections
from bot.usecases.digest.desk import (
    Order,
    act_on_draft,
    count_came_in,
    desk_face,
    read_desk,
    refresh_drafts,
    skip_draft,
)
from bot.usecases.digest.match import count_matching
from bot.usecases.digest.parts import redraw_rest
from bot.usecases.digest.plan import Asked, Planned, plan_edition, preview_edition

__all__ = [
    "Asked",
    "Corrections",
    "Explained",
    "Order",
    "Planned",
    "StoryNames",
    "act_on_draft",
    "choose",
    "choose_between",
    "count_came_in",
    "count_matching",
    "desk_face",
    "edition_of_message",
    "latest_edition",
    "plan_edition",
    "preview_edition",
    "read_desk",
    "reasons_of",
    "redraw_rest",
    "refresh_drafts",
    "skip_draft",
    "why",
]
