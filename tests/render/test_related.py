"""A story's coverage as a timeline."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.article import Article, ArticleId, Provider
from bot.news.message import actions
from bot.news.message.draft import ButtonRow
from bot.news.stories.evidence import Bond, TiedStory
from bot.news.stories.related import Coverage, RelatedArticle, Source
from bot.news.stories.story import story_of
from bot.news.stories.story_ids import StoryId
from bot.render.format.limits import fits
from bot.render.format.terminal import to_text
from bot.render.related import OFF_TOPIC_BELOW, draft_coverage, is_off_topic
from bot.render.share import without_private
from tests.render.absurd import any_text, article_lists
from tests.support.examples import up_to
from tests.support.makers import HERALD, SOME_DAY, WBUR, make_article, make_stub

ASKED = make_article("asked", provider=HERALD)
EARLY = make_stub("early", provider=WBUR, published_at=SOME_DAY - timedelta(days=2))
LATE = make_article("late", provider=WBUR, published_at=SOME_DAY + timedelta(days=1))


def related(article: Article, *, source: Source = "explicit", similarity: float = 0.5, why: str = "") -> RelatedArticle:
    """One other report."""
    return RelatedArticle(article=article, source=source, similarity=similarity, why=why)


def coverage_of(asked: Article, *others: RelatedArticle) -> Coverage:
    """All that is known on its story, in the order of time."""
    members = [*(other.article for other in others), *([asked] if asked.id else [])]
    timeline = sorted(members, key=lambda article: (article.published_at, article.id))
    return Coverage(article=asked, related=others, timeline=tuple(timeline))


def text_of(asked: Article, *others: RelatedArticle) -> str:
    """What is read of it."""
    return to_text(draft_coverage(coverage_of(asked, *others)), 500)


@up_to(20)
@given(article_lists(40, fewest=1), st.floats(0, 1), any_text)
def test_any_coverage_fits_a_message(articles: list[Article], similarity: float, why: str) -> None:
    """However many report it and whatever they say."""
    others = [related(article, similarity=similarity, why=why) for article in articles[1:]]

    assert fits(draft_coverage(coverage_of(articles[0], *others))) == []


def test_the_first_to_report_is_marked_and_stands_first() -> None:
    """Anyone who asked about anything."""
    text = text_of(ASKED, related(LATE), related(EARLY))

    assert "First to report · WBUR (wbur.org) · 5 May 2021" in text
    assert text.index("Title of early") < text.index("Title of asked\n  ") < text.index("Title of late")


def test_the_article_that_was_asked_about_is_marked() -> None:
    """It has its place in the timeline like the others."""
    assert "This article · Boston Herald" in text_of(ASKED, related(EARLY))


def test_the_number_of_outlets_counts_each_provider_once() -> None:
    """Two reports of WBUR are one outlet."""
    assert "2 outlets · first to report: WBUR, 5 May 2021" in text_of(ASKED, related(LATE), related(EARLY))


def test_each_says_why_it_is_there() -> None:
    """The reason is beside it."""
    assert "8 May 2021 · shares: facial, ban" in text_of(ASKED, related(LATE, why="shares: facial, ban"))


def tied_of(asked: Article, *others: Article, why: str = "facial") -> TiedStory:
    """A story, seen from one of its articles."""
    story = story_of((asked, *others))
    bonds = tuple(
        Bond(article=article, likeness=2.0 - place / 100, words=(why,))
        for place, article in enumerate(story.articles)
        if article.id != asked.id
    )
    return TiedStory(id=StoryId("s"), story=story, bonds=bonds)


@up_to(20)
@given(article_lists(40, fewest=2), st.integers(1, 39), any_text)
def test_any_story_with_any_coverage_fits_a_message(articles: list[Article], count: int, why: str) -> None:
    """However many report it and whatever is related to it."""
    others = [related(article, why=why) for article in articles[1:]]
    tied = tied_of(articles[0], *articles[1 : count + 1], why=why)

    assert fits(draft_coverage(coverage_of(articles[0], *others), tied)) == []


def test_the_story_stands_before_what_is_only_related() -> None:
    """As the timeline, each with what ties it; the outlets counted are the story's."""
    also = make_article("also", provider=Provider(domain="third.example", name="Third"))
    coverage = coverage_of(ASKED, related(LATE), related(EARLY), related(also, why="shares: police"))

    text = to_text(draft_coverage(coverage, tied_of(ASKED, EARLY, LATE)), 500)

    assert "2 outlets \u00b7 first to report: WBUR, 5 May 2021" in text
    assert "First to report \u00b7 WBUR (wbur.org) \u00b7 5 May 2021 \u00b7 same story: shares facial" in text
    titles = ["Title of early", "Title of asked\n  ", "Title of late", "Also related", "Title of also"]
    assert sorted(titles, key=text.index) == titles
    assert "7 May 2021 \u00b7 shares: police" in text


