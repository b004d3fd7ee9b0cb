"""Links: foreign text becomes a URL that is safe to show, and URLs of one article are told to be the same.

A cleaned URL is ASCII, has a public-looking host and none of the characters that end a link in Discord's markdown.
Nothing here fetches anything.
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

# Most URLs are clean already: one match tells, and the slow way is for the others.
_CLEAN: Final = re.compile(
    r"https?://(?=[^/?#]{4,253}(?:[/?#]|$))(?:[a-z0-9_-]{1,63}\.)+[a-z]{2,63}(?:[/?#][A-Za-z0-9\-._~!$&'*+,;=:@/?#%]*)?"
)
_PARTS: Final = re.compile(r"(https?)://([^/?#\\]+)((?:[/?#].*)?)", re.IGNORECASE)
_HOST: Final = re.compile(r"([^:@\[\]%]+)(?::([0-9]{0,5}))?")
_DOTS: Final = re.compile("[.\u3002\uff0e\uff61]")
_LABEL: Final = re.compile(r"[a-z0-9_-]+")
_LAST_LABEL: Final = re.compile(r"[a-z]{2,}|xn--[a-z0-9-]+")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
# RFC 3986's reserved characters without ( ) [ ], and % so that what is encoded stays so.
_KEPT: Final = "!$&'*+,;=:@/?#%"

_SITE: Final = re.compile(r"(?:[a-z]+://)?(?:www\.)?([^/:?#]*)", re.IGNORECASE)
_LINK_IN_TEXT: Final = re.compile(r"https?://[^\s<>\"|`]+", re.IGNORECASE)
_AFTER_A_LINK: Final = ".,;:!?'*_~\u2019\u201d\u2026"
_BRACKETS: Final = {")": "(", "]": "["}


def clean_url(text: str) -> str | None:
    """Clean a URL that somebody else wrote.

    Only http and https; no userinfo, no control, format or bidi characters; a host of at least two labels, the last
    one alphabetic or `xn--` (so no bare addresses in any notation); other alphabets as punycode; what could end a link
    (`()[]<>"`, backslash, backtick, `|`, spaces) and all that isn't ASCII percent-encoded.

    Args:
        text: Anything; spaces around it are left out.

    Returns:
        The URL, scheme and host in lower case, at most `LONGEST_URL` characters; None where it can't be used.
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
    """Host and port; the scheme's own port is left out."""
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
    """A host's label in ASCII.

    Punycode is applied to the label as it stands, not by Python's `idna` codec: that one knows the rules of 2003 and
    turns `ß` into `ss`, which is another site than the one that a browser opens.
    """
    if not label.isascii():
        if not all(char.isalnum() or char == "-" or unicodedata.category(char)[0] == "M" for char in label):
            return None
        label = "xn--" + label.encode("punycode").decode("ascii")
    return label if len(label) <= _LONGEST_LABEL and _LABEL.fullmatch(label) else None


def alias_key(url: str) -> str:
    """What two URLs of the same page have in common: scheme, `www.`, the path's final slash and fragment are left out.

    Args:
        url: A cleaned URL.
    """
    page = url.partition("://")[2].partition("#")[0].removeprefix("www.")
    path, _, query = page.partition("?")
    path = path.rstrip("/")
    return f"{path}?{query}" if query else path


def domain_of(url: str) -> str:
    """The host of a URL in lower case, without `www.` and port: what a reader knows a site by."""
    site = _SITE.match(url)
    return site[1].lower() if site else ""


def links_in(text: str) -> list[str]:
    """The http(s) URLs in a message's text, cleaned, each once and in order; those that can't be used are left out."""
    found = (clean_url(_without_what_follows(link)) for link in _LINK_IN_TEXT.findall(text))
    return list(dict.fromkeys(url for url in found if url is not None))


def _without_what_follows(link: str) -> str:
    """A link without the punctuation after it and without the bracket that the text around it closes."""
    while link:
        last = link[-1]
        opening = _BRACKETS.get(last)
        if last not in _AFTER_A_LINK and (opening is None or link.count(opening) >= link.count(last)):
            break
        link = link[:-1]
    return link
