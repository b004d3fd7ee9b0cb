"""Write runs as Discord markdown with foreign text escaped: no markup, mention, link, timestamp or command works in it.

Clients parse markdown, but servers search the raw text for mentions. So markup is escaped with a backslash, which
clients remove, and mentions are broken up with an invisible character.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, assert_never
from urllib.parse import quote

from bot.news.message.draft import Channel, Link, Member, Mention, Moment, MomentStyle, Paragraph, Run, Text

BREAK: Final = "\u200b"
"""The zero width space: invisible, breaks up patterns that must not be recognised."""

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
"""Characters of which every match of `_MEANING` has at least one: most texts have none, a search ten times as fast."""

_LINE_START: Final = re.compile(r"\A(\s*)([-+>#]|\d+(?=[.)]))")
_PAIR: Final = re.compile(r"\[[^\[\]]*\]")
_UNSAFE_IN_URL: Final = re.compile(r"[^!#-';*-;=?-Z_a-z~]")
_UNWRITABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@lru_cache(maxsize=1_024)  # a message is written once to be posted, and several times before to measure it
def escape(text: str) -> str:
    """Escape `text` so that clients show it literally."""
    line = _one_line(text)
    return _MEANING.sub(_harmless, line) if _MAY_MEAN.search(line) else line


def write_paragraphs(paragraphs: Iterable[Paragraph]) -> str:
    """Write paragraphs as one text, one per line."""
    return "\n".join(map(write_paragraph, paragraphs))


def write_paragraph(paragraph: Paragraph) -> str:
    """Write one line of markdown."""
    line = ""
    for run in paragraph.runs:
        written = write_run(run)
        # Adjacent bold or code runs would share their delimiters.
        line += BREAK + written if line[-1:] in {"*", "`"} and written[:1] == line[-1:] else written
    return _PREFIXES[paragraph.kind] + _LINE_START.sub(_no_block, line, count=1)


def write_run(run: Run) -> str:
    """Write one run for the middle of a line (`write_paragraph` escapes the start of a line)."""
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
        case Member():
            return f"<@{run.member_id}>"
        case _:
            assert_never(run)


def write_mention(mention: Mention) -> str:
    """Write the mentions of roles; each pings if `allowed_mentions` includes the role."""
    return " ".join(f"<@&{role_id}>" for role_id in mention.role_ids)


def safe_url(url: str) -> str:
    """Percent-encode characters that could end `url` early, although `text/links` has cleaned it already."""
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
    """Escape the start of a list, heading or quote: a number's dot, or the character itself."""
    return f"{found[1]}{found[2]}\\" if found[2].isdigit() else f"{found[1]}\\{found[2]}"


def _code(text: str) -> str:
    """Write inline code; backslashes have no effect in it, so backticks are replaced, mentions and links broken up."""
    inside = _one_line(text).replace("`", "\u02cb").replace("@", "@" + BREAK).replace("://", ":" + BREAK + "//")
    return f"`{inside}`" if inside.strip() else inside


def _label(text: str) -> str:
    """Write a link's text. Clients count brackets to find its end, escaped or not: unpaired ones are replaced."""
    parts = _PAIR.split(text)
    pairs = [*_PAIR.findall(text), ""]
    lone = str.maketrans("[]", "\uff3b\uff3d")
    label = "".join(part.translate(lone) + pair for part, pair in zip(parts, pairs, strict=True))
    return escape(label).strip() or "link"


def _strong(written: str, *, strong: bool) -> str:
    return f"**{written}**" if strong and written.strip() else written


def _one_line(text: str) -> str:
    """Replace line breaks, controls and unpaired surrogates, in case one remains."""
    return _UNWRITABLE.sub(" ", text)
