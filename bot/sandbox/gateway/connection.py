"""A WebSocket connection: compression, heartbeats, opcodes and close codes (docs, Opcodes and Status Codes)."""

from __future__ import annotations

import asyncio
import contextlib
import json
import zlib
from collections import deque
from typing import Any, Final

import aiohttp
from aiohttp import web

from bot.sandbox.faults import Effect
from bot.sandbox.gateway import intents
from bot.sandbox.gateway.session import Session
from bot.sandbox.gateway.sessions import Sessions
from bot.sandbox.validation import payloads
from bot.sandbox.wire import Json, dump

HEARTBEAT: Final = 1
IDENTIFY: Final = 2
RESUME: Final = 6
RECONNECT: Final = 7
INVALID_SESSION: Final = 9
HELLO: Final = 10
ACKNOWLEDGE: Final = 11

_NAMES: Final = {HEARTBEAT: "HEARTBEAT", IDENTIFY: "IDENTIFY", RESUME: "RESUME"}
_IGNORED: Final = frozenset({3, 4, 8, 31})
"""Presence, voice, member and soundboard requests: valid, but without effect here."""
_VERSIONS: Final = (None, "9", "10")
"""API versions that the `v` of a connection's address may name; any other closes it with 4012: docs, API Versions."""
_LARGEST_PAYLOAD: Final = 4096
"""Bytes; a larger payload closes the connection with 4002: docs, Gateway, Sending Events."""
_MOST_PAYLOADS: Final = 120
"""Payloads a minute; more close the connection with 4008: docs, Gateway, Rate Limiting."""
_MINUTE_S: Final = 60.0


