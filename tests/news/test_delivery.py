"""The ledger's keys, spans and waits."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ConfigError
from bot.news.delivery import LONGEST_BACKOFF_S, Times, backoff_s, nonce_for
from tests.support.makers import make_delivery

KEY = make_delivery().key


def test_nonce_stays_the_same_at_every_try() -> None:
    """25 characters, which is Discord's limit."""
    assert nonce_for(KEY) == nonce_for(replace(KEY))
    assert len(nonce_for(KEY)) == 25


def test_nonce_is_the_one_of_messages_that_were_posted_before() -> None:
    """Another one would double whatever is on its way while the bot is updated."""
    assert nonce_for(KEY) == "wpmk2ft32kctz5yxrol57qe5t"


def test_nonce_is_another_one_for_another_channel_or_part() -> None:
    """Discord keeps nonces per author, not per channel."""
    others = (nonce_for(replace(KEY, channel_id=101)), nonce_for(replace(KEY, part=2)))

    assert len({nonce_for(KEY), *others}) == 3


@pytest.mark.parametrize(
    "spans",
    [{"fence_s": 30.0}, {"wire_s": 25.0}, {"settle_s": 35.0}, {"settle_s": 120.0}, {"lease_s": 45.0}],
)
def test_spans_that_would_let_two_attempts_overlap_are_refused(spans: dict[str, float]) -> None:
    """A request must be over before the channel is read back, and that before the lease ends."""
    with pytest.raises(ConfigError):
        Times(**spans)


@given(st.integers(0, 10_000), st.floats(0, 1, exclude_max=True))
def test_backoff_is_one_to_sixty_seconds(tries: int, jitter: float) -> None:
    """However often it was refused."""
    assert 1 <= backoff_s(tries, jitter) <= LONGEST_BACKOFF_S


@given(st.integers(0, 100), st.floats(0, 1, exclude_max=True))
def test_backoff_never_shrinks_with_another_refusal(tries: int, jitter: float) -> None:
    """Twice as long each time, up to a minute."""
    assert backoff_s(tries, jitter) <= backoff_s(tries + 1, jitter)


def test_backoff_is_spread_by_its_jitter() -> None:
    """Rows that were refused together don't come back together."""
    assert backoff_s(5, 0.0) == 16
    assert backoff_s(5, 0.999) > 31
