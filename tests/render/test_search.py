"""What a search, the newest, topics and providers are answered with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.article import Article, ArticleId, Picture
from bot.news.message import actions
from bot.news.message.draft import Button, ButtonRow, Draft, Paragraph, Section, Select
from bot.news.search import PAGE_SIZE, Page, SearchQuery, SearchResult, Tally, View
from bot.news.stories.top_story import TopStory
from bot.render.format.limits import fits
from bot.render.format.terminal import to_text
from bot.render.search import (
    draft_latest,
    draft_page,
    draft_providers,
    draft_top,
    draft_topics,
    note_of,
    title_of_search,
)
from tests.render.absurd import any_text, article_lists
from tests.support.examples import up_to
from tests.support.makers import SOME_DAY, make_article

few = up_to(20)


def view_of(count: int, *, title: str = "Search: lamps", note: str = "") -> View:
    """A view of this many articles."""
    ids = tuple(ArticleId(f"id{number}") for number in range(count))
    return View(id="v" * 13, title=title, article_ids=ids, total=count, note=note, expires_at=SOME_DAY)


def page_of(articles: Sequence[Article], *, number: int = 1, count: int = 12, title: str = "x", note: str = "") -> Page:
    """A page of a view of `count` articles."""
    return Page(view=view_of(count, title=title, note=note), number=number, articles=tuple(articles))


def result_of(query: SearchQuery, *articles: Article, suggestion: str = "", broadened: bool = False) -> SearchResult:
    """What a search found."""
    return SearchResult(
        query=query, articles=articles, total=len(articles), suggestion=suggestion, is_broadened=broadened
    )


def buttons_of(draft: Draft) -> list[Button]:
    """All buttons in rows."""
    return [button for block in draft.blocks if isinstance(block, ButtonRow) for button in block.buttons]


@few
@given(article_lists(PAGE_SIZE), st.integers(1, 20), any_text, any_text)
def test_every_page_fits_a_message(articles: list[Article], number: int, title: str, note: str) -> None:
    """Whatever is on it and whatever was asked."""
    assert fits(draft_page(page_of(articles, number=number, count=100, title=title, note=note))) == []


@few
@given(article_lists(20), any_text, any_text)
def test_lists_of_up_to_twenty_fit_a_message(articles: list[Article], topic: str, provider: str) -> None:
    """Titles, excerpts and links give way, articles don't."""
    latest = draft_latest(articles, topic=topic, provider=provider)
    stories = [TopStory(article=article, more=999, outlets=999) for article in articles]
    shown = [block for block in latest.blocks if isinstance(block, Select)]

    assert fits(latest) == fits(draft_top(stories, days=7, topic=topic)) == []
    assert [option.value for each in shown for option in each.options] == [article.id for article in articles]


@few
@given(st.lists(any_text, max_size=4), any_text)
def test_lists_of_names_fit_a_message(labels: list[str], contains: str) -> None:
    """However many topics and providers there are."""
    tallies = [Tally(key="x" * 253, label=label, count=10**9, newest_at=SOME_DAY) for label in labels * 25]

    assert fits(draft_topics(tallies, contains=contains)) == fits(draft_providers(tallies, contains=contains)) == []


@pytest.mark.parametrize(
    ("number", "labels"),
    [(1, ["Next", "Share"]), (2, ["Previous", "Next", "Share"]), (3, ["Previous", "Share"])],
)
def test_a_page_has_buttons_only_for_pages_that_there_are(number: int, labels: list[str]) -> None:
    """12 articles make three pages."""
    assert [button.label for button in buttons_of(draft_page(page_of([make_article()], number=number)))] == labels


def test_the_buttons_of_a_page_name_the_view_and_the_page() -> None:
    """*Next* leads on, *Share* shows the page that is seen."""
    previous, after, share = buttons_of(draft_page(page_of([make_article()], number=2)))

    assert (previous.action, previous.args) == (actions.SEARCH_PAGE, ("v" * 13, "1"))
    assert (after.action, after.args) == (actions.SEARCH_PAGE, ("v" * 13, "3"))
    assert (share.action, share.args) == (actions.SHARE, ("v" * 13, "2"))


