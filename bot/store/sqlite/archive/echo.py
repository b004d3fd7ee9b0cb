"""A server's stubs that the instance has as full articles.

The instance's articles and a server's stubs are in files that know nothing of each other. So what a stub is follows at
each reading from the hashes of its URLs: the instance's article is shown in its place, or nothing if that is hidden. An
article of the server's own with one of its URLs goes before it (`stubs`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from bot.store.sqlite.file.sql import as_list, plain
from bot.store.sqlite.index.view import View

_HASHES: Final = """
    SELECT alias.url_hash, s.row_id FROM json_each(?1) AS wanted CROSS JOIN article AS s ON s.row_id = wanted.value
    CROSS JOIN alias INDEXED BY alias_by_article ON alias.row_id = s.row_id
    WHERE s.is_stub = 1 AND s.stands_for IS NULL AND s.shelf_id = ?2
"""
_STUBS: Final = """
    SELECT DISTINCT s.row_id FROM json_each(?1) AS wanted CROSS JOIN alias ON alias.url_hash = wanted.value
    CROSS JOIN article AS s ON s.row_id = alias.row_id
    WHERE s.is_stub = 1 AND s.stands_for IS NULL AND s.shelf_id = ?2
"""
_FULL: Final = """
    SELECT theirs.url_hash, f.row_id FROM json_each(?1) AS wanted
    CROSS JOIN alias AS theirs ON theirs.url_hash = wanted.value
    CROSS JOIN article AS f ON f.row_id = theirs.row_id WHERE f.is_stub = 0 AND f.shelf_id = ?2
    ORDER BY theirs.is_current DESC, f.published_at DESC, f.article_id
"""
_HASHES_OF_FULL: Final = """
    SELECT DISTINCT alias.url_hash FROM json_each(?1) AS wanted
    CROSS JOIN alias INDEXED BY alias_by_article ON alias.row_id = wanted.value
"""


def as_instances(view: View, keys: Iterable[int]) -> dict[int, int]:
    """Find those of these rows that are the server's stubs of the instance's articles: the article's key by the stub's.

    Hidden articles count too: they hide the stub.
    """
    own, instance = view.own, view.instance
    if own is None or instance is None:
        return {}
    rows = own.rows(keys)
    if not rows:
        return {}
    hashes = plain(own.connection).execute(_HASHES, (as_list(rows), own.shelf_id)).fetchall()
    ranks: dict[int, tuple[int, int]] = {}
    wanted = (as_list({url_hash for url_hash, _ in hashes}), instance.shelf_id)
    for rank, (url_hash, row_id) in enumerate(plain(instance.connection).execute(_FULL, wanted)):
        ranks.setdefault(url_hash, (rank, row_id))
    best: dict[int, tuple[int, int]] = {}
    for url_hash, stub in hashes:
        if url_hash in ranks:
            best[stub] = min(ranks[url_hash], best.get(stub, ranks[url_hash]))
    return {own.key(stub): instance.key(row_id) for stub, (_, row_id) in best.items()}


def with_instances(view: View, keys: Collection[int]) -> list[int]:
    """Put the instance's articles in the place of the server's stubs of them; the order stays."""
    known = as_instances(view, keys)
    return [known.get(key, key) for key in keys]


def stubs_with_urls(view: View, hashes: str) -> dict[int, int]:
    """Find the server's stubs of the instance's articles with one of these hashes, a JSON list; as `as_instances`."""
    own = view.own
    if own is None or view.instance is None:
        return {}
    rows = plain(own.connection).execute(_STUBS, (hashes, own.shelf_id))
    return as_instances(view, [own.key(row_id) for (row_id,) in rows])


def stubs_of_instances(view: View, keys: Collection[int]) -> dict[int, int]:
    """Find the server's stubs of these of the instance's articles: the article's key by the stub's."""
    own, instance = view.own, view.instance
    if own is None or instance is None:
        return {}
    rows = instance.rows(keys)
    if not rows:
        return {}
    hashes = [row[0] for row in plain(instance.connection).execute(_HASHES_OF_FULL, (as_list(rows),))]
    wanted = set(keys)
    return {stub: key for stub, key in stubs_with_urls(view, as_list(hashes)).items() if key in wanted}
