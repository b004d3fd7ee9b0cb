"""Read an export in any of the known forms, by what it looks like."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from bot.collect.feeds.opml import is_opml, read_opml, unusable_outlines
from bot.collect.migrate.monitorss import is_monitorss, read_monitorss
from bot.collect.migrate.moving import Export, LeftOut, Posting
from bot.collect.migrate.red import is_red, read_red
from bot.errors import NewsdeskError


def read_export(data: bytes) -> Export:
    """Read an export in any of the known forms.

    Raises:
        NewsdeskError: It has another form.
    """
    if is_opml(data):
        left_out = (LeftOut(what=f"feed {each}", why="not a public web address") for each in unusable_outlines(data))
        return Export(postings=tuple(Posting(feed=feed) for feed in read_opml(data)), left_out=tuple(left_out))
    documents = _documents(data)
    whole = documents[0] if len(documents) == 1 else None
    if isinstance(whole, dict) and is_red(whole):
        return read_red(whole)
    documents = whole if isinstance(whole, list) else documents
    if is_monitorss(documents):
        return read_monitorss(documents)
    raise NewsdeskError(
        "The file is in none of the known forms.",
        cure="Known are OPML, the settings.json of Red's RSS cog, and MonitoRSS userfeeds as JSON lines.",
    )


def _documents(data: bytes) -> list[Any]:
    """Read one JSON document, or one for each line; nothing if it is neither."""
    text = data.decode("utf-8-sig", errors="replace")
    for parts in ([text], [line for line in text.splitlines() if line.strip()]):
        with suppress(ValueError, RecursionError):
            return [json.loads(part) for part in parts]
    return []
