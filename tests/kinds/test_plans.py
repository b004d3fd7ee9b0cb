"""A plan doesn't outlive what it rests on: what is posted is what holds when it is posted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Final

import pytest

from bot.news.article import INSTANCE_SHELF, Article, server_shelf
from bot.news.choosing.recheck import Finding
from bot.news.delivery import Delivery, DeliveryState, EditionKey, ScheduleId
from bot.news.schedules.schedule import Schedule, ScheduleState
from bot.sandbox import Answer, SandboxMessage, Upload
from bot.usecases.digest import redraw_rest
from bot.usecases.digest.parts import planned_parts
from tests.support.clocks import ManualClock
from tests.support.fault_points import post_one, until_met
from tests.support.ledger import set_state
from tests.support.makers import make_article, make_edition, make_pick, make_schedule, seed_of
from tests.support.postoffice import Office, open_office
from tests.support.running_bot import Town, edit_and_apply, import_files, make_seed_text

STORIES: Final = 14
EXCERPT: Final = "The harbour board said on Monday that the old pier would be closed for repairs. " * 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What happens between planning and sending.

    Attributes:
        taken_down: How many of the stories that aren't posted yet are hidden (the last one is deleted instead).
        is_moved: The schedule gets another channel.
        is_paused: It is paused, and resumed afterwards.
        late: How long after the edition was due it is sent.
    """

    taken_down: int
    is_moved: bool
    is_paused: bool
    late: timedelta


class Trial:
    """An edition of its own schedule, channel and articles."""

    def __init__(self, office: Office, number: int) -> None:
        self.office = office
        self.old = office.guild.add_channel(f"old-{number}")
        self.new = office.guild.add_channel(f"new-{number}")
        self.articles = [
            make_article(f"{number}-{story}", title=f"Story {number} {story}.", excerpt=EXCERPT)
            for story in range(STORIES)
        ]
        self.schedule = make_schedule(
            id=ScheduleId(100 + number), guild_id=office.guild.id, channel_id=self.old.id, name=f"Weekly {number}"
        )
        self.due_at = office.own.now()
        self.gone: list[Article] = []

    async def plan(self) -> None:
        """Store articles and the edition with its parts, as planning does."""
        office = self.office
        await office.ledger.articles.put_seeds(
            INSTANCE_SHELF, [seed_of(article) for article in self.articles], seen_at=self.due_at
        )
        await office.ledger.schedules.save_schedule(self.schedule, next_due_at=None)
        edition = make_edition(
            schedule_id=self.schedule.id,
            key=EditionKey("2021-06-03"),
            due_at=self.due_at,
            picks=tuple(make_pick(article) for article in self.articles),
        )
        parts = planned_parts(edition, self.schedule, now=self.due_at)
        assert len(parts) > 1
        assert await office.ledger.digest.plan(edition, (), parts) is not None

    async def change(self, changes: Changes) -> None:
        """Decide otherwise, and let time pass."""
        store = self.office.ledger
        posted = "".join(message.text for message in self.messages)
        waiting = [article for article in self.articles if article.title not in posted]
        self.gone = waiting[: min(changes.taken_down, len(waiting))]
        for article in self.gone[:-1]:
            await store.articles.hide(INSTANCE_SHELF, article.id)
        for article in self.gone[-1:]:
            await store.articles.delete(INSTANCE_SHELF, article.id)
        if changes.is_moved:
            await store.schedules.change_schedule(
                self.schedule.id, lambda current, _: (replace(current, channel_id=self.new.id), None)
            )

    @property
    def messages(self) -> list[SandboxMessage]:
        """All that was posted."""
        return [*self.old.messages, *self.new.messages]

    async def parts(self) -> tuple[Delivery, ...]:
        """The edition's parts as they are."""
        return await self.office.ledger.deliveries.deliveries(self.schedule.id, EditionKey("2021-06-03"))


ALL_CHANGES: Final = [
    Changes(taken_down=taken_down, is_moved=is_moved, is_paused=is_paused, late=late)
    for taken_down, is_moved, is_paused, late in product(
        (0, 1, 3, STORIES),
        (False, True),
        (False, True),
        (timedelta(), timedelta(minutes=10), timedelta(hours=25)),
    )
]


@pytest.fixture
async def office(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Office]:
    """A process that draws editions from their stories."""
    async with open_office(tmp_path, clock, limits=False) as opened:
        opened.redraw = redraw_rest
        await opened.restart()
        yield opened


