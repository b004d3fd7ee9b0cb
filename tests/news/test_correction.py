"""What of a posted story is corrected when its article changes, and what stays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.news.article import Picture, Provider
from bot.news.choosing.correction import corrected, withdrawn
from bot.news.edition import Pick
from tests.support.makers import SOME_DAY, WBUR, make_article, make_pick

PICTURE = Picture(url="https://bostonherald.com/p.jpg", alt="A quay")
ARTICLE = make_article("a", excerpt="It sank.", pictures=(PICTURE,), topics=("Shipping",))
POSTED = replace(make_pick(ARTICLE, make_article("b", provider=WBUR)), note="Read this", is_update=True)


def now(*, only_withdrawn: bool = False, **changes: Any) -> Pick:
    """The posted story after a change of its article."""
    articles = {ARTICLE.id: replace(ARTICLE, **changes)}
    (pick,) = corrected([POSTED], articles, frozenset(), only_withdrawn=only_withdrawn)
    return pick


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "It floats"},
        {"url": "https://bostonherald.com/other"},
        {"pictures": (replace(PICTURE, alt="A ferry"),)},
        {"pictures": ()},
    ],
)
def test_title_link_and_alt_text_are_corrected_with_what_belongs_to_them(changes: dict[str, Any]) -> None:
    """A corrected title above the excerpt of the wrong one would not correct anything."""
    said = {"excerpt": "It floats again.", **changes}

    assert now(**said) == replace(POSTED, article=replace(ARTICLE, **said))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"excerpt": "It floats again."},
        {"url": "https://www.bostonherald.com/a/?utm_source=feed"},
        {"quality": 7, "heat": -1, "listed": False},
        {"published_at": SOME_DAY.replace(year=2020), "topics": ("Art",)},
        {"provider": Provider(name="Herald", domain="bostonherald.com")},
        {"pictures": (replace(PICTURE, url="https://bostonherald.com/p.jpg?v=2"),)},
    ],
)
def test_other_changes_are_not_corrections(changes: dict[str, Any]) -> None:
    """Feeds change them all the time."""
    assert now(**changes) == POSTED


def test_scores_and_dates_stay_as_they_were_posted_also_in_a_corrected_story() -> None:
    """They decided its place."""
    pick = now(title="It floats", quality=7, listed=False, topics=("Art",), published_at=SOME_DAY.replace(year=2020))

    assert pick == replace(POSTED, article=replace(ARTICLE, title="It floats"))


def test_story_of_which_nothing_is_known_stays() -> None:
    """Its file can't be read at the moment."""
    assert corrected([POSTED], {}, frozenset(), only_withdrawn=False) == (POSTED,)


def test_story_goes_with_its_article_although_others_report_it() -> None:
    """What an admin hides doesn't come back under another headline."""
    picks = (POSTED, make_pick(make_article("c")))
    kept = corrected(picks, {}, frozenset({ARTICLE.id}), only_withdrawn=False)

    assert (kept, withdrawn(picks, kept)) == (picks[1:], 1)


def test_story_stays_if_another_report_of_it_was_taken_down() -> None:
    """The message names only the number of outlets."""
    gone = frozenset({each.id for each in POSTED.story.articles} - {ARTICLE.id})

    assert corrected([POSTED], {}, gone, only_withdrawn=False) == (POSTED,)


def test_stories_of_a_paused_schedule_are_only_withdrawn() -> None:
    """A new title waits until it is resumed."""
    assert now(only_withdrawn=True, title="It floats") == POSTED
