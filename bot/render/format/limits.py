"""Discord's limits (docs/platform.md, Limits): measuring, splitting and checking Drafts before Discord does.

Lengths are UTF-16 units, of the written form where markdown is written: an escaped star is two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final, assert_never

from bot.news.article import Picture
from bot.news.message.draft import (
    Block,
    Button,
    ButtonRow,
    Draft,
    Gallery,
    Mention,
    Paragraph,
    PostedBlock,
    Section,
    Select,
    texts_together,
)
from bot.render.format.clip import units
from bot.render.format.markdown import write_mention, write_paragraph, write_paragraphs

MOST_COMPONENTS: Final = 40
MOST_TEXT: Final = 4000
MOST_PICTURES: Final = 10
MOST_BUTTONS: Final = 5
MOST_OPTIONS: Final = 25
MOST_SECTION_TEXTS: Final = 3
LONGEST_LABEL: Final = 80
LONGEST_OPTION: Final = 100
LONGEST_PLACEHOLDER: Final = 150
LONGEST_ALT: Final = 1024
LONGEST_PICTURE_URL: Final = 2048
LONGEST_ARGS: Final = 50
"""Length of an item's arguments joined by `|`: the 100 of a custom id also hold action, expiry and signature."""
LONGEST_ACTION: Final = 10

