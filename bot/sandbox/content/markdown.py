r"""A parser for the parts of Discord's markdown that matter to the text and the links of a message.

The rules follow the client's published parser: a backslash escapes any punctuation, a masked link is
`[label](url)`, and a bare URL ends at its last character that is not punctuation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """The kind of a node."""

    TEXT = "text"
    BREAK = "break"
    BOLD = "bold"
    ITALIC = "italic"
    UNDERLINE = "underline"
    STRIKE = "strike"
    SPOILER = "spoiler"
    CODE = "code"
    BLOCK = "block"
    LINK = "link"
    USER = "user"
    ROLE = "role"
    CHANNEL = "channel"
    COMMAND = "command"
    EVERYONE = "everyone"
    STAMP = "stamp"
    EMOJI = "emoji"
    HEADING = "heading"
    SUBTEXT = "subtext"
    QUOTE = "quote"
    ITEM = "item"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A node of the syntax tree.

    Attributes:
        text: The text of a leaf; a mention's id; a timestamp's seconds; the bullet of a list item.
        target: A link's URL; a timestamp's style; a heading's level.
        inside: The enclosed nodes.
    """

    kind: Kind
    text: str = ""
    target: str = ""
    inside: tuple[Node, ...] = ()


_SCHEMES: Final = r"(?:https?|steam|discord)://"
_INLINE: Final = re.compile(
    r"""
      \\(?P<escaped>[^0-9A-Za-z\s])
    | (?P<fence>`+)(?P<code>(?:[^`]|(?<!`)`+?(?!(?P=fence)))*?[^`])(?P=fence)(?!`)
    | <t:(?P<seconds>-?\d{1,17})(?::(?P<style>[tTdDfFRsS]))?>
    | <@!?(?P<user>\d+)>
    | <@&(?P<role>\d+)>
    | <\#(?P<channel>\d+)>
    | </(?P<command>[^<>:\n]{1,100}):\d+>
    | <a?:(?P<emoji>\w{2,32}):\d+>
    | <(?P<auto>"""
    + _SCHEMES
    + r"""[^\s>]+)>
    | \[(?P<label>(?:\[[^\[\]]*\]|\\.|[^\[\]\\])+)\]\(\s*<?(?P<address>"""
    + _SCHEMES
    + r"""(?:\([^()\s]*\)|[^\s()])+?)>?(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)
    | (?P<bare>"""
    + _SCHEMES
    + r"""[^\s<]*[^<.,:;"'\]\s])
    | @(?P<everyone>everyone|here)
    | \*\*\*(?P<strong>(?:\\.|[^\\])+?)\*\*\*
    | \*\*(?P<bold>(?:\\.|[^\\])+?)\*\*(?!\*)
    | __(?P<underline>(?:\\.|[^\\])+?)__(?!_)
    | ~~(?P<strike>(?:\\.|[^\\])+?)~~
    | \|\|(?P<spoiler>(?:\\.|[^\\])+?)\|\|
    | \*(?=\S)(?P<italic>(?:\\.|[^\\*])+?)(?<=\S)\*(?!\*)
    | \b_(?P<slanted>(?:\\.|[^\\_]|__)+?)_\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SPECIAL: Final = re.compile(r"[\\`<\[@*_~|]|" + _SCHEMES, re.IGNORECASE)
_WRAPPED: Final = {
    "bold": Kind.BOLD,
    "underline": Kind.UNDERLINE,
    "strike": Kind.STRIKE,
    "spoiler": Kind.SPOILER,
    "italic": Kind.ITALIC,
    "slanted": Kind.ITALIC,
}
_LEAVES: Final = {
    "user": Kind.USER,
    "role": Kind.ROLE,
    "channel": Kind.CHANNEL,
    "command": Kind.COMMAND,
    "emoji": Kind.EMOJI,
    "everyone": Kind.EVERYONE,
    "code": Kind.CODE,
    "escaped": Kind.TEXT,
}
_BLOCK: Final = re.compile(r"```(?:[a-z0-9_+.#-]*\n)?(.+?)\n?```", re.DOTALL | re.IGNORECASE)
_HEADING: Final = re.compile(r"(#{1,3})\s+(?=\S)(.*)")
_SUBTEXT: Final = re.compile(r"-#\s+(?=\S)(.*)")
_ITEM: Final = re.compile(r"(\s*)([-*]|\d+\.)\s+(?=\S)(.*)")
_DEPTH: Final = 12
"""Deeper nesting is read as plain text, so that no text can exhaust the stack."""


def parse(text: str) -> tuple[Node, ...]:
    """Parse the content of a message or of a text display."""
    nodes: list[Node] = []
    at = 0
    for block in _BLOCK.finditer(text):
        nodes += _lines(text[at : block.start()])
        nodes.append(Node(kind=Kind.BLOCK, text=block[1]))
        at = block.end()
    nodes += _lines(text[at:])
    return tuple(nodes)


def flatten(nodes: tuple[Node, ...]) -> Iterator[Node]:
    """Yield all nodes, each before the ones that it encloses."""
    for node in nodes:
        yield node
        yield from flatten(node.inside)


def _lines(text: str) -> Iterator[Node]:
    for number, line in enumerate(text.split("\n")):
        if number:
            yield Node(kind=Kind.BREAK)
        if heading := _HEADING.fullmatch(line):
            yield Node(kind=Kind.HEADING, target=str(len(heading[1])), inside=_inline(heading[2]))
        elif subtext := _SUBTEXT.fullmatch(line):
            yield Node(kind=Kind.SUBTEXT, inside=_inline(subtext[1]))
        elif line.startswith(("> ", ">>> ")):
            yield Node(kind=Kind.QUOTE, inside=_inline(line.partition(" ")[2]))
        elif item := _ITEM.fullmatch(line):
            bullet = "•" if item[2] in "-*" else item[2]
            yield Node(kind=Kind.ITEM, text=f"{item[1]}{bullet} ", inside=_inline(item[3]))
        else:
            yield from _inline(line)


def _inline(text: str, depth: int = 0, *, linked: bool = False) -> tuple[Node, ...]:
    nodes: list[Node] = []
    plain: list[str] = []

    def flush() -> None:
        if plain:
            nodes.append(Node(kind=Kind.TEXT, text="".join(plain)))
            plain.clear()

    at = 0
    while at < len(text):
        special = _SPECIAL.search(text, at)
        stop = len(text) if special is None else special.start()
        plain.append(text[at:stop])
        at = stop
        if special is None:
            break
        match = _INLINE.match(text, at) if depth < _DEPTH else None
        if match is None:
            plain.append(text[at])
            at += 1
            continue
        flush()
        nodes.append(_node(match, depth, linked=linked))
        at = match.end() if match["bare"] is None else at + len(_balanced(match["bare"]))
    flush()
    return tuple(node for node in nodes if node.text or node.inside or node.target)


def _node(match: re.Match[str], depth: int, *, linked: bool) -> Node:
    group = match.lastgroup or ""
    value = match[group]
    if group == "address":
        return Node(kind=Kind.LINK, target=value, inside=_inline(match["label"], depth + 1, linked=True))
    if group in ("auto", "bare"):
        url = value if group == "auto" else _balanced(value)
        if linked:
            return Node(kind=Kind.TEXT, text=url)
        return Node(kind=Kind.LINK, text=url, target=url)
    if group in ("seconds", "style"):
        return Node(kind=Kind.STAMP, text=match["seconds"], target=match["style"] or "f")
    if group == "strong":
        inner = Node(kind=Kind.ITALIC, inside=_inline(value, depth + 1, linked=linked))
        return Node(kind=Kind.BOLD, inside=(inner,))
    if group in _WRAPPED:
        return Node(kind=_WRAPPED[group], inside=_inline(value, depth + 1, linked=linked))
    return Node(kind=_LEAVES[group], text=value)


def _balanced(url: str) -> str:
    """Remove the closing brackets that belong to the sentence around a bare URL."""
    while url.endswith(")") and url.count(")") > url.count("("):
        url = url[:-1]
    return url
