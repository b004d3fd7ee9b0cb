"""Runs as Discord markdown in which foreign text can mean nothing: no markup, mention, link, stamp or command.

Clients and servers read messages differently: clients parse markdown, servers look for mentions in the raw text. So
markup gets a backslash, which clients take away, and what servers look for is broken by a character that nobody sees.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from bot.news.message.draft import Channel, Link, Mention, Moment, MomentStyle, Paragraph, Run, Text

BREAK: Final = "\u200b"
"""The zero width space: it breaks what must not be recognised, and nobody sees it."""

_PREFIXES: Final = {"body": "", "heading": "## ", "subheading": "### ", "quiet": "-# "}
_STAMPS: Final[dict[MomentStyle, str]] = {"relative": "R", "date": "D", "short": "f", "long": "F"}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_MEANING: Final = re.compile(
    r"""
      (?P<markup>[\\*_~|`\[\]])
    | (?P<at>@)
    | (?P<token><(?=[@\#:/A-Za-z+]))     # a mention, an emoji, a stamp, a command, an address in brackets
    | (?P<angle><)
    | (?P<scheme>:(?=/|\Z))              # at the end of a run too: the next one may begin with slashes
    | (?P<shortcode>:(?=[\w+-]+:))
    | (?P<invite>(?i:\bdiscord(?:app)?\.[a-z]+)(?=/))
    """,
    re.VERBOSE,
)
_MAY_MEAN: Final = re.compile(r"[\\*_~|`\[\]@<:/]")
"""What everything in `_MEANING` has at least one of: most texts have none, and are looked through ten times as fast."""

_LINE_START: Final = re.compile(r"\A(\s*)([-+>#]|\d+(?=[.)]))")
_PAIR: Final = re.compile(r"\[[^\[\]]*\]")
_UNSAFE_IN_URL: Final = re.compile(r"[^!#-';*-;=?-Z_a-z~]")
_UNWRITABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@lru_cache(maxsize=1_024)  # a message is written once to be posted, and some times before to see whether it fits
def escape(text: str) -> str:
    """`text` so that a reader sees it as it stands, whatever it looks like."""
    line = _one_line(text)
    return _MEANING.sub(_harmless, line) if _MAY_MEAN.search(line) else line


def write_paragraphs(paragraphs: Iterable[Paragraph]) -> str:
    """Paragraphs as one text, line under line."""
    return "\n".join(map(write_paragraph, paragraphs))


def write_paragraph(paragraph: Paragraph) -> str:
    """One line of markdown."""
    line = ""
    for run in paragraph.runs:
        written = write_run(run)
        # Two bold runs or two code runs side by side would share their marks.
        line += BREAK + written if line[-1:] in {"*", "`"} and written[:1] == line[-1:] else written
    return _PREFIXES[paragraph.kind] + _LINE_START.sub(_no_block, line, count=1)


def write_run(run: Run) -> str:
    """One run, which may begin anywhere but at the start of a line (`write_paragraph` sees to that)."""
    match run:
        case Text(code=True):
            return _code(run.text)
        case Text():
            return _strong(escape(run.text), strong=run.strong)
        case Link():
            return _strong(f"[{_label(run.text)}](<{safe_url(run.url)}>)", strong=run.strong)
        case Moment():
            return f"<t:{(run.at - _EPOCH) // timedelta(seconds=1)}:{_STAMPS[run.style]}>"
        case Channel():
            return f"<#{run.channel_id}>"


def write_mention(mention: Mention) -> str:
    """The role's mention; it pings where `allowed_mentions` names the role."""
    return f"<@&{mention.role_id}>"


def safe_url(url: str) -> str:
    """`url` (clean already, by `news/links`) with whatever could end it early percent-encoded all the same."""
    return _UNSAFE_IN_URL.sub(lambda found: quote(found[0], safe="", errors="replace"), url)


def _harmless(found: re.Match[str]) -> str:
    match found.lastgroup:
        case "at" | "scheme" | "invite":
            return found[0] + BREAK
        case "token":
            return "\\<" + BREAK
        case _:
            return "\\" + found[0]


def _no_block(found: re.Match[str]) -> str:
    """No list, heading or quote: a number's dot is escaped, anything else itself."""
    return f"{found[1]}{found[2]}\\" if found[2].isdigit() else f"{found[1]}\\{found[2]}"


def _code(text: str) -> str:
    """Backslashes mean nothing in code, so what could end it or ping is replaced or broken."""
    inside = _one_line(text).replace("`", "\u02cb").replace("@", "@" + BREAK).replace("://", ":" + BREAK + "//")
    return f"`{inside}`" if inside.strip() else inside


def _label(text: str) -> str:
    """A link's text. Clients find its end by counting brackets, escaped or not: lone ones become look-alikes."""
    parts = _PAIR.split(text)
    pairs = [*_PAIR.findall(text), ""]
    lone = str.maketrans("[]", "\uff3b\uff3d")
    label = "".join(part.translate(lone) + pair for part, pair in zip(parts, pairs, strict=True))
    return escape(label).strip() or "link"


def _strong(written: str, *, strong: bool) -> str:
    return f"**{written}**" if strong and written.strip() else written


def _one_line(text: str) -> str:
    """`text` without line breaks, controls and unpaired surrogates, should one have come so far."""
    return _UNWRITABLE.sub(" ", text)