def test_a_story_that_is_the_whole_coverage_stands_alone() -> None:
    """Nothing is announced that isn't there."""
    text = to_text(draft_coverage(coverage_of(ASKED, related(LATE)), tied_of(ASKED, LATE)), 500)

    assert "Also" not in text
    assert "No other reports" not in text


def test_of_a_large_story_the_strongest_ties_are_shown_and_the_rest_is_counted() -> None:
    """The first to report and the asked one always; what is related has a little room below."""
    members = [make_article(f"m{n:02}", published_at=SOME_DAY + timedelta(hours=n)) for n in range(30)]
    others = [related(make_article(f"o{n}")) for n in range(9)]

    text = to_text(draft_coverage(coverage_of(members[29], *others), tied_of(members[29], *members[:29])), 500)

    assert text.count("Title of m") == 1 + 12
    assert "Title of m00" in text
    assert "18 more reports of this story" in text
    assert text.count("Title of o") == 3
    assert "6 more, less similar" in text


def test_what_only_a_seed_names_and_is_off_topic_stands_apart() -> None:
    """It sinks, it doesn't vanish, and it doesn't claim to be the first to report."""
    text = text_of(ASKED, related(LATE), related(EARLY, similarity=0.01))

    assert text.index("Title of late") < text.index("Also listed") < text.index("Title of early")


@pytest.mark.parametrize(
    ("source", "similarity", "off_topic"),
    [("explicit", OFF_TOPIC_BELOW, False), ("explicit", 0.0, True), ("computed", 0.0, False), ("same", 0.0, False)],
)
def test_only_what_a_seed_names_can_be_off_topic(source: Source, similarity: float, *, off_topic: bool) -> None:
    """What was found by its text, or is the same link, belongs."""
    assert is_off_topic(related(LATE, source=source, similarity=similarity)) is off_topic


def test_of_many_reports_the_most_alike_are_shown_and_the_others_counted() -> None:
    """Best first is the order of `related`, not of time."""
    others = [
        related(make_article(f"n{number:02}", published_at=SOME_DAY - timedelta(days=number))) for number in range(20)
    ]
    text = text_of(ASKED, *others)

    assert "Title of n11" in text
    assert "Title of n12" not in text
    assert "8 more, less similar" in text


def test_the_first_to_report_is_named_even_where_it_is_not_shown() -> None:
    """The header speaks of the whole story."""
    others = [related(LATE, similarity=0.5) for _ in range(12)]
    text = text_of(ASKED, *others, related(EARLY))

    assert "first to report: WBUR, 5 May 2021" in text


def test_an_article_that_nobody_else_reports_gets_a_sentence() -> None:
    """Not an empty page."""
    assert "No other reports in the archive." in text_of(ASKED)


def test_coverage_of_a_text_that_is_not_in_the_archive_can_not_be_shared() -> None:
    """There is no id by which it could be found again."""
    asked = make_article("x", id=ArticleId(""), title="Senate votes on faces")
    draft = draft_coverage(coverage_of(asked, related(LATE)))

    assert fits(draft) == []
    assert not [block for block in draft.blocks if isinstance(block, ButtonRow)]


def test_coverage_of_an_unknown_text_without_any_is_still_an_answer() -> None:
    """Even without a timeline."""
    text = text_of(make_article("x", id=ArticleId(""), title="Senate votes on faces"))

    assert text.startswith("Senate votes on faces\n")
    assert "Not in the archive" in text


def test_a_timeline_can_be_shared_by_its_article() -> None:
    """And what is shared has no private button left."""
    draft = draft_coverage(coverage_of(ASKED))
    (row,) = [block for block in draft.blocks if isinstance(block, ButtonRow)]

    assert (row.buttons[0].action, row.buttons[0].args) == (actions.SHARE, (ASKED.id,))
    assert not [block for block in without_private(draft).blocks if isinstance(block, ButtonRow)]
