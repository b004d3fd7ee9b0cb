"""The fields that a seed may have, and which of them an unknown name was meant to be."""

from __future__ import annotations

import difflib
from functools import lru_cache
from typing import Final

URLS: Final = ("webUrl", "originalUrl", "ampWebUrl", "cdnAmpWebUrl")
"""In order of preference: 12 of 197 real seeds have no `webUrl`."""

READ: Final = (
    "title", "excerpt", "publishedDateTime", *URLS, "type", "category", "quality", "heat", "published", "draft",
    "provider", "topics", "images", "related",
)  # fmt: skip
FIELDS: Final = frozenset({*READ, "secured", "featuredContent"})
"""The last two are upstream's: known, and not kept."""

PROVIDER_FIELDS: Final = frozenset({"name", "domain", "images"})
PICTURE_FIELDS: Final = frozenset({"url", "width", "height", "isCached"})

# Names of the same things in other formats: feeds, Hugo, Jekyll, Hexo, schema.org, Open Graph.
_MEANT: Final = {
    "title": "headline name heading",
    "excerpt": "description summary abstract lead lede teaser subtitle text content body snippet",
    "publishedDateTime": "date pubdate publishdate publisheddate publishedat publishedon datepublished datetime time "
    "timestamp created createdat updated lastmod dc.date",
    "webUrl": "url link href permalink canonical canonicalurl source_url sourceurl externalurl guid",
    "type": "kind",
    "category": "section",
    "quality": "score rating priority weight",
    "published": "listed visible publish status",
    "provider": "source publisher outlet site sitename author website feed",
    "topics": "tags tag topic keywords categories labels",
    "images": "image picture pictures thumbnail cover photo featuredimage featured_image",
    "related": "coverage relatedarticles seealso",
}
_BY_NAME: Final = {_name: _field for _field, _names in _MEANT.items() for _name in _names.split()}
_PLAIN: Final = {field.lower(): field for field in READ}


@lru_cache(maxsize=1_000)  # a folder has the same few unknown fields in every file
def nearest_field(name: str) -> str:
    """Return the known field that a name was meant for; empty if none is near."""
    plain = name.strip().lower().replace("-", "").replace("_", "").replace(" ", "")
    meant = _PLAIN.get(plain) or _BY_NAME.get(plain) or _BY_NAME.get(name.lower())
    if meant or len(plain) > 40:  # noqa: PLR2004 - twice the longest name: not a misspelling
        return meant or ""
    return next((_PLAIN[near] for near in difflib.get_close_matches(plain, _PLAIN, n=1, cutoff=0.75)), "")
