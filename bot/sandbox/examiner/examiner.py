"""Holds requests and answers against Discord's rules, and keeps the list of deviations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.sandbox.refusals import Problem
from bot.sandbox.rest.call import Call, Route
from bot.sandbox.world import Deviation, World


class Examiner:
    """Finds what Discord would refuse."""

    def __init__(self, world: World, description: Path | None) -> None:
        self._world = world

    def deviate(self, method: str, path: str, where: str, why: str) -> None:
        """Note a deviation."""
        self._world.deviations.append(Deviation(method=method, path=path, where=where, why=why))

    def check_request(self, route: Route, path: str, call: Call) -> list[Problem]:
        """What is wrong with a request; each problem is noted as a deviation."""
        return []

    def check_answer(self, route: Route, path: str, status: int, answer: Any) -> None:
        """Note where the sandbox's own answer isn't Discord's."""
