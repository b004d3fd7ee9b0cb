"""No address of this machine or its network is ever fetched, in whatever way it is written or named."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import SystemClock
from bot.collect.fetch.addresses import Reach, is_public, read_test_site
from bot.collect.fetch.client import Client, open_client
from bot.collect.fetched import Failed, Fetched
from tests.collect.news_server import NewsServer

REFUSED = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::ffff:a9fe:a9fe]/latest/meta-data/",
    "http://[fd00::1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.1/",
    "http://192.168.1.1/",
    "http://0.0.0.0/",
    "http://8.8.8.8/",
    "http://localhost/",
    "http://localhost.localdomain.localhost/",
    "http://router.local/",
    "http://metadata.google.internal/",
    "http://news.test/",
    "http://user@example.com/",
    "http://user:secret@example.com/",
    "http://example.com@127.0.0.1/",
    "http://127.0.0.1\\@example.com/",
    "http://example.com:22/",
    "http://example.com:6379/",
    "http://example.com:99999/",
    "http://example.com#@127.0.0.1:80/\x00",
    "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/",
    "ftp://example.com/feed",
    "file:///etc/passwd",
    "gopher://example.com/",
    "javascript:alert(1)",
    "data:text/xml,<rss/>",
    "//example.com/feed",
    "",
]
PRIVATE = [
    "127.0.0.1",
    "127.255.255.254",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104 - refused, not bound to
    "255.255.255.255",
    "224.0.0.1",
    "240.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "::",
    "::1",
    "::127.0.0.1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd12:3456::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::10.0.0.1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
    "not an address",
    "",
]
PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]

LookUp = Callable[[str], list[str]]


@asynccontextmanager
async def client(look_up: LookUp = lambda _: ["127.0.0.1"], reach: Reach | None = None) -> AsyncIterator[Client]:
    """A client whose names resolve as a test says."""

    async def resolve(host: str) -> list[str]:
        return look_up(host)

    async with open_client(reach or Reach(), SystemClock(), look_up=resolve) as opened:
        yield opened


@pytest.mark.parametrize("url", REFUSED)
async def test_address_is_refused_before_any_look_up(url: str) -> None:
    """Not even the name server learns of it."""
    asked: list[str] = []

    def look_up(host: str) -> list[str]:
        asked.append(host)
        return PUBLIC[:1]

    async with client(look_up) as opened:
        outcome = await opened.fetch(url)

    assert isinstance(outcome, Failed)
    assert outcome.is_refused
    assert asked == []


@pytest.mark.parametrize("address", PRIVATE)
async def test_name_of_a_private_address_is_refused(address: str) -> None:
    """An ordinary name, a DNS answer of the attacker's choice."""
    async with client(lambda _: [address]) as opened:
        outcome = await opened.fetch("http://rebind.example.com/feed")

    assert outcome == Failed(reason="rebind.example.com leads to a private address", is_refused=True)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_address_is_accepted(address: str) -> None:
    """The table above doesn't refuse everything."""
    assert is_public(address)


async def test_name_of_a_public_and_a_private_address_is_refused() -> None:
    """Whichever of the two would be tried first."""
    async with client(lambda _: ["93.184.216.34", "10.0.0.1"]) as opened:
        outcome = await opened.fetch("http://both.example.com/feed")

    assert isinstance(outcome, Failed)
    assert outcome.is_refused


async def test_connection_goes_to_the_checked_address_although_the_next_answer_differs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name that is public when it is checked and private when it is connected to has no moment in between."""
    answers = iter([["93.184.216.34"], ["127.0.0.1"], ["127.0.0.1"]])
    connected: list[str] = []

    async def connect(_loop: object, _socket: socket.socket, address: tuple[str, int]) -> None:
        connected.append(address[0])
        raise OSError("nobody listens there")

    monkeypatch.setattr(asyncio.SelectorEventLoop, "sock_connect", connect)
    async with client(lambda _: next(answers)) as opened:
        outcome = await opened.fetch("http://rebind.example.com/feed")

    assert isinstance(outcome, Failed)
    assert connected == ["93.184.216.34"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "target", ["http://127.0.0.1:{port}/secret", "http://localhost/", "http://[::1]:{port}/", "file:///etc/passwd"]
)
async def test_redirect_to_a_private_address_is_refused(server: NewsServer, status: int, target: str) -> None:
    """Each redirect is checked as the first address is."""
    url = server.put_redirect("gazette", target.format(port=server.port), status=status)
    async with client(reach=Reach(site=read_test_site(server.test_site))) as opened:
        outcome = await opened.fetch(url)

    assert isinstance(outcome, Failed)
    assert outcome.is_refused
    assert [request.path for request in server.requests] == ["/feed"]


async def test_redirect_to_a_name_of_a_private_address_is_refused(server: NewsServer) -> None:
    """The name is public, its address isn't."""
    url = server.put_redirect("gazette", "http://inside.example.com/")
    async with client(reach=Reach(site=read_test_site(server.test_site))) as opened:
        outcome = await opened.fetch(url)

    assert outcome == Failed(reason="inside.example.com leads to a private address", is_refused=True)


@pytest.mark.parametrize(
    "text",
    ["example.com:80", "127.0.0.1:80", "localhost:80", "test:80", "news.test", "news.test:x", "news.test.com:80"],
)
def test_only_a_name_of_tests_may_lead_to_this_machine(text: str) -> None:
    """The exception can't be pointed at anything that exists."""
    assert read_test_site(text) is None


async def test_exception_holds_for_its_own_port_alone(server: NewsServer) -> None:
    """Another service of this machine stays out of reach."""
    url = f"http://gazette.news.test:{server.port + 1 if server.port < 65_535 else 1}/feed"
    async with client(reach=Reach(site=read_test_site(server.test_site))) as opened:
        outcome = await opened.fetch(url)

    assert isinstance(outcome, Failed)
    assert outcome.is_refused


async def test_exception_reaches_the_server_of_tests(server: NewsServer) -> None:
    """Otherwise every refusal above would prove nothing."""
    url = server.put("gazette", "<rss/>")
    async with client(reach=Reach(site=read_test_site(server.test_site))) as opened:
        assert isinstance(await opened.fetch(url), Fetched)


@given(st.ip_addresses(v=4))
def test_ipv6_form_of_an_address_is_public_only_if_the_address_is(address: object) -> None:
    """Mapped, translated, 6to4: the inner address decides."""
    number = int(address)  # type: ignore[call-overload]  # Hypothesis' type is a union of both versions
    forms = (f"::ffff:{address}", f"64:ff9b::{address}", f"2002:{number >> 16:x}:{number & 0xFFFF:x}::1")

    assert {is_public(form) for form in forms} == {is_public(str(address))}


@given(st.text(max_size=60))
def test_no_text_makes_the_check_fail(text: str) -> None:
    """Whatever a feed names as a link."""
    assert isinstance(Reach().refusal(text), str)
    assert isinstance(Reach().refusal(f"http://{text}/"), str)