class Connection:
    """A client's connection to the gateway."""

    def __init__(self, sessions: Sessions, request: web.BaseRequest) -> None:
        self._sessions = sessions
        self._request = request
        self._socket = web.WebSocketResponse(max_msg_size=1 << 16, compress=False)
        # zstd is not supported: the client gets text frames instead, which every client reads.
        compressed = request.query.get("compress") == "zlib-stream"
        self._compressor = zlib.compressobj() if compressed else None
        self._outgoing: asyncio.Queue[bytes | tuple[int, str]] = asyncio.Queue()
        self._beat_at = 0.0
        self._received_at: deque[float] = deque(maxlen=_MOST_PAYLOADS)
        self.session: Session | None = None

    async def serve(self) -> web.WebSocketResponse:
        """Serve until one side closes."""
        await self._socket.prepare(self._request)
        self._beat_at = asyncio.get_running_loop().time()
        tasks = [asyncio.create_task(self._write()), asyncio.create_task(self._watch_heartbeat())]
        self._send_op(HELLO, {"heartbeat_interval": round(self._sessions.heartbeat_s * 1000), "_trace": []})
        try:
            if self._request.query.get("v") not in _VERSIONS:
                self.close(4012, "Invalid API version")
                await self._socket.receive()
            elif not self._meet_fault("HELLO"):
                async for message in self._socket:
                    if message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                        self._receive(message.data)
            else:
                await self._socket.receive()
        finally:
            self._sessions.release(self.session, self, self._socket.close_code)
            for task in tasks:
                task.cancel()
            for task in tasks:
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        return self._socket

    def send(self, payload: bytes) -> None:
        """Queue a payload."""
        self._outgoing.put_nowait(payload)

    def close(self, code: int, reason: str = "") -> None:
        """Close with a code, after the queued payloads."""
        self._outgoing.put_nowait((code, reason))

    def drop(self) -> None:
        """Abort the connection without a close frame."""
        if self._request.transport is not None:
            self._request.transport.abort()

    def reconnect(self) -> None:
        """Send op 7."""
        self._send_op(RECONNECT, None)

    def invalidate(self, *, resumable: bool) -> None:
        """Send op 9."""
        self._send_op(INVALID_SESSION, resumable)

    def _send_op(self, op: int, data: Any) -> None:
        self.send(dump({"op": op, "d": data, "s": None, "t": None}))

    async def _write(self) -> None:
        while True:
            item = await self._outgoing.get()
            try:
                if isinstance(item, tuple):
                    await self._socket.close(code=item[0], message=item[1].encode())
                    return
                if self._compressor is None:
                    await self._socket.send_str(item.decode())
                else:
                    await self._socket.send_bytes(
                        self._compressor.compress(item) + self._compressor.flush(zlib.Z_SYNC_FLUSH)
                    )
            except (ConnectionError, RuntimeError):
                return

    async def _watch_heartbeat(self) -> None:
        # On the machine's clock, as the client's: a simulated clock must not end the connection.
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self._sessions.heartbeat_s / 4)
            if loop.time() - self._beat_at > self._sessions.heartbeat_s * 1.5:
                self.close(4009, "Session timed out")
                return

    def _receive(self, text: str | bytes) -> None:
        now = asyncio.get_running_loop().time()
        if len(self._received_at) == _MOST_PAYLOADS and now - self._received_at[0] < _MINUTE_S:
            self.close(4008, "Rate limited")
            return
        self._received_at.append(now)
        payload = _decoded(text)
        if payload is None:
            self.close(4002, "Decode error")
            return
        op, data = payload["op"], payload.get("d") or {}
        for where, why in payloads.problems(payload):
            self._sessions.validator.deviate("GATEWAY", _NAMES.get(op, f"op {op}"), where, why)
        if op in _NAMES and self._meet_fault(_NAMES[op]):
            return
        if op == HEARTBEAT:
            self._beat_at = now
            self._send_op(ACKNOWLEDGE, None)
        elif op == IDENTIFY:
            self._identify(data)
        elif op == RESUME:
            self._resume(data)
        elif op not in _IGNORED:
            self.close(4001, "Unknown opcode")
        elif self.session is None:
            self.close(4003, "Not authenticated")

    def _identify(self, data: Json) -> None:
        sessions, world = self._sessions, self._sessions.world
        left = world.identifies_left()
        in_time = sessions.take_identify(asyncio.get_running_loop().time())
        wanted = data.get("intents")
        if not self._authorizes(data) or left == 0:
            self.close(4004, "Authentication failed")
        elif self.session is not None:
            self.close(4005, "Already authenticated")
        elif not in_time:
            self.invalidate(resumable=False)  # docs, Gateway, Sharding, Max Concurrency
        elif not isinstance(wanted, int) or wanted & ~intents.KNOWN:
            self.close(4013, "Invalid intent(s)")
        elif wanted & intents.PRIVILEGED & ~world.privileged_intents:
            self.close(4014, "Disallowed intent(s)")
        else:
            number, count = data.get("shard") or (0, 1)
            self.session = sessions.open(wanted, (number, count), self)

    def _resume(self, data: Json) -> None:
        self._sessions.resume_count += 1
        if not self._authorizes(data):
            self.close(4004, "Authentication failed")
            return
        session = self._sessions.by_id.get(str(data.get("session_id")))
        if session is None:
            self.invalidate(resumable=False)
            return
        if isinstance(session.connection, Connection) and session.connection is not self:
            session.connection.close(4000, "Resumed elsewhere")
        session.connection = self
        if not session.replay(data.get("seq") or 0):
            session.connection = None
            self.close(4007, "Invalid seq")
            return
        self.session = session
        session.push("RESUMED", {"_trace": []})
        self._sessions.world.changes.notify()

    def _authorizes(self, data: Json) -> bool:
        return data.get("token") in (self._sessions.token, f"Bot {self._sessions.token}")

    def _meet_fault(self, name: str) -> bool:
        fault = self._sessions.faults.find("GATEWAY", name)
        if fault is None:
            return False
        if fault.effect is Effect.CLOSE:
            self.close(int(fault.amount))
        elif fault.effect is Effect.DROP:
            self.drop()
        elif fault.effect is Effect.RECONNECT:
            self.reconnect()
        elif fault.effect is Effect.INVALID_SESSION:
            self.invalidate(resumable=bool(fault.detail))
        elif fault.effect is Effect.MALFORMED:
            self.send(dump({"op": 0, "t": fault.detail, "s": 1, "d": {}}))
        return fault.effect is not Effect.MALFORMED


def _decoded(text: str | bytes) -> Json | None:
    """Decode a payload; None if it is too large, is not an object with an opcode, or lacks an object that it needs."""
    if len(text) > _LARGEST_PAYLOAD:
        return None
    try:
        payload = json.loads(text)
    except ValueError:
        return None
    if not isinstance(payload, dict) or not isinstance(payload.get("op"), int):
        return None
    needs_object = payload["op"] in (IDENTIFY, RESUME)
    return payload if not needs_object or isinstance(payload.get("d"), dict) else None
