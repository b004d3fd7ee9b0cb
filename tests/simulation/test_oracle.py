"""The oracle finds what is planted, and only that."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.news.delivery import Delivery, DeliveryKey, DeliveryState, nonce_for
from tests.simulation.clock import DAWN
from tests.simulation.discord import Message, Place, SimulatedDiscord
from tests.simulation.oracle import Findings, Tally, judge
from tests.support.makers import make_delivery

ROW = make_delivery()
NONCE = nonce_for(ROW.key)


class Case:
    """One delivery, and what is in its channel."""

    def __init__(self, state: DeliveryState = DeliveryState.SENT) -> None:
        self.now = DAWN
        self.discord = SimulatedDiscord(lambda: self.now, nonce_window_s=0.0)
        self.discord.places[ROW.key.channel_id] = Place()
        self.rows: dict[DeliveryKey, Delivery] = {ROW.key: replace(ROW, state=state)}
        self.tally = Tally()

    def post(self) -> Message:
        """A message of the delivery."""
        self.now += timedelta(minutes=1)
        posted = self.discord.create_message(ROW.key.channel_id, NONCE, visible_at=self.now)
        assert isinstance(posted, Message)
        return posted

    def judge(self, *, frozen: str = "", deleted: str = "") -> Findings:
        """What the oracle says."""
        return judge(
            self.rows,
            [ROW.key],
            self.discord,
            frozen=frozenset({frozen}),
            deleted_unsettled=frozenset({deleted}),
            tally=self.tally,
        )


def test_delivery_that_stands_in_its_channel_is_neither() -> None:
    """The way of nearly all of them."""
    case = Case()
    case.post()

    case.judge()

    assert (case.tally.deliveries, case.tally.lost, case.tally.doubled) == (1, 0, 0)


def test_planted_loss_is_found() -> None:
    """The ledger says SENT, and no message was ever there."""
    case = Case()

    assert len(case.judge().lost) == 1
    assert not case.tally.is_clean


def test_planted_double_is_found() -> None:
    """Two messages of one delivery."""
    case = Case()
    case.post()
    case.post()

    assert len(case.judge().doubled) == 1
    assert not case.tally.is_clean


@pytest.mark.parametrize(
    "state", [DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.FAILED, DeliveryState.UNKNOWN]
)
def test_row_that_never_settles_is_lost(state: DeliveryState) -> None:
    """Also if its message is posted: nobody knows."""
    case = Case(state)
    case.post()

    assert len(case.judge().lost) == 1


def test_row_that_vanished_is_lost() -> None:
    """Planned once, and in no ledger at the end."""
    case = Case()
    case.rows.clear()

    assert len(case.judge().lost) == 1


def test_skipped_row_whose_channel_is_there_is_lost() -> None:
    """Nothing by the rules kept it out."""
    assert len(Case(DeliveryState.SKIPPED).judge().lost) == 1


@pytest.mark.parametrize(("is_plain", "lost"), [(False, 1), (True, 0)])
def test_skipped_row_is_left_out_only_if_its_plain_form_was_refused(*, is_plain: bool, lost: int) -> None:
    """After the rich form alone there was another try to come."""
    case = Case(DeliveryState.SKIPPED)
    case.discord.refuses_form = lambda _nonce, _is_plain: True
    case.discord.create_message(ROW.key.channel_id, NONCE, visible_at=case.now, is_plain=is_plain)

    assert len(case.judge().lost) == lost


def test_skipped_row_whose_channel_is_gone_is_left_out() -> None:
    """By the rules."""
    case = Case(DeliveryState.SKIPPED)
    case.discord.places[ROW.key.channel_id].is_there = False

    case.judge()

    assert (case.tally.left_out, case.tally.lost) == (1, 0)


def test_double_after_a_moderator_deleted_the_first_is_counted_apart() -> None:
    """One of the two holes that stay."""
    case = Case()
    case.post().deleted_at = case.now
    case.post()

    case.judge(deleted=NONCE)

    assert (case.tally.deleted_hole, case.tally.doubled) == (1, 0)


def test_double_of_a_frozen_process_is_counted_apart() -> None:
    """The other one."""
    case = Case()
    case.post()
    case.post()

    case.judge(frozen=NONCE)

    assert (case.tally.frozen_hole, case.tally.doubled) == (1, 0)
