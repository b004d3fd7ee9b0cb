"""`/healthz` and `/metrics` for whoever watches the machine, read from the store when asked."""

from __future__ import annotations

from bot.health.report import Health, Pulse, Report, Waited
from bot.health.visitor import ask_health

__all__ = ["Health", "Pulse", "Report", "Waited", "ask_health"]
