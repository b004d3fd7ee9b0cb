"""Discord's readers, as far as a test needs them, written apart from the code that they check.

There are three: the server, which looks for mentions in the raw text; a strict client, which honours backslashes; and
the oldest client's rule for masked links, which doesn't.
"""

from __future__ import annotations

import re
from typing import Final

_PINGS: Final = re.compile(r"@everyone|@here|<@[!&]?\d+>")
_TOKENS: Final = re.compile(r"<(?:#\d+|/[^>]+:\d+|t:-?\d+(?::\w)?|a?:\w+:\d+|id:\w+)>")
_ADDRESSES: Final = re.compile(r"[A-Za-z][\w+.-]*://\S|discord(?:app)?\.\w+/\w", re.IGNORECASE)
_ESCAPED: Final = re.compile(r"\\([^0-9A-Za-z\s])")
_BLOCKS: Final = re.compile(r"\s*(?:#{1,3} |-# |[-*+] |\d+[.)] |>>> |> )")
# The rule for links of the library that Discord's first client was built on: it counts brackets and knows no escape.
_OLD_LINK: Final = re.compile(
    r"\[((?:\[[^\]]*\]|[^\[\]]|\](?=[^\[]*\]))*)\]\(\s*<?((?:[^\s\\]|\\.)*?)>?(?:\s+['\"]([\s\S]*?)['\"])?\s*\)"
)
_INVISIBLE: Final = "\u200b"


def server_sees(markdown: str) -> list[str]:
    """The ids that the raw text pings."""
    return _PINGS.findall(markdown)


def client_sees(markdown: str) -> list[str]:
    """Everything in one run of text that a client would not show unchanged: markup, tokens, addresses, blocks."""
    bare = _ESCAPED.sub("", markdown)
    found = [*re.findall(r"[*_~|`\[\]\\]", bare), *_TOKENS.findall(bare), *_ADDRESSES.findall(markdown)]
    return [*found, *_TOKENS.findall(markdown), *re.findall(r":[\w+-]+:", bare)]


def starts_a_block(markdown: str) -> bool:
    """True where a line of it is a heading, small print, an item or a quote."""
    return any(_BLOCKS.match(line) for line in markdown.split("\n"))


def shown(markdown: str) -> str:
    """What a reader sees of text without markup."""
    return _ESCAPED.sub(r"\1", markdown).replace(_INVISIBLE, "")


def links(markdown: str) -> list[tuple[str, str]]:
    """Label and address of every masked link, as a strict client finds them."""
    found, at = [], 0
    while at < len(markdown):
        if markdown[at] == "\\":
            at += 2
        elif markdown[at] == "[" and (link := _link_at(markdown, at)):
            found.append(link[:2])
            at = link[2]
        else:
            at += 1
    return found


def _link_at(markdown: str, at: int) -> tuple[str, str, int] | None:
    depth, end = 0, at
    while end < len(markdown):
        if markdown[end] == "\\":
            end += 1
        elif markdown[end] == "[":
            depth += 1
        elif markdown[end] == "]":
            depth -= 1
            if depth == 0:
                break
        end += 1
    address = re.compile(r"\]\(<?([^\s>]*)>?\)").match(markdown, end)
    return (markdown[at + 1 : end], address[1], address.end()) if address else None


def old_links(markdown: str) -> list[str]:
    """The address of every masked link, as the oldest rule finds them from the first bracket that isn't escaped."""
    found, at = [], 0
    while at < len(markdown):
        link = _OLD_LINK.match(markdown, at) if markdown[at] == "[" else None
        if link:
            found.append(link[2])
        at = link.end() if link else at + (2 if markdown[at] == "\\" else 1)
    return found