async def play(office: Office, *, is_begun: bool) -> list[tuple[Changes, Trial]]:
    """Plan one edition for each combination of changes, post its first part if it is begun, change, and send."""
    store = office.ledger.schedules
    trials = [(changes, Trial(office, number)) for number, changes in enumerate(ALL_CHANGES)]
    for _, trial in trials:
        await trial.plan()
        if is_begun:
            await post_one(office)
        await set_state(store, trial.schedule.id, ScheduleState.PAUSED)
    for changes, trial in sorted(trials, key=lambda each: each[0].late):
        await trial.change(changes)
        passed = office.clock.now() - trial.due_at
        office.clock.advance(max(0.0, (changes.late - passed).total_seconds()))
        if changes.is_paused:
            await office.pass_over()
        await set_state(store, trial.schedule.id, ScheduleState.ACTIVE)
        await office.pass_over()
    return trials


async def test_whatever_is_decided_before_an_edition_is_posted_holds_for_it(office: Office) -> None:
    """Every combination of takedowns, another channel, a pause and lateness."""
    for changes, trial in await play(office, is_begun=False):
        parts = await trial.parts()
        posted = "".join(message.text for message in trial.messages)
        is_cancelled = changes.late > trial.schedule.max_lateness or len(trial.gone) == STORIES
        channel, other = (trial.new, trial.old) if changes.is_moved else (trial.old, trial.new)

        assert not any(article.title in posted for article in trial.gone), changes
        assert other.messages == [], changes
        if is_cancelled:
            assert channel.messages == [], changes
            assert {part.state for part in parts} == {DeliveryState.SKIPPED}, changes
            assert {part.reason for part in parts} <= {Finding.TOO_LATE, Finding.EMPTIED}, changes
        else:
            assert {part.state for part in parts} == {DeliveryState.SENT}, changes
            assert len(channel.messages) == len(parts), changes
            assert all(posted.count(each.title) for each in trial.articles if each not in trial.gone), changes
            assert ("Late, due" in channel.messages[0].text) == (changes.late > timedelta(minutes=5)), changes


async def test_whatever_is_decided_after_an_edition_has_begun_holds_for_its_rest(office: Office) -> None:
    """The posted part stays; the rest is in the same channel and in time, or fails with a notice."""
    for changes, trial in await play(office, is_begun=True):
        first, *rest = await trial.parts()
        posted = "".join(message.text for message in trial.messages)
        fails = changes.late > trial.schedule.max_lateness or changes.is_moved

        assert first.state is DeliveryState.SENT, changes
        assert trial.new.messages == [], changes
        assert not any(article.title in posted for article in trial.gone), changes
        if fails:
            assert len(trial.old.messages) == 1, changes
            assert rest[0].state is DeliveryState.FAILED, changes
            assert "unsent" in office.board.causes
        else:
            kept = [each for each in trial.articles if each not in trial.gone]
            assert all(posted.count(each.title) for each in kept), changes
            assert {part.state for part in rest} <= {DeliveryState.SENT, DeliveryState.SKIPPED}, changes


async def test_late_edition_that_an_admin_sends_by_hand_is_posted_and_says_so(office: Office) -> None:
    """Asking for it again counts as a new moment to be late from."""
    trial = Trial(office, 0)
    await trial.plan()
    trial.old.set_permissions(bot={"send_messages": False})
    await office.pass_over()
    trial.old.set_permissions(bot={"send_messages": True})
    office.clock.advance(timedelta(hours=30).total_seconds())
    (failed, *_) = await trial.parts()
    assert failed.state is DeliveryState.FAILED

    await office.ledger.deliveries.resolve(failed.key, DeliveryState.PLANNED, reason="", at=office.own.now())
    await set_state(office.ledger.schedules, trial.schedule.id, ScheduleState.ACTIVE)
    await office.pass_over()

    assert {part.state for part in await trial.parts()} == {DeliveryState.SENT}
    assert "Late, due" in trial.old.messages[0].text


async def test_schedule_that_moves_while_its_old_channel_refuses_is_posted_to_the_new_one(office: Office) -> None:
    """The refusal of a channel that is no longer the schedule's stops nothing."""
    trial = Trial(office, 0)
    await trial.plan()
    trial.old.delete()
    moved: Schedule = replace(trial.schedule, channel_id=trial.new.id)
    claimed = await office.ledger.deliveries.claim(now=office.clock.now(), lease_until=office.clock.now(), limit=1)
    await office.ledger.schedules.save_schedule(moved, next_due_at=None)
    assert len(claimed) == 1

    await office.pass_over(60)

    assert {part.state for part in await trial.parts()} == {DeliveryState.SENT}
    assert len(trial.new.messages) == len(await trial.parts())


