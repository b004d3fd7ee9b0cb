"""What is read out of a message that a member suggests, and the seed file that it becomes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import BadInputError
from bot.news.article import Seed, server_shelf
from bot.news.delivery import ScheduleId
from bot.news.servers.suggestion import (
    LONGEST_CREDIT,
    LONGEST_DESCRIPTION,
    LONGEST_SITE,
    LONGEST_TITLE,
    Page,
    Suggestion,
    SuggestionId,
    SuggestionState,
    credit_of,
    edition_of,
    read_page,
    seed_text,
    suggestion_of,
)
from bot.seedfile.seed import read_seed
from bot.text.clean import clean
from bot.text.links import clean_url
from bot.usecases.suggestion import read_as_seed
from tests.support.makers import SOME_DAY

URL: Final = "https://a.example/ferry-strike-ends-today.html"
PAGE: Final = Page(url=URL, title="Ferry strike ends", description="All sail.", picture_url="https://a.example/p.png")
SUGGESTION: Final = Suggestion(
    id=SuggestionId(3), guild_id=1, schedule_id=ScheduleId(2), channel_id=5, member_id=7, at=SOME_DAY, page=PAGE
)
ANY_TEXT: Final = st.text(st.characters(exclude_categories=()), max_size=400)
PIECES: Final = [
    "vector<int>",
    "<b>",
    "</b>",
    "&amp;",
    "&lt;",
    "&gt",
    "AT&T",
    "<3",
    '"',
    "\\",
    "\n",
    "\U0001342f",
    " x",
]
MARKUP: Final = st.lists(st.sampled_from(PIECES)).map("".join)
"""U+1342F is not assigned to a character: nothing of it is seen."""


def test_first_link_is_suggested_with_its_own_card() -> None:
    """Whichever card is the first."""
    other = Page(url="https://b.example/1", title="Another")

    assert read_page(f"Look: {URL}, or https://b.example/1", [other, PAGE]) == PAGE


def test_card_whose_link_has_other_tracking_parameters_is_the_links_card() -> None:
    """It leads to the same page."""
    assert read_page(f"{URL}?utm_source=mail", [PAGE]).title == PAGE.title


def test_card_without_a_link_in_the_text_is_enough() -> None:
    """As in messages of other bots."""
    assert read_page("Look", [Page(), PAGE]) == PAGE


def test_link_without_a_scheme_is_a_link() -> None:
    """As search takes it."""
    assert read_page("a.example/1", []).url == "https://a.example/1"


@pytest.mark.parametrize("text", ["", "no link", "ftp://a.example/1", "javascript:alert(1)", "https://127.0.0.1/x"])
def test_text_without_a_usable_link_is_refused(text: str) -> None:
    """Only http and https with a public-looking host are links."""
    with pytest.raises(BadInputError, match="no http or https link"):
        read_page(text, [Page(url=text, title="A title")])


@pytest.mark.parametrize(
    ("url", "title"),
    [
        (URL, "Ferry strike ends today"),
        ("https://www.a.example/2024", "a.example"),
        ("https://a.example/%C3%A4-b-c-d", "a.example"),
        ("https://a.example/", "a.example"),
        ("https://a.example/x-&lt;b&gt;-y-z", "a.example"),
    ],
)
def test_title_is_read_out_of_the_address_at_need(url: str, title: str) -> None:
    """If neither the member nor the card has one."""
    assert read_page(url, []).title == title


def test_title_of_the_member_comes_first() -> None:
    """Cleaned."""
    assert read_page(URL, [PAGE], title="  Mine\u202e ").title == "Mine"


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_whatever_a_message_holds_is_clean_and_short(title: str, description: str, picture: str, site: str) -> None:
    """Before anything else is done with it."""
    card = Page(url=URL, title=title * 3, description=description * 3, picture_url=picture, site=site)
    page = read_page(URL, [card])

    assert 0 < len(page.title) <= LONGEST_TITLE
    assert len(page.description) <= LONGEST_DESCRIPTION
    assert len(page.site) <= LONGEST_SITE
    assert [each for each in (page.title, page.description, page.site) if each != clean(each)] == []
    assert not page.picture_url or clean_url(page.picture_url) == page.picture_url


@given(ANY_TEXT | MARKUP, ANY_TEXT | MARKUP, ANY_TEXT | MARKUP)
@example(title="\U0001342f", description="", site="\U0001342f")
@example(title="vector<int> explained", description="", site="AT&amp;T")
def test_seed_of_any_suggestion_is_read_as_what_was_suggested(title: str, description: str, site: str) -> None:
    """Its quotes let nothing out into other fields, and no markup is lost on the way."""
    card = replace(PAGE, title=title, description=description, site=site)
    suggestion = replace(SUGGESTION, page=read_as_seed(URL, [card]))
    read = read_seed(
        seed_text(suggestion).encode(),
        path=f"{suggestion.stem}.md",
        shelf=server_shelf(1),
        now=SOME_DAY + timedelta(hours=1),
    )

    assert isinstance(read, Seed)
    assert (read.article.title, read.article.url) == (suggestion.page.title, URL)
    assert read.article.published_at == SOME_DAY.replace(microsecond=0)
    assert read.article.id == suggestion.article.id
    assert [picture.url for picture in read.article.pictures] == [PAGE.picture_url]
    assert read.article.topics == ()
    assert read.article.provider.name == (suggestion.page.site or "a.example")


def test_seed_says_only_what_is_known() -> None:
    """A link alone has neither description nor picture nor site."""
    assert seed_text(replace(SUGGESTION, page=Page(url=URL, title="T"))).count("\n") == 5


def test_article_is_shown_without_what_is_not_known() -> None:
    """Its provider is the site's own name."""
    bare = replace(SUGGESTION, page=Page(url=URL, title="T")).article

    assert (bare.pictures, bare.provider.name) == ((), "a.example")
    assert SUGGESTION.article.pictures[0].url == PAGE.picture_url


@given(st.integers(min_value=1, max_value=2**62))
def test_message_names_its_suggestion(number: int) -> None:
    """So that it is found again."""
    assert suggestion_of(edition_of(SuggestionId(number))) == number


def test_suggestion_is_decided_once_taken_or_refused() -> None:
    """Not while an editor takes it."""
    decided = {state for state in SuggestionState if replace(SUGGESTION, state=state).is_decided}

    assert decided == {SuggestionState.TAKEN, SuggestionState.REFUSED}


def test_desk_of_a_suggestion_is_in_the_editors_channel() -> None:
    """Its key differs from those of drafts, which are dates."""
    desk = replace(SUGGESTION, is_closed=True).desk

    assert (desk.channel_id, desk.edition, desk.is_closed) == (5, "suggestion-3", True)


@given(ANY_TEXT)
def test_name_is_clean_and_short(name: str) -> None:
    """Whatever a member is called."""
    assert credit_of(name) == clean(credit_of(name))
    assert len(credit_of(name)) <= LONGEST_CREDIT
