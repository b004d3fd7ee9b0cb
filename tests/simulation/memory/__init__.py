"""The store in memory: what is committed survives a crash, everything else dies with its process.

It is the one double of the project, and is held to the same contract tests as SQLite's (`tests/store/conftest.py`).
"""

from __future__ import annotations

from tests.simulation.memory.admin import MemoryAdminStore
from tests.simulation.memory.delivery import MemoryDeliveryStore
from tests.simulation.memory.desk import MemoryDeskStore
from tests.simulation.memory.digest import MemoryDigestStore
from tests.simulation.memory.disk import Disk, InstantDisk
from tests.simulation.memory.schedule import MemoryScheduleStore
from tests.simulation.memory.tables import Tables

__all__ = [
    "Disk",
    "InstantDisk",
    "MemoryAdminStore",
    "MemoryDeliveryStore",
    "MemoryDeskStore",
    "MemoryDigestStore",
    "MemoryScheduleStore",
    "Tables",
]
