"""Seed files on disk: names that never change, and writing that leaves either the old file or the new one."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from typing_extensions import override

_LONGEST_SLUG: Final = 60
_NAME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}-.*?([0-9a-f]{10})\.md")
_TEMPORARY: Final = ".newsdesk-"
"""Begins the names of files that are being written: hidden, so that the bot doesn't read them."""


def identity_of(feed: str, guid: str, page: str) -> str:
    """Compute the part of a file's name that identifies its item: by the feed's id of it, else by its page."""
    parts = (feed, guid) if guid else (page,)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:10]


def file_name(title: str, published_at: datetime, identity: str) -> str:
    """Name an item's file: `2024-05/2024-05-17-town-pool-reopens-0a1b2c3d4e.md`; it keeps this name."""
    slug = slug_of(title)
    return f"{published_at:%Y-%m}/{published_at:%Y-%m-%d}-{f'{slug}-' if slug else ''}{identity}.md"


def slug_of(title: str) -> str:
    """Write a title in lower-case ASCII letters, digits and hyphens; empty if it has none of them."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain.replace("'", "")))
    if len(slug) <= _LONGEST_SLUG:
        return slug
    return slug[:_LONGEST_SLUG].rpartition("-")[0] or slug[:_LONGEST_SLUG]


class SeedFolder:
    """The folder that the collector writes to."""

    def __init__(self, folder: Path) -> None:
        self.path = folder

    def read(self, name: str) -> str | None:
        """Read a file; None if there is none.

        Raises:
            UnicodeDecodeError: It isn't UTF-8.
            OSError: It can't be read.
        """
        try:
            return (self.path / name).read_bytes().decode()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def write_all(self, texts: Mapping[str, str]) -> dict[str, OSError]:
        """Write files: a reader sees all of an old one or all of the new one, also after a crash.

        All are written before the first is flushed, so that the disk can take them together.

        Args:
            texts: By name; a few hundred at most, because each is open for a while.

        Returns:
            What went wrong, by name: those files are unchanged.
        """
        failed: dict[str, OSError] = {}
        open_files: dict[str, BinaryIO] = {}
        for name, text in texts.items():
            with _noting(failed, name):
                open_files[name] = self._written(name, text)
        for name, file in open_files.items():
            with _noting(failed, name), file:
                os.fsync(file.fileno())
        for name in open_files.keys() - failed.keys():
            with _noting(failed, name):
                self._temporary(name).replace(self.path / name)
        for name in failed:
            with suppress(OSError):
                self._temporary(name).unlink()
        return failed

    def _written(self, name: str, text: str) -> BinaryIO:
        temporary = self._temporary(name)
        temporary.parent.mkdir(parents=True, exist_ok=True)
        file = temporary.open("wb", buffering=0)
        try:
            file.write(text.encode())
        except OSError:
            file.close()
            raise
        return file

    def _temporary(self, name: str) -> Path:
        target = self.path / name
        return target.with_name(f"{_TEMPORARY}{target.name}")

    def sync(self) -> None:
        """Make renames permanent: one request to the disk for each folder, after all of its files."""
        for folder in (self.path, *(each for each in self.path.iterdir() if each.is_dir())):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def sweep(self) -> None:
        """Remove what a crash left half-written."""
        for left in self.path.glob(f"*/{_TEMPORARY}*"):
            with suppress(OSError):
                left.unlink()

    def names_by_identity(self) -> dict[str, str]:
        """Find the collector's files by the identities in their names, for a memory that was lost."""
        found: dict[str, str] = {}
        for path in self.path.glob("*/*.md"):
            name = _NAME.fullmatch(path.name)
            if name is not None:
                found[name[1]] = path.relative_to(self.path).as_posix()
        return found


@contextmanager
def _noting(failed: dict[str, OSError], name: str) -> Iterator[None]:
    """Note what goes wrong with one file, so that the others are written."""
    try:
        yield
    except OSError as error:
        failed[name] = error


class DryFolder(SeedFolder):
    """A folder that is read, and keeps in memory what would be written to it.

    Attributes:
        written: The new texts by name.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.written: dict[str, str] = {}

    @override
    def read(self, name: str) -> str | None:
        return self.written.get(name) or super().read(name)

    @override
    def write_all(self, texts: Mapping[str, str]) -> dict[str, OSError]:
        self.written |= texts
        return {}

    @override
    def sync(self) -> None:
        pass

    @override
    def sweep(self) -> None:
        pass
