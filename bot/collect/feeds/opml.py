"""OPML: the lists of feeds that readers exchange. Categories and folders become topics."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from lxml import etree

from bot.collect.feed import Feed
from bot.errors import ConfigError
from bot.seedfile.plain import plain
from bot.text.links import clean_url

_IS_OPML: Final = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>\s*|<!--.*?-->\s*|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>\s*)*<opml\b",
    re.DOTALL | re.IGNORECASE,
)
_DEEPEST: Final = 8
_LONGEST_NAME: Final = 200


def is_opml(data: bytes) -> bool:
    """Return True if a file's root element is `opml`."""
    return _IS_OPML.match(data[:4_096]) is not None


def read_opml(data: bytes) -> list[Feed]:
    """Read the feeds of an OPML file; outlines without a usable address are left out (`unusable_outlines` lists them).

    Raises:
        ConfigError: It isn't OPML.
    """
    return [feed for feed, _ in _outlines(data) if feed is not None]


def unusable_outlines(data: bytes) -> list[str]:
    """List the addresses of outlines that name a feed which can't be fetched.

    Raises:
        ConfigError: It isn't OPML.
    """
    return [address for feed, address in _outlines(data) if feed is None]


def write_opml(feeds: Iterable[Feed], *, title: str) -> bytes:
    """Write feeds as OPML 2.0; topics become categories."""
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = title
    body = etree.SubElement(root, "body")
    for feed in feeds:
        name = feed.name or feed.url
        outline = etree.SubElement(body, "outline", type="rss", text=name, title=name, xmlUrl=feed.url)
        if feed.topics:
            outline.set("category", ",".join(topic.replace(",", " ") for topic in feed.topics))
        if feed.language:
            outline.set("language", feed.language)
    written: bytes = etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="utf-8")
    return written


def _outlines(data: bytes) -> Iterator[tuple[Feed | None, str]]:
    """Yield each outline with an address, with its feed if it can be used."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False)
    try:
        root = etree.fromstring(data, parser=parser)
    except etree.XMLSyntaxError as error:
        raise ConfigError((f"not OPML: {error.msg}",)) from error
    if root is None or etree.QName(root).localname.lower() != "opml":
        raise ConfigError(("not OPML",))
    yield from _below(root, (), 0)


def _below(element: Any, topics: tuple[str, ...], depth: int) -> Iterator[tuple[Feed | None, str]]:
    for child in element:
        if not isinstance(child.tag, str):
            continue
        values = {name.lower(): value for name, value in child.attrib.items()}
        address = values.get("xmlurl", "").strip()
        if address:
            yield _feed(address, values, topics), address
        name = _name(values)
        inner = topics if address or child.tag.lower() != "outline" or not name else (*topics, name)
        if depth < _DEEPEST:
            yield from _below(child, inner, depth + 1)


def _feed(address: str, values: dict[str, str], topics: tuple[str, ...]) -> Feed | None:
    url = clean_url(address.replace("feed://", "http://", 1) if address.startswith("feed://") else address)
    if url is None:
        return None
    categories = [part.strip(" /") for part in re.split(r"[,/]", values.get("category", ""))]
    names = dict.fromkeys(filter(None, (*topics, *map(plain, categories))))
    return Feed(url=url, name=_name(values), topics=tuple(names), language=values.get("language", "")[:20])


def _name(values: dict[str, str]) -> str:
    return plain(values.get("title") or values.get("text") or "")[:_LONGEST_NAME]
