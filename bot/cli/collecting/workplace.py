"""Where the collector of an invocation reads and writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bot.app.config import Config
from bot.errors import NewsdeskError

FEEDS_FILE: Final = "feeds.toml"
_EXTRA: Final = frozenset({"fastfeedparser", "lxml", "protego", "selectolax"})


@contextmanager
def needing_the_extra() -> Iterator[None]:
    """Say what to install if the collector's libraries are missing.

    Raises:
        NewsdeskError: One of them is.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        library = (error.name or "").partition(".")[0]
        if library not in _EXTRA:
            raise
        raise NewsdeskError(
            f"{library} is not installed.", cure="Install the extra: pip install 'newsdesk[collect]'."
        ) from error


def feeds_file(config: Config) -> Path:
    """Find the feeds file: the configured one, else ./feeds.toml."""
    return config.feeds or Path(FEEDS_FILE)
