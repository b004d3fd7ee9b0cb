"""The rules for components in messages: nesting, counts and lengths (docs, Component Reference)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from bot.sandbox.content import components as parts
from bot.sandbox.validation.constraints import (
    Path,
    Problems,
    between,
    count,
    entries,
    length,
    objects,
    one_of,
    problem,
    required,
    url,
)
from bot.sandbox.wire import Json, utf16_length

MOST_COMPONENTS: Final = 40
MOST_TEXT: Final = 4000
_MOST_ROWS: Final = 5
_IN_CONTAINER: Final = (
    parts.ACTION_ROW,
    parts.TEXT_DISPLAY,
    parts.SECTION,
    parts.MEDIA_GALLERY,
    parts.SEPARATOR,
    parts.FILE,
)
_AT_TOP: Final = (*_IN_CONTAINER, parts.CONTAINER)
_DEFAULT_KINDS: Final = {
    parts.USER_SELECT: ("user",),
    parts.ROLE_SELECT: ("role",),
    parts.MENTIONABLE_SELECT: ("user", "role"),
    parts.CHANNEL_SELECT: ("channel",),
}
_IN_ROW: Final = (parts.BUTTON, *sorted(parts.SELECTS))


def problems(path: Path, components: object, *, v2: bool, files: set[str]) -> Problems:
    """Find the invalid fields of a message's components.

    Args:
        path: Their place in the body.
        components: The list.
        v2: Whether the message consists of components only.
        files: The names of the files that `attachment://` may name.
    """
    top: list[tuple[Path, Json]] = []
    yield from objects(path, components, top)
    if not v2:
        yield from count(path, top, _MOST_ROWS)
    for place, one in top:
        yield from one_of((*place, "type"), one.get("type"), _AT_TOP if v2 else (parts.ACTION_ROW,))
        yield from _component(place, one, files)
    every = list(walk(path, components))
    if v2 and len(every) > MOST_COMPONENTS:
        yield problem(
            path,
            "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
            f"Must be {MOST_COMPONENTS} or fewer in all, nested ones counted.",
        )
    texts = [one["content"] for _, one in every if isinstance(one.get("content"), str)]
    if sum(map(utf16_length, texts)) > MOST_TEXT:
        yield problem(
            path,
            "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
            f"Must be {MOST_TEXT} or fewer in length, all texts together.",
        )
    yield from unique(every)


def walk(path: Path, components: object) -> Iterator[tuple[Path, Json]]:
    """All components with their places, nested ones included, however invalid they are."""
    for place, one in entries(path, components):
        yield place, one
        yield from walk((*place, "components"), one.get("components"))
        for key in ("accessory", "component"):
            if isinstance(one.get(key), dict):
                yield (*place, key), one[key]


def unique(every: list[tuple[Path, Json]]) -> Problems:
    """Find custom ids and ids that more than one component has."""
    names = Counter(one["custom_id"] for _, one in every if isinstance(one.get("custom_id"), str))
    numbers = Counter(one["id"] for _, one in every if one.get("id"))
    for place, one in every:
        if names[one.get("custom_id")] > 1:
            yield problem(
                (*place, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated"
            )
        if numbers[one.get("id")] > 1:
            yield problem((*place, "id"), "COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated")


def _component(path: Path, one: Json, files: set[str]) -> Problems:
    kind = one.get("type")
    if kind in parts.SELECTS:
        yield from select(path, one)
    elif kind == parts.BUTTON:
        yield from _button(path, one)
    elif kind in _RULES:
        yield from _RULES[kind](path, one, files)


def _row(path: Path, one: Json, files: set[str]) -> Problems:
    inner = entries((*path, "components"), one.get("components"))
    selects = [child for _, child in inner if child.get("type") in parts.SELECTS]
    yield from count((*path, "components"), inner, 1 if selects else 5, 1)
    for place, child in inner:
        yield from one_of((*place, "type"), child.get("type"), _IN_ROW)
        yield from _component(place, child, files)


def _section(path: Path, one: Json, files: set[str]) -> Problems:
    inner = entries((*path, "components"), one.get("components"))
    yield from count((*path, "components"), inner, 3, 1)
    for place, child in inner:
        yield from one_of((*place, "type"), child.get("type"), (parts.TEXT_DISPLAY,))
        yield from _component(place, child, files)
    accessory = one.get("accessory")
    if not isinstance(accessory, dict):
        yield from required((*path, "accessory"), None)
        return
    place = (*path, "accessory")
    yield from one_of((*place, "type"), accessory.get("type"), (parts.BUTTON, parts.THUMBNAIL))
    yield from _component(place, accessory, files)


def _container(path: Path, one: Json, files: set[str]) -> Problems:
    inner = entries((*path, "components"), one.get("components"))
    yield from count((*path, "components"), inner, MOST_COMPONENTS, 1)
    yield from between((*path, "accent_color"), one.get("accent_color"), 0, 0xFFFFFF)
    for place, child in inner:
        yield from one_of((*place, "type"), child.get("type"), _IN_CONTAINER)
        yield from _component(place, child, files)


def _text(path: Path, one: Json, _: set[str]) -> Problems:
    yield from required((*path, "content"), one.get("content"))
    yield from length((*path, "content"), one.get("content"), MOST_TEXT, 1)


def _thumbnail(path: Path, one: Json, files: set[str]) -> Problems:
    yield from length((*path, "description"), one.get("description"), 1024, 1)
    yield from _media((*path, "media"), one.get("media"), files)


def _gallery(path: Path, one: Json, files: set[str]) -> Problems:
    items = entries((*path, "items"), one.get("items"))
    yield from count((*path, "items"), items, 10, 1)
    for place, item in items:
        yield from length((*place, "description"), item.get("description"), 1024, 1)
        yield from _media((*place, "media"), item.get("media"), files)


def _file(path: Path, one: Json, files: set[str]) -> Problems:
    yield from _media((*path, "file"), one.get("file"), files, "attachment")


def _separator(path: Path, one: Json, _: set[str]) -> Problems:
    yield from one_of((*path, "spacing"), one.get("spacing", 1), (None, 1, 2))


def _media(path: Path, media: object, files: set[str], *schemes: str) -> Problems:
    if not isinstance(media, dict):
        yield from required(path, None)
        return
    place = (*path, "url")
    yield from url(place, media.get("url"), 2048, *(schemes or ("http", "https", "attachment")))
    name = str(media.get("url")).partition("attachment://")
    if name[1] and not name[0] and name[2] not in files:
        yield problem(place, "REFERENCED_ATTACHMENT_NOT_FOUND", "The referenced attachment was not found")


def _button(path: Path, one: Json) -> Problems:
    style = one.get("style")
    yield from one_of((*path, "style"), style, (1, 2, 3, 4, 5, 6))
    yield from length((*path, "label"), one.get("label"), 80)
    if not one.get("label") and not one.get("emoji") and style != parts.PREMIUM_STYLE:
        yield problem(path, "BUTTON_COMPONENT_INVALID_LABEL", "A button needs a label or an emoji")
    if style == parts.LINK_STYLE:
        yield from url((*path, "url"), one.get("url"), 512, "http", "https", "discord")
        if one.get("custom_id") is not None:
            yield problem(
                (*path, "custom_id"),
                "BUTTON_COMPONENT_CUSTOM_ID_AND_URL",
                "A custom id and url cannot both be specified",
            )
    elif style != parts.PREMIUM_STYLE:
        yield from custom_id(path, one)
        if one.get("url") is not None:
            yield problem((*path, "url"), "BUTTON_COMPONENT_URL_NOT_ALLOWED", "Only a link button has an url")


def custom_id(path: Path, one: Json) -> Problems:
    """Require a custom id of 1 to 100 characters."""
    yield from required((*path, "custom_id"), one.get("custom_id"))
    yield from length((*path, "custom_id"), one.get("custom_id"), 100, 1)


def select(path: Path, one: Json) -> Problems:
    """Find the invalid fields of a select, in a message or a modal."""
    yield from custom_id(path, one)
    yield from length((*path, "placeholder"), one.get("placeholder"), 150)
    yield from amounts(path, one, 25)
    if one.get("type") == parts.STRING_SELECT:
        yield from options(path, one, 25)
    else:
        yield from _default_values(path, one)


def amounts(path: Path, one: Json, most: int) -> Problems:
    """Find what is wrong with `min_values` and `max_values`, which are at most `most`."""
    yield from between((*path, "min_values"), one.get("min_values"), 0, most)
    yield from between((*path, "max_values"), one.get("max_values"), 1, most)
    low, high = one.get("min_values"), one.get("max_values")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        yield problem((*path, "min_values"), "SELECT_COMPONENT_MIN_ABOVE_MAX", "min_values must not exceed max_values")


def options(path: Path, one: Json, most: int, least: int = 1) -> Problems:
    """Find the invalid options of a string select, a radio group or a checkbox group."""
    offered = entries((*path, "options"), one.get("options"))
    yield from count((*path, "options"), offered, most, least)
    values = Counter(option.get("value") for _, option in offered)
    for place, option in offered:
        for key in ("label", "value"):
            yield from required((*place, key), option.get(key))
            yield from length((*place, key), option.get(key), 100, 1)
        yield from length((*place, "description"), option.get("description"), 100)
        if values[option.get("value")] > 1:
            yield problem(
                (*place, "value"),
                "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                "The specified option value is already used",
            )


def _default_values(path: Path, one: Json) -> Problems:
    chosen = entries((*path, "default_values"), one.get("default_values"))
    if chosen:
        low, high = one.get("min_values"), one.get("max_values")
        yield from count((*path, "default_values"), chosen, high or 1, 1 if low is None else low)
    for place, value in chosen:
        yield from required((*place, "id"), value.get("id"))
        yield from one_of((*place, "type"), value.get("type"), _DEFAULT_KINDS.get(int(one["type"]), ()))


_RULES: Final[dict[int, Callable[[Path, Json, set[str]], Problems]]] = {
    parts.ACTION_ROW: _row,
    parts.SECTION: _section,
    parts.CONTAINER: _container,
    parts.TEXT_DISPLAY: _text,
    parts.THUMBNAIL: _thumbnail,
    parts.MEDIA_GALLERY: _gallery,
    parts.FILE: _file,
    parts.SEPARATOR: _separator,
}