FERRY: Final = "Ferry line reopens after the winter storms"


async def lose_the_first_edition(town: Town) -> None:
    """Let the server have an article of its own in an edition that the channel refuses."""
    upload = Upload(filename="ferry.md", content=make_seed_text(title=FERRY).encode())
    await import_files(town.admin, town.channel, upload)
    town.channel.set_permissions(bot={"send_messages": False})
    await town.post_first_edition()
    town.channel.set_permissions(bot={"send_messages": True})


async def hide_the_ferry(town: Town) -> Answer:
    """Take the server's own article down; what the admin is told."""
    assert town.bot is not None
    (own,) = [
        article
        for article in await town.bot.store.articles.find_by_url(
            (server_shelf(town.guild.id),), "https://example.com/ferry"
        )
        if article.title == FERRY
    ]
    return await town.admin.run(town.channel, "content hide", article=own.id)


async def test_hidden_story_is_not_in_an_edition_that_was_planned_with_it(town: Town) -> None:
    """The answer says that it is taken out, and it is."""
    await lose_the_first_edition(town)

    said = await hide_the_ferry(town)
    await town.admin.run(town.channel, "schedule retry", name="Weekly")

    assert "1 planned message will be posted without it" in said.text
    (message,) = town.channel.messages
    assert FERRY not in message.text


async def test_hidden_story_that_was_posted_is_said_to_be_there(town: Town) -> None:
    """With a link to the message."""
    upload = Upload(filename="ferry.md", content=make_seed_text(title=FERRY).encode())
    await import_files(town.admin, town.channel, upload)
    await town.post_first_edition()

    said = await hide_the_ferry(town)

    assert "1 message that I posted before has it" in said.text
    assert any(link.endswith(f"/{town.channel.messages[0].id}") for link in said.links)


async def test_hidden_story_whose_message_is_on_its_way_is_not_posted_after_the_answer(town: Town) -> None:
    """The answer waits for the request, and says where the message is."""
    upload = Upload(filename="ferry.md", content=make_seed_text(title=FERRY).encode())
    await import_files(town.admin, town.channel, upload)
    fault = town.sandbox.faults.delay(1.5, method="POST", path=r"/channels/\d+/messages$")
    # The message is corrected soon, and then doesn't have the story any more.
    town.sandbox.faults.delay(5, method="PATCH", path=r"/channels/\d+/messages/\d+$")
    posting = asyncio.create_task(town.post_first_edition())
    await until_met(fault)

    said = await hide_the_ferry(town)

    assert "1 message that I posted before has it" in said.text
    assert any(link.endswith(f"/{town.channel.messages[0].id}") for link in said.links)
    await posting


async def test_edition_whose_stories_were_all_hidden_is_cancelled_and_history_says_why(tmp_path: Path) -> None:
    """Nothing is posted, and the reason is kept."""
    async with Town(tmp_path, seeds=False) as town:
        await town.start_bot()
        await lose_the_first_edition(town)
        await hide_the_ferry(town)

        answer = await town.admin.run(town.channel, "schedule retry", name="Weekly")
        history = await town.admin.run(town.channel, "schedule history", name="Weekly")

        assert "all of its stories were taken down" in answer.text
        assert "skipped (all of its stories were taken down)" in history.text
        assert town.channel.messages == []


async def test_edition_that_failed_in_the_old_channel_is_retried_in_the_new_one(town: Town) -> None:
    """The schedule's channel is the one that it has now."""
    await lose_the_first_edition(town)
    other = town.guild.add_channel("other")
    await edit_and_apply(town.admin, town.channel, name="Weekly", channel=other)

    answer = await town.admin.run(town.channel, "schedule retry", name="Weekly")

    assert "1 message · sent" in answer.text
    assert (len(town.channel.messages), len(other.messages)) == (0, 1)


async def test_edition_that_waited_through_a_months_pause_is_not_posted(town: Town) -> None:
    """It is skipped with a notice, and its stories are in the next one."""
    fault = town.sandbox.faults.status(500, method="POST", path=r"/channels/\d+/messages$", times=None)
    await town.post_first_edition()
    await town.admin.run(town.channel, "schedule pause", name="Weekly")
    town.sandbox.faults.remove(fault)
    await town.let_pass(timedelta(days=30))

    await town.admin.run(town.channel, "schedule resume", name="Weekly")
    await town.let_pass(timedelta(minutes=5))

    history = await town.admin.run(town.channel, "schedule history", name="Weekly")
    assert "skipped (too late)" in history.text
    assert town.channel.messages == []


