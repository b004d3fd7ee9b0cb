"""Read Message History is lost while an outcome is unknown: a person looks, and each of their answers ends it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from bot.news.delivery import DeliveryKey, DeliveryState
from bot.news.notices.notice import NoticeCause, NoticeKind
from bot.sandbox import SandboxMessage
from tests.support.clocks import ManualClock
from tests.support.delivering_bot import Square, open_square
from tests.support.fault_points import (
    PARTS,
    PLANNED,
    POSTS,
    SENT,
    SKIPPED,
    UNKNOWN,
    Place,
    Scene,
    at_each_place,
    open_scene,
)
from tests.support.postoffice import SETTLED_S, minutes

ANSWERS: Final = {"Send again": SENT, "It was posted": SENT, "Skip": SKIPPED}


@pytest.fixture
async def scene(tmp_path: Path, clock: ManualClock, place: Place) -> AsyncIterator[Scene]:
    """The next attempt is the place's."""
    async with open_scene(tmp_path, clock, place) as opened:
        yield opened


@at_each_place
async def test_read_message_history_lost_while_an_outcome_is_unknown_asks_an_admin(scene: Scene) -> None:
    """UNKNOWN, one question, and nothing is attempted until it is answered."""
    scene.office.sandbox.faults.drop(after=True, **POSTS)
    await scene.pass_over()
    scene.channel.set_permissions(bot={"read_message_history": False})
    posted = len(scene.posts)

    for _ in range(3):
        await scene.pass_over(SETTLED_S)

    assert await scene.states() == [*scene.before, UNKNOWN, *scene.after]
    (notice,) = scene.office.board.notices
    assert notice.cause == NoticeCause(kind=NoticeKind.UNKNOWN, edition=scene.key.edition, part=scene.part)
    assert len(scene.posts) == posted


@pytest.fixture
async def square(tmp_path: Path) -> AsyncIterator[Square]:
    """The whole bot, connected."""
    async with open_square(tmp_path) as opened:
        yield opened


async def lose_history(square: Square, place: Place, *, taken: bool) -> tuple[DeliveryKey, ...]:
    """Let the place's attempt have an unknown outcome, and let it stay so; its admin has the question."""
    faults = square.sandbox.faults
    earlier = faults.drop(times=1 if place is Place.RETRY else 0, **POSTS)
    fault = faults.drop(after=taken, nth=2 if place is Place.MIDDLE else 1, **POSTS)
    keys = await square.plan()
    if place is Place.RETRY:
        await square.until(lambda: earlier.hits > 0)
        await square.let_pass(timedelta(seconds=SETTLED_S))
    await square.until(lambda: fault.hits > 0)
    square.channel.set_permissions(bot={"read_message_history": False})
    await square.let_pass(timedelta(seconds=SETTLED_S))
    return keys


async def states(square: Square, keys: tuple[DeliveryKey, ...]) -> list[DeliveryState]:
    """The states of the parts."""
    return [row.state for row in await square.rows(keys)]


def question(square: Square) -> SandboxMessage:
    """What the admin was asked directly."""
    (message,) = square.admin.direct_messages
    return message


@at_each_place
@pytest.mark.parametrize("label", ANSWERS)
async def test_read_message_history_lost_each_of_the_admins_buttons_ends_it(
    square: Square, label: str, place: Place
) -> None:
    """Sent all the same (it isn't there), taken as sent (it is), or left out with what comes after it."""
    part = 2 if place is Place.MIDDLE else 1
    keys = await lose_history(square, place, taken=label == "It was posted")
    assert await states(square, keys) == [SENT] * (part - 1) + [UNKNOWN] + [PLANNED] * (PARTS - part)

    answer = await square.admin.press(question(square), label)
    if label == "Send again":
        assert "I can't read the channel" in answer.text
        answer = await square.admin.press(answer, "Send anyway")

    assert answer.text
    await square.reach(keys, [SENT] * (part - 1) + [ANSWERS[label]] * (PARTS - part + 1))
    expected = PARTS if label != "Skip" else part - 1
    assert [message.text.splitlines()[0] for message in square.channel.messages] == [
        f"Part {number}" for number in range(1, expected + 1)
    ]


async def test_read_message_history_lost_is_asked_once_and_answered_once(square: Square) -> None:
    """A second press finds it settled, and says so."""
    keys = await lose_history(square, Place.MIDDLE, taken=False)
    await square.admin.press(await square.admin.press(question(square), "Send again"), "Send anyway")
    await square.reach(keys, [SENT] * PARTS)

    answer = await square.admin.press(question(square), "Send again")

    assert "already decided" in answer.text
    assert len(square.channel.messages) == PARTS


@at_each_place
@pytest.mark.parametrize("taken", [True, False], ids=["posted", "not posted"])
async def test_send_again_looks_for_the_message_where_it_can_be_read_again(
    square: Square,
    place: Place,
    taken: bool,  # noqa: FBT001 - a test's parameter
) -> None:
    """The admin may be wrong; what is there is not posted twice."""
    keys = await lose_history(square, place, taken=taken)
    square.channel.set_permissions(bot={"read_message_history": True})

    answer = await square.admin.press(question(square), "Send again")

    assert "sent" in answer.text
    await square.reach(keys, [SENT] * PARTS)
    assert len(square.channel.messages) == PARTS


async def test_send_anyway_looks_for_the_message_if_it_can_be_read_by_then(square: Square) -> None:
    """An hour after it was asked about, long after Discord has forgotten the nonce, it is still not posted twice."""
    keys = await lose_history(square, Place.FIRST, taken=True)
    asked = await square.admin.press(question(square), "Send again")
    square.channel.set_permissions(bot={"read_message_history": True})
    await square.let_pass(timedelta(hours=1))

    answer = await square.admin.press(asked, "Send anyway")

    assert "sent" in answer.text
    await square.reach(keys, [SENT] * PARTS)
    assert len(square.channel.messages) == PARTS


@at_each_place
async def test_send_again_is_done_without_another_question_for_a_part_that_was_planned_late(
    tmp_path: Path, clock: ManualClock, place: Place
) -> None:
    """It was never posted, only never read back; the admin has looked, so it is not asked about twice."""
    async with open_scene(tmp_path, clock, place, due_at=clock.now() - minutes(16)) as scene:
        scene.channel.set_permissions(bot={"read_message_history": False})
        asked = 0
        for _ in range(6):
            await scene.pass_over(SETTLED_S)
            for key in [key for key in scene.keys if (await scene.office.row(key)).state is UNKNOWN]:
                asked += 1
                await scene.office.ledger.deliveries.resolve(
                    key, PLANNED, reason="asked for", at=scene.office.clock.now()
                )

        assert await scene.states() == [SENT] * PARTS
        assert asked == len(scene.office.board.notices) == PARTS - len(scene.before)
