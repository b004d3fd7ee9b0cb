"""Which addresses may be fetched: web addresses of public hosts at the usual ports, and nothing else.

A feed's address, each redirect, and each link of an item comes from outside. It must never reach what only this
machine or its network can reach: a router's page, a cloud's metadata, a database. So a URL needs a name of at least
two labels (which rules out addresses in decimal, hex, octal and IPv6), and what the name resolves to is checked right
where the connection is made (`resolver`).
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from bot.text.links import clean_url

_PORTS: Final = frozenset({80, 443, 8080, 8443})
_TEST_DOMAIN: Final = "test"
"""Reserved for tests (RFC 6761): no name below it exists in the public DNS."""

_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
_LOCAL_NAT64: Final = ipaddress.ip_network("64:ff9b:1::/48")
_TEREDO: Final = ipaddress.ip_network("2001::/32")
_COMPATIBLE: Final = ipaddress.ip_network("::/96")

LOOPBACK: Final = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class TestSite:
    """A domain of tests: it and the names below it are this machine's loopback address, at one port."""

    domain: str
    port: int

    def has(self, host: str) -> bool:
        """Return True if a host is the domain or below it."""
        return host == self.domain or host.endswith(f".{self.domain}")


def read_test_site(text: str) -> TestSite | None:
    """Read `news.test:8001`; None unless it is a name below `.test` with a port: no other may lead to this machine."""
    domain, _, port = text.rpartition(":")
    is_usable = domain.split(".")[-1] == _TEST_DOMAIN and "." in domain and port.isdecimal()
    return TestSite(domain=domain, port=int(port)) if is_usable else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What may be fetched.

    Attributes:
        site: The one exception, for tests alone.
    """

    site: TestSite | None = None

    def refusal(self, url: str) -> str:
        """Say why a URL must not be fetched; empty if it may be."""
        if clean_url(url) is None:
            return "not a public web address"
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        if self.site is not None and self.site.has(host):
            return "" if port == self.site.port else "not a usual port"
        if host.split(".")[-1] in {_TEST_DOMAIN, "localhost", "local", "internal", "invalid", "onion"}:
            return "not a public host"
        return "" if port in _PORTS else "not a usual port"

    def is_here(self, host: str) -> bool:
        """Return True if a host is the test site's."""
        return self.site is not None and self.site.has(host)


def is_public(text: str) -> bool:
    """Return True if an IP address is one of the public internet; addresses that contain another one count as it."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        inner = _embedded(address)
        if inner is not None:
            return is_public(str(inner))
        if address in _TEREDO or address in _LOCAL_NAT64 or address in _COMPATIBLE:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that an IPv6 address leads to: mapped, 6to4 or by NAT64."""
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour
