"""The editors' desk: what editors see of a draft, and that nothing hostile in it does harm."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from bot.news.delivery import DeliveryState, nonce_for
from bot.news.edition import Edition
from bot.news.message import actions
from bot.news.message.draft import Button, ButtonRow, Draft, Paragraph, Section, Select
from bot.news.schedules.desk import Deed, Desk, DeskAct, DeskState, OnDesk
from bot.render.edition.desk import (
    desk_lines,
    draft_desk,
    draft_desk_menu,
    draft_desk_story,
    draft_draft,
    draft_skipped_draft,
    draft_unneeded,
)
from bot.render.edition.digest import draft_edition
from bot.render.format.limits import fits
from bot.render.format.markdown import write_paragraphs
from bot.render.format.terminal import to_text
from tests.render.absurd import any_text, editions
from tests.render.reading import server_sees
from tests.support.examples import up_to
from tests.support.makers import SOME_DAY, make_article, make_delivery, make_edition, make_pick, make_schedule

few = up_to(20)
EDITION = make_edition(
    picks=(make_pick(make_article("a", title="Ferry delayed")), make_pick(make_article("b", title="Fog in the fjord")))
)


def key_of(number: int) -> str:
    """The key of each message of the desk."""
    return f"{number:025}"


def on_desk(edition: Edition = EDITION, *acts: DeskAct, **fields: object) -> OnDesk:
    """A draft with its messages as they are planned."""
    schedule = make_schedule()
    keys = {number: nonce_for(make_delivery(edition, part=number).key) for number in (1, 2, 3)}
    drafts = draft_edition(edition, schedule, keys=lambda number: keys[number], now=SOME_DAY)
    desk = Desk(
        schedule_id=schedule.id,
        edition=edition.key,
        guild_id=1,
        channel_id=5,
        due_at=edition.due_at,
        **fields,  # type: ignore[arg-type] # as Desk
    )
    parts = tuple(make_delivery(edition, part=number, draft=draft) for number, draft in enumerate(drafts, start=1))
    return OnDesk(desk=desk, schedule=schedule, edition=edition, parts=parts, acts=acts)


def text(*drafts: Draft) -> str:
    """What somebody reads."""
    return "\n".join(to_text(draft, 1000) for draft in drafts)


def labels(draft: Draft) -> list[str]:
    """The buttons."""
    return [button.label for block in draft.blocks if isinstance(block, ButtonRow) for button in block.buttons]


def test_desk_shows_the_messages_that_are_posted_but_for_the_readers_button() -> None:
    """In its place is the desk's own key."""
    seen = on_desk()
    _, part = draft_desk(seen, key_of)

    assert part.blocks[:-1] == seen.parts[0].draft.blocks[:-1]
    assert part.key == key_of(1)
    assert actions.EDITION_WHY not in repr(part)


@pytest.mark.parametrize(
    ("state", "waits", "said", "buttons"),
    [
        (DeskState.OPEN, False, "unless someone holds it", ["Approve", "Hold", "Send now"]),
        (DeskState.OPEN, True, "waits until someone approves it", ["Approve", "Hold", "Send now"]),
        (DeskState.APPROVED, False, "Approved: it is posted then", ["Hold", "Send now"]),
        (DeskState.HELD, False, "On hold", ["Approve", "Send now"]),
        (DeskState.RELEASED, False, "being sent now", ["Approve", "Hold", "Send now"]),
    ],
)
def test_desk_says_what_becomes_of_the_draft(state: DeskState, said: str, buttons: list[str], *, waits: bool) -> None:
    """And offers what can still be decided."""
    control = draft_desk(on_desk(EDITION, state=state, waits=waits), key_of)[0]

    assert said in text(control)
    assert labels(control) == [*buttons, "Draft"]


def test_desk_names_its_stories_and_the_late_ones() -> None:
    """By their number."""
    control = draft_desk(on_desk(EDITION, came_in=2), key_of)[0]

    assert "1. Ferry delayed" in text(control)
    assert "2 stories came in since" in text(control)


@pytest.mark.parametrize("deed", Deed)
def test_desk_shows_the_last_acts(deed: Deed) -> None:
    """Each with its moment, and what it was about."""
    acts = [DeskAct(deed=deed, at=SOME_DAY, member_id=7, detail=detail) for detail in ("Ferry delayed", "")]

    assert ": Ferry delayed" in text(draft_desk(on_desk(EDITION, *acts), key_of)[0])


