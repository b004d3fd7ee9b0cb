"""Check the bot's health, for `/healthz`, `/metrics`, `newsdesk doctor` and `/admin doctor` alike."""

from __future__ import annotations

from bot.checkup.check import check_bot, check_saved, check_schedules, check_server, read_names
from bot.checkup.server import HealthServer

__all__ = ["HealthServer", "check_bot", "check_saved", "check_schedules", "check_server", "read_names"]
