"""The quality of an article: its feed's, adjusted by published rules.

Each rule looks at what the feed and the page say, adds or subtracts a fixed number, and is named in the file. The
figures are in docs/collect.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.collect.item import Item
from bot.text.links import domain_of

LONG_TEXT: Final = 1_500
"""Characters of the whole text in the feed."""

SHORT_TEXT: Final = 60
"""Characters of the excerpt."""

HIGHEST: Final = 1_000

_RELEASES: Final = (
    "prnewswire.com", "businesswire.com", "globenewswire.com", "accesswire.com", "einpresswire.com", "newswire.com",
    "prweb.com", "presseportal.de", "newsfilecorp.com", "newswire.ca", "prnewswire.co.uk", "openpr.com",
)  # fmt: skip
_RELEASE_MARK: Final = re.compile(
    r"\b(?:press release|pressemitteilung|communiqu\u00e9 de presse)\b"
    r"|/PRNewswire/|\((?:BUSINESS WIRE|GLOBE NEWSWIRE)\)",
    re.IGNORECASE,
)
_COUNTED: Final = (
    "things ways reasons tips facts best signs tricks ideas hacks gifts deals products apps tools movies shows books"
    " places mistakes questions secrets gadgets games"
).replace(" ", "|")
_LISTICLE: Final = re.compile(
    rf"^(?:the |our )?(?:top |best )?[0-9]{{1,3}} (?:\w+[ -]){{0,3}}?(?:{_COUNTED})\b"
    r"|^(?:the )?(?:top|best) [0-9]{1,3}\b",
    re.IGNORECASE,
)
_SPONSORED: Final = re.compile(
    r"\b(?:sponsored|advertorial|paid (?:post|content|partnership)|partner content|brand(?:ed)? content|presented by"
    r"|promoted|anzeige|publicit\u00e9|publirreportaje|contenido patrocinado)\b|^\[?ad\]?\s*[:|-]",
    re.IGNORECASE,
)
_SPONSORED_PATH: Final = re.compile(
    r"/(?:sponsored|advertorial|partner-content|paid-post|brandvoice|branded-content)[/-]", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """A quality and how it came about.

    Attributes:
        score: 0 to `HIGHEST`.
        why: Such as `feed 70, +5 picture, -10 short text`.
    """

    score: int
    why: str


def quality_of(item: Item, base: int, *, is_copy: bool = False) -> Quality:
    """Rate an item.

    Args:
        item: Completed by its page, if that was fetched.
        base: The feed's quality.
        is_copy: Whether an earlier report has the same text.
    """
    adjustments = list(_adjustments(item, is_copy=is_copy))
    score = min(HIGHEST, max(0, base + sum(points for points, _ in adjustments)))
    why = ", ".join((f"feed {base}", *(f"{points:+d} {rule}" for points, rule in adjustments)))
    return Quality(score=score, why=why)


def _adjustments(item: Item, *, is_copy: bool) -> Iterator[tuple[int, str]]:
    if item.text_length >= LONG_TEXT:
        yield 5, "long text"
    if len(item.excerpt) < SHORT_TEXT:
        yield -10, "short text"
    if item.picture is not None:
        yield 5, "picture"
    if _is_release(item):
        yield -25, "press release"
    if _LISTICLE.search(item.title):
        yield -10, "list"
    if _is_sponsored(item):
        yield -40, "sponsored"
    if is_copy:
        yield -20, "same text as an earlier report"


def _is_release(item: Item) -> bool:
    domain = domain_of(item.url)
    is_wire = any(domain == wire or domain.endswith(f".{wire}") for wire in _RELEASES)
    return is_wire or _RELEASE_MARK.search(" ".join((item.title, item.excerpt, *item.categories))) is not None


def _is_sponsored(item: Item) -> bool:
    marks = (item.title, *item.categories)
    return any(map(_SPONSORED.search, marks)) or _SPONSORED_PATH.search(item.url) is not None
