"""What a run came to: each planned delivery is looked for in the channels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

from bot.news.choosing.recheck import Finding
from bot.news.delivery import Delivery, DeliveryKey, DeliveryState, nonce_for
from tests.simulation.discord import Message, SimulatedDiscord

_MAX_LATENESS = timedelta(hours=24)
"""Of every simulated schedule."""

_CLOCKS_DIFFER = timedelta(seconds=2)


@dataclass(slots=True, kw_only=True)
class Tally:
    """Counts of one run, or of many together.

    Attributes:
        lost: Planned, and never in any channel, though nothing by the rules kept it out; or never settled.
        doubled: More than one message of one delivery, the two known holes left out.
        frozen_hole: Doubled by a process that was frozen between the fence and the wire.
        deleted_hole: Posted once more after a moderator deleted the message while its outcome was unknown.
        left_out: By the rules: the channel is gone, or its form was refused twice.
    """

    worlds: int = 0
    deliveries: int = 0
    messages: int = 0
    crashes: int = 0
    stops: int = 0
    pauses: int = 0
    faults: int = 0
    changes: int = 0
    restores: int = 0
    lost: int = 0
    doubled: int = 0
    frozen_hole: int = 0
    deleted_hole: int = 0
    left_out: int = 0
    simulated_s: float = 0.0

    def add(self, other: Tally) -> None:
        """Count another run in."""
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))

    @property
    def is_clean(self) -> bool:
        """Nothing lost, nothing doubled."""
        return self.lost == self.doubled == 0


@dataclass(slots=True, kw_only=True)
class Findings:
    """What went wrong, by name."""

    lost: list[str]
    doubled: list[str]


def judge(
    rows: Mapping[DeliveryKey, Delivery],
    planned: Iterable[DeliveryKey],
    discord: SimulatedDiscord,
    *,
    frozen: frozenset[str],
    deleted_unsettled: frozenset[str],
    tally: Tally,
) -> Findings:
    """Count what was lost and doubled.

    Args:
        rows: The ledger at the end, when everything had time to finish.
        planned: Every delivery that was ever planned.
        discord: The messages in the channels.
        frozen: Nonces of posts that were frozen between the fence and the wire.
        deleted_unsettled: Nonces whose message was deleted before its row was SENT.
        tally: Where it is counted.
    """
    findings = Findings(lost=[], doubled=[])
    by_delivery = _messages_by_delivery(planned, discord)
    for key, messages in by_delivery.items():
        tally.deliveries += 1
        tally.messages += len(messages)
        row = rows.get(key)
        if (
            not messages
            and row is not None
            and row.state is DeliveryState.SKIPPED
            and _by_the_rules(rows, row, discord)
        ):
            tally.left_out += 1
        elif not messages or row is None or row.state not in {DeliveryState.SENT, DeliveryState.SKIPPED}:
            findings.lost.append(f"{_name(key)}: {'no row' if row is None else row.state}, {len(messages)} messages")
        if len(messages) > 1:
            nonces = {message.nonce for message in messages}
            if nonces & deleted_unsettled:
                tally.deleted_hole += 1
            elif nonces & frozen:
                tally.frozen_hole += 1
            else:
                findings.doubled.append(f"{_name(key)}: {', '.join(_moment(message) for message in messages)}")
    tally.lost += len(findings.lost)
    tally.doubled += len(findings.doubled)
    return findings


def _messages_by_delivery(
    planned: Iterable[DeliveryKey], discord: SimulatedDiscord
) -> Mapping[DeliveryKey, list[Message]]:
    """Also of posts that carried something behind their nonce, as those of one variant do."""
    by_nonce: dict[str, list[Message]] = {}
    for nonce, messages in discord.posted.items():
        by_nonce.setdefault(nonce.partition("|")[0], []).extend(messages)
    return {key: by_nonce.get(nonce_for(key), []) for key in planned}


def _by_the_rules(rows: Mapping[DeliveryKey, Delivery], row: Delivery, discord: SimulatedDiscord) -> bool:
    """Whether the row's channel is gone, it or a part before it was refused in its plain form, too, or it is late.

    An edition that is too late is left out as a whole, at the claim of its first part.
    """
    first = rows.get(replace(row.key, part=1))
    if row.reason == Finding.TOO_LATE:
        claimed_at = first.claimed_at if first is not None else None
        return claimed_at is not None and claimed_at - row.due_at > _MAX_LATENESS - _CLOCKS_DIFFER
    if not discord.places[row.key.channel_id].is_there:
        return True
    keys = [replace(row.key, part=part) for part in range(1, row.key.part + 1)]
    return any(nonce_for(key) in discord.refused_plain for key in keys)


def _name(key: DeliveryKey) -> str:
    return f"schedule {key.schedule_id}, edition {key.edition}, part {key.part}"


def _moment(message: Message) -> str:
    at: datetime = message.at
    return f"{at:%d %H:%M:%S.%f}"
