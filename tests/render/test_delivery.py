"""What became of editions on their way."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.choosing.retry import FailedEdition, Retries
from bot.news.delivery import DELETED_MESSAGE, DeliveryState, EditionKey
from bot.news.edition import Skipped
from bot.news.message.draft import Link, Paragraph
from bot.news.schedules.schedule import ScheduleState
from bot.render.edition.delivery import draft_decided, draft_history, draft_retried, draft_sent_now, message_url
from bot.render.format.limits import fits
from bot.render.format.terminal import to_text
from tests.render.absurd import any_text
from tests.support.examples import up_to
from tests.support.makers import make_delivery, make_edition, make_schedule


@up_to(20)
@given(any_text, st.integers(0, 200), st.sampled_from(DeliveryState))
def test_any_history_fits_a_message(words: str, count: int, state: DeliveryState) -> None:
    """However many editions there were and whatever went wrong."""
    editions = [make_edition(key=EditionKey(f"{number}")) for number in range(count)]
    entries = [(edition, (make_delivery(edition, state=state, reason=words),)) for edition in editions]

    assert fits(draft_history(make_schedule(name=words), entries)) == []


def test_a_history_has_a_line_for_each_edition() -> None:
    """However many parts it has."""
    edition, other = make_edition(), make_edition(key=EditionKey("2021-05-17"))
    parts = (
        make_delivery(edition, part=1, state=DeliveryState.SENT),
        make_delivery(edition, part=2, state=DeliveryState.FAILED, reason="no permission"),
    )
    entries = [(edition, parts), (other, (make_delivery(other, state=DeliveryState.SENT),))]
    text = to_text(draft_history(make_schedule(), entries), 500)

    assert "10 May 2021 09:00 UTC · 2 messages · sent · failed (no permission)" in text
    assert "10 May 2021 09:00 UTC · 1 message · sent" in text


def test_a_history_links_the_messages_that_are_in_their_channel() -> None:
    """One by its word, several by their numbers; what isn't posted or was deleted has no link."""
    edition = make_edition()
    states = (DeliveryState.SENT, DeliveryState.SENT, DeliveryState.SENT, DeliveryState.FAILED)
    parts = tuple(
        make_delivery(edition, part=part, state=state, message_id=message_id)
        for part, (state, message_id) in enumerate(zip(states, (71, 72, DELETED_MESSAGE, 73), strict=True), start=1)
    )
    (paragraph,) = [
        block
        for block in draft_history(make_schedule(), [(edition, parts)]).blocks
        if isinstance(block, Paragraph) and block.kind == "body"
    ]
    links = [run for run in paragraph.runs if isinstance(run, Link)]

    assert [(link.text, link.url) for link in links] == [
        ("Open 1", "https://discord.com/channels/1/100/71"),
        ("Open 2", "https://discord.com/channels/1/100/72"),
    ]
    one = draft_history(make_schedule(), [(edition, parts[:1])])
    assert "sent · Open" in to_text(one, 500)


def test_a_message_in_a_forum_is_linked_in_its_own_thread() -> None:
    """Not in the forum, which has none."""
    part = make_delivery(make_edition(), state=DeliveryState.SENT, message_id=71)

    assert message_url(part, {100}) == "https://discord.com/channels/1/71/71"
    assert message_url(part, {101}) == "https://discord.com/channels/1/100/71"


@pytest.mark.parametrize(
    ("skipped", "said"),
    [(Skipped.LATE, "skipped (too late)"), (Skipped.EMPTY, "no new story"), (Skipped.BEFORE_FIRST, "no story yet")],
)
def test_a_history_says_why_an_edition_has_no_message(skipped: Skipped, said: str) -> None:
    """An admin who waited for it looks there."""
    history = draft_history(make_schedule(), [(make_edition(skipped=skipped, picks=()), ())])

    assert f"10 May 2021 09:00 UTC · {said}" in to_text(history, 500)


def test_a_schedule_that_never_posted_has_a_history_too() -> None:
    """Said, not left blank."""
    assert "Nothing posted yet." in to_text(draft_history(make_schedule(), []))


