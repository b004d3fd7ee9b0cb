"""All that is done with messages after posting."""

from __future__ import annotations

from collections.abc import Callable

from bot.clock import Clock
from bot.news.message.messenger import Messenger
from bot.news.notices.notice import Notifier
from bot.store.port.ledger import PostedStores
from bot.usecases.delivery.by_channel import ChannelByChannel
from bot.usecases.delivery.corrections import Corrector
from bot.usecases.delivery.publish import Publisher
from bot.usecases.delivery.threads import ThreadOpener


def after_posting(
    store: PostedStores, messenger: Messenger, notifier: Notifier, clock: Clock, jitter: Callable[[], float]
) -> tuple[ChannelByChannel, ...]:
    """Set up what publishes messages, opens their threads and corrects them; arguments as for `ChannelByChannel`."""
    return tuple(
        each(store=store, messenger=messenger, notifier=notifier, clock=clock, jitter=jitter)
        for each in (Publisher, ThreadOpener, Corrector)
    )
