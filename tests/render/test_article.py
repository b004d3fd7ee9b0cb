"""An article as readers see it."""

from __future__ import annotations

import pytest
from hypothesis import given

from bot.news.article import Article, Picture, Provider
from bot.news.message.draft import Draft, Gallery, Link, Paragraph, Text
from bot.render.article import (
    NARROWER,
    ROOMY,
    Bounds,
    byline,
    draft_article,
    excerpt_of,
    first_that_fits,
    picture_of,
    provider_of,
    title_run,
)
from bot.render.format.limits import fits, size_of
from bot.render.format.terminal import to_text
from tests.render.absurd import articles
from tests.support.makers import make_article, make_stub

SENTENCES = "Police need a warrant. Gov. Baker signed it on Jan. 1 in the U.S. capital. Nobody was surprised."


@given(articles())
def test_one_article_in_full_fits_a_message(article: Article) -> None:
    """Whatever its fields hold."""
    assert fits(draft_article(article)) == []


def test_an_article_of_which_everything_is_too_long_fits_a_message() -> None:
    """With the longest URL that there is, and text that is written twice as long."""
    stars, url = "*" * 5000, ("https://a.example/" + "x" * 2048)[:2048]
    article = make_article(
        title=stars, excerpt=stars, url=url, topics=(stars, stars), provider=Provider(name=stars, domain="a.example")
    )

    assert fits(draft_article(article)) == []


@given(articles())
def test_narrower_bounds_never_take_more_room(article: Article) -> None:
    """A list goes down the ladder until it fits; each step must lead down."""
    sizes = [
        size_of((Paragraph(runs=(title_run(article, bounds), *byline(article, bounds))),)).text for bounds in NARROWER
    ]

    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize(
    ("excerpt", "shown"),
    [
        (SENTENCES, "Police need a warrant. Gov. Baker signed it on Jan. 1 in the U.S. capital."),
        ("One sentence, and no more.", "One sentence, and no more."),
        ("It was cut with ...", "It was cut with…"),
        ("It ends in the middle,", "It ends in the middle…"),
        ("“Is it true?” he asked. “No!” She left.", "“Is it true?” he asked. “No!”"),
        ("Placeholder.", ""),
        ("", ""),
        ("\u200b \u202e", ""),
    ],
)
def test_an_excerpt_is_its_first_two_sentences(excerpt: str, shown: str) -> None:
    """Abbreviations end no sentence, what was cut says so, upstream's placeholder is none."""
    assert excerpt_of(make_article(excerpt=excerpt)) == shown


def test_an_article_in_full_has_its_whole_excerpt_picture_topics_and_score() -> None:
    """What `/news story` answers with."""
    draft = draft_article(
        make_article(
            excerpt=SENTENCES, topics=("AI", "Computer Vision"), heat=92, pictures=(Picture(url="https://a.example/p"),)
        )
    )
    text = to_text(draft)

    assert "Nobody was surprised." in text
    assert "Topics: AI, Computer Vision\nScore 92" in text
    assert isinstance(draft.blocks[0], Gallery)


def test_an_article_that_only_another_names_says_so() -> None:
    """It has no score of its own yet."""
    assert "Known only from another article's related list" in to_text(draft_article(make_stub()))


def test_a_title_is_a_link_where_the_url_has_room() -> None:
    """And text where it has not, rather than a link that is cut."""
    article = make_article(url="https://wbur.org/" + "x" * 600)

    assert isinstance(title_run(article, ROOMY), Link)
    assert isinstance(title_run(article, NARROWER[-1]), Text)


def test_a_title_of_nothing_is_the_domain() -> None:
    """A link needs something to press."""
    assert title_run(make_article(title="\u200b", url="https://wbur.org/a")) == Link(
        text="wbur.org", url="https://wbur.org/a"
    )


@pytest.mark.parametrize(
    ("name", "url", "shown"),
    [
        ("WBUR", "https://www.wbur.org/a", "WBUR (wbur.org)"),
        ("wbur.org", "https://wbur.org/a", "wbur.org"),
        ("WBUR", "https://evil.example/wbur.org", "WBUR (evil.example)"),
        ("", "https://wbur.org/a", "wbur.org"),
        ("Long", "https://" + "wbur.org." * 12 + "evil.example/a", "…" + ("wbur.org." * 12 + "evil.example")[-59:]),
    ],
)
def test_the_links_real_domain_stands_beside_the_providers_name(name: str, url: str, shown: str) -> None:
    """Of a long one its end, which says whose it is."""
    article = make_article(provider=Provider(name=name, domain="wbur.org"), url=url)

    assert shown in provider_of(article)


def test_a_video_is_said_to_be_one() -> None:
    """Readers want to know before they press."""
    assert byline(make_article(kind="video"))[0] == Text(text="Video · Boston Herald (bostonherald.com) · ")


def test_the_first_picture_that_discord_takes_is_shown() -> None:
    """One with an alt text of its own keeps it."""
    article = make_article(
        pictures=(
            Picture(url="data:image/png"),
            Picture(url="https://a.example/" + "x" * 2048),
            Picture(url="https://a.example/p", alt="Senate\n"),
        )
    )

    assert picture_of(article) == Picture(url="https://a.example/p", alt="Senate")


def test_no_picture_is_shown_where_none_can_be() -> None:
    """No empty frame."""
    assert picture_of(make_article()) is None


def test_list_that_never_fits_is_drawn_with_the_narrowest_bounds() -> None:
    """The message is refused with a reason then, instead of a command that has no answer."""
    drawn: list[Bounds] = []

    def draw(bounds: Bounds) -> Draft:
        drawn.append(bounds)
        return Draft(blocks=(Paragraph(runs=(Text(text="x" * 5000),)),), key=str(bounds.title))

    assert first_that_fits(draw).key == str(NARROWER[-1].title)
    assert drawn == list(NARROWER)
