"""Discord says no, for certain: the token, a permission, the channel, the form of the message, the kind of channel."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from bot.errors import TokenRefusedError
from bot.news.article import Picture
from bot.news.delivery import DeliveryKey, nonce_for
from bot.news.message.draft import Draft, Gallery
from bot.news.message.messenger import Posted
from bot.news.schedules.schedule import ScheduleState
from tests.faults.hasty import run_hastily
from tests.support.clocks import ManualClock
from tests.support.fault_points import (
    FAILED,
    PARTS,
    PLANNED,
    POSTS,
    SENDING,
    SENT,
    SKIPPED,
    Place,
    Requests,
    Scene,
    ask_for_a_retry,
    at_each_place,
    open_scene,
    set_scene,
    set_scene_of_an_admin,
)
from tests.support.postoffice import SETTLED_S, Office, minutes, open_office, posted_draft

INVALID_FORM: Final = {"code": 50035, "message": "Invalid Form Body"}


@pytest.fixture
async def office(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Office]:
    """A process that sends, without rate limits."""
    async with open_office(tmp_path, clock, limits=False) as opened:
        yield opened


@pytest.fixture
async def scene(tmp_path: Path, clock: ManualClock, place: Place) -> AsyncIterator[Scene]:
    """The next attempt is the place's."""
    async with open_scene(tmp_path, clock, place, draft=draft_with_a_picture) as opened:
        yield opened


def draft_with_a_picture(key: DeliveryKey) -> Draft:
    """A part with a large picture."""
    draft = posted_draft(key)
    picture = Picture(url="https://pictures.example/lamp.png", alt="A lamp")
    return replace(draft, blocks=(*draft.blocks, Gallery(pictures=(picture,))))


@at_each_place
async def test_401_stops_with_exit_status_78_and_without_a_retry(scene: Scene) -> None:
    """The sending process ends after one request; another one, with another token, takes the row up again."""
    faults, requests = scene.office.sandbox.faults, scene.office.sandbox.requests
    faults.status(401, times=None)
    seen = len(requests)

    with pytest.raises(TokenRefusedError) as caught:
        await scene.office.deliverer.run(asyncio.Event())

    assert (caught.value.exit_status, [request.status for request in requests][seen:]) == (78, [401])
    # A retry's question of the channel is refused, so it is as unknown as before whether the message is there.
    assert await scene.states() == [
        *scene.before,
        SENDING if scene.place is Place.RETRY else PLANNED,
        *scene.after,
    ]
    faults.clear()
    await scene.office.restart(after_s=60)
    await scene.ends_well()


@at_each_place
@pytest.mark.parametrize("missing", ["send_messages", "view_channel"], ids=["50013", "50001"])
async def test_permission_50013_50001_fails_pauses_the_schedule_and_gives_a_notice_without_repeats(
    office: Office, place: Place, missing: str
) -> None:
    """Nothing is tried again until someone has fixed it and asked for it."""
    scene = await set_scene_of_an_admin(office, place, office.channel)
    office.channel.set_permissions(bot={missing: False})
    posted = len(scene.posts)

    for _ in range(3):
        await scene.pass_over(3600)
        assert await scene.states() == [*scene.before, FAILED, *scene.after]
        assert await office.schedule_state() is ScheduleState.PAUSED
    assert scene.posts[posted:] == [403]
    assert office.board.causes == ["no permission"]

    office.channel.set_permissions(bot={missing: True})
    await ask_for_a_retry(scene)
    await scene.ends_well()


@at_each_place
async def test_10003_channel_gone_switches_the_schedule_off_and_skips_the_rows(scene: Scene) -> None:
    """The admin is asked for another channel, once."""
    scene.channel.delete()

    for _ in range(3):
        await scene.pass_over(SETTLED_S)

    assert await scene.states() == [*scene.before, SKIPPED, *([SKIPPED] * len(scene.after))]
    assert await scene.office.schedule_state() is ScheduleState.OFF
    assert scene.office.board.causes == ["channel gone"]
    assert scene.posts.count(404) == 1


@at_each_place
async def test_50035_is_posted_once_more_as_plain_text(scene: Scene) -> None:
    """Its words arrive, without the pictures that may have been wrong, and it can be read back still."""
    scene.office.sandbox.faults.status(400, body=INVALID_FORM, **POSTS)

    await scene.settled()

    row, message = await scene.row(), scene.channel.messages[scene.part - 1]
    assert (row.state, row.revision, row.message_id) == (SENT, 1, message.id)
    assert "picture" not in message.text
    now = scene.office.clock.now()
    found = await scene.office.messenger.read_back(
        scene.channel.id, nonce_for(scene.key), after=now - minutes(10), before=now + minutes(1)
    )
    assert found == Posted(message_id=message.id)
    await scene.ends_well()


@at_each_place
async def test_50035_twice_fails_with_the_report(scene: Scene) -> None:
    """The admin reads what Discord said; the schedule goes on, and a retry posts the plain text."""
    scene.office.sandbox.faults.status(400, times=2, body=INVALID_FORM, **POSTS)
    posted = len(scene.posts)

    for _ in range(3):
        await scene.pass_over(SETTLED_S)

    assert scene.posts[posted:] == [400, 400]
    assert await scene.states() == [*scene.before, FAILED, *scene.after]
    assert await scene.office.schedule_state() is ScheduleState.ACTIVE
    (notice,) = scene.office.board.notices
    assert "Invalid Form Body" in notice.text

    await ask_for_a_retry(scene)
    await scene.ends_well()


@at_each_place
async def test_archived_thread_is_unarchived(office: Office, place: Place) -> None:
    """A schedule may post into a thread, and threads fall asleep."""
    thread = office.channel.add_thread("discussion")
    scene = await set_scene(office, place, thread)
    thread.set_archived(True)

    await scene.settled()

    assert not thread.archived
    await scene.ends_well()


@at_each_place
async def test_forum_gets_a_new_post_for_each_part(office: Office, place: Place) -> None:
    """Discord takes no message there."""
    scene = await set_scene(office, place, office.guild.add_channel("forum", kind="forum"))

    await scene.ends_well()

    assert len(scene.channel.threads) == PARTS


@at_each_place
@pytest.mark.parametrize("after", [False, True], ids=["before Discord took it", "after"])
@pytest.mark.parametrize("status", [500, 503, 0], ids=["500", "503", "drop"])
def test_forum_without_nonces_is_read_back_before_each_retry(
    tmp_path: Path,
    place: Place,
    status: int,
    after: bool,  # noqa: FBT001 - a test's parameter
) -> None:
    """No request that makes a post follows another one until the forum was looked through."""

    async def play() -> None:
        async with open_scene(tmp_path, ManualClock(), place, kind="forum") as scene:
            faults, requests = scene.office.sandbox.faults, scene.office.sandbox.requests
            making = Requests(method="POST", path=r"/threads$")
            fault = faults.status(status, after=after, **making) if status else faults.drop(after=after, **making)

            await scene.pass_over()

            assert (fault.hits, await scene.state()) == (1, SENDING)
            begun = len(requests)
            await scene.ends_well()
            later = [(seen.method, seen.path.rpartition("/")[2]) for seen in list(requests)[begun:]]
            made = [number for number, request in enumerate(later) if request == ("POST", "threads")]
            assert not made or later.index(("GET", "active")) < made[0]
            assert ("GET", "active") in later

    run_hastily(play())
