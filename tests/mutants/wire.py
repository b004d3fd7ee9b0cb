"""Faults of the wire: nonces, fences, time limits, rate limits, and the reading of channels."""

from __future__ import annotations

from typing import Final

from tests.mutants.mutant import Mutant

_MESSENGER: Final = "bot/chat/posting/messenger.py"
_READBACK: Final = "bot/chat/posting/readback.py"
_IDENTIFIES: Final = "bot/chat/account/identifies.py"
_TRACE: Final = "bot/chat/wire/trace.py"
_WATCH: Final = "bot/chat/wire/watch.py"
_BREAKER: Final = "bot/chat/wire/breaker.py"
_LIMITER: Final = "bot/chat/wire/limiter.py"

_OF_WIRE: Final = ("tests/chat/test_wire.py",)
_OF_MESSENGER: Final = ("tests/chat/test_messenger.py",)
_OF_OUTAGES: Final = ("tests/faults/test_discord_outages.py",)
_OF_LIMITS: Final = ("tests/faults/test_discord_limits.py", *_OF_WIRE)
_OF_HISTORY: Final = ("tests/faults/test_discord_history.py", *_OF_MESSENGER)
_OF_SUPERVISOR: Final = ("tests/chat/test_supervisor.py", "tests/faults/test_discord_gateway.py")

