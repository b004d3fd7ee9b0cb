"""A private answer shown to everybody."""

from __future__ import annotations

from bot.news.message.draft import Button, ButtonRow, Draft, Option, Paragraph, Section, Select, Text
from bot.render.share import share_button, without_private

TEXT = Paragraph(runs=(Text(text="a"),))


def button(*, private: bool) -> Button:
    """A button."""
    return Button(action="cov", args=("1",), label="Press", is_private=private)


def select(*, private: bool) -> Select:
    """A list."""
    return Select(action="covs", placeholder="x", options=(Option(label="a", value="1"),), is_private=private)


def test_what_is_private_is_left_out_when_an_answer_is_shared() -> None:
    """Buttons, lists, and a button beside a text; the text stays."""
    draft = Draft(
        blocks=(
            Section(paragraphs=(TEXT,), accessory=button(private=True)),
            ButtonRow(buttons=(button(private=True),)),
            select(private=True),
        )
    )

    assert without_private(draft) == Draft(blocks=(TEXT,))


def test_what_everybody_may_press_stays() -> None:
    """Only the private ones of a row go."""
    public = (Section(paragraphs=(TEXT,), accessory=button(private=False)), select(private=False))
    row = ButtonRow(buttons=(button(private=True), button(private=False)))

    assert without_private(Draft(blocks=(*public, row))).blocks == (*public, ButtonRow(buttons=(row.buttons[1],)))


def test_the_share_button_itself_is_private() -> None:
    """Nobody shares what is shared already."""
    assert share_button("id").is_private
