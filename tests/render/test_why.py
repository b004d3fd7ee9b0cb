"""How an edition was chosen, in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.article import Article, ArticleId
from bot.news.edition import Reason, Verdict
from bot.render.edition.why import REASONS, draft_reasons
from bot.render.format.limits import fits
from bot.render.format.terminal import to_text
from tests.render.absurd import any_text, article_lists
from tests.support.examples import up_to
from tests.support.makers import make_article


def verdict(article: Article, reason: Reason = Reason.PICKED, detail: str = "") -> Verdict:
    """The reason of one article."""
    return Verdict(article_id=article.id, reason=reason, detail=detail)


@up_to(20)
@given(article_lists(60), any_text, st.lists(st.sampled_from(Reason), min_size=1, max_size=11), any_text)
def test_any_number_of_reasons_fits_a_message(
    articles: list[Article], name: str, reasons: list[Reason], detail: str
) -> None:
    """Every reason is counted, however few of its articles are named."""
    verdicts = [verdict(each, reasons[number % len(reasons)], detail) for number, each in enumerate(articles)]

    assert fits(draft_reasons(name, verdicts, {article.id: article for article in articles})) == []


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_said_in_words(reason: Reason) -> None:
    """No admin reads the code's names."""
    article = make_article()
    text = to_text(
        draft_reasons("Weekly", [verdict(article, reason, "score 64, the bar is 70")], {article.id: article})
    )

    assert f"{REASONS[reason]}: 1 article" in text
    assert "Title of a · Boston Herald (bostonherald.com) · score 64, the bar is 70" in text


def test_articles_off_topic_have_a_heading_of_their_own() -> None:
    """An admin who chose topics looks for what they kept out, not for scores."""
    article = make_article()
    detail = "it has none of the schedule's topics (ai)"
    text = to_text(draft_reasons("Weekly", [verdict(article, Reason.OFF_TOPIC, detail)], {article.id: article}))

    assert "Not among the schedule's topics or providers: 1 article" in text
    assert "Below the bar" not in text


def test_what_was_picked_comes_first() -> None:
    """Then what was nearest to it."""
    picked, hidden = make_article("a"), make_article("b")
    verdicts = [verdict(hidden, Reason.HIDDEN), verdict(picked)]
    text = to_text(draft_reasons("Weekly", verdicts, {each.id: each for each in (picked, hidden)}))

    assert text.index("Picked") < text.index("Hidden")


def test_of_many_articles_only_some_are_named_and_all_are_counted() -> None:
    """Nothing is passed over in silence."""
    articles = [make_article(f"a{number}") for number in range(100)]
    text = to_text(draft_reasons("Weekly", [verdict(each) for each in articles], {each.id: each for each in articles}))

    assert "Picked: 100 articles" in text
    assert f"and {100 - text.count('Title of')} more" in text


def test_an_article_that_is_gone_is_counted_as_removed() -> None:
    """Its reason was stored, its text wasn't."""
    assert "Removed since: 1 article" in to_text(
        draft_reasons("Weekly", [Verdict(article_id=ArticleId("abc"), reason=Reason.MUTED)], {})
    )


def test_an_edition_that_nothing_came_into_question_for_says_so() -> None:
    """An empty page explains nothing."""
    assert "no article entered the window" in to_text(draft_reasons("Weekly", [], {}))