_ASCII_WORD: Final = re.compile(r"[!-{}~]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """The size of blocks: components (including nested ones) and UTF-16 units of written text."""

    components: int = 0
    text: int = 0

    def __add__(self, other: Size) -> Size:
        return Size(components=self.components + other.components, text=self.text + other.text)

    @property
    def fits_a_message(self) -> bool:
        """True if one message can hold it."""
        return self.components <= MOST_COMPONENTS and self.text <= MOST_TEXT


def size_of(blocks: Iterable[Block]) -> Size:
    """Measure `blocks` in one message."""
    return sum((_size_of(block) for block in texts_together(blocks)), Size())


def _size_of(block: PostedBlock) -> Size:
    match block:
        case tuple():
            return Size(components=1, text=units(write_paragraphs(block)))
        case Section():
            return Size(components=3, text=units(write_paragraphs(block.paragraphs)))
        case Mention():
            return Size(components=1, text=units(write_mention(block)))
        case ButtonRow():
            return Size(components=1 + len(block.buttons))
        case Select():
            return Size(components=2)
        case _:
            return Size(components=1)


def split(stories: Sequence[tuple[Block, ...]], reserved: Size) -> tuple[tuple[tuple[Block, ...], ...], ...]:
    """Distribute stories over parts, in order, each with `reserved` space left; no story is split.

    A story that is too large even alone gets its own part: the caller is responsible for the size of stories. No part
    has more stories than a menu has options.
    """
    parts: list[list[tuple[Block, ...]]] = []
    taken = Size()
    for story in stories:
        size = size_of(story)
        if parts and (taken + size).fits_a_message and len(parts[-1]) < MOST_OPTIONS:
            parts[-1].append(story)
            taken += size
        else:
            parts.append([story])
            taken = reserved + size
    return tuple(map(tuple, parts))


def fits(draft: Draft) -> list[str]:
    """List Discord's limits that a Draft exceeds, a sentence each; empty if Discord will accept it."""
    blocks = tuple(texts_together(draft.blocks))
    size = sum(map(_size_of, blocks), Size())
    problems = [] if draft.blocks else ["a message needs at least one block"]
    if size.components > MOST_COMPONENTS:
        problems.append(f"{size.components} components, at most {MOST_COMPONENTS}")
    if size.text > MOST_TEXT:
        problems.append(f"{size.text} units of text, at most {MOST_TEXT}")
    for block in blocks:
        problems += _problems_of(block)
    problems += _repeated_ids(draft.blocks)
    if draft.key and not any(draft.key in item.args for item in _items(draft.blocks)):
        problems.append("nothing in the message carries its key")
    return problems


def _problems_of(block: PostedBlock) -> Iterator[str]:
    match block:
        case tuple():
            yield from _text_problems(block)
        case Section():
            yield from _count_problem("a section", "texts", len(block.paragraphs), MOST_SECTION_TEXTS)
            yield from _text_problems(block.paragraphs)
            yield from _part_problems(block.accessory)
        case Gallery():
            yield from _count_problem("a gallery", "pictures", len(block.pictures), MOST_PICTURES)
            yield from chain.from_iterable(map(_part_problems, block.pictures))
        case ButtonRow():
            yield from _count_problem("a row", "buttons", len(block.buttons), MOST_BUTTONS)
            yield from chain.from_iterable(map(_part_problems, block.buttons))
        case Select():
            yield from _part_problems(block)
        case _:
            pass


def _part_problems(part: Picture | Button | Select) -> Iterator[str]:
    match part:
        case Picture():
            yield from _picture_problems(part)
        case Button():
            yield from _length_problem("a button's label", part.label, LONGEST_LABEL)
            yield from _words_problems(part)
        case Select():
            yield from _option_problems(part)
            yield from _words_problems(part)
        case _:
            assert_never(part)


def _text_problems(paragraphs: tuple[Paragraph, ...]) -> Iterator[str]:
    if not any(write_paragraph(paragraph).strip() for paragraph in paragraphs):
        yield "a text is empty"


def _picture_problems(picture: Picture) -> Iterator[str]:
    yield from _length_problem("alt text", picture.alt, LONGEST_ALT)
    yield from _length_problem("a picture's URL", picture.url, LONGEST_PICTURE_URL)
    if not picture.url.startswith(("https://", "http://")):
        yield "a picture's URL is neither http nor https"


def _words_problems(item: Button | Select) -> Iterator[str]:
    yield from _length_problem("an action", item.action, LONGEST_ACTION)
    if units("|".join(item.args)) > LONGEST_ARGS:
        yield f"the arguments of {item.action} are longer than {LONGEST_ARGS}"
    if not all(_ASCII_WORD.fullmatch(word) for word in (item.action, *item.args)):
        yield f"{item.action} and its arguments are not plain ASCII words"


def _option_problems(select: Select) -> Iterator[str]:
    yield from _length_problem("a placeholder", select.placeholder, LONGEST_PLACEHOLDER)
    yield from _count_problem("a select", "options", len(select.options), MOST_OPTIONS)
    if len({option.value for option in select.options}) < len(select.options):
        yield "two options of a select have the same value"
    for option in select.options:
        yield from _length_problem("an option's label", option.label, LONGEST_OPTION)
        yield from _length_problem("an option's value", option.value, LONGEST_OPTION)
        if units(option.description) > LONGEST_OPTION:
            yield f"an option's description has {units(option.description)} units, at most {LONGEST_OPTION}"


def _count_problem(what: str, of: str, count: int, most: int) -> Iterator[str]:
    if not 1 <= count <= most:
        yield f"{what} has {count} {of}, 1 to {most}"


def _length_problem(what: str, text: str, most: int) -> Iterator[str]:
    if not text.strip():
        yield f"{what} is empty"
    elif units(text) > most:
        yield f"{what} has {units(text)} units, at most {most}"


def _repeated_ids(blocks: Iterable[Block]) -> Iterator[str]:
    """Find duplicate custom ids, which Discord refuses."""
    seen: set[tuple[object, ...]] = set()
    for item in _items(blocks):
        words = (item.action, item.args, item.is_private)
        if words in seen:
            yield f"two items ask for {'|'.join((item.action, *item.args))}"
        seen.add(words)


def _items(blocks: Iterable[Block]) -> Iterator[Button | Select]:
    for block in blocks:
        match block:
            case ButtonRow():
                yield from block.buttons
            case Select():
                yield block
            case Section(accessory=Button() as button):
                yield button
            case _:
                pass
