"""A posted message as readers get it: its plain text, its links, and its mentions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.sandbox.content import components as parts
from bot.sandbox.content.markdown import Kind, Node, flatten, parse
from bot.sandbox.wire import Json

Names = Callable[[Kind, str], str]
"""Returns the name that a client shows for a mention, e.g. `@Mo`, from its kind and id."""

_USERS: Final = re.compile(r"<@!?(\d+)>")
_ROLES: Final = re.compile(r"<@&(\d+)>")
_EVERYONE: Final = re.compile(r"@(?:everyone|here)")
_STAMPS: Final = {
    "t": "%H:%M UTC",
    "T": "%H:%M:%S UTC",
    "d": "%d/%m/%Y",
    "D": "%-d %B %Y",
    "f": "%-d %B %Y %H:%M UTC",
    "F": "%A, %-d %B %Y %H:%M UTC",
    "s": "%d/%m/%Y %H:%M UTC",
    "S": "%d/%m/%Y %H:%M:%S UTC",
    "R": "%-d %B %Y %H:%M UTC",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentions:
    """The mentions that ping, and those that a client shows.

    Attributes:
        users: Ids of the users who are pinged.
        roles: Ids of the roles that are pinged.
        everyone: Whether @everyone or @here is pinged.
        shown: Every mention that a client renders as one, pinging or not, as it was written.
    """

    users: tuple[int, ...] = ()
    roles: tuple[int, ...] = ()
    everyone: bool = False
    shown: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.users or self.roles or self.everyone)


def texts(raw: Json) -> Iterator[str]:
    """The texts in which mentions are recognized: the content and the text displays."""
    if raw["content"]:
        yield raw["content"]
    for component in parts.walk(raw["components"]):
        if component["type"] == parts.TEXT_DISPLAY:
            yield component["content"]


def mentions(raw: Json, allowed: Json | None, *, may_ping_roles: Callable[[int], bool], may_ping_all: bool) -> Mentions:
    """Find the mentions in a message, and those that ping.

    Mentions are found in the raw text, even when they are escaped or in code: Discord's servers don't parse markdown,
    so that only `allowed_mentions` or a broken mention prevents a ping.

    Args:
        raw: The message.
        allowed: Its `allowed_mentions`; None allows everything.
        may_ping_roles: Whether the author may ping the role of that id.
        may_ping_all: Whether the author may ping everyone.
    """
    users: dict[int, None] = {}
    roles: dict[int, None] = {}
    everyone = False
    shown: list[str] = []
    for text in texts(raw):
        users |= dict.fromkeys(int(found) for found in _USERS.findall(text))
        roles |= dict.fromkeys(int(found) for found in _ROLES.findall(text))
        everyone = everyone or _EVERYONE.search(text) is not None
        shown += [_as_written(node) for node in flatten(parse(text)) if node.kind in _WRITTEN]
    kinds = {"users", "roles", "everyone"} if allowed is None else set(allowed.get("parse") or ())
    named_users = {int(one) for one in (allowed or {}).get("users") or ()}
    named_roles = {int(one) for one in (allowed or {}).get("roles") or ()}
    return Mentions(
        users=tuple(user for user in users if "users" in kinds or user in named_users),
        roles=tuple(role for role in roles if ("roles" in kinds or role in named_roles) and may_ping_roles(role)),
        everyone=everyone and "everyone" in kinds and may_ping_all,
        shown=tuple(shown),
    )


_WRITTEN: Final = {
    Kind.USER: "<@{}>",
    Kind.ROLE: "<@&{}>",
    Kind.CHANNEL: "<#{}>",
    Kind.COMMAND: "</{}>",
    Kind.EVERYONE: "@{}",
}


def _as_written(node: Node) -> str:
    return _WRITTEN[node.kind].replace("{}", node.text)


def links(raw: Json) -> list[str]:
    """List the URLs that a client makes clickable, in reading order, link buttons included."""
    found: list[str] = []
    if raw["content"]:
        found += _targets(raw["content"])
    for embed in raw["embeds"]:
        found += [embed["url"]] if embed.get("url") else []
        found += [embed["author"]["url"]] if (embed.get("author") or {}).get("url") else []
        found += _targets(embed.get("description") or "")
        for field in embed.get("fields") or ():
            found += _targets(field["name"]) + _targets(field["value"])
    for component in parts.walk(raw["components"]):
        if component["type"] == parts.TEXT_DISPLAY:
            found += _targets(component["content"])
        elif component["type"] == parts.BUTTON and component.get("url"):
            found.append(component["url"])
    return found


def _targets(text: str) -> list[str]:
    return [node.target for node in flatten(parse(text)) if node.kind is Kind.LINK]


def message_text(raw: Json, names: Names) -> str:
    """Render a message as plain text, a line for each block."""
    lines: list[str] = []
    if raw["content"]:
        lines.append(plain(raw["content"], names))
    for embed in raw["embeds"]:
        lines += _embed_lines(embed, names)
    for component in raw["components"]:
        lines += _component_lines(component, names)
    lines += [f"[file: {one['filename']}]" for one in raw["attachments"] if not _is_drawn(one, raw)]
    return "\n".join(line for line in lines if line)


def plain(text: str, names: Names) -> str:
    """Render markdown as plain text: links as their labels, timestamps as dates in UTC."""
    return "".join(_plain(node, names) for node in parse(text))


def _plain(node: Node, names: Names) -> str:
    match node.kind:
        case Kind.BREAK:
            return "\n"
        case Kind.STAMP:
            return stamp(node.text, node.target)
        case Kind.USER | Kind.ROLE | Kind.CHANNEL:
            return names(node.kind, node.text)
        case Kind.EVERYONE:
            return f"@{node.text}"
        case Kind.COMMAND:
            return f"/{node.text}"
        case Kind.EMOJI:
            return f":{node.text}:"
        case _:
            return node.text if not node.inside else _own(node) + "".join(_plain(one, names) for one in node.inside)


def _own(node: Node) -> str:
    if node.kind is Kind.ITEM:
        return node.text
    return "> " if node.kind is Kind.QUOTE else ""


def stamp(seconds: str, style: str) -> str:
    """Format a timestamp as a date, a relative one too, since plain text doesn't change with time."""
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(seconds))
    except OverflowError:
        return "Invalid Date"
    return moment.strftime(_STAMPS.get(style, _STAMPS["f"]))


