"""Standing orders: made, changed, stopped and shown; and what is due when the clock ticks."""

from __future__ import annotations

from bot.usecases.schedule.due import DueReport, Plan, due_now, run_tick
from bot.usecases.schedule.order import Order
from bot.usecases.schedule.standing import (
    Standing,
    create_schedule,
    delete_schedule,
    edit_schedule,
    get_schedule,
    keep_next,
    list_schedules,
    pause_schedule,
    resume_schedule,
    show_schedule,
    skip_next,
    upcoming,
)
from bot.usecases.schedule.trust import ClockTrust

__all__ = [
    "ClockTrust",
    "DueReport",
    "Order",
    "Plan",
    "Standing",
    "create_schedule",
    "delete_schedule",
    "due_now",
    "edit_schedule",
    "get_schedule",
    "keep_next",
    "list_schedules",
    "pause_schedule",
    "resume_schedule",
    "run_tick",
    "show_schedule",
    "skip_next",
    "upcoming",
]
