"""Runs as Discord markdown: foreign text is shown unchanged and can do nothing."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.message.draft import Channel, Link, Mention, Moment, MomentStyle, Paragraph, Run, Text
from bot.render.format.markdown import (
    _MAY_MEAN,
    _MEANING,
    _UNWRITABLE,
    escape,
    safe_url,
    write_mention,
    write_paragraph,
    write_paragraphs,
    write_run,
)
from tests.render.reading import client_sees, links, old_links, server_sees, shown, starts_a_block
from tests.support.hostile_text import HOSTILE, nasty_text

URL = "https://wbur.org/a_b*c~d"


def one(*runs: Run, kind: str = "body") -> str:
    """The line of one paragraph."""
    assert kind in {"body", "heading", "subheading", "quiet"}
    return write_paragraph(Paragraph(runs=runs, kind=kind))  # type: ignore[arg-type]


@given(nasty_text)
def test_text_pings_nobody(text: str) -> None:
    """Servers look for mentions in the raw text, whatever escapes are around them."""
    assert server_sees(one(Text(text=text))) == []


@given(nasty_text)
def test_text_means_nothing_to_a_client(text: str) -> None:
    """No markup, no token, no address is left that a client would recognise."""
    assert client_sees(one(Text(text=text))) == []


@given(nasty_text)
def test_text_starts_no_block(text: str) -> None:
    """No heading, list, small print or quote."""
    assert not starts_a_block(one(Text(text=text)))


@given(nasty_text)
def test_text_is_shown_as_it_stands(text: str) -> None:
    """Escaping hides nothing: what a reader sees is what was written, on one line."""
    one_line = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", " ", text)

    assert shown(one(Text(text=text))) == one_line.replace("\u200b", "")


@given(st.lists(nasty_text, min_size=1, max_size=4))
def test_runs_side_by_side_mean_nothing_together(texts: list[str]) -> None:
    """A colon at one run's end and slashes at the next one's start aren't an address."""
    written = one(*(Text(text=text) for text in texts))

    assert (server_sees(written), client_sees(written), starts_a_block(written)) == ([], [], False)


@given(nasty_text)
def test_a_links_text_leads_nowhere_but_to_its_url(text: str) -> None:
    """A title can't end its link early, nor begin another one, for a client that knows escapes or one that doesn't."""
    written = one(Text(text="by "), Link(text=text, url=URL), Text(text=" (wbur.org)"))

    assert [address for _, address in links(written)] == [URL]
    assert old_links(written) == [URL]
    assert server_sees(written) == []


@given(nasty_text)
def test_a_links_text_has_no_meaning_of_its_own(text: str) -> None:
    """Inside of the link's brackets nothing is markup either."""
    ((label, _),) = links(one(Link(text=text, url=URL)))

    assert client_sees(label) == []


@pytest.mark.parametrize("text", ["[Update] Senate votes", "Senate [finally] votes [again]"])
def test_brackets_in_pairs_are_kept_in_a_links_text(text: str) -> None:
    """Most brackets in headlines are harmless, and readers see them."""
    ((label, _),) = links(one(Link(text=text, url=URL)))

    assert shown(label) == text


@given(nasty_text)
def test_code_ends_where_it_should(text: str) -> None:
    """Backslashes mean nothing in code, so it must hold no backtick; and it pings nobody."""
    written = write_run(Text(text=f"x{text}", code=True))

    assert written[0] == written[-1] == "`"
    assert "`" not in written[1:-1]
    assert server_sees(written) == []


@given(nasty_text)
def test_bold_text_is_bold_from_end_to_end(text: str) -> None:
    """The marks around it are the only ones."""
    written = write_run(Text(text=f"x{text}", strong=True))

    assert written.startswith("**")
    assert written.endswith("**")
    assert client_sees(written[2:-2]) == []


def test_bold_runs_side_by_side_keep_their_own_marks() -> None:
    """Four stars in a row would be read as text."""
    assert "***" not in one(Text(text="a", strong=True), Text(text="b", strong=True))


def test_code_runs_side_by_side_keep_their_own_marks() -> None:
    """Two backticks in a row would begin another code."""
    assert "``" not in one(Text(text="a", code=True), Text(text="b", code=True))


@pytest.mark.parametrize(
    ("kind", "prefix"), [("body", ""), ("heading", "## "), ("subheading", "### "), ("quiet", "-# ")]
)
def test_each_kind_of_paragraph_has_its_own_prefix(kind: str, prefix: str) -> None:
    """The only blocks are those that the Draft asks for."""
    assert one(Text(text="News"), kind=kind) == f"{prefix}News"


def test_paragraphs_are_written_line_under_line() -> None:
    """One text holds several of them."""
    paragraphs = [Paragraph(runs=(Text(text="a"),), kind="heading"), Paragraph(runs=(Text(text="- b"),))]

    assert write_paragraphs(paragraphs) == "## a\n\\- b"


@pytest.mark.parametrize(("style", "letter"), [("relative", "R"), ("date", "D"), ("short", "f"), ("long", "F")])
def test_a_moment_is_a_stamp_that_every_reader_sees_in_their_own_zone(style: MomentStyle, letter: str) -> None:
    """Seconds since 1970, whatever zone the moment was written in."""
    at = datetime(2021, 5, 7, 16, 19, tzinfo=timezone(timedelta(hours=2)))

    assert write_run(Moment(at=at, style=style)) == f"<t:1620397140:{letter}>"


@pytest.mark.parametrize("at", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_a_moment_at_the_end_of_time_is_written_too(at: datetime) -> None:
    """A seed may claim any date."""
    assert re.fullmatch(r"<t:-?\d{1,13}:D>", write_run(Moment(at=at, style="date")))


def test_a_channel_and_a_role_are_written_as_mentions() -> None:
    """These two come from the server's own settings, never from foreign text."""
    assert (write_run(Channel(channel_id=5)), write_mention(Mention(role_id=6))) == ("<#5>", "<@&6>")


@given(st.text())
def test_no_url_can_leave_its_place(text: str) -> None:
    """URLs are clean when they come here; if one isn't, it still ends where it should."""
    assert re.fullmatch(r"[!-~]*", safe_url(text))
    assert not set('()[]<>"\\`| ') & set(safe_url(text))


def test_a_clean_url_is_written_unchanged() -> None:
    """What is percent-encoded stays so."""
    url = "https://a.example/x%28y%29?q=a+b&c=d;e,f!g$h'i*j~k_l#m"

    assert safe_url(url) == url


@pytest.mark.parametrize("text", HOSTILE)
def test_escaping_makes_at_most_three_units_of_one(text: str) -> None:
    """Clipping to a written length counts on it."""
    assert len(escape(text)) <= 3 * len(text)


@given(st.one_of(nasty_text, st.text()))
def test_what_needs_no_look_holds_nothing_to_escape(text: str) -> None:
    """Every character that can mean something begins with one of a few."""
    bare = _UNWRITABLE.sub(" ", _MAY_MEAN.sub("", text))

    assert _MEANING.search(bare) is None
