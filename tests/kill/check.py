"""Compare what was posted, and what is left in the database, with what was planned."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from bot.chat.posting.custom_ids import carries
from bot.news.delivery import DeliveryKey, DeliveryState, nonce_for

Standing = Mapping[int, Sequence[Sequence[str]]]
"""By channel: each of its messages as the custom ids in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the channels show.

    Attributes:
        lost: Planned, and in no message of its channel.
        doubled: In more than one message.
        strays: Messages that carry no planned key of their channel.
    """

    lost: list[DeliveryKey] = field(default_factory=list)
    doubled: list[DeliveryKey] = field(default_factory=list)
    strays: int = 0


def check_channels(planned: Iterable[DeliveryKey], standing: Standing) -> Findings:
    """Count each planned key in the messages of its channel."""
    lost: list[DeliveryKey] = []
    doubled: list[DeliveryKey] = []
    explained = 0
    for channel_id, keys in _by_channel(planned).items():
        for key in keys:
            count = _count(nonce_for(key), standing.get(channel_id, ()))
            explained += count
            if count != 1:
                (doubled if count else lost).append(key)
    return Findings(lost=lost, doubled=doubled, strays=sum(map(len, standing.values())) - explained)


def _by_channel(planned: Iterable[DeliveryKey]) -> Mapping[int, Sequence[DeliveryKey]]:
    found: defaultdict[int, list[DeliveryKey]] = defaultdict(list)
    for key in planned:
        found[key.channel_id].append(key)
    return found


def _count(nonce: str, messages: Sequence[Sequence[str]]) -> int:
    return sum(any(carries(custom_id, nonce) for custom_id in custom_ids) for custom_ids in messages)


def integrity_of(path: Path) -> str:
    """What SQLite's own check says of the whole file; "ok" for a sound one."""
    with closing(_connect(path)) as connection:
        return "; ".join(str(answer) for (answer,) in connection.execute("PRAGMA integrity_check(3)"))


def check_file(path: Path, count: int) -> Iterator[str]:
    """Sentences for what is wrong with the file: damage, too few rows, a row that is not SENT."""
    integrity = integrity_of(path)
    with closing(_connect(path)) as connection:
        states = dict(connection.execute("SELECT state, count(*) FROM delivery GROUP BY state").fetchall())
    if integrity != "ok":
        yield f"integrity_check: {integrity}"
    if sum(states.values()) != count:
        yield f"{sum(states.values())} rows in the ledger, {count} planned"
    yield from (f"{rows} rows left in {state}" for state, rows in states.items() if state != DeliveryState.SENT)


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
