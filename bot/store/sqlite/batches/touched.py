"""What an import touched: each article and stub as it was before, and as it is now."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from bot.store.sqlite.shelves.recording import ARTICLE_COLUMNS

_TOUCHED: Final = """
    SELECT u.article_id, u.image, u.is_hidden AS was_hidden, a.row_id, a.is_stub, a.is_hidden, a.title,
        EXISTS (SELECT 1 FROM tombstone AS t WHERE t.article_id = u.article_id) AS is_deleted
    FROM undo_article AS u LEFT JOIN article AS a USING (article_id) WHERE u.undo_id = ? ORDER BY u.article_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An article or a stub as it was.

    Attributes:
        domain: Of its provider.
        is_hidden: Whether an editor had hidden it.
        columns: Of `article`, in the order of `ARTICLE_COLUMNS`.
        aliases: Hashes of URLs, each with whether it is a current one.
        former_stems: Names that its file had.
        coverage: Place, the stub's id, weight.
        changes: Moment, moment of the next one, quality, heat, listed, published_at; the oldest first.
    """

    domain: str
    is_hidden: bool
    columns: Sequence[Any]
    aliases: Sequence[tuple[int, int]]
    former_stems: Sequence[str]
    coverage: Sequence[tuple[int, str, float]]
    changes: Sequence[Sequence[Any]]

    @property
    def row_id(self) -> int:
        """Its row."""
        return cast("int", self._column("row_id"))

    @property
    def published_at(self) -> int:
        """Microseconds."""
        return cast("int", self._column("published_at"))

    @property
    def title(self) -> str:
        """Its title."""
        return cast("str", self._column("title"))

    @property
    def excerpt(self) -> str:
        """Its excerpt."""
        return cast("str", self._column("excerpt"))

    @property
    def is_stub(self) -> bool:
        """Whether it was only named as coverage."""
        return bool(self._column("is_stub"))

    def _column(self, name: str) -> object:
        return self.columns[ARTICLE_COLUMNS.index(name)]


def read_image(stored: str) -> Image:
    """Read an image as it was recorded."""
    domain, is_hidden, *rest = json.loads(stored)
    columns, children = rest[: len(ARTICLE_COLUMNS)], rest[len(ARTICLE_COLUMNS) :]
    aliases, former_stems, coverage, changes = children
    return Image(
        domain=domain,
        is_hidden=bool(is_hidden),
        columns=columns,
        aliases=aliases,
        former_stems=former_stems,
        coverage=coverage,
        changes=changes,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """An article or a stub that an import touched.

    Attributes:
        article_id: Its id.
        image: As it was before; None if it was not there.
        was_hidden: Whether it was hidden when the import ended.
        row_id: Its row now; None if it is gone.
        is_stub: Whether it is a stub now.
        is_hidden: Whether it is hidden now.
        is_deleted: Whether it was deleted permanently since.
        title: Its title now.
    """

    article_id: str
    image: Image | None
    was_hidden: bool
    row_id: int | None
    is_stub: bool
    is_hidden: bool
    is_deleted: bool
    title: str

    @property
    def is_kept(self) -> bool:
        """True for one that was added, and hidden since: without it, importing it again would show it again."""
        return self.image is None and self.row_id is not None and self.is_hidden and not self.was_hidden

    @property
    def is_removed(self) -> bool:
        """True if the import added it; a stub that another article names stays nevertheless."""
        return self.image is None and self.row_id is not None and not self.is_kept

    @property
    def comes_back(self) -> bool:
        """True if it becomes what it was."""
        return self.image is not None and not (self.row_id is None and self.is_deleted)

    @property
    def was(self) -> Image:
        """What it was, of one that comes back."""
        if self.image is None:
            raise ValueError(f"{self.article_id} was not there before")
        return self.image

    @property
    def is_hidden_then(self) -> bool:
        """Whether one that comes back is hidden: an editor's word since counts, what the import did doesn't."""
        if self.row_id is not None and self.is_hidden != self.was_hidden:
            return self.is_hidden
        return self.was.is_hidden


def read_touched(connection: sqlite3.Connection, undo_id: int) -> list[Touched]:
    """Read what an import touched."""
    return [
        Touched(
            article_id=row["article_id"],
            image=None if row["image"] is None else read_image(row["image"]),
            was_hidden=bool(row["was_hidden"]),
            row_id=row["row_id"],
            is_stub=bool(row["is_stub"]),
            is_hidden=bool(row["is_hidden"]),
            is_deleted=bool(row["is_deleted"]),
            title=row["title"] or "",
        )
        for row in connection.execute(_TOUCHED, (undo_id,))
    ]
