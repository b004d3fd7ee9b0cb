"""Discord's limits, checked before Discord does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.article import Picture
from bot.news.message.draft import (
    Block,
    Button,
    ButtonRow,
    Draft,
    Gallery,
    Mention,
    Option,
    Paragraph,
    Section,
    Select,
    Separator,
    Text,
)
from bot.render.format.limits import Size, fits, size_of, split

PICTURE = Picture(url="https://a.example/p.jpg", alt="A picture")


def text(length: int = 1, *, char: str = "a") -> Paragraph:
    """A paragraph of this many characters."""
    return Paragraph(runs=(Text(text=char * length),))


def button(
    number: int = 0, *, label: str = "Press", args: tuple[str, ...] | None = None, action: str = "cov"
) -> Button:
    """A button whose id is its number's."""
    return Button(action=action, args=(str(number),) if args is None else args, label=label)


def row(*buttons: Button) -> ButtonRow:
    """Buttons side by side."""
    return ButtonRow(buttons=buttons)


def select(count: int = 1, *, placeholder: str = "Choose", label: str = "One", description: str = "") -> Select:
    """A list of this many options."""
    options = tuple(Option(label=label, value=str(number), description=description) for number in range(count))
    return Select(action="covs", placeholder=placeholder, options=options)


def section(*paragraphs: Paragraph, accessory: Picture | Button = PICTURE) -> Section:
    """Paragraphs with something beside them."""
    return Section(paragraphs=paragraphs, accessory=accessory)


FITTING = (
    text(4000),
    row(*map(button, range(5))),
    row(button(label="x" * 80)),
    select(25),
    select(placeholder="x" * 150, label="x" * 100, description="x" * 100),
    section(text(), text(), text()),
    section(text(), accessory=button()),
    Gallery(pictures=(PICTURE,) * 10),
    Gallery(pictures=(Picture(url="https://a.example/p.jpg", alt="x" * 1024),)),
    row(button(args=("a" * 25, "b" * 24))),
)

BREACHES: tuple[tuple[tuple[Block, ...], str], ...] = (
    ((), "at least one block"),
    ((text(4001),), "4001 units of text"),
    ((text(2000), Separator(), text(2001)), "4001 units of text"),
    ((text(2001, char="*"),), "4002 units of text"),
    ((text(2001, char="\U0001f600"),), "4002 units of text"),
    ((Paragraph(runs=()),), "a text is empty"),
    ((text(3, char=" "),), "a text is empty"),
    (tuple(Separator() for _ in range(41)), "41 components"),
    (tuple(section(text()) for _ in range(14)), "42 components"),
    (tuple(row(*(button(5 * n + m) for m in range(5))) for n in range(7)), "42 components"),
    ((section(),), "0 texts"),
    ((section(text(), text(), text(), text()),), "4 texts"),
    ((Gallery(pictures=()),), "0 pictures"),
    ((Gallery(pictures=(PICTURE,) * 11),), "11 pictures"),
    ((Gallery(pictures=(Picture(url="https://a.example/p.jpg"),)),), "alt text is empty"),
    ((Gallery(pictures=(Picture(url="https://a.example/p.jpg", alt="x" * 1025),)),), "alt text has 1025"),
    ((Gallery(pictures=(Picture(url="data:image/png", alt="x"),)),), "neither http nor https"),
    ((section(text(), accessory=Picture(url="https://a.example/" + "x" * 2048, alt="x")),), "picture's URL has"),
    ((row(),), "0 buttons"),
    ((row(*map(button, range(6))),), "6 buttons"),
    ((row(button(label="")),), "label is empty"),
    ((row(button(label="x" * 81)),), "label has 81"),
    ((section(text(), accessory=button(label="\U0001f600" * 41)),), "label has 82"),
    ((select(0),), "0 options"),
    ((select(26),), "26 options"),
    ((select(placeholder="x" * 151),), "placeholder has 151"),
    ((select(label="x" * 101),), "option's label has 101"),
    ((select(description="x" * 101),), "description has 101"),
    (
        (Select(action="covs", placeholder="x", options=(Option(label="a", value="1"), Option(label="b", value="1"))),),
        "same",
    ),
    ((row(button(1), button(1)),), "two items ask for cov|1"),
    ((row(button(1)), section(text(), accessory=button(1))), "two items ask for cov|1"),
    ((row(button(args=("a" * 26, "b" * 24))),), "longer than 50"),
    ((row(button(args=("a|b",))),), "not plain ASCII"),
    ((row(button(args=("é",))),), "not plain ASCII"),
    ((row(button(args=("",))),), "not plain ASCII"),
    ((row(button(action="much too long")),), "an action has"),
)


@pytest.mark.parametrize("block", FITTING)
def test_what_is_just_within_a_limit_fits(block: Block) -> None:
    """The limits are Discord's, not tighter ones."""
    assert fits(Draft(blocks=(block,))) == []


@pytest.mark.parametrize(("blocks", "problem"), BREACHES, ids=[problem for _, problem in BREACHES])
def test_each_breach_of_a_limit_is_named(blocks: tuple[Block, ...], problem: str) -> None:
    """Discord would answer with a 400 that nobody sees."""
    assert any(problem in said for said in fits(Draft(blocks=blocks)))


def test_a_key_must_be_carried_by_an_item_of_the_message() -> None:
    """A message without it could not be found again when its channel is read back."""
    without = Draft(blocks=(text(), row(button())), key="nonce")
    with_it = Draft(blocks=(text(), row(button(args=("nonce",)))), key="nonce")

    assert (fits(without), fits(with_it)) == (["nothing in the message carries its key"], [])


def test_the_same_action_may_be_private_and_not() -> None:
    """Their ids differ, for only the private one names the member."""
    private = Button(action="cov", args=("1",), label="Press", is_private=True)

    assert fits(Draft(blocks=(row(button(1), private),))) == []


def test_paragraphs_that_follow_each_other_are_one_component() -> None:
    """They are written as one text; a heading begins another."""
    heading = Paragraph(runs=(Text(text="News"),), kind="heading")

    assert size_of((text(), heading, text(), text())).components == 2


def test_sizes_count_nested_components_and_the_written_form() -> None:
    """A section is three components, a row one more than its buttons, a list two, a star two units."""
    blocks = (section(text(3, char="*"), text()), row(button(1), button(2)), select(), Mention(role_id=7), Separator())

    assert size_of(blocks) == Size(components=3 + 3 + 2 + 1 + 1, text=len("\\*" * 3 + "\na") + len("<@&7>"))


stories = st.lists(st.tuples(st.integers(1, 12), st.integers(1, 1500)), max_size=30).map(
    lambda sizes: [(*(Separator() for _ in range(parts)), text(length)) for parts, length in sizes]
)


@given(stories)
def test_split_keeps_every_story_whole_and_in_order(stories: list[tuple[Block, ...]]) -> None:
    """A story is never begun in one part and ended in the next."""
    parts = split(stories, Size(components=7, text=850))

    assert [story for part in parts for story in part] == stories


@given(stories)
def test_each_part_has_room_for_what_stands_beside_its_stories(stories: list[tuple[Block, ...]]) -> None:
    """Header, list and button come on top."""
    reserved = Size(components=7, text=850)

    for part in split(stories, reserved):
        size = size_of(block for story in part for block in story) + reserved
        assert size.components <= 40
        assert size.text <= 4000


def test_split_fills_a_part_before_it_begins_another() -> None:
    """Readers get as few messages as can be."""
    parts = split([(text(1000),)] * 7, Size(text=900))

    assert [len(part) for part in parts] == [3, 3, 1]