@pytest.mark.parametrize(
    ("state", "reason", "said"),
    [
        (DeliveryState.SENT, "", "Not a draft any more: sent in #"),
        (DeliveryState.SKIPPED, "too late", "Not a draft any more: skipped (too late)."),
    ],
)
def test_desk_says_what_became_of_the_edition(state: DeliveryState, reason: str, said: str) -> None:
    """Without buttons: nothing can be decided any more."""
    seen = on_desk()
    parts = tuple(replace(part, state=state, reason=reason) for part in seen.parts)
    control = draft_desk(replace(seen, parts=parts), key_of)[0]

    assert said in text(control)
    assert labels(control) == ["Draft"]


def test_desk_of_a_deleted_schedule_has_no_buttons() -> None:
    """Its name is gone, too."""
    control = draft_desk(replace(on_desk(), schedule=None), key_of)[0]

    assert "A deleted schedule" in text(control)
    assert labels(control) == ["Draft"]


def test_edition_without_messages_is_said_to_be_deleted() -> None:
    """There is nothing to show."""
    assert "any more: deleted." in text(*draft_desk(replace(on_desk(), parts=()), key_of))


def test_draft_without_stories_has_no_select() -> None:
    """As the note of an empty week."""
    seen = replace(on_desk(), edition=replace(EDITION, picks=()))

    assert not any(isinstance(block, Select) for block in draft_desk(seen, key_of)[0].blocks)


def test_private_answer_is_bound_to_its_editor() -> None:
    """Its buttons and its select."""
    menu = draft_desk_menu(on_desk(), "On hold.")
    items: list[Select | Button] = [block for block in menu.blocks if isinstance(block, Select)]
    items += [button for block in menu.blocks if isinstance(block, ButtonRow) for button in block.buttons]

    assert text(menu).startswith("On hold.")
    assert [item.is_private for item in items] == [True] * 4


def test_story_is_shown_with_what_can_be_done_to_it() -> None:
    """And with what an editor wrote."""
    pick = replace(EDITION.picks[0], note="Worth your time", headline="Ferry late")
    plain = draft_desk_story(on_desk(), EDITION.picks[0])
    noted = draft_desk_story(on_desk(), pick, "Swapped.")

    assert labels(plain)[:3] == ["Drop", "Up", "Swap"]
    assert all(
        each in text(noted) for each in ("Ferry late", "Swapped.", "Own title: Ferry delayed", "Worth your time")
    )


def test_draft_is_previewed_as_it_will_be_posted() -> None:
    """Without the reader's button."""
    head, part = draft_draft(on_desk())

    assert "Draft: " in text(head)
    assert part.blocks == on_desk().parts[0].draft.blocks[:-1]


def test_message_that_is_not_needed_says_so() -> None:
    """It stays where it is."""
    assert "isn't part of the draft any more" in text(draft_unneeded(key_of(2)))


def test_schedule_of_breaking_news_says_that_it_has_no_drafts() -> None:
    """Its desk is kept for the day on which its rule is another one."""
    (said,) = desk_lines(make_schedule(desk_channel_id=5, rule="breaking"))

    assert text(Draft(blocks=(said,))) == "No drafts of breaking news: it is posted at once."


def test_skipped_draft_is_confirmed() -> None:
    """By its schedule's name."""
    assert "Skipped the draft of Weekly" in text(draft_skipped_draft("Weekly", SOME_DAY))


@few
@given(editions(), any_text)
def test_any_draft_fits_its_messages_and_pings_nobody(edition: Edition, detail: str) -> None:
    """Whatever titles, notes and headlines hold."""
    acts = [DeskAct(deed=Deed.NOTE, at=SOME_DAY, member_id=7, detail=detail)] * 6
    seen = on_desk(edition, *acts, came_in=3)
    private = (draft_desk_menu(seen, "Dropped."), draft_desk_story(seen, edition.picks[0], "Noted."))

    for draft in (*draft_desk(seen, key_of), *private, *draft_draft(seen)):
        texts = [block for block in draft.blocks if isinstance(block, Paragraph)]
        sections = [each for block in draft.blocks if isinstance(block, Section) for each in block.paragraphs]
        assert fits(draft) == []
        assert server_sees(write_paragraphs([*texts, *sections])) == []