@pytest.mark.parametrize("after_s", [0.0, 600.0])
async def test_process_killed_after_an_edition_was_drawn_again_posts_it_once(office: Office, after_s: float) -> None:
    """The next process finds parts that were never attempted, in the new channel."""
    trial = Trial(office, 0)
    await trial.plan()
    await trial.change(Changes(taken_down=2, is_moved=True, is_paused=False, late=timedelta()))
    await post_one(office)
    assert {(part.key.channel_id, part.revision) for part in await trial.parts()} == {(trial.new.id, 1)}
    assert trial.messages == []

    await office.restart(after_s=after_s)
    await office.pass_over()

    assert trial.old.messages == []
    assert len(trial.new.messages) == len(await trial.parts())
    assert {part.state for part in await trial.parts()} == {DeliveryState.SENT}


@pytest.mark.parametrize("taken", [True, False], ids=["posted", "not posted"])
async def test_attempt_of_unknown_outcome_is_looked_for_before_its_edition_is_drawn_again(
    office: Office,
    taken: bool,  # noqa: FBT001 - a test's parameter
) -> None:
    """If it was posted with the story, that message stays; otherwise the story is in none."""
    trial = Trial(office, 0)
    await trial.plan()
    fault = office.sandbox.faults.drop(after=taken, method="POST", path=r"/messages$")
    await office.pass_over()
    assert fault.hits == 1
    await office.ledger.articles.hide(INSTANCE_SHELF, trial.articles[0].id)

    await office.pass_over(60)

    parts = await trial.parts()
    assert {part.state for part in parts} == {DeliveryState.SENT}
    assert len(trial.old.messages) == len(parts)
    assert (trial.articles[0].title in trial.old.messages[0].text) == taken


@pytest.mark.parametrize("taken", [True, False], ids=["posted", "not posted"])
async def test_part_that_is_late_after_an_attempt_of_unknown_outcome_is_posted_once_and_says_so(
    office: Office,
    taken: bool,  # noqa: FBT001 - a test's parameter
) -> None:
    """If the attempt posted it in time, that message stays."""
    trial = Trial(office, 0)
    await trial.plan()
    fault = office.sandbox.faults.drop(after=taken, method="POST", path=r"/messages$")
    await office.pass_over()
    assert fault.hits == 1

    await office.pass_over(600)

    assert len(trial.old.messages) == len(await trial.parts())
    assert ("Late, due" in trial.old.messages[0].text) != taken


async def test_refusal_of_a_channel_that_the_schedule_has_left_meanwhile_stops_nothing(office: Office) -> None:
    """The request was under way when an admin chose another channel; the edition is posted there."""
    trial = Trial(office, 0)
    await trial.plan()
    trial.old.set_permissions(bot={"send_messages": False})
    fault = office.sandbox.faults.delay(0.3, method="POST", path=rf"/channels/{trial.old.id}/messages$")
    posting = asyncio.create_task(office.while_time_runs(office.deliverer.deliver_due(), step_s=0.01))
    await until_met(fault)
    await trial.change(Changes(taken_down=0, is_moved=True, is_paused=False, late=timedelta()))

    await posting
    await office.pass_over(1)

    stored = await office.ledger.schedules.find_schedule(trial.schedule.id)
    assert stored is not None
    assert stored.state is ScheduleState.ACTIVE
    assert len(trial.new.messages) == len(await trial.parts())
    assert office.board.notices == []


@pytest.mark.parametrize("decision", ["nothing", "hidden", "not published", "deleted"])
async def test_message_that_waits_to_be_published_is_held_against_what_was_decided(
    office: Office, decision: str
) -> None:
    """Followers don't get a story after it was taken down, nor what is not to be published any more."""
    trial = Trial(office, 0)
    trial.old = office.guild.add_channel("announcements", kind="announcement")
    trial.schedule = replace(trial.schedule, channel_id=trial.old.id, publish=True)
    await trial.plan()
    await office.pass_over()
    store, schedule = office.ledger.schedules, trial.schedule
    if decision == "hidden":
        await office.ledger.articles.hide(INSTANCE_SHELF, trial.articles[0].id)
    elif decision == "not published":
        await store.change_schedule(schedule.id, lambda current, _: (replace(current, publish=False), None))
    elif decision == "deleted":
        await store.delete_schedule(schedule.id, at=office.clock.now())

    await office.publisher.do_due()
    await office.publisher.finish()

    first, *rest = [message.crossposted for message in trial.old.messages]
    assert first == (decision == "nothing")
    assert set(rest) == {decision in {"nothing", "hidden"}}
    assert await office.ledger.deliveries.count_unpublished() == 0
