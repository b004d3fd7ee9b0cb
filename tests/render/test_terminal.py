"""A Draft as text for a terminal."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given

from bot.news.article import Picture
from bot.news.message.draft import (
    Block,
    Button,
    ButtonRow,
    Channel,
    Draft,
    Gallery,
    Link,
    Member,
    Mention,
    Moment,
    MomentStyle,
    Option,
    Paragraph,
    Run,
    Section,
    Select,
    Separator,
    Text,
)
from bot.render.format.terminal import to_text
from tests.support.hostile_text import nasty_text

AT = datetime(2021, 5, 7, 14, 19, tzinfo=UTC)
PICTURE = Picture(url="https://a.example/p", alt="A lamp")


def text(words: str) -> Paragraph:
    """One line."""
    return Paragraph(runs=(Text(text=words),))


def shown(*blocks: Block, width: int = 80) -> str:
    """What the terminal shows."""
    return to_text(Draft(blocks=blocks), width)


def line(*runs: Run) -> str:
    """What it shows of runs."""
    return shown(Paragraph(runs=runs))


@given(nasty_text)
def test_nothing_foreign_can_steer_a_terminal(words: str) -> None:
    """No escape sequence, control character or direction override, wherever the text is shown."""
    link = Link(text=words, url=f"https://a.example/{words}")
    written = shown(text(words), Paragraph(runs=(link,)))

    steering = {char for char in written if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}}
    assert steering <= {"\n", "\u200c", "\u200d"}


def test_a_link_is_its_title_with_the_url_on_the_next_line() -> None:
    """So that it can be copied, and seen before it is opened."""
    assert line(Link(text="Senate votes", url="https://wbur.org/a"), Text(text=" (wbur.org)")) == (
        "Senate votes (wbur.org)\n  https://wbur.org/a"
    )


@pytest.mark.parametrize(
    ("style", "said"),
    [
        ("relative", "7 May 2021"),
        ("date", "7 May 2021"),
        ("short", "7 May 2021 14:19 UTC"),
        ("long", "Friday, 7 May 2021 14:19 UTC"),
    ],
)
def test_a_moment_is_a_date_in_utc(style: MomentStyle, said: str) -> None:
    """Text that is kept would make "two days ago" wrong."""
    assert line(Text(text="on "), Moment(at=AT, style=style)) == f"on {said}"


def test_a_heading_is_underlined() -> None:
    """As wide as its longest line."""
    heading = Paragraph(runs=(Text(text="Weekly news"),), kind="heading")

    assert shown(heading) == "Weekly news\n==========="


def test_lines_are_wrapped_at_the_width_and_urls_are_not() -> None:
    """A broken URL can't be opened."""
    url = "https://a.example/" + "x" * 60
    lines = shown(Paragraph(runs=(Text(text="word " * 10), Link(text="more", url=url))), width=20).split("\n")

    assert max(len(each) for each in lines[:-1]) <= 20
    assert lines[-1] == f"  {url}"


def test_blank_lines_separate_blocks_and_paragraphs_of_a_text_are_not() -> None:
    """Paragraphs of one text are read together."""
    assert shown(text("a"), text("b"), Separator(), text("c"), width=20) == f"a\nb\n\n{'-' * 20}\n\nc"


def test_pictures_are_left_out() -> None:
    """Their alt text repeats the text beside them."""
    assert shown(Gallery(pictures=(PICTURE,)), Section(paragraphs=(text("a"),), accessory=PICTURE)) == "a"


def test_buttons_and_lists_are_left_out() -> None:
    """Nobody can press them in a terminal."""
    button = Button(action="cov", args=("1",), label="Full coverage")
    select = Select(action="covs", placeholder="Choose", options=(Option(label="a", value="1"),))
    section = Section(paragraphs=(text("a"),), accessory=button)

    assert shown(section, ButtonRow(buttons=(button, button)), select) == "a"


def test_channels_roles_and_members_are_shown_by_their_ids() -> None:
    """A terminal does not know their names."""
    assert shown(Mention(role_id=7), Paragraph(runs=(Text(text="in "), Channel(channel_id=5)))) == "@role 7\n\nin #5"
    assert shown(Paragraph(runs=(Text(text="by "), Member(member_id=9)))) == "by @9"
