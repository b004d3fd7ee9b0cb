"""What an import reads: its seeds' places, and what became of the files of articles at other places."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bot.news.article import Place, ReadFile, Seed
from bot.news.identity import is_same_article, links_of
from bot.seedfile.folder import read_seed_file
from bot.seedfile.seed import shown_path
from bot.store.port.article import Fate, Rival


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A folder, a zip or an upload.

    Attributes:
        shown: Its path as the person named it.
        real: Its real path; empty for an upload.
        is_folder: True for a folder on disk.
    """

    shown: str
    real: str = ""
    is_folder: bool = False

    def placed(self, seed: Seed) -> Seed:
        """Add the place of a seed that was read from here."""
        file = seed.path.removeprefix(self._prefix(self.shown))
        return replace(seed, place=Place(folder=self.real, file=file, is_on_disk=self.is_folder))

    def shown_as(self, path: str) -> str | None:
        """Name a file that is from here for a person, by its real path; None if it is from elsewhere."""
        prefix = self._prefix(self.real)
        return shown_path(self._prefix(self.shown) + path.removeprefix(prefix)) if path.startswith(prefix) else None

    @staticmethod
    def _prefix(folder: str) -> str:
        return f"{folder.rstrip('/')}/" if folder else ""


def fates_of(rivals: Sequence[Rival], *, read: Mapping[str, Seed | None], now: datetime) -> dict[str, Fate]:
    """Find out which articles have lost their file or their links.

    Args:
        rivals: Articles with their files.
        read: By the place's key, what this import has read itself; None if it is stored already.
        now: The present: a date that is far ahead is rejected.
    """
    fates = {rival.key: _fate(rival, read, now) for rival in rivals}
    return {key: fate for key, fate in fates.items() if fate is not None}


def _fate(rival: Rival, read: Mapping[str, Seed | None], now: datetime) -> Fate | None:
    """Read an article's file; one that can't be read for now is as it was."""
    seed: ReadFile | None
    if rival.key in read:
        seed = read[rival.key]
    elif Path(rival.path).is_absolute() and os.path.lexists(rival.path):
        seed = read_seed_file(rival.path, shown=rival.path, shelf=rival.article.shelf, now=now)
    else:
        return Fate.GONE
    if not isinstance(seed, Seed):
        return None
    if not is_same_article(seed.article, rival.article):
        return Fate.GONE
    return Fate.RELINKED if links_of(seed.article).isdisjoint(links_of(rival.article)) else None
