"""Sending what is planned: nothing lost, nothing doubled.

A row is claimed in a transaction before any request of it begins, is posted under a nonce that stays the same, and is
marked by what Discord answered. Where the answer is not known, the row stays SENDING until its lease ends; then the
channel is read back before anything is posted again. Kill the process at any line: the next one finds the row PLANNED
(no request was begun), SENDING (it reads back) or settled.

Every moment in the ledger is in Discord's time, our clock plus `Messenger.discord_offset_s`: message ids carry it, and
a step of this machine's clock neither ends a lease early nor moves the span that is read back.
"""

from __future__ import annotations

from bot.usecases.delivery.deliverer import Deliverer
from bot.usecases.delivery.publish import Publisher

__all__ = ["Deliverer", "Publisher"]
