"""The town in which the kinds of faults are looked for."""

from __future__ import annotations

from tests.support.running_bot import quiet_town, town

__all__ = ["quiet_town", "town"]
