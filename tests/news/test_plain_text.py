"""What is left of a message for its second try."""

from __future__ import annotations

from bot.news.article import Picture
from bot.news.message.actions import COVERAGE, EDITION_WHY
from bot.news.message.draft import (
    Block,
    Button,
    ButtonRow,
    Draft,
    Gallery,
    Link,
    Mention,
    Option,
    Paragraph,
    Section,
    Select,
    Separator,
    Text,
)
from bot.news.message.plain_text import plain_draft

HEADING = Paragraph(runs=(Text(text="Weekly"),), kind="heading")
STORY = Paragraph(runs=(Link(text="Lamps", url="https://news.example/lamps"),))
PICTURE = Picture(url="https://pictures.example/lamp.png", alt="A lamp")
WHY = Button(action=EDITION_WHY, args=("key",), label="Why these?")
COVER = Button(action=COVERAGE, args=("a",), label="Full coverage")


def plain(*blocks: Block) -> tuple[Block, ...]:
    """The blocks of a second try."""
    return plain_draft(Draft(blocks=blocks, key="key"), refused="400").blocks


def test_plain_draft_keeps_every_text_and_link_in_its_order() -> None:
    """Also those beside a picture."""
    blocks = plain(HEADING, Section(paragraphs=(STORY,), accessory=PICTURE), HEADING)

    assert blocks[:-1] == (HEADING, STORY, HEADING)


def test_plain_draft_has_no_pictures_and_nothing_to_choose() -> None:
    """One of them was wrong, and nobody knows which."""
    select = Select(action="covs", placeholder="A story", options=(Option(label="Lamps", value="a"),))
    blocks = plain(Gallery(pictures=(PICTURE,)), Separator(), select, ButtonRow(buttons=(COVER, WHY)))

    assert blocks == (ButtonRow(buttons=(Button(action=EDITION_WHY, args=("key",), label="Why these?"),)),)


def test_plain_draft_keeps_its_key() -> None:
    """In itself and in its button: it has to be found when its channel is read back."""
    draft = plain_draft(Draft(blocks=(HEADING, ButtonRow(buttons=(WHY,))), key="key"), refused="400")

    assert draft.key == "key"
    assert draft.blocks[-1] == ButtonRow(buttons=(Button(action=EDITION_WHY, args=("key",), label="Why these?"),))


def test_plain_draft_gets_a_button_for_its_key_where_there_was_none() -> None:
    """Without one it could be posted twice."""
    assert plain(HEADING)[-1] == ButtonRow(buttons=(Button(action=EDITION_WHY, args=("key",), label="Why these?"),))


def test_plain_draft_still_mentions_its_role() -> None:
    """The members who asked for it are told."""
    assert plain(Mention(role_id=5), HEADING)[0] == Mention(role_id=5)
