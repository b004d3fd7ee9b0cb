"""Decode the bytes of a feed or page: what it is written in is named in four places, and any of them may be wrong."""

from __future__ import annotations

import codecs
import re
from typing import Final

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED: Final = re.compile(
    rb"<\?xml[^>]*?\bencoding\s*=\s*[\"']([\w.:-]+)|<meta[^>]*?\bcharset\s*=\s*[\"']?([\w.:-]+)"
)
_HEAD: Final = 2_048
_XML_DECLARATION: Final = re.compile(r"\s*<\?xml[^>]*\?>")
_WEB_NAMES: Final = {
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
}
"""What browsers mean by these names (WHATWG, Encoding): texts that claim them contain curly quotes."""


def decode(body: bytes, charset: str = "") -> str:
    """Decode a body to text, without its byte order mark and XML declaration.

    A byte order mark decides; else UTF-8 if all of it is UTF-8, which other text practically never is; else the
    server's charset, the document's own, and at last Windows-1252.

    Args:
        body: The whole document.
        charset: As the server names it; empty if it doesn't.
    """
    text = _decode(body, charset)
    declaration = _XML_DECLARATION.match(text)
    return text[declaration.end() :] if declaration else text


def _decode(body: bytes, charset: str) -> str:
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body.decode(name, errors="replace").removeprefix("\ufeff")
    found = _DECLARED.search(body[:_HEAD])
    declared = (found[1] or found[2]).decode("ascii").lower() if found else ""
    names = ["utf-8", charset, declared] if not _is_odd(declared) else [declared, charset, "utf-8"]
    for name in names:
        text = _try(body, name)
        if text is not None:
            return text
    return body.decode("cp1252", errors="replace")


def _is_odd(declared: str) -> bool:
    """Return True for encodings whose texts may be valid UTF-8 by chance: those of ASCII bytes alone."""
    return declared.startswith(("utf-7", "iso-2022", "hz"))


def _try(body: bytes, name: str) -> str | None:
    if not name:
        return None
    try:
        return body.decode(_WEB_NAMES.get(name, name))
    except (UnicodeError, LookupError):
        return None
