"""Parse YAML into values: one pass over the events of PyYAML's C parser, with limits checked at each event.

No loader is used: a loader builds nodes by recursion in C (a nested file of 50 KB crashes the process), resolves
base-60 numbers and dates, and follows aliases and merges (docs/security.md, Seed files). The parser keeps its state on
the heap and returns one event at a time, so a file that is nested too deeply is abandoned at its 17th bracket.

A plain scalar is text unless it is null, `true`, `false` or an integer of at most 18 digits, each only in its canonical
spelling, so that a title that looks like one keeps its text. Dates and similar values stay text, for the field that
expects them to convert.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from yaml import MarkedYAMLError
from yaml._yaml import CParser
from yaml.events import (
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from yaml.reader import ReaderError

from bot.seedfile.front import FrontMatter
from bot.seedfile.refusal import SeedRefusedError

Value: TypeAlias = bool | int | str | list["Value"] | dict[str, "Value"] | None

DEEPEST: Final = 16
MOST_EVENTS: Final = 20_000
LONGEST_SCALAR: Final = 64 * 1024
"""Bytes of UTF-8."""

_SURELY_SHORT: Final = LONGEST_SCALAR // 4  # characters: one has at most four bytes
_SHOWN: Final = 40  # characters of foreign text quoted in a reason
_WORDS: Final[dict[str, bool | None]] = {"": None, "~": None, "null": None, "true": True, "false": False}
_INTEGER: Final = re.compile(r"0|-?[1-9][0-9]{0,17}")
_MERGE_KEY: Final = "<<"


def read_values(front: FrontMatter) -> tuple[dict[str, Value], dict[str, int]]:
    """Read front matter.

    Returns:
        The values by key, and the index of each key in `front.text`.

    Raises:
        SeedRefusedError: It isn't YAML, isn't a mapping, or exceeds what a seed needs: anchors, tags, a second
            document, nesting deeper than `DEEPEST`, more than `MOST_EVENTS` events, a text longer than
            `LONGEST_SCALAR`, a duplicate key.
    """
    try:
        return _Pass(front).read()
    except (ReaderError, MarkedYAMLError) as error:  # the C parser raises no other
        raise _unreadable(front, error) from error


def _unreadable(front: FrontMatter, error: ReaderError | MarkedYAMLError) -> SeedRefusedError:
    """Convert an error of the C parser."""
    if isinstance(error, ReaderError):
        line, what = front.line_at(len(front.text.encode()[: error.position].decode(errors="ignore"))), error.reason
    else:
        line = front.line_at(error.problem_mark.index if error.problem_mark else 0)
        what = error.problem or "unexpected end"
    cure = "Indent with spaces, and quote texts that contain ':', '#' or quotes, or begin with a special character."
    return SeedRefusedError(f"invalid YAML: {what}", cure=cure, line=line)


def _plain(text: str) -> Value:
    """Resolve a plain scalar: text unless it is one of a few words or an integer."""
    if text in _WORDS:
        return _WORDS[text]
    return int(text) if text[-1].isdigit() and _INTEGER.fullmatch(text) else text


class _Pass:
    """One walk over the events of one front matter.

    The two loops check all of an event's limits in one condition, and only a rejection finds out which one failed:
    half of the parsing time outside the C parser is spent here.
    """

    __slots__ = ("_events_left", "_front", "_next_event")

    def __init__(self, front: FrontMatter) -> None:
        self._front = front
        self._next_event: Callable[[], Any] = CParser(front.text).get_event  # None only after the end of the stream
        self._events_left = MOST_EVENTS

    def read(self) -> tuple[dict[str, Value], dict[str, int]]:
        """Walk the whole document; raises and returns as `read_values`."""
        self._next_event()  # the stream begins
        self._check_document(self._next_event())
        top = self._next_event()
        if top.__class__ is not MappingStartEvent:
            raise self._refused(top, "the front matter isn't a mapping", cure="Write one 'name: value' per line.")
        positions: dict[str, int] = {}
        values = self._mapping(top, 1, positions)
        self._next_event()  # the document ends
        end = self._next_event()
        if end.__class__ is not StreamEndEvent:
            raise self._refused(end, "more than one document", cure="Write one file for each article.")
        return values, positions

    def _check_document(self, event: Event) -> None:
        if not isinstance(event, DocumentStartEvent):
            raise SeedRefusedError("empty front matter", cure="Add at least a title, a date and a URL.")
        if event.explicit or event.version or event.tags:
            raise self._refused(event, "unsupported YAML directive or second '---'", cure="Remove it.")

    def _mapping(self, start: Any, depth: int, positions: dict[str, int] | None = None) -> dict[str, Value]:
        self._check_collection(start, depth)
        values: dict[str, Value] = {}
        next_event = self._next_event
        while (event := next_event()).__class__ is not MappingEndEvent:
            self._events_left -= 2
            if self._events_left < 0:
                raise self._too_many(event)
            if event.__class__ is not ScalarEvent or event.tag is not None or event.anchor is not None:
                self._check_key(event, values)
            key: str = event.value
            if key in values or key == _MERGE_KEY or len(key) > _SURELY_SHORT:
                self._check_key(event, values)
            if positions is not None:
                positions[key] = event.start_mark.index
            event = next_event()
            # Nearly every value is text: inlined to save a call for each.
            if (
                event.__class__ is ScalarEvent
                and event.tag is None
                and event.anchor is None
                and len(event.value) <= _SURELY_SHORT
            ):
                values[key] = _plain(event.value) if event.implicit[0] else event.value
            else:
                values[key] = self._value(event, depth)
        return values

    def _sequence(self, start: Any, depth: int) -> list[Value]:
        self._check_collection(start, depth)
        values: list[Value] = []
        next_event = self._next_event
        while (event := next_event()).__class__ is not SequenceEndEvent:
            self._events_left -= 1
            if self._events_left < 0:
                raise self._too_many(event)
            values.append(self._value(event, depth))
        return values

    def _value(self, event: Any, depth: int) -> Value:
        kind = event.__class__
        if kind is ScalarEvent:
            text: str = event.value
            if event.tag is not None or event.anchor is not None or len(text) > _SURELY_SHORT:
                self._check_scalar(event)
            return _plain(text) if event.implicit[0] else text
        if kind is MappingStartEvent:
            return self._mapping(event, depth + 1)
        if kind is SequenceStartEvent:
            return self._sequence(event, depth + 1)
        raise self._refused(event, "unsupported YAML alias ('*')", cure="Repeat the value instead.")

    def _too_many(self, event: Event) -> SeedRefusedError:
        cure = "Remove values that don't belong to the article."
        return self._refused(event, f"too many values; the limit is {MOST_EVENTS:,}", cure=cure)

    def _check_collection(self, start: Any, depth: int) -> None:
        if start.anchor is not None or start.tag is not None:
            self._check_bare(start)
        self._events_left -= 1
        if self._events_left < 0:
            raise self._too_many(start)
        if depth > DEEPEST:
            raise self._refused(start, f"nested too deeply; the limit is {DEEPEST} levels", cure="A seed needs five.")

    def _check_key(self, event: Any, values: dict[str, Value]) -> None:
        if not isinstance(event, ScalarEvent):
            raise self._refused(event, "the field's name isn't text", cure="Write 'name: value'.")
        self._check_scalar(event)
        if event.value == _MERGE_KEY:
            raise self._refused(event, "unsupported YAML merge ('<<')", cure="Repeat the fields instead.")
        if event.value in values:
            raise self._refused(event, f"duplicate field {event.value[:_SHOWN]!r}", cure="Remove one of them.")

    def _check_scalar(self, event: ScalarEvent) -> None:
        self._check_bare(event)
        if len(event.value.encode()) > LONGEST_SCALAR:
            reason = f"the text is too long; the limit is {LONGEST_SCALAR // 1024} KiB"
            raise self._refused(event, reason, cure="Shorten it.")

    def _check_bare(self, event: ScalarEvent | CollectionStartEvent) -> None:
        if event.anchor is not None:
            raise self._refused(event, f"unsupported YAML anchor '&{event.anchor[:_SHOWN]}'", cure="Remove it.")
        if event.tag is not None:
            raise self._refused(event, f"unsupported YAML tag '{event.tag[:_SHOWN]}'", cure="Remove it.")

    def _refused(self, event: Event, reason: str, *, cure: str) -> SeedRefusedError:
        index = event.start_mark.index if event.start_mark else 0
        return SeedRefusedError(reason, cure=cure, line=self._front.line_at(index))
