"""Suggestions as editors and members see them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from bot.news.article import ArticleId
from bot.news.message.draft import ButtonRow, Draft, Paragraph
from bot.news.servers.suggestion import Page, SuggestionState, credit_of, read_page
from bot.render.edition.digest import draft_edition
from bot.render.edition.suggestion import draft_named, draft_refused, draft_suggested, draft_suggestion, draft_taken
from bot.render.format.limits import fits
from bot.render.format.markdown import write_paragraphs
from bot.render.format.terminal import to_text
from tests.news.test_suggestion import SUGGESTION, URL
from tests.render.absurd import any_text
from tests.render.reading import links, server_sees
from tests.support.examples import up_to
from tests.support.makers import SOME_DAY, make_article, make_edition, make_pick, make_schedule

few = up_to(20)
KEY = "k" * 25


def labels(draft: Draft) -> list[str]:
    """The buttons that do something."""
    rows = [block for block in draft.blocks if isinstance(block, ButtonRow)]
    return [button.label for row in rows for button in row.buttons if not button.is_disabled]


@pytest.mark.parametrize(
    ("state", "buttons"),
    [
        (SuggestionState.WAITING, ["Take", "Refuse"]),
        (SuggestionState.TAKING, ["Take", "Refuse"]),
        (SuggestionState.TAKEN, []),
        (SuggestionState.REFUSED, []),
    ],
)
def test_suggestion_offers_what_can_be_decided(state: SuggestionState, buttons: list[str]) -> None:
    """One that was being taken when the bot ended can be taken again."""
    assert labels(draft_suggestion(replace(SUGGESTION, state=state), KEY)) == buttons


def test_member_is_named_on_the_desk_only_if_they_agreed() -> None:
    """By default they aren't."""
    assert "Suggested by" not in to_text(draft_suggestion(SUGGESTION, KEY))
    assert "Suggested by Mo" in to_text(draft_suggestion(replace(SUGGESTION, credit="Mo"), KEY))


def test_member_may_agree_to_be_named() -> None:
    """The answer asks."""
    assert labels(draft_suggested(SUGGESTION)) == ["Show my name with it"]
    assert "you suggested it" in to_text(draft_named())


def test_editor_is_told_what_came_of_it() -> None:
    """Also if the link was here already."""
    taken = replace(SUGGESTION, article_id=ArticleId("a" * 13))
    assert "Taken into" in to_text(draft_taken(taken))
    assert "already" in to_text(draft_taken(SUGGESTION))
    assert "Refused." in to_text(draft_refused())


@pytest.mark.parametrize("is_brief", [False, True])
def test_edition_names_the_member_who_suggested_a_story(*, is_brief: bool) -> None:
    """In small print, also of a story in one line."""
    picks = [replace(make_pick(make_article("a")), suggested_by="Mo", is_brief=is_brief), make_pick(make_article("b"))]
    (draft,) = draft_edition(make_edition(picks=tuple(picks)), make_schedule(also=1), keys=None, now=SOME_DAY)

    assert to_text(draft).count("suggested by Mo") == 1


@few
@given(any_text, any_text, any_text, any_text)
def test_nothing_hostile_in_a_suggestion_does_harm(title: str, description: str, site: str, name: str) -> None:
    """No mention, no link but its own, and every message fits."""
    page = read_page(URL, [Page(url=URL, title=title, description=description, site=site)])
    suggestion = replace(SUGGESTION, page=page, credit=credit_of(name))
    for draft in (draft_suggestion(suggestion, KEY), draft_suggested(suggestion)):
        written = write_paragraphs([block for block in draft.blocks if isinstance(block, Paragraph)])
        assert fits(draft) == []
        assert server_sees(written) == []
        assert {address for _, address in links(written)} <= {URL}
