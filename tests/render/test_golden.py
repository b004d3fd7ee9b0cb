"""The first edition of the shipped seeds, word for word, as a terminal and as Discord get it.

What a reader sees changes only on purpose: a change of it changes the files in `golden/`, and the change is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bot.news.article import Picture
from bot.news.choosing.digest import choose_edition
from bot.news.edition import Window
from bot.news.message.draft import (
    Block,
    Button,
    ButtonRow,
    Draft,
    Gallery,
    Mention,
    Paragraph,
    Section,
    Select,
    texts_together,
)
from bot.render.edition.digest import draft_edition
from bot.render.format.limits import fits, size_of
from bot.render.format.markdown import write_mention, write_paragraphs
from bot.render.format.terminal import to_text
from tests.support.makers import make_edition, make_schedule
from tests.support.upstream_history import archive_of, read_seeds

GOLDEN = Path(__file__).parent / "golden"
SEEDS = Path(__file__).parents[2] / "seeds"
MONDAY = datetime(2023, 11, 27, 9, tzinfo=UTC)


def first_edition() -> Draft:
    """The message of a new schedule's first Monday, with a role to mention."""
    shipped = archive_of(read_seeds(SEEDS).values())
    schedule = make_schedule(mention_role=7)
    window = Window(start=None, end=MONDAY)
    choice = choose_edition(shipped.candidates, shipped.coverage, shipped.edges, schedule, window=window)
    edition = make_edition(due_at=MONDAY, window=window, picks=choice.picks, is_first=choice.is_first)
    (draft,) = draft_edition(edition, schedule, keys="nonce{}".format, now=MONDAY)
    return draft


def as_markdown(draft: Draft) -> str:
    """The written texts, with what is around them in brackets; the invisible character is shown as a dot."""
    written = (line for block in texts_together(draft.blocks) for line in _written(block))
    return "\n\n".join(written).replace("\u200b", "·") + "\n"


def _written(block: Block | tuple[Paragraph, ...]) -> Iterator[str]:
    match block:
        case tuple():
            yield write_paragraphs(block)
        case Section(accessory=accessory):
            yield write_paragraphs(block.paragraphs)
            yield f"[beside: {accessory.alt if isinstance(accessory, Picture) else accessory.label}]"
        case Gallery():
            yield "\n".join(f"[large: {picture.alt}]" for picture in block.pictures)
        case Mention():
            yield write_mention(block)
        case ButtonRow():
            yield "\n".join(_pressed(button) for button in block.buttons)
        case Select():
            yield "\n".join(
                [f"[{block.placeholder}]", *(f"- {each.label} | {each.description}" for each in block.options)]
            )
        case _:
            yield "[line]"


def _pressed(button: Button) -> str:
    return f"[{button.label}: {' '.join((button.action, *button.args))}]"


def test_the_first_edition_reads_so_in_a_terminal() -> None:
    """Two stories from the archive, the best week first, each with its coverage."""
    assert to_text(first_edition()) + "\n" == (GOLDEN / "first_edition.txt").read_text("utf-8")


def test_the_first_edition_is_written_so_for_discord() -> None:
    """Markdown of ours, and no foreign character that would be any."""
    assert as_markdown(first_edition()) == (GOLDEN / "first_edition.md").read_text("utf-8")


def test_the_first_edition_leaves_room() -> None:
    """Two stories of the usual length take about a third of a message."""
    size = size_of(first_edition().blocks)

    assert fits(first_edition()) == []
    assert (size.components <= 14, size.text <= 1400) == (True, True)
