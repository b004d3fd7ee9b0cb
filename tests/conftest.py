"""What every test may use: the real data's folder, a clock moved by hand, and repeatable examples."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
import structlog
from hypothesis import settings

from tests.support.clocks import ManualClock
from tests.support.data import need_data

# `make test` tries the same examples each time, and `make examples` more of them;
# `make test ARGS=--hypothesis-profile=explore` looks for new ones.
settings.register_profile("steady", deadline=None, max_examples=30, derandomize=True, database=None)
settings.register_profile("thorough", deadline=None, derandomize=True, database=None)
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile("steady")

# By default, structlog draws tracebacks with all variables: half a second in which the bot answers nobody.
_PLAIN: Final = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
structlog.configure(processors=[*structlog.get_config()["processors"][:-1], _PLAIN])


@pytest.fixture
def data() -> Path:
    """The folder that NEWSDESK_DATA names; without it the test skips and says how to get it."""
    return need_data()


@pytest.fixture(autouse=True)
def no_heartbeat_outlives_its_test() -> Iterator[None]:
    """discord.py beats from a thread of its own: one that is left would fail a later test, 41 seconds on."""
    yield
    beating = [thread for thread in threading.enumerate() if thread.name.startswith("keep-alive-handler")]
    for thread in beating:
        thread.join(1.0)  # told to stop, it takes a moment
    left = [thread for thread in beating if thread.is_alive()]
    for thread in left:
        thread.stop()  # type: ignore[attr-defined] # discord.py's KeepAliveHandler
    assert not left


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stops until the test moves it."""
    return ManualClock()
