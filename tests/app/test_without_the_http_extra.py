"""Only interactions over HTTP need PyNaCl: without the extra the bot starts, and says what is missing when they do."""

from __future__ import annotations

import pytest

from tests.support.command_line import run_python


@pytest.mark.parametrize("imported", ["bot.cli.main", "bot.app.start", "bot.app.doctor", "bot.sandbox", "bot.app.demo"])
def test_nothing_of_the_extra_is_imported_without_need(imported: str) -> None:
    """Neither the server nor the sandbox's key; discord.py imports PyNaCl itself where it is installed."""
    look = "[n for n in sys.modules if n.startswith(('bot.chat.http', 'bot.sandbox.application.endpoint'))]"
    said = run_python("-c", f"import {imported}\nimport sys\nfound = {look}\nsys.exit(repr(found) if found else 0)")

    assert (said.status, said.err) == (0, "")


def test_a_missing_extra_is_named_with_what_to_install() -> None:
    """Not a traceback, and with the status of a wrong configuration."""
    settings = {
        "NEWSDESK_TOKEN": "a.b.c",
        "NEWSDESK_DATABASE": "/nonexistent/newsdesk.sqlite3",
        "NEWSDESK_INTERACTIONS_ADDRESS": "127.0.0.1:0",
        "NEWSDESK_INTERACTIONS_PUBLIC_KEY": "0" * 64,
    }
    code = f"""
import sys
sys.modules["nacl"] = sys.modules["nacl.exceptions"] = None
from bot.app.config import load_config
from bot.app.serving.interactions import interaction_server
from bot.clock import SystemClock
from bot.errors import ConfigError
try:
    interaction_server(load_config(None, {settings!r}), None, SystemClock(), now=None, note_joins=None)
except ConfigError as error:
    sys.exit(f"{{error.problems[0]}}. {{error.cure}}")
"""
    said = run_python("-c", code)

    assert said.status == 1
    assert said.err == (
        "interactions_address: PyNaCl is not installed. Install the extra: pip install 'newsdesk[http]'.\n"
    )
