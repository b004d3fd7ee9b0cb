"""What became of editions on their way."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.news.choosing.retry import FailedEdition, Retries
from bot.news.delivery import DeliveryState, EditionKey
from bot.render.delivery import draft_decided, draft_history, draft_retried
from bot.render.format.limits import fits
from bot.render.format.terminal import to_text
from tests.render.absurd import any_text
from tests.support.makers import make_delivery, make_edition, make_schedule


@settings(max_examples=20)
@given(any_text, st.integers(0, 200), st.sampled_from(DeliveryState))
def test_any_history_fits_a_message(words: str, count: int, state: DeliveryState) -> None:
    """However many editions there were and whatever went wrong."""
    editions = [make_edition(key=EditionKey(f"{number}")) for number in range(count)]
    deliveries = [make_delivery(edition, state=state, reason=words) for edition in editions]

    assert fits(draft_history(make_schedule(name=words), deliveries)) == []


def test_a_history_has_a_line_for_each_edition() -> None:
    """However many parts it has."""
    edition = make_edition()
    deliveries = [
        make_delivery(edition, part=1, state=DeliveryState.SENT),
        make_delivery(edition, part=2, state=DeliveryState.FAILED, reason="no permission"),
        make_delivery(make_edition(key=EditionKey("2021-05-17")), state=DeliveryState.SENT),
    ]
    text = to_text(draft_history(make_schedule(), deliveries), 500)

    assert "10 May 2021 09:00 UTC · 2 messages · sent · failed (no permission)" in text
    assert "10 May 2021 09:00 UTC · 1 message · sent" in text


def test_a_schedule_that_never_posted_has_a_history_too() -> None:
    """Said, not left blank."""
    assert "Nothing posted yet." in to_text(draft_history(make_schedule(), []))


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (DeliveryState.PLANNED, "The message will be sent again."),
        (DeliveryState.SENT, "Marked as posted."),
        (DeliveryState.SKIPPED, "Skipped, with any later messages"),
        (DeliveryState.FAILED, "Current state: failed."),
    ],
)
def test_an_admins_word_on_a_part_is_confirmed(state: DeliveryState, said: str) -> None:
    """What was chosen, or what it became meanwhile."""
    assert to_text(draft_decided(state)).startswith(said)


def make_failed(number: int) -> FailedEdition:
    """An edition that failed, one of two parts."""
    edition = make_edition(key=EditionKey(f"2021-05-{number:02}"))
    parts = tuple(make_delivery(edition, part=part, state=DeliveryState.FAILED) for part in (1, 2))
    return FailedEdition(
        key=edition.key, due_at=edition.due_at, parts=parts, articles=frozenset(), told_since=frozenset()
    )


@settings(max_examples=20)
@given(any_text, st.integers(0, 28), st.integers(0, 28))
def test_any_retry_fits_a_message(name: str, sent: int, superseded: int) -> None:
    """However many editions failed."""
    retries = Retries(
        sent=tuple(make_failed(number + 1) for number in range(sent)),
        superseded=tuple(make_failed(number + 1) for number in range(superseded)),
    )
    assert fits(draft_retried(make_schedule(name=name), retries)) == []


def test_a_retry_says_what_it_sends_and_what_it_skips() -> None:
    """With the number of messages, and the reason."""
    text = to_text(draft_retried(make_schedule(), Retries(sent=(make_failed(17),), superseded=(make_failed(10),))), 500)

    assert "Will be sent again: edition of 10 May 2021 09:00 UTC · 2 messages" in text
    assert "Skipped: edition of 10 May 2021 09:00 UTC · a later edition has its stories" in text


def test_a_retry_that_sends_nothing_says_so() -> None:
    """Before it says why."""
    assert "Nothing to send again." in to_text(draft_retried(make_schedule(), Retries(superseded=(make_failed(10),))))
