"""Three hundred hostile texts in each place that shows people's words: no mention, no link, no refused message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Final

import pytest

from bot.chat.posting.components import to_view
from bot.chat.posting.forms import to_modal
from bot.news.message.draft import Draft
from bot.news.message.form import Form
from bot.sandbox.content.components import IS_COMPONENTS_V2
from bot.sandbox.content.markdown import Kind, flatten, parse
from bot.sandbox.content.reading import texts
from bot.sandbox.validation import messages, modals
from bot.sandbox.wire import Json
from tests.hostile.places import PLACES
from tests.render.reading import server_sees
from tests.support.hostile_text import many_hostile_texts
from tests.support.makers import SOME_DAY

TEXTS: Final = many_hostile_texts(300)
KEYS: Final = (b"k" * 32,)
HARMLESS: Final = "Ferry delayed"
MENTIONS: Final = frozenset({Kind.USER, Kind.ROLE, Kind.CHANNEL, Kind.COMMAND, Kind.EVERYONE})


def payloads(place: str, text: str) -> Iterator[Json]:
    """What is sent to Discord for each draft and form of a place."""
    for shown in PLACES[place](text):
        if isinstance(shown, Form):
            yield to_modal(shown, keys=KEYS, user_id=7, guild_id=1, now=SOME_DAY).to_dict()
        else:
            yield message_of(shown)


def message_of(draft: Draft) -> Json:
    """The body of a message."""
    view = to_view(draft, keys=KEYS, user_id=7, guild_id=1, now=SOME_DAY)
    return {"flags": IS_COMPONENTS_V2, "components": [each.to_component_dict() for each in view.children]}


def found_in(place: str, text: str) -> tuple[Counter[str], list[str]]:
    """What a place mentions and where it links to, and what Discord would refuse."""
    seen: Counter[str] = Counter()
    refused: list[str] = []
    for payload in payloads(place, text):
        if "title" in payload:
            refused += map(str, modals.problems((), payload))
            continue
        refused += map(str, messages.problems((), payload))
        for written in texts({"content": "", **payload}):
            seen.update(server_sees(written))
            seen.update(client_sees(written))
    return seen, refused


def client_sees(written: str) -> Iterator[str]:
    """The links and mentions that a client shows."""
    for node in flatten(parse(written)):
        if node.kind is Kind.LINK:
            yield node.target
        elif node.kind in MENTIONS:
            yield f"{node.kind} {node.text}"


@cache
def planned(place: str) -> Counter[str]:
    """What a place mentions and links with harmless words: channels, an editor, the articles' own links."""
    seen, refused = found_in(place, HARMLESS)
    assert refused == []
    return seen


def test_there_are_three_hundred_different_texts() -> None:
    """So that the tests below try as many."""
    assert len(set(TEXTS)) == len(TEXTS) == 300


@pytest.mark.parametrize("place", PLACES)
def test_hostile_words_mention_nobody_and_link_nowhere_in_any_place(place: str) -> None:
    """Beyond what the same place has with harmless words; and Discord refuses none of it."""
    unplanned: dict[str, object] = {}
    for text in TEXTS:
        seen, refused = found_in(place, text)
        if (more := seen - planned(place)) or refused:
            unplanned[text] = (dict(more), refused)

    assert unplanned == {}


def test_words_that_are_not_escaped_would_be_found() -> None:
    """The readers above see mentions and links where there are some."""
    written = "@everyone [x](https://evil.example)"

    assert server_sees(written) == ["@everyone"]
    assert list(client_sees(written)) == ["everyone everyone", "https://evil.example"]
