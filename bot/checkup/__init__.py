"""`/healthz` and `/metrics` for whoever watches the machine, read from the store when asked."""

from __future__ import annotations

from bot.checkup.health import Health, Pulse, Report, Waited
from bot.checkup.probe import ask_health

__all__ = ["Health", "Pulse", "Report", "Waited", "ask_health"]
