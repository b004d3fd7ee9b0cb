"""Fetch one address: redirects checked one by one, everything bounded, one request at a time for each host."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urljoin, urlsplit

import aiohttp

from bot import __version__
from bot.clock import Clock
from bot.collect.fetch.addresses import Reach
from bot.collect.fetch.body import ACCEPTED, BodyError, read_body
from bot.collect.fetch.freshness import fresh_s, retry_after_s
from bot.collect.fetch.resolver import CheckedResolver, LookUp, PrivateAddressError, look_up
from bot.collect.fetch.silence import SilentHosts
from bot.collect.fetched import Failed, Fetched, Gone, Outcome, Unchanged, Validators
from bot.text.clean import clean
from bot.text.links import clean_url

LARGEST_FEED: Final = 5 * 1024**2
LARGEST_PAGE: Final = 2 * 1024**2
MOST_REDIRECTS: Final = 5
TIMEOUT_S: Final = 20.0
"""Seconds for everything, redirects included."""

AT_ONCE: Final = 16
"""Hosts that are asked at the same time."""

_PERMANENT: Final = frozenset({301, 308})
_TEMPORARY: Final = frozenset({302, 303, 307})
_LONGEST_VALIDATOR: Final = 1_000
_CHARSET: Final = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)

_NOTHING: Final = Validators()
_UNANSWERED: Final = Failed(reason=f"no complete answer within {TIMEOUT_S:.0f} seconds")


class Client:
    """Fetches addresses of the web; created by `open_client`."""

    def __init__(self, session: aiohttp.ClientSession, reach: Reach, clock: Clock) -> None:
        self.reach = reach
        self._session = session
        self._clock = clock
        self._hosts: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._places = asyncio.Semaphore(AT_ONCE)
        self._silent = SilentHosts(clock)

    async def fetch(
        self, url: str, *, limit: int = LARGEST_FEED, accept: str = "*/*", validators: Validators = _NOTHING
    ) -> Outcome:
        """Fetch an address; whatever goes wrong is an outcome, not an error.

        Args:
            url: Any text.
            limit: Bytes of the body.
            accept: The Accept header.
            validators: Of the last time, to be answered with `Unchanged`.
        """
        moved_to, is_permanent, left_s = "", True, TIMEOUT_S
        for _ in range(MOST_REDIRECTS + 1):
            refusal = self.reach.refusal(url)
            if refusal:
                return Failed(reason=clean(f"{refusal}: {url[:200]}"), is_refused=True)
            url = clean_url(url) or url  # what was checked is what is asked for
            host = urlsplit(url).hostname or ""
            async with self._hosts[host], self._places:
                if self._silent.is_silent(host):
                    return Failed(reason=f"{host} has not answered other requests")
                began_s = self._clock.uptime()
                outcome = await self._request(url, limit, _headers(accept, validators), moved_to, left_s)
                if left_s == TIMEOUT_S:  # otherwise a redirect took some of its time
                    self._silent.note(host, has_answered=outcome != _UNANSWERED)
                left_s -= self._clock.uptime() - began_s  # waiting for a turn doesn't count
            if not isinstance(outcome, _Redirect):
                return outcome
            is_permanent = is_permanent and outcome.is_permanent
            url = outcome.url
            moved_to = url if is_permanent else moved_to
        return Failed(reason=f"more than {MOST_REDIRECTS} redirects")

    async def _request(
        self, url: str, limit: int, headers: dict[str, str], moved_to: str, left_s: float
    ) -> Outcome | _Redirect:
        try:
            async with (
                asyncio.timeout(max(0.0, left_s)),
                self._session.get(url, headers=headers, allow_redirects=False) as response,
            ):
                return await self._outcome(response, url, limit, moved_to)
        except TimeoutError:
            return _UNANSWERED
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.os_error, PrivateAddressError):
                return Failed(reason=str(error.os_error), is_refused=True)
            return Failed(reason=_reason(error))
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Failed(reason=_reason(error))
        except BodyError as error:
            return Failed(reason=str(error))

    async def _outcome(
        self, response: aiohttp.ClientResponse, url: str, limit: int, moved_to: str
    ) -> Outcome | _Redirect:
        headers, now, status = response.headers, self._clock.now(), response.status
        if status in _PERMANENT | _TEMPORARY and "Location" in headers:
            return _Redirect(urljoin(url, headers["Location"].strip()), is_permanent=status in _PERMANENT)
        if status == 304:  # noqa: PLR2004 - Not Modified
            return Unchanged(moved_to=moved_to, fresh_s=fresh_s(headers, now))
        if status == 410:  # noqa: PLR2004 - Gone
            return Gone()
        if status != 200:  # noqa: PLR2004 - OK
            return Failed(reason=f"status {status}", retry_after_s=retry_after_s(headers, now))
        encoding = headers.get("Content-Encoding", "").strip().lower()
        body = await read_body(response.content.iter_chunked(65_536), encoding, limit=limit)
        kind = headers.get("Content-Type", "")
        found = _CHARSET.search(kind)
        return Fetched(
            body=body,
            url=url,
            moved_to=moved_to,
            charset=found[1].lower() if found else "",
            content_type=kind.partition(";")[0].strip().lower(),
            validators=Validators(etag=_validator(headers, "ETag"), last_modified=_validator(headers, "Last-Modified")),
            fresh_s=fresh_s(headers, now),
        )


class _Redirect:
    """A redirect that has yet to be checked."""

    __slots__ = ("is_permanent", "url")

    def __init__(self, url: str, *, is_permanent: bool) -> None:
        self.url = url
        self.is_permanent = is_permanent


def _headers(accept: str, validators: Validators) -> dict[str, str]:
    headers = {"Accept": accept, "Accept-Encoding": ACCEPTED}
    if validators.etag:
        headers["If-None-Match"] = validators.etag
    if validators.last_modified:
        headers["If-Modified-Since"] = validators.last_modified
    return headers


def _validator(headers: Mapping[str, str], name: str) -> str:
    """Read a validator; one that couldn't be sent back as it came is left out."""
    text = headers.get(name, "")
    return text if len(text) <= _LONGEST_VALIDATOR and text.isascii() and text.isprintable() else ""


def _reason(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorCertificateError | ssl.SSLError):
        return "its certificate can't be verified"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "its name can't be resolved"
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"no connection ({error.strerror})" if error.strerror else "no connection"
    text = str(error) or type(error).__name__
    return clean(text)[:200].rstrip(".")


def user_agent(contact: str) -> str:
    """Name this program and how to reach its operator."""
    return f"Newsdesk/{__version__} (feed collector{f'; +{contact}' if contact else ''})"


@asynccontextmanager
async def open_client(
    reach: Reach, clock: Clock, *, contact: str = "", look_up: LookUp = look_up
) -> AsyncIterator[Client]:
    """Open a client; nothing of the environment (proxies, netrc) is used, and no cookie is kept.

    Args:
        reach: What may be fetched.
        clock: For dates in headers.
        contact: As for `user_agent`.
        look_up: Asks for a host's addresses.
    """
    connector = aiohttp.TCPConnector(
        resolver=CheckedResolver(reach, look_up), use_dns_cache=False, limit=AT_ONCE, limit_per_host=1
    )
    async with aiohttp.ClientSession(
        connector=connector,
        headers={"User-Agent": user_agent(contact)},
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        timeout=aiohttp.ClientTimeout(total=None),
        max_field_size=16_384,
    ) as session:
        yield Client(session, reach, clock)
