"""Holes in the wall between servers: words, articles, hides, limits and schedules of one that reach another."""

from __future__ import annotations

from typing import Final

from tests.mutants.mutant import Mutant

_SHELVES: Final = "bot/store/sqlite/shelves/shelves.py"
_CONTENT: Final = "bot/chat/commands/content.py"
_OF_WALLS: Final = ("tests/walls/test_walls.py",)

WALLS: Final = (
    Mutant(
        name="who sees the instance alone also sees some server's words and articles",
        file=_SHELVES,
        old="        server = server_among(shelves)\n",
        new="        server = server_among(shelves) or next(iter(self._files), None)\n",
        proofs=_OF_WALLS,
    ),
    Mutant(
        name="all servers' uploads share one file with its words, spellings and totals",
        file=_SHELVES,
        old="self._files[shelf] = path\n            self.troubles.forget(shelf)\n",
        new="self._files[shelf] = next(iter(self._files.values()), path)\n            self.troubles.forget(shelf)\n",
        proofs=_OF_WALLS,
    ),
    Mutant(
        name="an article that one server hides is hidden everywhere",
        file=_CONTENT,
        old="store, shelf = context.store, server_shelf(context.require_server())\n",
        new="store, shelf = context.store, INSTANCE_SHELF\n",
        proofs=_OF_WALLS,
    ),
    Mutant(
        name="imports of all servers count toward each one's limit",
        file="bot/store/sqlite/archive/import_log.py",
        old="FROM upload_begun WHERE shelf = ? AND at > ?",
        new="FROM upload_begun WHERE shelf <> ? || '.' AND at > ?",
        proofs=_OF_WALLS,
    ),
    Mutant(
        name="what one server asks is stored among the instance's stories",
        file="bot/store/sqlite/stories/stories.py",
        old="            if home is None or (home.shelf == INSTANCE_SHELF and not is_arrival):\n",
        new="            if home is None:\n",
        proofs=("tests/usecases/test_story_arrivals.py",),
    ),
    Mutant(
        name="an import has no limit on disk",
        file="bot/store/sqlite/file/whole.py",
        old="{max(1, most_bytes // size)}",
        new="{1 << 30}",
        proofs=("tests/store/shelves/test_size_limit.py",),
    ),
    Mutant(
        name="a schedule is found by its name in every server",
        file="bot/store/sqlite/ledger/schedules.py",
        old="FROM schedule WHERE guild_id = ? AND folded_name = ?",
        new="FROM schedule WHERE guild_id <> -? AND folded_name = ?",
        proofs=_OF_WALLS,
    ),
    Mutant(
        name="the doctor shows a server how large the database is",
        file="bot/chat/commands/admin.py",
        old="for_operator=is_owner",
        new="for_operator=is_owner or guild_id > 0",
        proofs=_OF_WALLS,
    ),
)
