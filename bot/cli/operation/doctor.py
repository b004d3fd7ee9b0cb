"""`newsdesk doctor`: check configuration, database, seeds, the running bot and each schedule's channel."""

from __future__ import annotations

import asyncio
import os
from typing import Final

from bot.app.doctor import Depth, examine
from bot.cli.output.line import Kind, Line
from bot.cli.session import Session
from bot.clock import SystemClock
from bot.news.checkup.finding import Finding, Status
from bot.render.checkup import finding_line
from bot.render.format.json_records import finding_records

_KINDS: Final[dict[Status, Kind]] = {Status.OK: "body", Status.FAILING: "trouble", Status.UNKNOWN: "quiet"}


def run_doctor(session: Session, *, depth: Depth, as_json: bool) -> int:
    """Print every check and its result.

    Args:
        session: The invocation.
        depth: How much is checked.
        as_json: Print `finding_records` instead of text.

    Returns:
        The exit status: 1 if something needs attention.
    """
    findings = asyncio.run(examine(session.config_path, os.environ, SystemClock(), depth=depth))
    if as_json:
        session.out.show_json(finding_records(findings))
    else:
        session.out.show(*map(_line, findings))
    return 1 if any(finding.status is Status.FAILING for finding in findings) else 0


def _line(finding: Finding) -> Line:
    return Line(text=finding_line(finding), kind=_KINDS[finding.status], hanging=4)
