"""One WebSocket connection: compression, heartbeats, and Discord's opcodes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import zlib
from typing import TYPE_CHECKING, Any, Final

import aiohttp
from aiohttp import web

from bot.sandbox.examiner import payloads
from bot.sandbox.faults import Effect
from bot.sandbox.gateway import intents
from bot.sandbox.gateway.session import Session
from bot.sandbox.wire import Json, dump

if TYPE_CHECKING:
    from bot.sandbox.gateway.gateway import Gateway

DISPATCH: Final = 0
HEARTBEAT: Final = 1
IDENTIFY: Final = 2
RESUME: Final = 6
RECONNECT: Final = 7
INVALID_SESSION: Final = 9
HELLO: Final = 10
ACKNOWLEDGE: Final = 11

_NAMES: Final = {HEARTBEAT: "HEARTBEAT", IDENTIFY: "IDENTIFY", RESUME: "RESUME"}
_IGNORED: Final = frozenset({3, 4, 8, 31})
"""Presence, voice, member and soundboard requests: valid, and answered by nothing here."""


class Connection:
    """A client's connection to the gateway."""

    def __init__(self, gateway: Gateway, request: web.BaseRequest) -> None:
        self._gateway = gateway
        self._request = request
        self._socket = web.WebSocketResponse(max_msg_size=1 << 16, compress=False)
        # zstd is not offered: text frames are, which every client reads whatever it asked for.
        compressed = request.query.get("compress") == "zlib-stream"
        self._compressor = zlib.compressobj() if compressed else None
        self._outgoing: asyncio.Queue[bytes | tuple[int, str]] = asyncio.Queue()
        self._beat_at = 0.0
        self.session: Session | None = None

    async def serve(self) -> web.WebSocketResponse:
        """Run until one side closes."""
        await self._socket.prepare(self._request)
        self._beat_at = asyncio.get_running_loop().time()
        tasks = [asyncio.create_task(self._write()), asyncio.create_task(self._watch_heartbeat())]
        self._send_op(HELLO, {"heartbeat_interval": round(self._gateway.heartbeat_s * 1000), "_trace": []})
        try:
            if not self._meet_fault("HELLO"):
                async for message in self._socket:
                    if message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                        self._receive(message.data)
            else:
                await self._socket.receive()
        finally:
            self._gateway.forget(self, self._socket.close_code)
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
        """Close with a code, after what is queued."""
        self._outgoing.put_nowait((code, reason))

    def drop(self) -> None:
        """Cut the connection without a close frame."""
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
        # Heartbeats run on the machine's clock: a client's do, and a simulated clock must not cut its line.
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self._gateway.heartbeat_s / 4)
            if loop.time() - self._beat_at > self._gateway.heartbeat_s * 1.5:
                self.close(4009, "Session timed out")
                return

    def _receive(self, text: str | bytes) -> None:
        try:
            payload = json.loads(text)
            op = payload["op"]
        except (ValueError, TypeError, KeyError):
            self.close(4002, "Decode error")
            return
        for where, why in payloads.problems(payload):
            self._gateway.examiner.deviate("GATEWAY", _NAMES.get(op, f"op {op}"), where, why)
        if op in _NAMES and self._meet_fault(_NAMES[op]):
            return
        data = payload.get("d")
        if op == HEARTBEAT:
            self._beat_at = asyncio.get_running_loop().time()
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
        gateway = self._gateway
        gateway.identify_count += 1
        left = gateway.world.identifies_left()
        gateway.world.note_identify()
        wanted = data.get("intents")
        if data.get("token") not in (gateway.token, f"Bot {gateway.token}") or left == 0:
            self.close(4004, "Authentication failed")
        elif self.session is not None:
            self.close(4005, "Already authenticated")
        elif not isinstance(wanted, int) or wanted & ~intents.KNOWN:
            self.close(4013, "Invalid intent(s)")
        elif wanted & intents.PRIVILEGED & ~gateway.world.privileged_intents:
            self.close(4014, "Disallowed intent(s)")
        else:
            number, count = data.get("shard") or (0, 1)
            self.session = gateway.open_session(wanted, (number, count))
            self.session.connection = self
            gateway.greet(self.session)

    def _resume(self, data: Json) -> None:
        gateway = self._gateway
        gateway.resume_count += 1
        if data.get("token") not in (gateway.token, f"Bot {gateway.token}"):
            self.close(4004, "Authentication failed")
            return
        session = gateway.sessions.get(str(data.get("session_id")))
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
        gateway.world.changes.notify()

    def _meet_fault(self, name: str) -> bool:
        fault = self._gateway.faults.meeting("GATEWAY", name)
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
