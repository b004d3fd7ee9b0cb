"""What follows a pass: feeds that have moved get their new address, and the status file is written."""

from __future__ import annotations

from contextlib import suppress

import structlog

from bot.clock import Clock
from bot.collect.feed import FeedList
from bot.collect.feeds.editing import change_address
from bot.collect.running.opening import Workplace
from bot.collect.running.report import PassReport
from bot.collect.running.status import pass_status, write_status
from bot.collect.state.memory import Memory
from bot.errors import NewsdeskError

log = structlog.get_logger(__name__)


def finish_pass(
    workplace: Workplace, feeds: FeedList, memory: Memory, report: PassReport, clock: Clock
) -> tuple[tuple[str, str], ...]:
    """Rewrite the addresses of feeds that have permanently moved, and leave the status file.

    An address that can't be rewritten (an OPML file, a file of another user) is remembered instead.

    Returns:
        The old and new addresses that were rewritten.
    """
    status = pass_status(feeds, memory, report, clock)
    rewritten: list[tuple[str, str]] = []
    for old, new in report.moved:
        with suppress(NewsdeskError):
            if feeds.find(new) is None:
                change_address(workplace.feeds_file, old, new)
                with memory.transaction():
                    memory.rename_feed(old, new)
                rewritten.append((old, new))
    try:
        write_status(workplace.status_file, status)
    except OSError as error:
        log.warning("the status file can't be written", file=str(workplace.status_file), reason=error.strerror)
    return tuple(rewritten)