def test_all_that_can_be_pressed_in_a_page_is_private() -> None:
    """It belongs to the member who asked."""
    draft = draft_page(page_of([make_article()], number=2))
    selects = [block for block in draft.blocks if isinstance(block, Select)]

    assert all(button.is_private for button in buttons_of(draft))
    assert [select.is_private for select in selects] == [True]


def test_a_page_says_what_was_asked_how_much_there_is_and_where_one_stands() -> None:
    """In its first lines."""
    page = page_of([make_article()], number=2, title="Search: lamps", note="Not understood: before:yesterdy.")

    assert to_text(draft_page(page)).startswith(
        "Search: lamps\n=============\nNot understood: before:yesterdy.\n12 articles · page 2 of 3"
    )


def test_a_hit_is_a_link_with_excerpt_provider_date_and_topics() -> None:
    """All that decides whether to read it."""
    article = make_article(excerpt="What happened.", topics=("AI", "Lamps"))
    text = to_text(draft_page(page_of([article], count=1)))

    assert "Title of a\n  https://bostonherald.com/a\nWhat happened.\n" in text
    assert "Boston Herald (bostonherald.com) · 7 May 2021 · AI, Lamps" in text


def test_a_hit_says_how_many_more_reports_of_its_story_were_found() -> None:
    """Only where there are any."""
    view = replace(view_of(2), more=(3, 0))
    articles = (make_article("id0"), make_article("id1"))
    page = Page(view=replace(view, article_ids=tuple(each.id for each in articles)), number=1, articles=articles)

    text = to_text(draft_page(page))

    assert text.count("more report") == 1
    assert "and 3 more reports" in text


def test_a_hit_with_a_picture_has_it_beside() -> None:
    """As a thumbnail."""
    draft = draft_page(page_of([make_article(pictures=(Picture(url="https://a.example/p"),))], count=1))

    assert [block for block in draft.blocks if isinstance(block, Section)]


def test_a_page_whose_articles_were_taken_down_is_still_an_answer() -> None:
    """It has nothing to choose from, so no list."""
    draft = draft_page(page_of([], number=2))

    assert fits(draft) == []
    assert not [block for block in draft.blocks if isinstance(block, Select)]


def test_a_search_without_a_hit_offers_the_nearest_spelling_and_a_way_on() -> None:
    """A friendly sentence, and what to try."""
    query = SearchQuery(words=("massachusets",), typed="massachusets")
    note = note_of(result_of(query, suggestion="massachusetts"))
    text = to_text(draft_page(Page(view=view_of(0, note=note), number=1, articles=())))

    assert "Nothing found." in text
    assert "Did you mean: massachusetts?" in text
    assert "/news topics" in text


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (result_of(SearchQuery(ignored=("t9",)), make_article()), "Ignored: t9."),
        (result_of(SearchQuery(excluded=("facial", "in france")), make_article()), "Without: facial, in france."),
        (
            replace(result_of(SearchQuery(), make_article()), left_out="the quotes, the dates"),
            "Nothing matches the whole query. Left out: the quotes, the dates.",
        ),
        (result_of(SearchQuery(), make_article(), broadened=True), "No article has all of the words"),
        (SearchResult(query=SearchQuery(), articles=(), total=0, is_cut_short=True), "timed out"),
    ],
)
def test_a_note_says_what_the_hits_do_not(result: SearchResult, said: str) -> None:
    """What was ignored, what was widened, what was cut short."""
    assert said in note_of(result)


@pytest.mark.parametrize(
    ("left_out", "said"),
    [("", "No article within the filters has all of the words."), ("the provider", "No article has all of the words.")],
)
def test_a_filtered_search_says_nothing_about_what_its_filters_exclude(left_out: str, said: str) -> None:
    """Another provider's article may have all of the words."""
    query = SearchQuery(words=("ban", "face"), providers=("wbur.org",))
    result = replace(result_of(query, make_article(), broadened=True), left_out=left_out)

    assert said in note_of(result)


def test_a_search_that_timed_out_does_not_say_that_no_article_has_all_of_the_words() -> None:
    """Nobody knows: it wasn't read to the end."""
    result = replace(result_of(SearchQuery(), make_article(), broadened=True), is_cut_short=True)

    assert "all of the words" not in note_of(result)


def test_a_corrected_word_is_owned_up_to() -> None:
    """The note names what was searched beside it."""
    result = replace(result_of(SearchQuery(words=("vlog",)), make_article()), corrected=(("vlog", "blog"),))

    assert note_of(result) == "Also searched: blog for vlog."


