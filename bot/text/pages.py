"""The key of the page behind a URL: the same for every spelling in which a page's link is shared.

`alias_key` of `bot.text.links` compares spellings of a URL; `page_key` also leaves out what only says how a reader got
there: tracking parameters, the AMP and the mobile version, AMP caches, and redirects that contain their target. What
it can't know from the URL alone, such as a short link's target, stays as it is. Two pages get one key only if a site
names pages by nothing but a tracking parameter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote, unquote_plus

from bot.text.links import alias_key, clean_url

_MOST_WRAPPERS: Final = 3
"""Redirects around redirects that are unwrapped."""

# Fast path: nothing to leave out of a URL without any of these.
_NOT_PLAIN: Final = re.compile(r"\?|(?:/|\.)(?:m|mobile)\.|amp|/web/", re.IGNORECASE)

_TRACKING: Final = re.compile(
    r"utm_\w+|(?:fb|g|d|y|tw|ms|tt|wb|gb)?cl(?:k)?id|gclsrc|[gw]braid|igsh(?:id)?|mc_[ce]id|mkt_tok|_hs(?:enc|mi)|hsctatracking"
    r"|vero_(?:id|conv)|wickedid|oly_(?:anon|enc)_id|s_cid|cmpid?|cmp|ncid|ocid|ito|ref|ref_(?:src|url)|referrer|smid|smtyp"
    r"|sr_share|taid|guccounter|guce_referrer(?:_sig)?|__twitter_impression|_?amp|amp_\w+|usqp|outputtype|spm|si|xtor"
    r"|at_(?:medium|campaign|custom\d)|ns_\w+|mbid|srnd|fb_(?:action_ids|action_types|ref|source)|__s|trk|sfnsn|share_id",
    re.IGNORECASE,
)
_ESCAPED_AMP: Final = re.compile(r"&(?:amp;)+", re.IGNORECASE)
"""An ampersand that was escaped for HTML, as in links that were copied from a page's source."""

_AMP_FORMAT: Final = frozenset({("output", "amp"), ("format", "amp"), ("view", "amp")})

_VERSIONS: Final = frozenset({"www", "m", "mobile", "amp"})
"""Labels of a host that name a version of the site, in front of at least two others."""

_AMP_PATH: Final = re.compile(r"/amp(?:\.html)?(?=/|$)|\.amp(?=$|\.html$)", re.IGNORECASE)

_AMP_CACHE: Final = re.compile(r"[^/]+\.cdn\.ampproject\.org/[a-z]/(?:s/)?(?P<target>.+)")
_AMP_VIEWER: Final = re.compile(r"google\.[a-z.]{2,6}/amp/(?:s/)?(?P<target>.+)")
_COPY: Final = re.compile(r"web\.archive\.org/web/[0-9a-z_*]+/(?P<target>.+)")

_WRAPPERS: Final[Mapping[str, frozenset[str]]] = {
    "google": frozenset({"url", "q"}),
    "l.facebook.com/l.php": frozenset({"u"}),
    "lm.facebook.com/l.php": frozenset({"u"}),
    "l.instagram.com": frozenset({"u"}),
    "youtube.com/redirect": frozenset({"q"}),
    "duckduckgo.com/l": frozenset({"uddg"}),
    "t.umblr.com/redirect": frozenset({"z"}),
    "slack-redir.net/link": frozenset({"url"}),
    "steamcommunity.com/linkfilter": frozenset({"url", "u"}),
    "vk.com/away.php": frozenset({"to"}),
    "linkedin.com/redir/redirect": frozenset({"url"}),
    "linkedin.com/safety/go": frozenset({"url"}),
    "bing.com/news/apiclick.aspx": frozenset({"url"}),
    "safelinks": frozenset({"url"}),
    "getpocket.com/redirect": frozenset({"url"}),
    "translate.google.com/translate": frozenset({"u"}),
    "go.skimresources.com": frozenset({"url"}),
    "reddit": frozenset({"url"}),
}
"""Redirects by host and path, with the parameters that contain the target."""

_GOOGLE: Final = re.compile(r"(?:news\.(?:url\.)?)?google\.[a-z.]{2,6}/url")
_REDDIT: Final = re.compile(r"out\.reddit\.com(?:/.*)?")
_SAFELINKS: Final = re.compile(r"[a-z0-9]+\.safelinks\.protection\.outlook\.com")
_PATTERNS: Final = {"google": _GOOGLE, "reddit": _REDDIT, "safelinks": _SAFELINKS}


def page_key(url: str) -> str:
    """Build the key that all URLs of a page share.

    Args:
        url: A cleaned URL.
    """
    if _NOT_PLAIN.search(url) is None:
        return alias_key(url)
    for _ in range(_MOST_WRAPPERS):
        target = _target(url)
        if target is None:
            break
        url = target
    page, _, query = alias_key(url).partition("?")
    query = _ESCAPED_AMP.sub("&", query)
    host, slash, path = page.partition("/")
    path = _AMP_PATH.sub("", slash + path).rstrip("/")
    kept = "&".join(part for part in query.split("&") if part and not _is_tracking(part))
    return f"{_site(host)}{path}?{kept}" if kept else f"{_site(host)}{path}"


def without_tracking(url: str) -> str:
    """Shorten a URL by its tracking parameters; it still leads to the same page.

    Args:
        url: A cleaned URL.
    """
    page, question, rest = url.partition("?")
    if not question:
        return url
    query, hash_sign, fragment = rest.partition("#")
    kept = "&".join(part for part in query.split("&") if part and not _is_tracking(part))
    return page + (f"?{kept}" if kept else "") + hash_sign + fragment


def is_front_page(key: str) -> bool:
    """Return True if a key has neither path nor query: a site's front page identifies no article."""
    return "/" not in key and "?" not in key


def _site(host: str) -> str:
    """Drop the labels that name a version; the last two labels stay."""
    labels = host.split(".")
    return ".".join([each for each in labels[:-2] if each not in _VERSIONS] + labels[-2:])


def _is_tracking(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    return _TRACKING.fullmatch(name) is not None or (name.lower(), value.lower()) in _AMP_FORMAT


def _target(url: str) -> str | None:
    """Return the URL that a redirect, an AMP cache or an archived copy contains; None if it contains none."""
    key = alias_key(url)
    for pattern in (_AMP_CACHE, _AMP_VIEWER, _COPY):
        found = pattern.fullmatch(key)
        if found is not None:
            target = found["target"]
            return clean_url(target if "://" in target else f"https://{re.sub('^https?:/', '', target)}")
    page, _, query = key.partition("?")
    names = _WRAPPERS.get(_wrapper(page))
    if names is None:
        return None
    values = (part.partition("=") for part in query.split("&"))
    cleaned = (
        clean_url(unquote_plus(value)) or clean_url(unquote(value)) for name, _, value in values if name in names
    )
    return next((target for target in cleaned if target is not None), None)


def _wrapper(page: str) -> str:
    return next((name for name, pattern in _PATTERNS.items() if pattern.fullmatch(page)), page)
