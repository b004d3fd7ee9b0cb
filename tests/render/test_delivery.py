"""What became of editions on their way."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.news.delivery import DeliveryState, EditionKey
from bot.render.delivery import draft_history, draft_settled
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
        make_delivery(edition, part=2, state=DeliveryState.FAILED, reason="I may not post there"),
        make_delivery(make_edition(key=EditionKey("2021-05-17")), state=DeliveryState.SENT),
    ]
    text = to_text(draft_history(make_schedule(), deliveries), 500)

    assert "10 May 2021 09:00 UTC · 2 parts · sent · failed (I may not post there)" in text
    assert "10 May 2021 09:00 UTC · 1 part · sent" in text


def test_a_schedule_that_never_posted_has_a_history_too() -> None:
    """Said, not left blank."""
    assert "Nothing was posted yet." in to_text(draft_history(make_schedule(), []))


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (DeliveryState.PLANNED, "It is sent again."),
        (DeliveryState.SENT, "Noted: it is there."),
        (DeliveryState.SKIPPED, "It is left out."),
        (DeliveryState.FAILED, "Where it stands: failed."),
    ],
)
def test_an_admins_word_on_a_part_is_confirmed(state: DeliveryState, said: str) -> None:
    """What was chosen, or what it became meanwhile."""
    assert to_text(draft_settled(state)).startswith(said)
