"""The core's log during a simulation: only what it should never have to say is kept."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, Final

import structlog

from bot.errors import StoreError

_EXPECTED: Final = (StoreError,)


@contextmanager
def quiet_log() -> Iterator[list[str]]:
    """Hold the log back; the list holds what was logged with an exception that no simulated fault explains."""
    surprises: list[str] = []

    def keep(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        error = sys.exc_info()[1]
        if error is not None and not isinstance(error, _EXPECTED):
            surprises.append(f"{event.get('event')}: {error!r}")
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(
        processors=[keep],
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        cache_logger_on_first_use=False,
    )
    try:
        yield surprises
    finally:
        structlog.configure(**before)