@pytest.mark.parametrize(
    ("state", "now", "said"),
    [
        (DeliveryState.PLANNED, DeliveryState.SENT, "Edition of 10 May 2021 09:00 UTC · 1 message · sent"),
        (DeliveryState.PLANNED, DeliveryState.FAILED, "failed (why)"),
        (DeliveryState.PLANNED, DeliveryState.PLANNED, "Not finished yet: see /schedule history"),
        (DeliveryState.SENDING, DeliveryState.UNKNOWN, "I can't read the channel"),
        (DeliveryState.SENT, DeliveryState.SENT, "Marked as posted."),
        (DeliveryState.SKIPPED, DeliveryState.SKIPPED, "Skipped, with any later messages"),
    ],
)
def test_a_decision_is_answered_with_what_became_of_the_message(
    state: DeliveryState, now: DeliveryState, said: str
) -> None:
    """Not with what is hoped for."""
    draft = draft_decided(state, make_schedule(), (make_delivery(state=now, reason="why"),))

    assert said in to_text(draft, 500)


def test_what_waits_for_a_paused_schedule_is_said_to_wait() -> None:
    """Nothing of it is sent before it is resumed."""
    paused = make_schedule(state=ScheduleState.PAUSED)

    draft = draft_decided(DeliveryState.PLANNED, paused, (make_delivery(),))

    assert "Weekly is paused: nothing is sent until /schedule resume." in to_text(draft, 500)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (DeliveryState.SENT, "Posted an extra edition of Weekly with 2 stories in #100."),
        (DeliveryState.SENDING, "An extra edition of Weekly with 2 stories is on its way to #100."),
        (DeliveryState.FAILED, "failed (why)"),
    ],
)
def test_an_extra_edition_is_said_to_be_posted_once_it_is(state: DeliveryState, said: str) -> None:
    """Otherwise the answer says where it is."""
    draft = draft_sent_now(make_schedule(), 2, (make_delivery(state=state, reason="why"),))

    assert said in to_text(draft, 500)


def test_an_extra_edition_without_a_story_is_said_to_have_none() -> None:
    """With where the reasons are."""
    assert "Weekly has no new story to send." in to_text(draft_sent_now(make_schedule(), 0, ()), 500)


def make_failed(number: int) -> FailedEdition:
    """An edition that failed, one of two parts."""
    edition = make_edition(key=EditionKey(f"2021-05-{number:02}"))
    parts = tuple(make_delivery(edition, part=part, state=DeliveryState.FAILED) for part in (1, 2))
    return FailedEdition(
        key=edition.key, due_at=edition.due_at, parts=parts, articles=frozenset(), told_since=frozenset()
    )


@up_to(20)
@given(any_text, st.integers(0, 28), st.integers(0, 28))
def test_any_retry_fits_a_message(name: str, sent: int, superseded: int) -> None:
    """However many editions failed."""
    retries = Retries(
        sent=tuple(make_failed(number + 1) for number in range(sent)),
        superseded=tuple(make_failed(number + 1) for number in range(superseded)),
    )
    parts = [replace(part, state=DeliveryState.UNKNOWN) for edition in retries.sent for part in edition.parts]
    assert fits(draft_retried(make_schedule(name=name), retries, parts)) == []


def test_a_retry_says_what_it_sends_and_what_it_skips() -> None:
    """With the number of messages, and the reason."""
    retries = Retries(sent=(make_failed(17),), superseded=(make_failed(10),))
    sent = [replace(part, state=DeliveryState.SENT) for part in make_failed(17).parts]
    text = to_text(draft_retried(make_schedule(), retries, sent), 500)

    assert "Edition of 10 May 2021 09:00 UTC · 2 messages · sent" in text
    assert "Skipped: edition of 10 May 2021 09:00 UTC · a later edition has its stories" in text


def test_a_retry_that_sends_nothing_says_so() -> None:
    """Before it says why."""
    draft = draft_retried(make_schedule(), Retries(superseded=(make_failed(10),)), ())

    assert "Nothing to send again." in to_text(draft)
