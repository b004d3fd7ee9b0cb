"""What a seed changes of an article is named by the seed's own words."""

from __future__ import annotations

from dataclasses import replace

from bot.news.content import changed_fields
from tests.support.makers import make_article


def test_every_field_that_differs_is_named() -> None:
    """In the order of the seed's fields."""
    before = make_article(title="Ferry sinks", excerpt="At noon.")

    assert changed_fields(before, replace(before, title="Ferry raised", excerpt="", topics=("Sea",))) == (
        "title",
        "excerpt",
        "topics",
    )


def test_seed_that_changes_no_field_changes_its_related_reports() -> None:
    """Nothing else is left."""
    article = make_article()

    assert changed_fields(article, article) == ("related",)


def test_article_that_is_hidden_is_said_to_be() -> None:
    """Its texts are not compared."""
    assert changed_fields(None, make_article()) == ("a hidden article",)
