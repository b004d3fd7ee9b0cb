"""An edition before it is made."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given

from bot.news.edition import Choice, Edition, Window, picks_key
from bot.news.message import actions
from bot.news.message.draft import Button, ButtonRow
from bot.render.edition.preview import draft_choice, draft_preview_header
from bot.render.format.limits import fits
from bot.render.format.terminal import to_text
from tests.render.absurd import any_text, editions
from tests.support.examples import up_to
from tests.support.makers import make_article, make_pick, make_schedule

NOW = datetime(2021, 5, 10, 9, tzinfo=UTC)
PICKS = (make_pick(make_article("a")), make_pick(make_article("b")))


@up_to(25)
@given(editions(), any_text)
def test_any_choice_can_be_looked_at(edition: Edition, name: str) -> None:
    """As the messages that it would be."""
    choice = Choice(window=edition.window, picks=edition.picks, verdicts=(), is_first=edition.is_first)
    schedule = make_schedule(name=name)

    assert [fits(draft) for draft in draft_choice(choice, schedule, now=NOW) if fits(draft)] == []
    assert fits(draft_preview_header(schedule, NOW, edition.picks, candidates=40)) == []


def test_a_choice_looks_like_the_edition_that_it_would_be() -> None:
    """Header and stories, from the archive where it is the first."""
    choice = Choice(window=Window(start=None, end=NOW), picks=(make_pick(make_article()),), verdicts=(), is_first=True)
    (draft,) = draft_choice(choice, make_schedule(), now=NOW)

    assert "From the archive · 1 story from 1 provider" in to_text(draft, 500)


def test_a_choice_of_nothing_says_so() -> None:
    """One message, not none."""
    (draft,) = draft_choice(Choice(window=Window(start=None, end=NOW), picks=(), verdicts=()), make_schedule(), now=NOW)

    assert "Nothing to send" in to_text(draft)


def test_a_previews_header_says_that_nothing_is_posted_and_offers_to_send_it() -> None:
    """The admin's own button, for this schedule."""
    draft = draft_preview_header(make_schedule(), NOW, PICKS, candidates=5)

    assert "Preview; nothing is posted. 2 stories of 5 candidates. Due Monday, 10 May 2021" in to_text(draft, 500)
    args = ("11", picks_key(PICKS))
    assert draft.blocks[-1] == ButtonRow(
        buttons=(Button(action=actions.SCHEDULE_SEND_NOW, args=args, label="Send now", is_private=True),)
    )


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, ""),
        ({"mention_role": 7}, "Mentions 1 role."),
        ({"silent": True, "thread": True}, "Without a notification, with a discussion thread."),
        ({"tags": ("News",), "mention_role": 7}, "Mentions 1 role, tagged News."),
    ],
)
def test_a_previews_header_says_how_the_edition_is_posted(fields: dict[str, Any], said: str) -> None:
    """What its messages don't show."""
    text = to_text(draft_preview_header(make_schedule(**fields), NOW, PICKS, candidates=5), 500)

    assert (said in text, "otification" in text) == (True, "silent" in fields)


def test_a_preview_of_nothing_offers_nothing_to_send() -> None:
    """And says where the reasons are."""
    draft = draft_preview_header(make_schedule(), None, (), candidates=5)

    assert "/schedule why" in to_text(draft, 500)
    assert not [block for block in draft.blocks if isinstance(block, ButtonRow)]


def test_preview_of_breaking_news_names_no_moment() -> None:
    """It is due as soon as there is some."""
    draft = draft_preview_header(make_schedule(rule="breaking"), NOW, PICKS, candidates=5)

    assert "Due" not in to_text(draft)
