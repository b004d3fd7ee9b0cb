"""All that is done with messages after posting."""

from __future__ import annotations

from collections.abc import Callable

from bot.clock import Clock
from bot.news.message.messenger import Messenger
from bot.news.notices.notice import Notifier
from bot.store.port.ledger import LedgerStores
from bot.usecases.delivery.after import AfterPosting
from bot.usecases.delivery.publish import Publisher
from bot.usecases.delivery.threads import ThreadOpener


def after_posting(
    store: LedgerStores, messenger: Messenger, notifier: Notifier, clock: Clock, jitter: Callable[[], float]
) -> tuple[AfterPosting, ...]:
    """Set up what publishes messages and what opens their threads, with the arguments of `AfterPosting`."""
    return tuple(
        each(store=store, messenger=messenger, notifier=notifier, clock=clock, jitter=jitter)
        for each in (Publisher, ThreadOpener)
    )
