"""URL cleaning and comparison: turn foreign text into URLs that are safe to show, and match the URLs of one page.

A cleaned URL is ASCII, has a public-looking host and none of the characters that end a link in Discord's markdown.
No function here opens a connection.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import quote

LONGEST_URL: Final = 2048
"""Characters, counted after cleaning."""

_LONGEST_HOST: Final = 253  # RFC 1035, section 2.3.4
_LONGEST_LABEL: Final = 63
_HIGHEST_PORT: Final = 65_535

# Fast path: most URLs are clean already.
_CLEAN: Final = re.compile(
    r"https?://(?=[^/?#]{4,253}(?:[/?#]|$))(?:[a-z0-9_-]{1,63}\.)+[a-z]{2,63}(?:[/?#][A-Za-z0-9\-._~!$&'*+,;=:@/?#%]*)?"
)
_PARTS: Final = re.compile(r"(https?)://([^/?#\\]+)((?:[/?#].*)?)", re.IGNORECASE)
_HOST: Final = re.compile(r"([^:@\[\]%]+)(?::([0-9]{0,5}))?")
_DOTS: Final = re.compile("[.\u3002\uff0e\uff61]")
_LABEL: Final = re.compile(r"[a-z0-9_-]+")
_LAST_LABEL: Final = re.compile(r"[a-z]{2,}|xn--[a-z0-9-]+")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
# RFC 3986's reserved characters without ( ) [ ], and % so that encoded characters stay encoded.
_KEPT: Final = "!$&'*+,;=:@/?#%"

_SITE: Final = re.compile(r"(?:[a-z]+://)?(?:www\.)?([^/:?#]*)", re.IGNORECASE)
_LINK_IN_TEXT: Final = re.compile(r"https?://[^\s<>\"|`]+", re.IGNORECASE)
_SITE_AND_PATH: Final = re.compile(r"[\w-]+(?:\.[\w-]+)+/[^\s<>\"|`]+")
_TRAILING_PUNCTUATION: Final = ".,;:!?'*_~\u2019\u201d\u2026"
_BRACKETS: Final = {")": "(", "]": "["}


def clean_url(text: str) -> str | None:
    """Clean an untrusted URL.

    Accepts only http and https; no userinfo, no control, format or bidi characters; a host of at least two labels, the
    last one alphabetic or `xn--` (which rules out IP addresses in any notation). Other alphabets become punycode;
    characters that could end a link (`()[]<>"`, backslash, backtick, `|`, spaces) and non-ASCII are percent-encoded.

    Args:
        text: Anything; surrounding spaces are ignored.

    Returns:
        The URL, scheme and host in lower case, at most `LONGEST_URL` characters; None if it is unusable.
    """
    text = text.strip()
    if len(text) > LONGEST_URL:
        return None
    if _CLEAN.fullmatch(text):
        return text
    parts = _PARTS.fullmatch(text)
    if parts is None or not text.isprintable():
        return None
    scheme = parts[1].lower()
    site = _clean_site(scheme, parts[2])
    if site is None:
        return None
    url = f"{scheme}://{site}{quote(parts[3], safe=_KEPT)}"
    return url if len(url) <= LONGEST_URL else None


def _clean_site(scheme: str, text: str) -> str | None:
    """Clean host and port; the scheme's default port is omitted."""
    parts = _HOST.fullmatch(text)
    host = _clean_host(parts[1]) if parts else None
    if parts is None or host is None:
        return None
    port = int(parts[2] or 0)
    if port > _HIGHEST_PORT:
        return None
    return host if port in {0, _DEFAULT_PORTS[scheme]} else f"{host}:{port}"


def _clean_host(text: str) -> str | None:
    if len(text) > _LONGEST_HOST:
        return None
    labels = [_clean_label(label) for label in _DOTS.split(unicodedata.normalize("NFKC", text).lower().rstrip("."))]
    host = ".".join(label or "" for label in labels)
    if len(labels) < 2 or None in labels or len(host) > _LONGEST_HOST:  # noqa: PLR2004 - a site and its top
        return None
    return host if _LAST_LABEL.fullmatch(labels[-1] or "") else None


def _clean_label(label: str) -> str | None:
    """Encode a host label in ASCII.

    Punycode is applied to the label unchanged, not by Python's `idna` codec: that follows IDNA 2003 and turns `ß` into
    `ss`, a different site from the one that a browser opens.
    """
    if not label.isascii():
        if not all(char.isalnum() or char == "-" or unicodedata.category(char)[0] == "M" for char in label):
            return None
        label = "xn--" + label.encode("punycode").decode("ascii")
    return label if len(label) <= _LONGEST_LABEL and _LABEL.fullmatch(label) else None


def alias_key(url: str) -> str:
    """Build the key that URLs of the same page share: without scheme, `www.`, the path's final slash and fragment.

    Args:
        url: A cleaned URL.
    """
    page = url.partition("://")[2].partition("#")[0].removeprefix("www.")
    path, _, query = page.partition("?")
    path = path.rstrip("/")
    return f"{path}?{query}" if query else path


def domain_of(url: str) -> str:
    """Return the host of a URL in lower case, without `www.` and port: the name that readers know a site by."""
    site = _SITE.match(url)
    return site[1].lower() if site else ""


def links_in(text: str) -> list[str]:
    """Extract the http(s) URLs from a message's text: cleaned, distinct, in order, unusable ones skipped."""
    found = (clean_url(_strip_trailing_punctuation(link)) for link in _LINK_IN_TEXT.findall(text))
    return list(dict.fromkeys(url for url in found if url is not None))


def link_alone(text: str) -> str:
    """Return the one link that a text consists of, cleaned; empty for any other text.

    Args:
        text: The link with or without scheme ("example.com/news") and angle brackets; without a scheme it has a path.
    """
    link = text.strip().removeprefix("<").removesuffix(">")
    if _SITE_AND_PATH.fullmatch(link):
        link = f"https://{link}"
    return clean_url(_strip_trailing_punctuation(link)) or "" if _LINK_IN_TEXT.fullmatch(link) else ""


def _strip_trailing_punctuation(link: str) -> str:
    """Strip the punctuation after a link and any bracket that was opened before it."""
    while _ends_in_punctuation(link):
        link = link[:-1]
    return link


def _ends_in_punctuation(link: str) -> bool:
    last = link[-1]
    opening = _BRACKETS.get(last)
    return last in _TRAILING_PUNCTUATION or (opening is not None and link.count(opening) < link.count(last))
