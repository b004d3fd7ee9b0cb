"""Deliver planned editions: nothing is lost, and nothing is posted twice.

A row is claimed in a transaction before its first request, posted under a nonce that stays the same, and marked with
what Discord answered. If there is no clear answer, the row stays SENDING until its lease ends; then the channel is read
back before anything is posted again. If the process is killed at any line, the next one finds the row PLANNED (no
request was made), SENDING (the channel is read back) or in a final state.

Every moment in the ledger is in Discord's time, our clock plus `Messenger.discord_offset_s`: message ids carry it, and
a change of this machine's clock neither ends a lease early nor moves the span that is read back.
"""

from __future__ import annotations

from bot.usecases.delivery.afterwards import after_posting
from bot.usecases.delivery.deliverer import Deliverer
from bot.usecases.delivery.desk import DeskKeeper
from bot.usecases.delivery.follow import FOLLOW_S, follow
from bot.usecases.delivery.publish import Publisher
from bot.usecases.delivery.settle import settled
from bot.usecases.delivery.threads import ThreadOpener

__all__ = ["FOLLOW_S", "Deliverer", "DeskKeeper", "Publisher", "ThreadOpener", "after_posting", "follow", "settled"]
