"""Watch the seed folders, and report changes once no more come in.

A folder that doesn't exist (yet, or any more) is waited for. If the system can't report changes (too many watches, some
network drives), the folders are polled; WATCHFILES_FORCE_POLLING=1 polls from the start.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Any, Final, Protocol

import structlog
from watchfiles import Change, awatch

from bot.seedfile.seed import is_named_like_a_seed

_QUIET_MS: Final = 300  # without a change for this long, a file being copied is complete
_MAX_WAIT_MS: Final = 3_000  # if changes never stop

_log: Any = structlog.get_logger(__name__)

OnChange = Callable[[list[Path]], Awaitable[None]]


class OnMode(Protocol):
    """Learns how the folders are watched."""

    def __call__(self, *, is_polled: bool) -> None:
        """Note whether they are polled, because the system can't report changes."""


Changes = AsyncGenerator[set[tuple[Change, str]], None]


async def watch_folders(
    folders: Sequence[Path],
    on_change: OnChange,
    stop: asyncio.Event,
    *,
    look_every_s: float = 5.0,
    on_mode: OnMode | None = None,
) -> None:
    """Report every change to seed files in these folders, until `stop` is set.

    Each folder is reported once when watching it starts, so that earlier changes are not missed.

    Args:
        folders: May be missing, appear, disappear and come back.
        on_change: Receives the changed files, or a folder if all of it may have changed: absolute, sorted, without
            duplicates. One call at a time. Its errors are logged, and the next change is reported all the same.
        stop: Ends this within a moment, after a running call of `on_change`.
        on_mode: Learns whether the folders are polled, each time that watching begins.
        look_every_s: How often to look for missing folders, in seconds.
    """
    folders = [folder.absolute() for folder in folders]
    missing: set[Path] = set()
    is_polling = False
    while not stop.is_set():
        present = await asyncio.to_thread(_find, folders)
        for folder in sorted(set(folders) - present.keys() - missing):
            _log.warning("a seed folder is missing; waiting for it", folder=str(folder))
        missing = set(folders) - present.keys()
        if not present:
            await _pause(stop, look_every_s)
            continue
        if on_mode is not None:
            on_mode(is_polled=is_polling)
        try:
            changes = _changes(present, stop, look_every_s=look_every_s, is_polling=is_polling)
            await _report_until_moved(folders, present, changes, on_change)
        except FileNotFoundError:
            continue  # it was removed between the look and the watch
        except (OSError, RuntimeError, ExceptionGroup) as error:  # watchfiles raises a RuntimeError, or a group of them
            _log.warning("the folders can't be watched; polling them instead", reason=str(error))
            is_polling = True
            await _pause(stop, look_every_s)  # the system may have free watches again by then


def _changes(present: Iterable[Path], stop: asyncio.Event, *, look_every_s: float, is_polling: bool) -> Changes:
    return awatch(
        *present,
        watch_filter=_is_relevant,
        debounce=_MAX_WAIT_MS,
        step=_QUIET_MS,
        stop_event=stop,
        rust_timeout=round(look_every_s * 1000),
        yield_on_timeout=True,
        force_polling=is_polling or None,
        ignore_permission_denied=True,
    )


async def _report_until_moved(
    folders: Sequence[Path], present: Mapping[Path, int], changes_seen: Changes, on_change: OnChange
) -> None:
    """Report changes until a folder appears, disappears, or is replaced by another one of its name."""
    new = list(present)
    async with aclosing(changes_seen):
        async for changes in changes_seen:
            changed = sorted({*new, *(Path(path) for _, path in changes)})
            new = []
            if changed:
                await _report(on_change, changed)
            is_gone = any(change is Change.deleted and Path(path) in present for change, path in changes)
            if is_gone or await asyncio.to_thread(_find, folders) != present:
                return


async def _report(on_change: OnChange, changed: list[Path]) -> None:
    try:
        await on_change(changed)
    except Exception:  # noqa: BLE001 - whatever the import failed with, the bot goes on, and the next change retries
        _log.exception("importing changed seeds failed", files=len(changed))


def _find(folders: Iterable[Path]) -> dict[Path, int]:
    """Find the folders that exist, each with its inode number, which tells it apart from another of its name."""
    found: dict[Path, int] = {}
    for folder in folders:
        with suppress(OSError):
            if folder.is_dir():
                found[folder] = folder.stat().st_ino
    return found


def _is_relevant(_change: Change, path: str) -> bool:
    """Return True for a seed's name, and for a folder's, which may have been moved here with its files."""
    name = Path(path).name
    if name.startswith("."):
        return False
    return is_named_like_a_seed(name) or not Path(name).suffix or Path(path).is_dir()


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
