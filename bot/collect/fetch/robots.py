"""What a site's robots.txt says of its pages. Feeds are not asked about: their sites offer them to programs."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from protego import Protego

from bot.collect.fetch.client import Client
from bot.collect.fetched import Failed, Fetched

_LARGEST: Final = 512 * 1024
_NAME: Final = "Newsdesk"
_ABSENT: Final = "status 4"
"""A site without a robots.txt allows everything (RFC 9309, section 2.3.1.3); one that fails allows nothing for now."""


class Robots:
    """Remembers the robots.txt of each site for a pass."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._rules: dict[str, Protego | bool] = {}

    async def allows(self, url: str) -> bool:
        """Return True if a page may be fetched."""
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._rules:
            self._rules[site] = await self._read(site)
        rules = self._rules[site]
        return rules if isinstance(rules, bool) else rules.can_fetch(url, _NAME)

    async def _read(self, site: str) -> Protego | bool:
        outcome = await self._client.fetch(f"{site}/robots.txt", limit=_LARGEST)
        if isinstance(outcome, Fetched):
            return Protego.parse(outcome.body.decode(errors="replace"))
        return not isinstance(outcome, Failed) or outcome.reason.startswith(_ABSENT)
