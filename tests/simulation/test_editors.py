"""What editors did holds for what is posted afterwards, and what is posted against it is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.news.article import ArticleId
from bot.news.delivery import EditionKey, ScheduleId
from bot.news.schedules.desk import Deed as DeskDeed
from tests.simulation.careless import CARELESS, CarelessControl
from tests.simulation.clock import DAWN
from tests.simulation.deciding import DecidingWorld
from tests.simulation.decisions import Decisions, Deed
from tests.simulation.editors import Drafts, EditorsAct, judge_drafts
from tests.simulation.inline import Content, empty_newsroom
from tests.simulation.judging import Begun, Breaches, Shown
from tests.simulation.quiet import quiet_log

SCHEDULE = ScheduleId(1)
KEY = EditionKey("2026-03-02")
STORY = ArticleId("story")
HOUR = timedelta(hours=1)
AS_SHOWN = 'the message, with "story"'


def posted(text: str = AS_SHOWN, *, key: EditionKey = KEY, is_plain: bool = False) -> Shown:
    """A message of a draft, an hour after dawn."""
    begun = Begun(
        at=DAWN + HOUR,
        schedule=SCHEDULE,
        edition=key,
        due_at=DAWN + HOUR,
        articles=frozenset({STORY}),
        text=text,
        is_plain=is_plain,
    )
    return Shown(begun=begun, channel_id=1, arrived_at=begun.at)


def act(deed: DeskDeed, hours: float, *, took: float | None = 0.0, article: ArticleId | None = None) -> EditorsAct:
    """An act that was asked for so long after dawn, and answered after it took a while; None for no answer."""
    asked_at = DAWN + hours * HOUR
    if took is None:
        return EditorsAct(command=Deed(asked_at=asked_at), deed=deed, article=article)
    done_at = asked_at + took * HOUR
    command = Deed(asked_at=asked_at, answered_at=done_at, over_at=done_at)
    return EditorsAct(command=command, deed=deed, article=article, shown=(AS_SHOWN,))


def found(
    *acts: EditorsAct, waits: bool = False, message: Shown | None = None, hidden_at: datetime | None = None
) -> set[str]:
    """The kinds of breaches after some acts."""
    drafts = Drafts(waiting={SCHEDULE} if waits else set())
    drafts.acts[SCHEDULE, KEY] = list(acts)
    decisions = Decisions(channels={SCHEDULE: [(1, Deed(asked_at=DAWN, answered_at=DAWN, over_at=DAWN))]})
    if hidden_at is not None:
        decisions.hidden[STORY].on.append(Deed(asked_at=hidden_at))
    breaches = Breaches()
    judge_drafts([message or posted()], drafts, decisions, DAWN - HOUR, breaches)
    return {kind for kind, sentences in breaches.by_kind().items() if sentences}


def test_message_after_an_approval_is_no_breach() -> None:
    """It was held before."""
    assert found(act(DeskDeed.HOLD, 0.1), act(DeskDeed.APPROVE, 0.2)) == set()


@pytest.mark.parametrize("deed", [DeskDeed.HOLD, DeskDeed.SKIP])
def test_message_of_a_held_or_skipped_draft_is_a_breach(deed: DeskDeed) -> None:
    """Also if it was approved before."""
    assert found(act(DeskDeed.APPROVE, 0.1), act(deed, 0.2)) == {"while_held"}


def test_draft_that_waits_must_be_approved() -> None:
    """Without an act nothing is posted; with one it is."""
    assert found(waits=True) == {"while_held"}
    assert found(act(DeskDeed.SEND, 0.1), waits=True) == set()


@pytest.mark.parametrize("took", [None, 0.3])
def test_approval_beside_a_hold_may_come_after_it(took: float | None) -> None:
    """Nobody knows which of the two was first, or whether an unanswered one was done."""
    assert "while_held" not in found(act(DeskDeed.APPROVE, 0.1, took=took), act(DeskDeed.HOLD, 0.2))


@pytest.mark.parametrize("deed", [DeskDeed.DROP, DeskDeed.SWAP])
def test_story_that_was_taken_out_is_a_breach(deed: DeskDeed) -> None:
    """For certain before the message's request."""
    assert "dropped" in found(act(deed, 0.1, article=STORY))
    assert "dropped" not in found(act(deed, 0.1, took=None, article=STORY))


def test_message_other_than_the_last_one_shown_is_a_breach() -> None:
    """One byte is enough."""
    assert found(act(DeskDeed.APPROVE, 0.1), message=posted(AS_SHOWN + " ")) == {"not_as_shown"}


@pytest.mark.parametrize(
    "message",
    [posted("late", key=EditionKey("x1")), posted("plain", is_plain=True)],
    ids=["an extra edition", "as plain text"],
)
def test_message_that_no_editor_was_shown_is_not_compared(message: Shown) -> None:
    """Extra editions have no draft, and Discord refused the form of the others."""
    assert found(act(DeskDeed.APPROVE, 0.1), message=message) == set()


def test_message_without_a_story_that_was_hidden_since_is_drawn_again() -> None:
    """And one that is late says so."""
    late = posted("late")
    late = replace(late, begun=replace(late.begun, due_at=DAWN))

    assert found(act(DeskDeed.APPROVE, 0.1), message=posted("reduced"), hidden_at=DAWN) == set()
    assert found(act(DeskDeed.APPROVE, 0.1), message=late) == set()


def test_message_is_not_compared_while_an_act_is_under_way() -> None:
    """It may have changed the draft since."""
    acts = (act(DeskDeed.APPROVE, 0.1), act(DeskDeed.NOTE, 0.2, took=None))

    assert found(*acts, message=posted("noted")) == set()


@pytest.fixture(scope="module")
def migrated() -> Content:
    """A new database."""
    return empty_newsroom()


_OF_DESKS = frozenset({"dropped", "while_held"})


@pytest.mark.parametrize(
    "control", [each for each in CARELESS if each.breaks in _OF_DESKS], ids=lambda control: control.name
)
def test_missing_guard_of_the_desk_shows_in_the_channels(control: CarelessControl, migrated: Content) -> None:
    """Without it something is posted that editors had decided against; with it nothing is."""
    kinds = []
    with quiet_log() as surprises:
        for world in (DecidingWorld(1, migrated), DecidingWorld(1, migrated, make_store=control.make_store)):
            world.run()
            kinds.append({kind for kind, sentences in world.breaches.by_kind().items() if sentences})
            assert world.drafts_edited
    assert surprises == []
    assert (kinds[0], control.breaks in kinds[1]) == (set(), True)
