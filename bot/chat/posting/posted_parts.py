"""Read from the JSON of a message of our own which part of an edition it is, and which stories it names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from discord.utils import snowflake_time

from bot.chat.posting.custom_ids import parts_of
from bot.news.article import ArticleId
from bot.news.message import actions
from bot.news.message.history import NamedStory, PostedPart

_LINK: Final = re.compile(r"\[((?:\\.|[^\[\]\\])+)\]\(<([^<>\s]+)>\)")
_ESCAPED: Final = re.compile(r"\\(.)|\u200b")
_ELLIPSIS: Final = "\u2026"


def components_in(message: Any) -> Iterator[Any]:
    """Yield all components of a message, nested ones too."""
    waiting = list(reversed(message.get("components", ())))
    while waiting:
        component = waiting.pop()
        yield component
        nested = [*component.get("components", ()), *([component["accessory"]] if "accessory" in component else ())]
        waiting += reversed(nested)


def posted_part(message: Any) -> PostedPart | None:
    """Read a part of an edition; None if the message is not one."""
    components = list(components_in(message))
    ids = [parts_of(each["custom_id"]) for each in components if "custom_id" in each]
    key = next((args[0] for action, *args in filter(None, ids) if action == actions.EDITION_WHY and args), None)
    if key is None:
        return None
    message_id = int(message["id"])
    return PostedPart(
        message_id=message_id,
        posted_at=snowflake_time(message_id),
        key=key,
        stories=tuple(_stories(components)),
    )


def _stories(components: list[Any]) -> Iterator[NamedStory]:
    """The choices of the select *Full coverage*, or the buttons of that name in messages of older versions."""
    links = [
        (_ESCAPED.sub(r"\1", label), url)
        for component in components
        for label, url in _LINK.findall(component.get("content", ""))
    ]
    for component in components:
        action, *args = parts_of(component.get("custom_id", "")) or ("",)
        if action == actions.COVERAGE_CHOICE:
            for option in component.get("options", ()):
                title = option["label"]
                yield NamedStory(article_id=ArticleId(option["value"]), title=title, url=_url_of(title, links))
        elif action == actions.COVERAGE and args:
            yield NamedStory(article_id=ArticleId(args[0]))


def _url_of(title: str, links: list[tuple[str, str]]) -> str:
    """Find the link of a title; both may be shortened."""
    start = title.rstrip(_ELLIPSIS)
    return next(
        (url for label, url in links if label.startswith(start) or start.startswith(label.rstrip(_ELLIPSIS))), ""
    )
