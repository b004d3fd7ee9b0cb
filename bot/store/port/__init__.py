"""One Protocol per feature; the docstrings are the contract that `tests/store` holds every store to."""

from __future__ import annotations

from typing import Protocol

from bot.store.port.admin import AdminStore
from bot.store.port.article import ArticleStore, BatchStore
from bot.store.port.checkup import CheckupStore
from bot.store.port.delivery import CorrectionStore, DeliveryStore
from bot.store.port.desk import DeskStore, SuggestionStore
from bot.store.port.digest import DigestStore
from bot.store.port.editors import EditorStore
from bot.store.port.joining import GreetingStore
from bot.store.port.log import LogStore
from bot.store.port.related import RelatedStore
from bot.store.port.schedule import ScheduleStore
from bot.store.port.search import SearchStore
from bot.store.port.story import StoryStore


class Store(Protocol):
    """All ports of one database."""

    @property
    def articles(self) -> ArticleStore:
        """Articles and imports."""
        ...

    @property
    def batches(self) -> BatchStore:
        """Imports of a server, and rolling one back."""
        ...

    @property
    def search(self) -> SearchStore:
        """Search, lists and completion."""
        ...

    @property
    def related(self) -> RelatedStore:
        """Explicit coverage and similar articles."""
        ...

    @property
    def stories(self) -> StoryStore:
        """Stories by id."""
        ...

    @property
    def digest(self) -> DigestStore:
        """Candidates and editions."""
        ...

    @property
    def schedules(self) -> ScheduleStore:
        """Schedules."""
        ...

    @property
    def editors(self) -> EditorStore:
        """Editor roles."""
        ...

    @property
    def log(self) -> LogStore:
        """Servers' logs."""
        ...

    @property
    def deliveries(self) -> DeliveryStore:
        """The ledger of deliveries."""
        ...

    @property
    def corrections(self) -> CorrectionStore:
        """Corrections of posted messages."""
        ...

    @property
    def desks(self) -> DeskStore:
        """Drafts on the editors' desk."""
        ...

    @property
    def suggestions(self) -> SuggestionStore:
        """Members' suggestions."""
        ...

    @property
    def admin(self) -> AdminStore:
        """Settings, secrets and notices."""
        ...

    @property
    def greetings(self) -> GreetingStore:
        """Greetings of joined servers."""
        ...

    @property
    def checkup(self) -> CheckupStore:
        """Reads for an operator who checks the bot."""
        ...