def _component_lines(component: Json, names: Names) -> Iterator[str]:
    match component["type"]:
        case parts.TEXT_DISPLAY:
            yield plain(component["content"], names)
        case parts.ACTION_ROW:
            yield " ".join(line for child in component["components"] for line in _component_lines(child, names))
        case parts.BUTTON:
            yield f"[{parts.button_label(component)}]"
        case parts.THUMBNAIL:
            yield f"[picture: {component['description']}]" if component["description"] else "[picture]"
        case parts.MEDIA_GALLERY:
            for item in component["items"]:
                yield f"[picture: {item['description']}]" if item["description"] else "[picture]"
        case parts.FILE:
            yield f"[file: {component['name']}]"
        case kind if kind in parts.SELECTS:
            yield f"[▾ {component.get('placeholder') or 'Make a selection'}]"
        case _:
            for child in parts.children(component):
                yield from _component_lines(child, names)


def _embed_lines(embed: Json, names: Names) -> Iterator[str]:
    yield (embed.get("author") or {}).get("name") or ""
    yield plain(embed.get("title") or "", names)
    yield plain(embed.get("description") or "", names)
    for field in embed.get("fields") or ():
        yield f"{plain(field['name'], names)}: {plain(field['value'], names)}"
    if embed.get("image") or embed.get("thumbnail"):
        yield "[picture]"
    yield (embed.get("footer") or {}).get("text") or ""


def _is_drawn(attachment: Json, raw: Json) -> bool:
    return any(
        media.get("attachment_id") == attachment["id"]
        for component in parts.walk(raw["components"])
        for media in parts.media_of(component)
    )
