"""The town in which the kinds of faults are looked for."""

from __future__ import annotations

from tests.journeys.conftest import quiet_town, town

__all__ = ["quiet_town", "town"]