WIRE: Final = (
    Mutant(
        name="Discord is not asked to enforce the nonce",
        file=_MESSENGER,
        old="try:\n            message = await channel.send(view=view, nonce=nonce, ",
        new="try:\n            message = await channel.send(view=view, ",
        proofs=(*_OF_MESSENGER, *_OF_OUTAGES),
    ),
    Mutant(
        name="a post in an archived thread goes out without its nonce",
        file=_MESSENGER,
        old="            await self._unarchive(channel_id)\n"
        "            message = await channel.send(view=view, nonce=nonce, ",
        new="            await self._unarchive(channel_id)\n            message = await channel.send(view=view, ",
        proofs=(*_OF_MESSENGER, *_OF_OUTAGES),
    ),
    Mutant(
        name="a forum's post is repeated although it has no nonce",
        file=_MESSENGER,
        old="        watch.try_once()  # a forum has no nonces",
        new="        # a forum has no nonces",
        proofs=(*_OF_MESSENGER, *_OF_OUTAGES),
    ),
    Mutant(
        name="only the first page of a channel is read back",
        file=_READBACK,
        old="            if len(page) < _PAGE:\n",
        new="            if len(page) <= _PAGE:\n",
        proofs=_OF_HISTORY,
    ),
    Mutant(
        name="a channel whose history is hidden from the bot counts as read",
        file=_READBACK,
        old="        if not _may_read(home, membership.me):\n",
        new="        if membership is None:\n",
        proofs=_OF_HISTORY,
    ),
    Mutant(
        name="somebody else's copy of a message counts as the bot's",
        file=_READBACK,
        old='            if int(message["author"]["id"]) == self._own_id:\n',
        new='            if int(message["author"]["id"]):\n',
        proofs=_OF_HISTORY,
    ),
    Mutant(
        name="a read-back without an answer counts as one that found nothing",
        file=_READBACK,
        old="            return _unless_stopped(error)\n        except Exception as error:",
        new="            return None\n        except Exception as error:",
        proofs=_OF_HISTORY,
    ),
    Mutant(
        name="a refusal after a request without an answer counts as a refusal",
        file="bot/chat/account/error_mapping.py",
        old='    if watch.may_be_posted and refusal.cause != "message_gone":\n',
        new='    if watch.may_be_posted and refusal.cause == "":\n',
        proofs=(*_OF_MESSENGER, *_OF_OUTAGES),
    ),
    Mutant(
        name="a request stays on the wire for longer than the protocol waits",
        file=_TRACE,
        old="WIRE_S: Final = 15.0",
        new="WIRE_S: Final = 60.0",
        proofs=_OF_OUTAGES,
    ),
    Mutant(
        name="a request that was cut counts as never sent",
        file=_TRACE,
        old="request.is_sent and request.creates_a_message:\n            request.post.may_be_posted = True",
        new="request.is_sent and request.creates_a_message:\n            request.post.may_be_posted = False",
        proofs=(*_OF_WIRE, *_OF_OUTAGES),
    ),
    Mutant(
        name="an answer of 500 counts as certain",
        file=_TRACE,
        old="return status >= HTTPStatus.INTERNAL_SERVER_ERROR or status < HTTPStatus.BAD_REQUEST",
        new="return status < HTTPStatus.BAD_REQUEST",
        proofs=(*_OF_WIRE, *_OF_OUTAGES),
    ),
    Mutant(
        name="a post sleeps through a rate limit while its lease runs",
        file=_TRACE,
        old="                raise TooEarlyError(left)\n",
        new="                pass\n",
        proofs=_OF_LIMITS,
    ),
    Mutant(
        name="the wait that a 429 asks for is not remembered",
        file=_TRACE,
        old='        self.waits.add(method, path, retry_after_s, is_global="X-RateLimit-Global" in response.headers)\n',
        new="",
        proofs=_OF_LIMITS,
    ),
    Mutant(
        name="a wait for everything counts for its route alone",
        file=_TRACE,
        old='is_global="X-RateLimit-Global" in response.headers)',
        new="is_global=False)",
        proofs=_OF_LIMITS,
    ),
    Mutant(
        name="refusals of a shared limit count toward the ban",
        file=_TRACE,
        old='response.headers.get("X-RateLimit-Scope") != "shared"',
        new='response.headers.get("X-RateLimit-Scope") != "nobody\'s"',
        proofs=_OF_LIMITS,
    ),
    Mutant(
        name="requests go on while Discord bans the address",
        file=_TRACE,
        old='        self.breaker.open("Discord has banned this address for a while", seconds)\n',
        new="        del seconds\n",
        proofs=_OF_LIMITS,
    ),
    Mutant(
        name="requests go on however many are refused",
        file=_BREAKER,
        old="        if self.invalid_count >= INVALID_LIMIT and not self.is_open:\n",
        new="        if self.invalid_count < 0:\n",
        proofs=_OF_LIMITS,
    ),
    Mutant(
        name="a request begins after the fence",
        file=_WATCH,
        old="        if uptime_s >= self.fence_s:\n",
        new="        if uptime_s < 0:\n",
        proofs=_OF_WIRE,
    ),
    Mutant(
        name="a post without a nonce is tried twice",
        file=_WATCH,
        old="        if self._tries_once and self.may_be_posted:\n",
        new="        if self._tries_once and self.answer is self:\n",
        proofs=(*_OF_WIRE, *_OF_MESSENGER),
    ),
    Mutant(
        name="a forum's new post doesn't count as a message",
        file=_WATCH,
        old='path.endswith(("/messages", "/threads"))',
        new='path.endswith("/messages")',
        proofs=(*_OF_MESSENGER, *_OF_OUTAGES),
    ),
    Mutant(
        name="requests pass in a bunch after the loop was blocked",
        file=_LIMITER,
        old="        while (wait := self._crowded_s()) > 0:\n",
        new="        while (wait := 0.0) > 0:\n",
        proofs=_OF_WIRE,
    ),
    Mutant(
        name="more requests pass in a second than Discord allows",
        file=_LIMITER,
        old="REQUESTS_PER_S: Final = 48.0",
        new="REQUESTS_PER_S: Final = 55.0",
        proofs=_OF_WIRE,
    ),
    Mutant(
        name="IDENTIFYs go on after the day's budget",
        file=_IDENTIFIES,
        old="        if count > MOST_IDENTIFIES:\n",
        new="        if count < 0:\n",
        proofs=("tests/faults/test_store_meanwhile.py::test_budget_holds_in_memory_too",),
    ),
    Mutant(
        name="a second IDENTIFY comes at once",
        file=_IDENTIFIES,
        old="_BETWEEN_S: Final = 5.25",
        new="_BETWEEN_S: Final = 0.0",
        proofs=("tests/kinds/test_start.py::test_second_identify_comes_five_seconds_after_the_first_across_a_restart",),
    ),
    Mutant(
        name="the gateway is connected to again at once, each time",
        file="bot/chat/wire/pace.py",
        old="        return min(_LONGEST_GAP_S, _FIRST_GAP_S * 2.0 ** min(self._short - 1, 10))\n",
        new="        return 0.0\n",
        proofs=("tests/faults/test_endless.py",),
    ),
)
