"""What an admin does when an edition did not arrive: reads the notices, fixes the cause, and retries."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from bot.chat.answering.context import Services
from bot.news.content import ImportReport
from bot.sandbox import SandboxError
from tests.journeys.test_edition import HERALD
from tests.support.running_bot import NINE, Town

WEEK = timedelta(days=7)


async def test_retry_sends_the_newest_failed_edition_and_says_what_it_skips(town: Town) -> None:
    """Two editions failed; the second one has the stories of the first, so only the second one is posted."""
    await lose_two_editions(town)
    town.channel.set_permissions(bot={"send_messages": True})

    answer = await town.admin.run(town.channel, "schedule retry", name="Weekly")
    assert "Edition of 4 December 2023 09:00 UTC · 1 message · sent" in answer.text
    assert "Skipped: edition of 27 November 2023 09:00 UTC" in answer.text
    assert "a later edition has its stories" in answer.text
    assert town.bot is not None
    await town.bot.deliver_pending()
    (message,) = town.channel.messages
    assert HERALD in message.text


async def test_retry_has_nothing_left_to_do_once_it_was_answered(town: Town) -> None:
    """The edition that it skipped is not offered again."""
    await lose_two_editions(town)
    town.channel.set_permissions(bot={"send_messages": True})
    await town.admin.run(town.channel, "schedule retry", name="Weekly")
    assert town.bot is not None
    await town.bot.deliver_pending()

    again = await town.admin.run(town.channel, "schedule retry", name="Weekly")
    history = await town.admin.run(town.channel, "schedule history", name="Weekly")

    assert "no failed messages" in again.text
    assert "a later edition has its stories" in history.text


async def test_retry_works_after_an_older_edition_failed_and_a_later_one_was_posted(town: Town) -> None:
    """What is too late for the older one is said, and the next failure can be retried."""
    town.channel.set_permissions(bot={"send_messages": False})
    await town.post_first_edition()
    town.channel.set_permissions(bot={"send_messages": True})
    await town.admin.run(town.channel, "schedule resume", name="Weekly")
    await town.let_pass(WEEK)
    assert len(town.channel.messages) == 1

    answer = await town.admin.run(town.channel, "schedule retry", name="Weekly")

    assert "Nothing to send again." in answer.text
    assert "Skipped: edition of 27 November 2023" in answer.text
    assert len(town.channel.messages) == 1


async def test_list_marks_only_the_notices_that_it_showed_as_read(town: Town) -> None:
    """Three fit an answer; the older ones come with the next one."""
    await leave_notices(town, 5)

    first, second, third = [(await town.admin.run(town.channel, "schedule list")).text for _ in range(3)]

    assert [text.count("was not posted") for text in (first, second, third)] == [3, 2, 0]
    assert "2 older unread notices" in first


async def test_notice_stays_unread_until_the_answer_that_shows_it_was_sent(town: Town) -> None:
    """Discord did not take the answer, so nobody has read it."""
    await leave_notices(town, 1)
    expired = {"code": 10062, "message": "Unknown interaction"}
    fault = town.sandbox.faults.status(404, body=expired, times=None, method="POST", path=r"/callback$")
    with pytest.raises(SandboxError):
        await town.admin.run(town.channel, "schedule list", timeout=1.0)
    town.sandbox.faults.remove(fault)

    answer = await town.admin.run(town.channel, "schedule list")

    assert "was not posted" in answer.text


async def lose_two_editions(town: Town) -> None:
    """Let two Mondays pass in a channel where the bot has no permission, with a resume between them."""
    town.channel.set_permissions(bot={"send_messages": False})
    await town.post_first_edition()
    await town.admin.run(town.channel, "schedule resume", name="Weekly")
    await town.let_pass(WEEK)
    assert town.channel.messages == []


async def leave_notices(town: Town, count: int) -> None:
    """Let editions fail in as many channels; the admin takes no direct messages, so the notices stay unread."""
    town.admin.block_dms()
    for number in range(count):
        channel = town.guild.add_channel(f"news-{number}")
        channel.set_permissions(bot={"send_messages": False})
        options: dict[str, Any] = {"day": "monday", "time": "09:00", "timezone": "UTC"}
        await town.admin.run(town.channel, "schedule create", name=f"Weekly {number}", channel=channel, **options)
    await town.let_pass(NINE)


async def test_bug_in_a_command_is_answered_with_a_number_that_is_also_in_the_log(town: Town) -> None:
    """The member passes it on, and the operator finds the traceback by it."""

    async def broken() -> tuple[ImportReport, ...]:
        raise ZeroDivisionError("a bug")

    assert town.bot is not None
    client = town.bot.client
    client.services = replace(cast("Services", client.services), refresh=broken)
    town.guild.add_member(town.sandbox.owner, permissions=("manage_guild",))
    with capture_logs() as logs:
        answer = await town.sandbox.owner.run(town.channel, "content refresh")

    (failure,) = (line for line in logs if line["event"] == "a command failed")
    assert f"(error {failure['number']})" in answer.text
    assert isinstance(failure["exc_info"], ZeroDivisionError)
    assert "a bug" not in answer.text
