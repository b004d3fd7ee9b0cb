"""Message components (docs, Component Reference): types, traversal, and the form in which Discord returns them."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from bot.sandbox.wire import Json

ACTION_ROW: Final = 1
BUTTON: Final = 2
STRING_SELECT: Final = 3
TEXT_INPUT: Final = 4
USER_SELECT: Final = 5
ROLE_SELECT: Final = 6
MENTIONABLE_SELECT: Final = 7
CHANNEL_SELECT: Final = 8
SECTION: Final = 9
TEXT_DISPLAY: Final = 10
THUMBNAIL: Final = 11
MEDIA_GALLERY: Final = 12
FILE: Final = 13
SEPARATOR: Final = 14
CONTAINER: Final = 17
LABEL: Final = 18
FILE_UPLOAD: Final = 19
RADIO_GROUP: Final = 21
CHECKBOX_GROUP: Final = 22
CHECKBOX: Final = 23

SELECTS: Final = frozenset({STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT})
LINK_STYLE: Final = 5
PREMIUM_STYLE: Final = 6
IS_COMPONENTS_V2: Final = 1 << 15
"""The flag of a message that consists of components only."""


def children(component: Json) -> Iterator[Json]:
    """The components directly inside `component`, in reading order."""
    yield from component.get("components") or ()
    for key in ("accessory", "component"):
        if isinstance(component.get(key), dict):
            yield component[key]


def walk(components: Iterable[Json]) -> Iterator[Json]:
    """All components, nested ones included, in reading order."""
    for component in components:
        yield component
        yield from walk(children(component))


def media_of(component: Json) -> Iterator[Json]:
    """The media objects (`{"url": ...}`) of a component, without those of nested ones."""
    if component.get("type") == THUMBNAIL:
        yield component["media"]
    elif component.get("type") == FILE:
        yield component["file"]
    elif component.get("type") == MEDIA_GALLERY:
        for item in component["items"]:
            yield item["media"]


def button_label(button: Json) -> str:
    """A button's label, or else its emoji."""
    emoji = button.get("emoji") or {}
    return str(button.get("label") or emoji.get("name") or "")


def stored(components: Iterable[Json], attachments: Mapping[str, Json], new_id: Callable[[], int]) -> list[Json]:
    """Convert components to the form that Discord returns: each has an id, defaults are explicit, media are resolved.

    Args:
        components: As they were sent, already validated.
        attachments: The message's attachment objects by file name, for `attachment://` URLs.
        new_id: Generates the ids of media items.
    """
    sent = list(components)
    taken = {component["id"] for component in walk(sent) if component.get("id")}
    numbers = (number for number in range(1, 1 << 31) if number not in taken)
    return [_stored(component, numbers, attachments, new_id) for component in sent]


def numbered(components: Iterable[Json]) -> list[Json]:
    """Copy a modal's components so that each has an id, as they come back in its submission."""
    sent = list(components)
    taken = {component["id"] for component in walk(sent) if component.get("id")}
    numbers = (number for number in range(1, 1 << 31) if number not in taken)
    return [_numbered(component, numbers) for component in sent]


def _numbered(sent: Json, numbers: Iterator[int]) -> Json:
    one: Json = {key: value for key, value in sent.items() if value is not None}
    one["id"] = sent.get("id") or next(numbers)
    if "components" in one:
        one["components"] = [_numbered(child, numbers) for child in one["components"]]
    if "component" in one:
        one["component"] = _numbered(one["component"], numbers)
    return one


def _stored(sent: Json, numbers: Iterator[int], attachments: Mapping[str, Json], new_id: Callable[[], int]) -> Json:
    kind = sent["type"]
    one: Json = {key: value for key, value in sent.items() if value is not None}
    one["id"] = sent.get("id") or next(numbers)
    if "components" in one:
        one["components"] = [_stored(child, numbers, attachments, new_id) for child in one["components"]]
    if "accessory" in one:
        one["accessory"] = _stored(one["accessory"], numbers, attachments, new_id)
    if kind in SELECTS:
        one.setdefault("min_values", 1)
        one.setdefault("max_values", 1)
        one.pop("required", None)
    elif kind == SEPARATOR:
        one.setdefault("divider", True)
        one.setdefault("spacing", 1)
    elif kind == CONTAINER:
        one.setdefault("accent_color", None)
        one.setdefault("spoiler", False)
    elif kind == THUMBNAIL:
        one.setdefault("description", None)
        one.setdefault("spoiler", False)
        one["media"] = _media(one["media"], attachments, new_id)
    elif kind == MEDIA_GALLERY:
        one["items"] = [
            {"description": None, "spoiler": False}
            | {key: value for key, value in item.items() if value is not None}
            | {"media": _media(item["media"], attachments, new_id)}
            for item in one["items"]
        ]
    elif kind == FILE:
        one.setdefault("spoiler", False)
        one["file"] = _media(one["file"], attachments, new_id)
        attachment = attachments.get(sent["file"]["url"].removeprefix("attachment://"), {})
        one["name"], one["size"] = attachment.get("filename"), attachment.get("size")
    return one


def _media(sent: Json, attachments: Mapping[str, Json], new_id: Callable[[], int]) -> Json:
    url = str(sent["url"])
    if url.startswith("attachment://"):
        attachment = attachments[url.removeprefix("attachment://")]
        return {
            "id": str(new_id()),
            "url": attachment["url"],
            "proxy_url": attachment["proxy_url"],
            "content_type": attachment["content_type"],
            "attachment_id": attachment["id"],
        }
    kind, _ = mimetypes.guess_type(url.partition("?")[0])
    return {"id": str(new_id()), "url": url, "proxy_url": url, "width": None, "height": None, "content_type": kind}
