"""Fetching is bounded: in bytes, in time, in redirects; and every failure is an outcome with a reason."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.clock import SystemClock
from bot.collect.fetch import client as client_module
from bot.collect.fetch.addresses import Reach, read_test_site
from bot.collect.fetch.client import LARGEST_FEED, Client, open_client, user_agent
from bot.collect.fetch.silence import SILENT_AFTER
from bot.collect.fetched import Failed, Fetched, Gone, Unchanged, Validators
from tests.collect.news_server import NewsServer

MIB = 1024**2


@pytest.fixture
async def client(server: NewsServer) -> AsyncIterator[Client]:
    """A client that reaches the server of tests."""
    reach = Reach(site=read_test_site(server.test_site))
    async with open_client(reach, SystemClock(), contact="https://example.com/bot") as opened:
        yield opened


async def test_body_arrives_with_its_validators(server: NewsServer, client: Client) -> None:
    """They are what the next request asks with."""
    url = server.put("gazette", "<rss/>", headers={"Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT"})
    outcome = await client.fetch(url)

    assert isinstance(outcome, Fetched)
    assert outcome.body == b"<rss/>"
    assert outcome.validators.etag
    assert outcome.validators.last_modified == "Mon, 01 Jan 2024 00:00:00 GMT"


async def test_known_validator_gives_unchanged(server: NewsServer, client: Client) -> None:
    """No body is sent."""
    url = server.put("gazette", "<rss/>")
    first = await client.fetch(url)
    assert isinstance(first, Fetched)

    assert await client.fetch(url, validators=first.validators) == Unchanged()


async def test_each_request_says_who_asks(server: NewsServer, client: Client) -> None:
    """An owner of a site can reach the operator."""
    await client.fetch(server.put("gazette", "<rss/>"))

    assert server.requests[0].headers["User-Agent"] == user_agent("https://example.com/bot")
    assert "+https://example.com/bot" in user_agent("https://example.com/bot")


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_compressed_body_is_decompressed(server: NewsServer, client: Client, encoding: str) -> None:
    """As servers send it to those who accept it."""
    packed = gzip.compress(b"<rss/>") if encoding == "gzip" else zlib.compress(b"<rss/>")
    outcome = await client.fetch(server.put("gazette", packed, headers={"Content-Encoding": encoding}))

    assert isinstance(outcome, Fetched)
    assert outcome.body == b"<rss/>"


async def test_raw_deflate_is_read_too(server: NewsServer, client: Client) -> None:
    """Some servers mean that by deflate."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = packer.compress(b"<rss/>") + packer.flush()
    outcome = await client.fetch(server.put("gazette", packed, headers={"Content-Encoding": "deflate"}))

    assert isinstance(outcome, Fetched)
    assert outcome.body == b"<rss/>"


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_bomb_is_refused_at_the_limit(server: NewsServer, client: Client, encoding: str) -> None:
    """A gigabyte of zeros in a megabyte."""
    zeros = bytes(256 * MIB)
    packed = gzip.compress(zeros, 6) if encoding == "gzip" else zlib.compress(zeros, 6)
    outcome = await client.fetch(server.put("bomb", packed, headers={"Content-Encoding": encoding}))

    assert outcome == Failed(reason="larger than 5 MiB")


async def test_body_over_the_limit_is_refused(server: NewsServer, client: Client) -> None:
    """Without compression, as well."""
    outcome = await client.fetch(server.put("big", bytes(LARGEST_FEED + 1)))

    assert outcome == Failed(reason="larger than 5 MiB")


async def test_unknown_compression_is_refused(server: NewsServer, client: Client) -> None:
    """It was not asked for."""
    outcome = await client.fetch(server.put("odd", b"x", headers={"Content-Encoding": "br"}))

    assert outcome == Failed(reason="unsupported compression: br")


async def test_damaged_compression_is_refused(server: NewsServer, client: Client) -> None:
    """Named as what it is."""
    outcome = await client.fetch(server.put("odd", b"not gzip at all", headers={"Content-Encoding": "gzip"}))

    assert outcome == Failed(reason="damaged compression")


