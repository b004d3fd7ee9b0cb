"""Articles, editions and schedules as absurd as the domain's values allow."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from hypothesis import strategies as st

from bot.news.article import Article, Picture, Provider
from bot.news.edition import Edition, Window
from bot.text.clean import clean
from tests.support.hostile_text import nasty_text
from tests.support.makers import SOME_DAY, make_article, make_edition, make_pick

any_text: Final = nasty_text | nasty_text.map(clean) | st.sampled_from(("A sane headline", "x" * 5000, "word " * 1000))
editors_words: Final = any_text.map(lambda text: clean(text)[:300])
"""A note or a title as the desk takes it."""
# A year away from the ends of time, so that a week before or after is a moment too.
EARLIEST: Final = datetime(2, 1, 1)  # noqa: DTZ001 - the strategy adds the zone
LATEST: Final = datetime(9998, 1, 1)  # noqa: DTZ001 - the same

moments: Final = st.datetimes(EARLIEST, LATEST, timezones=st.just(UTC)) | st.just(SOME_DAY)


@st.composite
def urls(draw: st.DrawFn) -> str:
    """A URL as `text/links` leaves it: ASCII, up to 2,048 characters, with a host of up to 253."""
    host = draw(st.sampled_from(("wbur.org", "a_b-c.example", ".".join(["x" * 60] * 3) + ".example")))
    tail = draw(st.sampled_from("a_*~%2e")) * draw(st.integers(0, 2048))
    return f"https://{host}/{tail}"[:2048]


@st.composite
def articles(draw: st.DrawFn, stem: str = "a") -> Article:
    """Anything that may be in the store; two of different stems are different articles."""
    picture = st.builds(Picture, url=urls() | st.just("ftp://x"), alt=any_text)
    return make_article(
        stem,
        title=draw(any_text),
        excerpt=draw(any_text),
        url=draw(urls()),
        provider=Provider(name=draw(any_text), domain=draw(st.sampled_from(("wbur.org", "example.com", "x" * 253)))),
        published_at=draw(moments),
        topics=tuple(draw(st.lists(any_text, max_size=4))),
        pictures=tuple(draw(st.lists(picture, max_size=2))),
        kind=draw(st.sampled_from(("article", "video"))),
    )


@st.composite
def article_lists(draw: st.DrawFn, most: int, fewest: int = 0) -> list[Article]:
    """Different articles, one drawn and then varied, which is quick and as absurd."""
    count = draw(st.integers(fewest, most))
    kinds = draw(st.lists(articles(), min_size=1, max_size=3))
    return [_named(kinds[number % len(kinds)], f"a{number}") for number in range(count)]


def _named(article: Article, stem: str) -> Article:
    return make_article(
        stem,
        title=article.title,
        excerpt=article.excerpt,
        url=article.url,
        provider=article.provider,
        published_at=article.published_at,
        topics=article.topics,
        pictures=article.pictures,
        kind=article.kind,
    )


@st.composite
def editions(draw: st.DrawFn) -> Edition:
    """One to twenty picks, each with some other coverage; an editor may have written a note or another title."""
    words = draw(st.just(("", "", "")) | st.tuples(editors_words, editors_words, editors_words))
    note, note_by, headline = words
    picked = draw(article_lists(20, fewest=1))
    others = draw(article_lists(3))
    return make_edition(
        picks=tuple(
            replace(
                make_pick(article, *others, is_update=draw(st.booleans())),
                note=note,
                note_by=note_by[:32],
                headline=headline,
            )
            for article in picked
        ),
        window=Window(start=draw(st.none() | moments), end=draw(moments)),
        due_at=draw(moments),
        is_first=draw(st.booleans()),
        is_archive=draw(st.booleans()),
        is_late=draw(st.booleans()),
        is_extra=draw(st.booleans()),
    )
