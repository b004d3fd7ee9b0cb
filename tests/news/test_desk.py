"""What editors do to a draft, and when a draft may be posted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInputError, DraftChangedError
from bot.news.article import ArticleId
from bot.news.delivery import DeliveryState, EditionKey, ScheduleId
from bot.news.edition import Pick
from bot.news.schedules.desk import (
    LONGEST_HEADLINE,
    LONGEST_NOTE,
    Deed,
    Desk,
    DeskState,
    after,
    claimable_at,
    desk_key,
    dropped,
    is_on_desk,
    moved_up,
    next_best,
    swapped,
    with_headline,
    with_note,
)
from tests.support.examples import up_to
from tests.support.makers import make_article, make_delivery, make_edition, make_pick

DUE = datetime(2021, 5, 10, 9, tzinfo=UTC)
LATENESS = timedelta(hours=24)
DESK = Desk(schedule_id=ScheduleId(11), edition=EditionKey("2021-05-10"), guild_id=1, channel_id=5, due_at=DUE)
ONE, TWO, THREE = (make_pick(make_article(stem)) for stem in ("one", "two", "three"))
PICKS = (ONE, TWO, THREE)


def of(pick: Pick) -> ArticleId:
    """The id that an act names."""
    return pick.article.id


def test_dropped_story_leaves_the_others_in_order() -> None:
    """The second of three is taken out."""
    assert dropped(PICKS, of(TWO)) == (ONE, THREE)


def test_only_story_is_not_dropped() -> None:
    """An edition without stories is skipped, not posted."""
    with pytest.raises(BadInputError):
        dropped((ONE,), of(ONE))


def test_story_moves_up_by_one_place() -> None:
    """The third becomes the second."""
    assert moved_up(PICKS, of(THREE)) == (ONE, THREE, TWO)


def test_first_story_does_not_move_up() -> None:
    """There is no place above it."""
    with pytest.raises(BadInputError):
        moved_up(PICKS, of(ONE))


def test_swapped_story_gives_its_place_to_the_other() -> None:
    """The order stays."""
    other = make_pick(make_article("other"))

    assert swapped(PICKS, of(TWO), other) == (ONE, other, THREE)


def test_story_that_left_the_draft_is_not_changed() -> None:
    """An act on an older message says so."""
    with pytest.raises(DraftChangedError):
        moved_up((ONE,), of(TWO))


def test_note_has_one_line_and_its_editors_name() -> None:
    """Line breaks and bidi overrides are taken out of both."""
    noted = with_note(PICKS, of(ONE), "Read\nthis\u202e", "Ada\nLovelace")

    assert (noted[0].note, noted[0].note_by) == ("Read this", "Ada Lovelace")


def test_empty_note_removes_the_name_as_well() -> None:
    """A name alone would say nothing."""
    noted = with_note(with_note(PICKS, of(ONE), "Read this", "Ada"), of(ONE), " ", "Ada")

    assert noted == PICKS


@pytest.mark.parametrize(("longest", "is_note"), [(LONGEST_NOTE, True), (LONGEST_HEADLINE, False)])
def test_text_of_the_limit_is_taken_and_one_longer_is_refused(longest: int, *, is_note: bool) -> None:
    """Nothing is cut that an editor wrote."""

    def write(text: str) -> tuple[Pick, ...]:
        return with_note(PICKS, of(ONE), text) if is_note else with_headline(PICKS, of(ONE), text)

    assert (write("a" * longest)[0].note or write("a" * longest)[0].headline) == "a" * longest
    with pytest.raises(BadInputError):
        write("a" * (longest + 1))


def test_headline_is_shown_and_the_link_stays() -> None:
    """The article itself is not changed."""
    (pick, *_) = with_headline(PICKS, of(ONE), "Another title")

    assert (pick.shown.title, pick.shown.url, pick.article) == ("Another title", ONE.article.url, ONE.article)


def test_empty_headline_brings_the_own_title_back() -> None:
    """As if there had been none."""
    assert with_headline(with_headline(PICKS, of(ONE), "Another title"), of(ONE), "") == PICKS


def test_next_best_is_the_first_that_the_draft_does_not_have() -> None:
    """Also by another article of a draft's story."""
    report = make_article("report")
    same_story, dropped_before, other = make_pick(report), make_pick(make_article("gone")), make_pick(make_article("x"))
    picks = (make_pick(make_article("lead"), report),)

    assert next_best((same_story, dropped_before, other), picks, frozenset({of(dropped_before)})) == other


def test_no_story_is_next_best_if_the_draft_has_them_all() -> None:
    """There is nothing to swap for."""
    assert next_best(PICKS, PICKS, frozenset()) is None


@pytest.mark.parametrize(
    ("state", "waits", "free_at"),
    [
        (DeskState.OPEN, False, DUE),
        (DeskState.APPROVED, True, DUE),
        (DeskState.RELEASED, True, None),
        (DeskState.HELD, False, DUE + LATENESS + timedelta(seconds=1)),
        (DeskState.OPEN, True, DUE + LATENESS + timedelta(seconds=1)),
    ],
)
def test_draft_is_claimed_by_what_was_decided(state: DeskState, free_at: datetime | None, *, waits: bool) -> None:
    """One that waits is claimed only when it is too late, which cancels it."""
    assert claimable_at(replace(DESK, state=state, waits=waits), LATENESS) == free_at


@given(deed=st.sampled_from(Deed))
@up_to(50)
def test_every_act_is_one_revision(deed: Deed) -> None:
    """And only a decision about the whole changes its state."""
    changed = after(DESK, deed)

    assert changed.revision == DESK.revision + 1
    assert (changed.state is DESK.state) == (deed not in {Deed.HOLD, Deed.APPROVE, Deed.SEND})


@pytest.mark.parametrize(
    ("fields", "is_draft"),
    [({}, True), ({"attempt": 1}, False), ({"state": DeliveryState.SENT}, False)],
)
def test_edition_on_its_way_is_not_a_draft(fields: dict[str, object], *, is_draft: bool) -> None:
    """A part that was ever claimed may be in the channel."""
    part = replace(make_delivery(make_edition()), **fields)  # type: ignore[arg-type] # one field of the row

    assert is_on_desk((part,)) is is_draft


def test_skipped_edition_without_parts_is_not_a_draft() -> None:
    """There is nothing to change."""
    assert not is_on_desk(())


def test_messages_of_one_desk_have_different_keys() -> None:
    """Each is looked for by its own."""
    keys = {desk_key(desk, number) for desk in (DESK, replace(DESK, channel_id=6)) for number in range(4)}

    assert len(keys) == 8
    assert {len(key) for key in keys} == {25}