async def test_drip_of_single_bytes_ends_with_the_time_limit(
    server: NewsServer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A byte a second would keep a connection for weeks."""
    monkeypatch.setattr(client_module, "TIMEOUT_S", 0.6)

    async def drip(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        for _ in range(100):
            await answer.write(b"<")
            await asyncio.sleep(0.1)
        return answer

    outcome = await client.fetch(server.put_answer("drip", drip))

    assert isinstance(outcome, Failed)
    assert outcome.reason.startswith("no complete answer within")


async def test_redirects_share_one_time_limit(
    server: NewsServer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five slow redirects are as slow as one slow answer."""
    monkeypatch.setattr(client_module, "TIMEOUT_S", 0.5)
    for number in range(5):
        following = server.url("slow", f"/feed{number + 1}")

        async def slow(_request: web.Request, to: str = following) -> web.StreamResponse:
            await asyncio.sleep(0.2)
            return web.Response(status=302, headers={"Location": to})

        server.put_answer("slow", slow, f"/feed{number}")

    outcome = await client.fetch(server.url("slow", "/feed0"))

    assert isinstance(outcome, Failed)
    assert len(server.requests) <= 3


async def test_sixth_redirect_is_not_followed(server: NewsServer, client: Client) -> None:
    """A loop ends."""
    url = server.put_redirect("loop", server.url("loop"))

    assert await client.fetch(url) == Failed(reason="more than 5 redirects")
    assert len(server.requests) == 6


async def test_permanent_redirect_is_reported(server: NewsServer, client: Client) -> None:
    """The feeds file can be corrected."""
    new = server.put("gazette", "<rss/>", "/feed2")
    outcome = await client.fetch(server.put_redirect("gazette", "/feed2", status=308))

    assert isinstance(outcome, Fetched)
    assert outcome.moved_to == new


async def test_temporary_redirect_is_followed_and_not_reported(server: NewsServer, client: Client) -> None:
    """The address in the feeds file stays right."""
    server.put("gazette", "<rss/>", "/feed3")
    server.put_redirect("gazette", "/feed3", "/feed2", status=301)
    outcome = await client.fetch(server.put_redirect("gazette", "/feed2", status=302))

    assert isinstance(outcome, Fetched)
    assert outcome.moved_to == ""


async def test_gone_is_gone(server: NewsServer, client: Client) -> None:
    """410 differs from 404, which may be a mistake."""
    assert await client.fetch(server.put_status("old", 410)) == Gone()
    assert await client.fetch(server.put_status("old", 404)) == Failed(reason="status 404")


async def test_retry_after_is_read(server: NewsServer, client: Client) -> None:
    """In seconds; dates are read by the same function."""
    url = server.put_status("busy", 429, headers={"Retry-After": "120"})

    assert await client.fetch(url) == Failed(reason="status 429", retry_after_s=120)


async def test_host_is_asked_one_request_at_a_time(server: NewsServer, client: Client) -> None:
    """Twelve feeds of one site are twelve requests in a row; of twelve sites, at once."""

    async def slow(_request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.02)
        return web.Response(body=b"<rss/>")

    urls = [server.put_answer("one", slow, f"/feed{number}") for number in range(6)]
    urls += [server.put_answer(f"site{number}", slow) for number in range(6)]
    outcomes = await asyncio.gather(*map(client.fetch, urls))

    assert all(isinstance(outcome, Fetched) for outcome in outcomes)
    assert set(server.most_at_once.values()) == {1}


async def test_host_that_does_not_answer_holds_up_two_of_its_feeds_and_no_more(
    monkeypatch: pytest.MonkeyPatch, server: NewsServer, client: Client
) -> None:
    """Each of its feeds would wait for its whole time, one after the other: 100 feeds for half an hour."""
    monkeypatch.setattr(client_module, "TIMEOUT_S", 1.0)

    async def wait(_: web.Request) -> web.Response:
        await asyncio.sleep(60)
        return web.Response()

    urls = [server.put_answer("silent", wait, path=f"/{number}") for number in range(20)]
    outcomes = await asyncio.gather(*map(client.fetch, urls))

    assert [request.host.partition(".")[0] for request in server.requests] == ["silent"] * SILENT_AFTER
    assert all(isinstance(outcome, Failed) for outcome in outcomes)
    assert isinstance(await client.fetch(server.put("gazette", "<rss/>")), Fetched)


async def test_host_with_one_slow_feed_is_asked_for_the_others(
    monkeypatch: pytest.MonkeyPatch, server: NewsServer, client: Client
) -> None:
    """A host that answers between two slow feeds is not silent."""
    monkeypatch.setattr(client_module, "TIMEOUT_S", 1.0)

    async def wait(_: web.Request) -> web.Response:
        await asyncio.sleep(60)
        return web.Response()

    slow, sound = server.put_answer("gazette", wait, path="/slow"), server.put("gazette", "<rss/>", path="/sound")
    for _ in range(SILENT_AFTER + 1):
        assert isinstance(await client.fetch(slow), Failed)
        assert isinstance(await client.fetch(sound), Fetched)


async def test_refused_connection_is_an_outcome(client: Client, server: NewsServer) -> None:
    """A server that is down is nothing exceptional."""

    async def hang_up(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    outcome = await client.fetch(server.put_answer("down", hang_up))

    assert isinstance(outcome, Failed)
    assert not outcome.is_refused


async def test_site_that_is_not_there_is_named_in_plain_words() -> None:
    """An operator reads it in `newsdesk feeds list`, for each feed while this machine has no network."""

    async def unknown(host: str) -> list[str]:
        raise OSError(f"Name or service not known: {host}")

    async with open_client(Reach(), SystemClock(), look_up=unknown) as offline:
        assert await offline.fetch("https://example.com/feed") == Failed(reason="its name can't be resolved")
    async with open_client(Reach(site=read_test_site("news.test:1")), SystemClock()) as closed:
        outcome = await closed.fetch("http://a.news.test:1/feed")

    assert isinstance(outcome, Failed)
    assert outcome.reason.startswith("no connection (")


async def test_validators_are_sent_as_they_came(server: NewsServer, client: Client) -> None:
    """Weak ones and odd dates, too."""
    known = Validators(etag='W/"odd"', last_modified="yesterday")
    await client.fetch(server.put("gazette", "<rss/>"), validators=known)

    headers = server.requests[0].headers
    assert (headers["If-None-Match"], headers["If-Modified-Since"]) == ('W/"odd"', "yesterday")
