"""One Protocol a feature; the docstrings are the contract that every store is held to by `tests/store`."""

from __future__ import annotations

from typing import Protocol

from bot.store.port.admin import AdminStore
from bot.store.port.article import ArticleStore
from bot.store.port.checkup import CheckupStore
from bot.store.port.delivery import DeliveryStore
from bot.store.port.digest import DigestStore
from bot.store.port.related import RelatedStore
from bot.store.port.schedule import ScheduleStore
from bot.store.port.search import SearchStore
from bot.store.port.story import StoryStore


class Store(Protocol):
    """All ports of one database."""

    @property
    def articles(self) -> ArticleStore:
        """Keeping articles."""
        ...

    @property
    def search(self) -> SearchStore:
        """Finding articles by words, and lists of them."""
        ...

    @property
    def related(self) -> RelatedStore:
        """Coverage."""
        ...

    @property
    def stories(self) -> StoryStore:
        """Stories under their ids."""
        ...

    @property
    def digest(self) -> DigestStore:
        """Candidates and editions."""
        ...

    @property
    def schedules(self) -> ScheduleStore:
        """Standing orders."""
        ...

    @property
    def deliveries(self) -> DeliveryStore:
        """The ledger."""
        ...

    @property
    def admin(self) -> AdminStore:
        """Settings, secrets, notices."""
        ...

    @property
    def checkup(self) -> CheckupStore:
        """For whoever looks after the bot."""
        ...
