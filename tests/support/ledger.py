"""Reading the ledger by key, which no part of the bot does."""

from __future__ import annotations

from bot.news.delivery import Delivery, DeliveryKey
from bot.store.port.delivery import DeliveryStore


async def find_delivery(store: DeliveryStore, key: DeliveryKey) -> Delivery | None:
    """One part of an edition by its key; None if there is none."""
    parts = await store.deliveries(key.schedule_id, key.edition)
    return next((part for part in parts if part.key == key), None)
