"""Text that was HTML becomes text; text that only looks like HTML stays."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.seedfile.foreign.markup import plain_text

_PLAIN = st.text(st.characters(exclude_characters="&<>"), max_size=40)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("<p>Hello<br/>wor<b>l</b>d</p>", " Hello world "),
        ("&lt;p&gt;Hi&lt;/p&gt; 5 &amp;lt; 6", " Hi  5 < 6"),
        ("5 &#38;#38;#38;#38;lt; 6", "5 < 6"),
        ("\u0130<!-- a letter whose lower case is longer -->b", "\u0130 b"),
        ("&amp;amp;#8220;Hi&amp;#8221;", "\u201cHi\u201d"),
        ('<a class="x" href="https://a.example/?a=1&b=2">Read</a> on', "Read on"),
        ("Read on <a href='https://a.example/", "Read on "),
        ("<SCRIPT>if (a<b) x()</script>News", " News"),
        ("a<!-- <p> -->b", "a b"),
        ("<![CDATA[A & B]]>", "A & B"),
        ('<img src="x.jpg" alt=""/>Pool', "Pool"),
        ("Watch <video controls>here</video>", "Watch here"),
        ("one<li>two", "one two"),
    ],
)
def test_html_becomes_text(text: str, plain: str) -> None:
    """Tags of blocks are spaces, others nothing; entities are decoded however often they were escaped."""
    assert plain_text(text) == plain


@pytest.mark.parametrize(
    "text",
    [
        "a < b > c",
        "List<String> and vector<int>",
        "<@123> <#4> <:x:5>",
        "The <dialog> element",
        "AT&T & R&D;",
        "<3",
        "<!-- never closed",
        "<script> is a tag",
        "x<y",
    ],
)
def test_text_that_is_not_html_stays(text: str) -> None:
    """A headline about code, a heart, a mention."""
    assert plain_text(text) == text


@given(_PLAIN, st.integers(0, 6))
def test_any_text_survives_being_escaped(text: str, times: int) -> None:
    """However often a feed did it."""
    escaped = f"<{text}> & {text}"
    for _ in range(times):
        escaped = html.escape(escaped)

    assert plain_text(escaped) == plain_text(f"<{text}> & {text}")


@given(_PLAIN)
def test_any_text_survives_tags_around_it(text: str) -> None:
    """And inside a link."""
    assert plain_text(f'<b>{text}</b><a href="https://a.example/">{text}</a>') == text * 2


def test_text_that_was_escaped_more_than_ten_times_is_decoded_ten_times() -> None:
    """The limit keeps such a text from taking long; what is left is shown as it is."""
    escaped = "&" + "#38;" * 12 + "lt;"

    assert plain_text(escaped) == "&" + "#38;" * 2 + "lt;"


@pytest.mark.timeout(10)
@pytest.mark.parametrize("piece", ["<!--", "<script", "&amp;", "&#38;", "<p ", "<", "<a", "<b>", "&lt;"])
def test_a_field_full_of_one_piece_is_read_to_its_end(piece: str) -> None:
    """A field has at most 64 KiB; work that grows with its square would stop an import."""
    assert len(plain_text(piece * (64 * 1024 // len(piece)))) <= 64 * 1024
