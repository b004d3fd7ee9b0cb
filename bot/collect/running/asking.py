"""Ask one feed, and store what came of it in one transaction."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

import structlog

from bot.clock import Clock
from bot.collect.feed import Feed, Settings
from bot.collect.fetch.client import Client
from bot.collect.fetch.freshness import back_off_s, due_again
from bot.collect.fetched import Failed, Fetched, Gone, Unchanged
from bot.collect.items.document import NotAFeedError, read_document
from bot.collect.running.report import FeedLine, FeedResult
from bot.collect.running.taking import Taken, take_in
from bot.collect.state.memory import Memory
from bot.collect.state.values import FeedState

log = structlog.get_logger(__name__)

ACCEPT: Final = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, application/xml;q=0.9,"
    " text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Asks feeds.

    Attributes:
        chance: Gives numbers from 0 to 1, for jitter.
    """

    client: Client
    memory: Memory
    settings: Settings
    clock: Clock
    chance: Callable[[], float] = random.random

    async def ask(self, feed: Feed) -> FeedLine:
        """Fetch a feed unless it is to be left alone, and store its new items."""
        state = self.memory.feed(feed.url)
        if state.is_gone:
            return _line(feed, state, "gone", "removed by its site; remove it from your feeds")
        if state.due_at > self.clock.now():
            why = f"failed lately ({state.trouble})" if state.trouble else "nothing new is to be expected"
            return _line(feed, state, "waiting", f"{why}; next at {state.due_at:%H:%M} UTC")
        outcome = await self.client.fetch(state.moved_to or feed.url, accept=ACCEPT, validators=state.validators)
        match outcome:
            case Fetched():
                return self._take(feed, state, outcome)
            case Unchanged():
                return self._note_unchanged(feed, state, outcome)
            case Gone():
                return self._note_gone(feed, state)
            case Failed():
                return self._note_failure(feed, state, outcome)

    def _take(self, feed: Feed, state: FeedState, fetched: Fetched) -> FeedLine:
        body_hash = hashlib.sha256(fetched.body).hexdigest()[:32]
        if body_hash == state.body_hash:
            return self._note_unchanged(feed, state, fetched)
        try:
            document = read_document(fetched)
        except NotAFeedError as error:
            return self._note_failure(feed, state, Failed(reason=error.message))
        except Exception as error:  # one feed must not end a pass over a thousand
            log.exception("a feed can't be read", feed=feed.url)
            return self._note_failure(feed, state, Failed(reason=f"it can't be read ({type(error).__name__})"))
        state = replace(
            state,
            validators=fetched.validators,
            body_hash=body_hash,
            title=document.title,
            site=document.site,
            ttl_s=document.ttl_s,
            skip_hours=document.skip_hours,
        )
        now = self.clock.now()
        with self.memory.transaction():
            is_first = state.succeeded_at is None
            taken = take_in(self.memory, feed, document, self.settings, now=now, is_first=is_first)
            state = self._succeeded(state, fetched)
            self.memory.keep_feed(state)
        return _line(feed, state, "new", _said(taken, document.unusable), taken)

    def _note_unchanged(self, feed: Feed, state: FeedState, outcome: Fetched | Unchanged) -> FeedLine:
        state = self._succeeded(state, outcome)
        if isinstance(outcome, Fetched):
            state = replace(state, validators=outcome.validators)
        self.memory.keep_feed(state)
        return _line(feed, state, "same", "nothing new")

    def _succeeded(self, state: FeedState, outcome: Fetched | Unchanged) -> FeedState:
        now = self.clock.now()
        return replace(
            state,
            due_at=due_again(now, fresh_s=outcome.fresh_s, ttl_s=state.ttl_s, skip_hours=state.skip_hours),
            asked_at=now,
            succeeded_at=now,
            failures=0,
            failing_since=None,
            trouble="",
            moved_to=outcome.moved_to or state.moved_to,
        )

    def _note_gone(self, feed: Feed, state: FeedState) -> FeedLine:
        now = self.clock.now()
        state = replace(state, asked_at=now, is_gone=True, trouble="removed by its site (status 410)")
        self.memory.keep_feed(replace(state, failing_since=state.failing_since or now))
        return _line(feed, state, "gone", "removed by its site; it is not asked again")

    def _note_failure(self, feed: Feed, state: FeedState, failed: Failed) -> FeedLine:
        now = self.clock.now()
        failures = state.failures + 1
        wait_s = max(float(failed.retry_after_s), back_off_s(failures, self.chance()))
        state = replace(
            state,
            due_at=now + timedelta(seconds=wait_s),
            asked_at=now,
            failures=failures,
            failing_since=state.failing_since or now,
            trouble=failed.reason,
            moved_to="",
        )
        self.memory.keep_feed(state)
        return _line(feed, state, "failed", failed.reason)


def _line(feed: Feed, state: FeedState, result: FeedResult, said: str, taken: Taken | None = None) -> FeedLine:
    taken = taken or Taken()
    name = feed.name or state.title or feed.url
    return FeedLine(url=feed.url, name=name, result=result, said=said, taken=taken.taken, left=taken.left)


def _said(taken: Taken, unusable: int) -> str:
    parts = [f"{taken.taken} new"]
    parts += [f"{taken.changed} changed"] if taken.changed else []
    parts += [f"{taken.left} left out"] if taken.left else []
    parts += [f"{unusable} without title or link"] if unusable else []
    parts += [f"{taken.unseen} over the most that a feed may add in a day"] if taken.unseen else []
    return ", ".join(parts)