def test_a_search_as_typed_says_so() -> None:
    """A member can distinguish it from the answer before it."""
    assert note_of(result_of(SearchQuery(words=("vlog",), corrects=False), make_article())) == "Searched as typed."


def test_a_page_of_a_corrected_search_leads_back_to_the_words_as_typed() -> None:
    """By a button that names the view."""
    page = page_of([make_article()], count=1)
    corrected = replace(page, view=replace(page.view, as_typed=SearchQuery(words=("vlog",), corrects=False)))
    as_typed, _ = buttons_of(draft_page(corrected))

    assert (as_typed.action, as_typed.args, as_typed.is_private) == (actions.SEARCH_AS_TYPED, ("v" * 13,), True)


def test_nothing_is_noted_where_all_went_as_asked() -> None:
    """No line for its own sake."""
    assert note_of(result_of(SearchQuery(words=("ban",)), make_article())) == ""


@pytest.mark.parametrize(
    ("typed", "title"), [("lamps", "Search: lamps"), ("", "Latest articles"), ("\u200b", "Latest articles")]
)
def test_a_search_is_headed_by_what_was_typed(typed: str, title: str) -> None:
    """An empty query answers with the newest, and says so."""
    assert title_of_search(SearchQuery(typed=typed)) == title


def test_latest_says_what_it_was_held_to() -> None:
    """Topic and provider are in the heading."""
    assert to_text(draft_latest([make_article()], topic="AI", provider="wbur.org")).startswith("Latest: AI, wbur.org\n")


@pytest.mark.parametrize(
    ("days", "heading"),
    [(7, "Top stories of the last 7 days"), (1, "Top stories of the last day"), (None, "Top stories of all time")],
)
def test_top_says_of_what_time_it_is(days: int | None, heading: str) -> None:
    """A day, a week, or all of it."""
    assert to_text(draft_top([TopStory(article=make_article())], days=days)).startswith(heading)


@pytest.mark.parametrize("count", [1, 9])
def test_top_says_how_many_others_report_a_story(count: int) -> None:
    """With pictures and without; nothing is said where nobody else does."""
    told = TopStory(article=make_article("told"), more=3, outlets=2)
    alone = [TopStory(article=make_article(f"a{number}"), outlets=1) for number in range(count)]
    draft = draft_top([told, *alone])
    (select,) = [block for block in draft.blocks if isinstance(block, Select)]

    assert to_text(draft, 500).count("7 May 2021 \u00b7 and 3 more reports") == 1
    assert to_text(draft).count("more report") == 1
    assert select.options[0].description.startswith("2 outlets")


@pytest.mark.parametrize("draft", [draft_latest([]), draft_top([]), draft_topics([]), draft_providers([])])
def test_an_empty_archive_is_answered_with_a_sentence(draft: Draft) -> None:
    """Before the first seed nothing breaks."""
    assert fits(draft) == []
    assert any(isinstance(block, Paragraph) and block.kind == "body" for block in draft.blocks)


def test_topics_and_providers_are_listed_with_their_numbers() -> None:
    """A provider with its domain, once."""
    day = SOME_DAY + timedelta(days=1)
    vision = Tally(key="computer vision", label="Computer Vision", count=5, newest_at=day)
    wbur = Tally(key="wbur.org", label="WBUR", count=1, newest_at=day)
    bare = Tally(key="law360.com", label="law360.com", count=2, newest_at=day)

    assert "Computer Vision: 5 articles, newest 8 May 2021" in to_text(draft_topics([vision]))
    assert "WBUR (wbur.org): 1 article, newest" in to_text(draft_providers([wbur]))
    assert "\nlaw360.com: 2 articles" in to_text(draft_providers([bare]))


def test_what_does_not_fit_a_list_of_names_is_counted() -> None:
    """And the filter is pointed to."""
    tallies = [
        Tally(key=f"{n}", label=f"Topic number {n} " + "x" * 80, count=1, newest_at=SOME_DAY) for n in range(100)
    ]
    text = to_text(draft_topics(tallies), 500)
    shown = text.count("Topic number")

    assert 0 < shown < 100
    assert text.endswith(f"{100 - shown} more topics: use the filter option to narrow the list.")
