"""What was decided holds for what is posted afterwards; each guard that is missing shows."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.news.article import ArticleId
from bot.news.delivery import EditionKey, ScheduleId
from tests.simulation.careless import CARELESS, CarelessControl
from tests.simulation.clock import DAWN
from tests.simulation.deciding import DecidingWorld
from tests.simulation.decisions import Decisions, Deed, Switch
from tests.simulation.inline import Content, empty_newsroom
from tests.simulation.judging import Begun, Shown, judge_decisions
from tests.simulation.quiet import quiet_log

SCHEDULE = ScheduleId(1)
STORY = ArticleId("story")
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def migrated() -> Content:
    """A new database."""
    return empty_newsroom()


def breaches_of(seed: int, migrated: Content, control: CarelessControl | None = None) -> dict[str, int]:
    """Play one world; how many breaches of each kind it had."""
    with quiet_log() as surprises:
        world = (
            DecidingWorld(seed, migrated, make_store=control.make_store) if control else DecidingWorld(seed, migrated)
        )
        world.run()
    assert surprises == []
    assert world.decisions.asked > 50
    return {kind: len(sentences) for kind, sentences in world.breaches.by_kind().items() if sentences}


def test_posted_messages_agree_with_what_was_decided(migrated: Content) -> None:
    """A world of crashes, faults and decisions; `make proof` plays more of them."""
    assert breaches_of(1, migrated) == {}


@pytest.mark.parametrize("control", CARELESS[:1], ids=lambda control: control.name)
def test_missing_guard_shows_in_the_channels(migrated: Content, control: CarelessControl) -> None:
    """`make proof` plays the others, which need more worlds."""
    assert control.breaks in breaches_of(1, migrated, control)


def message(*, at: timedelta = HOUR, channel_id: int = 1, due: timedelta = HOUR, edition: str = "1") -> Shown:
    """A message with one story."""
    begun = Begun(
        at=DAWN + at,
        schedule=SCHEDULE,
        edition=EditionKey(edition),
        due_at=DAWN + due,
        articles=frozenset({STORY}),
    )
    return Shown(begun=begun, channel_id=channel_id, arrived_at=DAWN + at + timedelta(seconds=1))


def done(asked_at: datetime, over_at: datetime | None = None) -> Deed:
    """A command that was answered, by default at once."""
    return Deed(asked_at=asked_at, answered_at=over_at or asked_at, over_at=over_at or asked_at)


def decided() -> Decisions:
    """One schedule in channel 1."""
    return Decisions(channels={SCHEDULE: [(1, done(DAWN))]})


def kinds(decisions: Decisions, *shown: Shown) -> set[str]:
    """The kinds of breaches of some messages."""
    return {kind for kind, sentences in judge_decisions(shown, decisions).by_kind().items() if sentences}


def test_message_as_decided_is_no_breach() -> None:
    """Nothing was decided against it."""
    assert kinds(decided(), message()) == set()


def test_story_in_two_messages_is_told_twice() -> None:
    """Of one schedule."""
    assert kinds(decided(), message(), message(at=2 * HOUR, due=2 * HOUR, edition="2")) == {"told_twice"}


@pytest.mark.parametrize(("since", "found"), [(0.5 * HOUR, {"taken_down"}), (1.5 * HOUR, set())])
def test_story_hidden_before_the_request_is_a_breach(since: timedelta, found: set[str]) -> None:
    """From the answer on."""
    decisions = decided()
    decisions.hidden[STORY].on.append(done(DAWN, DAWN + since))

    assert kinds(decisions, message()) == found


def test_story_hidden_while_its_message_is_under_way_is_counted() -> None:
    """Nobody can call it back."""
    decisions = decided()
    decisions.hidden[STORY].on.append(done(DAWN, DAWN + HOUR + timedelta(seconds=0.5)))

    assert judge_decisions([message()], decisions).under_way == 1


def test_story_that_is_shown_again_is_no_breach() -> None:
    """From the moment when it was asked for."""
    decisions = decided()
    decisions.hidden[STORY] = Switch(on=[done(DAWN)], off=[Deed(asked_at=DAWN + 0.5 * HOUR)])

    assert kinds(decisions, message()) == set()


def test_message_in_another_channel_is_a_breach() -> None:
    """The schedule was moved before."""
    decisions = decided()
    decisions.channels[SCHEDULE].append((2, done(DAWN + 0.2 * HOUR, DAWN + 0.3 * HOUR)))

    assert kinds(decisions, message()) == {"wrong_channel"}
    assert kinds(decisions, message(channel_id=2)) == set()


@pytest.mark.parametrize("channel_id", [1, 2])
def test_move_without_an_answer_allows_both_channels(channel_id: int) -> None:
    """The process was killed meanwhile."""
    decisions = decided()
    decisions.channels[SCHEDULE].append((2, Deed(asked_at=DAWN + 0.2 * HOUR, over_at=DAWN + 0.3 * HOUR)))

    assert kinds(decisions, message(channel_id=channel_id)) == set()


def test_message_later_than_its_schedule_allows_is_a_breach() -> None:
    """Three hours here."""
    assert kinds(decided(), message(at=4.1 * HOUR)) == {"too_late"}


def test_message_of_a_paused_schedule_is_a_breach() -> None:
    """Until it is resumed."""
    decisions = decided()
    decisions.paused[SCHEDULE].on.append(done(DAWN))

    assert kinds(decisions, message()) == {"while_paused"}


@pytest.mark.parametrize(
    ("resumed", "found"),
    [
        (done(DAWN + 0.1 * HOUR, DAWN + 0.2 * HOUR), {"while_paused"}),
        (done(DAWN + 0.1 * HOUR, DAWN + 0.4 * HOUR), set()),
        (Deed(asked_at=DAWN + 0.1 * HOUR), set()),
        (Deed(asked_at=DAWN + 0.1 * HOUR, over_at=DAWN + 0.2 * HOUR), {"while_paused"}),
        (Deed(asked_at=DAWN + 1.1 * HOUR), {"while_paused"}),
    ],
    ids=["before it", "overtaken by it", "still under way", "cut off before it", "after the message"],
)
def test_pause_holds_unless_the_schedule_may_have_been_resumed_since(resumed: Deed, found: set[str]) -> None:
    """A command that waits for the disk takes effect after one that was given later."""
    decisions = decided()
    decisions.paused[SCHEDULE] = Switch(on=[done(DAWN + 0.3 * HOUR)], off=[resumed])

    assert kinds(decisions, message()) == found


def test_command_of_a_process_that_ended_takes_no_effect_later() -> None:
    """What it had not written by then is lost."""
    decisions = decided()
    decisions.paused[SCHEDULE].off.append(decisions.begin(DAWN))

    decisions.cut_off(DAWN + 0.1 * HOUR)
    decisions.paused[SCHEDULE].on.append(done(DAWN + 0.2 * HOUR))

    assert kinds(decisions, message()) == {"while_paused"}


@pytest.mark.parametrize("channel_id", [1, 2])
def test_moves_that_overlap_allow_both_channels(channel_id: int) -> None:
    """Either may be written last."""
    decisions = decided()
    moves = [(1, done(DAWN + 0.1 * HOUR, DAWN + 0.3 * HOUR)), (2, done(DAWN + 0.2 * HOUR, DAWN + 0.25 * HOUR))]
    decisions.channels[SCHEDULE] = moves

    assert kinds(decisions, message(channel_id=channel_id)) == set()
