"""Pages: the spellings of a link that lead to one page have one key, other pages have others."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.links import alias_key, clean_url
from bot.text.pages import is_front_page, page_key

PAGE = "https://example.com/2021/story"

SPELLINGS = (
    "http://example.com/2021/story",
    "https://www.example.com/2021/story/",
    "https://m.example.com/2021/story",
    "https://mobile.example.com/2021/story",
    "https://amp.example.com/2021/story",
    "https://www.example.com/2021/story/amp",
    "https://www.example.com/2021/story/amp/",
    "https://www.example.com/amp/2021/story",
    "https://www.example.com/2021/amp/story",
    "https://www.example.com/2021/story.amp",
    "https://example.com/2021/story?amp=1",
    "https://example.com/2021/story?outputType=amp",
    "https://example.com/2021/story?output=amp",
    "https://example.com/2021/story?utm_source=mail&utm_medium=x&utm_campaign=y",
    "https://example.com/2021/story?fbclid=abc",
    "https://example.com/2021/story?gclid=abc&ref=home#top",
    "https://example.com/2021/story?mc_cid=1&mc_eid=2",
    "https://example.com/2021/story?__twitter_impression=true",
    "https://www-example-com.cdn.ampproject.org/c/s/www.example.com/2021/story",
    "https://example-com.cdn.ampproject.org/v/s/example.com/2021/story?usqp=mq331AQ",
    "https://example-com.cdn.ampproject.org/c/s/www.example.com/2021/story/amp",
    "https://www.google.com/amp/s/www.example.com/2021/story",
    "https://www.google.com/url?q=https://example.com/2021/story&sa=D",
    "https://www.google.co.uk/url?sa=t&url=https%3A%2F%2Fexample.com%2F2021%2Fstory&usg=x",
    "https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.example.com%2F2021%2Fstory%3Ffbclid%3Dx&h=y",
    "https://duckduckgo.com/l/?uddg=https%3A%2F%2Fexample.com%2F2021%2Fstory",
    "https://www.youtube.com/redirect?event=x&q=https%3A%2F%2Fexample.com%2F2021%2Fstory",
    "https://out.reddit.com/?url=https%3A%2F%2Fexample.com%2F2021%2Fstory",
    "https://out.reddit.com/t3_abc?url=https%3A%2F%2Fexample.com%2F2021%2Fstory&token=x",
    "https://news.google.com/url?q=https://example.com/2021/story",
    "https://translate.google.com/translate?u=https%3A%2F%2Fexample.com%2F2021%2Fstory&sl=de",
    "https://go.skimresources.com/?id=1&url=https%3A%2F%2Fexample.com%2F2021%2Fstory",
    "https://example.com/2021/story?utm_source=mail&amp;utm_medium=x&amp;amp;utm_campaign=y",
    "https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.com%2F2021%2Fstory&data=04",
    "https://web.archive.org/web/20210507141900/https://www.example.com/2021/story",
    "https://www.google.com/url?q=https://l.facebook.com/l.php?u%3Dhttps%253A%252F%252Fexample.com%252F2021%252Fstory",
)

OTHERS = (
    "https://example.com/2021/Story",
    "https://example.com/2021/story/2",
    "https://example.com/2021",
    "https://example.com/2021/story?id=7",
    "https://blog.example.com/2021/story",
    "https://example.org/2021/story",
    "https://example.com/2021/story?page=2&utm_source=mail",
    "https://example.com/2021/campsite-story",
    "https://google.com/url?sa=D",
    "https://google.com/search?q=https://example.com/2021/story",
)


@pytest.mark.parametrize("url", SPELLINGS)
def test_spellings_of_one_page_have_one_key(url: str) -> None:
    """However the link was shared."""
    assert page_key(clean_url(url) or "") == page_key(PAGE)


@pytest.mark.parametrize("url", OTHERS)
def test_another_page_has_another_key(url: str) -> None:
    """What names a page stays in its key."""
    assert page_key(clean_url(url) or "") != page_key(PAGE)


def test_pages_apart_by_a_parameter_have_different_keys() -> None:
    """Many sites name articles by a parameter alone."""
    assert page_key("https://example.com/?p=1&utm_source=x") == page_key("http://www.example.com?p=1")
    assert page_key("https://example.com/?p=1") != page_key("https://example.com/?p=2")


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://m.com/a", "m.com/a"),
        ("https://amp.dev/a", "amp.dev/a"),
        ("https://en.m.wikipedia.org/wiki/A", "en.wikipedia.org/wiki/A"),
        ("https://example.com/campaign/amplifier", "example.com/campaign/amplifier"),
        ("https://example.com/a.amp.html", "example.com/a.html"),
    ],
)
def test_a_site_keeps_its_own_name(url: str, key: str) -> None:
    """Only labels and segments that name a version are left out."""
    assert page_key(url) == key


def test_a_chain_of_wrappers_is_followed_three_times() -> None:
    """A link can't keep the bot busy."""

    def wrapped(times: int) -> str:
        url = "https://a.example/story"
        for _ in range(times):
            url = "https://google.com/url?q=" + quote(url, safe="")
        return url

    assert page_key(wrapped(3)) == "a.example/story"
    assert page_key(wrapped(4)).startswith("google.com/url?q=")


def test_a_wrapper_whose_target_is_unusable_keeps_its_own_key() -> None:
    """Nothing is guessed."""
    assert page_key("https://google.com/url?q=javascript:alert") == "google.com/url?q=javascript:alert"


@pytest.mark.parametrize(
    ("url", "is_front"), [("https://example.com/", True), ("https://example.com/?p=1", False), (PAGE, False)]
)
def test_a_front_page_identifies_no_article(url: str, *, is_front: bool) -> None:
    """Neither a path nor a parameter."""
    assert is_front_page(page_key(url)) == is_front


@given(st.from_regex(r"https?://[a-z.]{1,12}(?:/[a-z.?&=:/%]{0,60})?", fullmatch=True))
def test_any_url_has_a_key(text: str) -> None:
    """Whatever is cleaned has one, and equal spellings by `alias_key` have the same."""
    url = clean_url(text)
    if url is not None:
        other = url.replace("https://", "http://", 1)
        assert page_key(url) == page_key(other)
        assert alias_key(url) == alias_key(other)
