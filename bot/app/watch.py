"""The seed folders, watched: what changes in them is told once things have come to rest.

A folder that isn't there (yet, or any more) is waited for. Where the system's own notices can't be had (too many
watches, some network drives), the folders are looked at in turns; WATCHFILES_FORCE_POLLING=1 asks for that at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Any, Final

import structlog
from watchfiles import Change, awatch

_REST_MS: Final = 300  # nothing changed for so long: a file that is being copied is whole
_LONGEST_MS: Final = 3_000  # where things never rest
_ENDINGS: Final = frozenset({".txt", ".md", ""})  # no ending: a folder moved here with all that is in it

_log: Any = structlog.get_logger(__name__)

OnChange = Callable[[list[Path]], Awaitable[None]]
Notices = AsyncGenerator[set[tuple[Change, str]], None]


async def watch_folders(
    folders: Sequence[Path], on_change: OnChange, stop: asyncio.Event, *, look_every_s: float = 5.0
) -> None:
    """Tell of every change to seed files in these folders, until `stop` is set.

    Each folder is told of once when watching it has begun, so that nothing is missed that changed before.

    Args:
        folders: May be missing, appear, disappear and come back.
        on_change: Gets the changed files, or the folder where all of it is to be looked at: absolute, sorted, each
            once. One call at a time. An error of it is logged, and the next change is told all the same.
        stop: Ends this within a moment; a call of `on_change` that has begun is waited for.
        look_every_s: How often missing folders are looked for, in seconds.
    """
    folders = [folder.absolute() for folder in folders]
    missing: set[Path] = set()
    is_polling = False
    while not stop.is_set():
        there = await asyncio.to_thread(_find, folders)
        for folder in sorted(set(folders) - there.keys() - missing):
            _log.warning("a seed folder is missing: it is waited for", folder=str(folder))
        missing = set(folders) - there.keys()
        if not there:
            await _pause(stop, look_every_s)
            continue
        try:
            notices = _notices(there, stop, look_every_s=look_every_s, is_polling=is_polling)
            await _tell_until_moved(folders, there, notices, on_change)
        except FileNotFoundError:
            continue  # it went between the look and the watch
        except (OSError, RuntimeError, ExceptionGroup) as error:  # its own is a RuntimeError, or a group of them
            _log.warning("the folders can't be watched: they are looked at in turns", reason=str(error))
            is_polling = True
            await _pause(stop, look_every_s)  # whatever is used up now may be there again then


def _notices(there: Iterable[Path], stop: asyncio.Event, *, look_every_s: float, is_polling: bool) -> Notices:
    return awatch(
        *there,
        watch_filter=_may_matter,
        debounce=_LONGEST_MS,
        step=_REST_MS,
        stop_event=stop,
        rust_timeout=round(look_every_s * 1000),
        yield_on_timeout=True,
        force_polling=is_polling or None,
        ignore_permission_denied=True,
    )


async def _tell_until_moved(
    folders: Sequence[Path], there: Mapping[Path, int], notices: Notices, on_change: OnChange
) -> None:
    """Tell of changes until one of the folders came, or is gone or another one than the one that is watched."""
    new = list(there)
    async with aclosing(notices):
        async for changes in notices:
            changed = sorted({*new, *(Path(path) for _, path in changes)})
            new = []
            if changed:
                await _tell(on_change, changed)
            is_gone = any(change is Change.deleted and Path(path) in there for change, path in changes)
            if is_gone or await asyncio.to_thread(_find, folders) != there:
                return


async def _tell(on_change: OnChange, changed: list[Path]) -> None:
    try:
        await on_change(changed)
    except Exception:  # noqa: BLE001 - whatever an import ran into, the bot goes on, and the next change is a new chance
        _log.exception("a change of the seeds could not be taken in", files=len(changed))


def _find(folders: Iterable[Path]) -> dict[Path, int]:
    """The folders that are there, each with the number that tells it from another one of its name."""
    found: dict[Path, int] = {}
    for folder in folders:
        with suppress(OSError):
            if folder.is_dir():
                found[folder] = folder.stat().st_ino
    return found


def _may_matter(_change: Change, path: str) -> bool:
    name = Path(path).name
    return not name.startswith(".") and Path(name).suffix.lower() in _ENDINGS


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
