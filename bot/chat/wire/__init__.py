"""Between discord.py and the socket: what each HTTP request has to pass, and what is learned from each answer.

discord.py repeats requests by itself and can't be told not to; `aiohttp.TraceConfig` sees every one of them. So the
fence, our limiter, the waits that Discord asked for, the count of invalid requests and the cut on the wire all stand in
the trace (`trace`), and discord.py is used as it is.
"""

from __future__ import annotations

from bot.chat.wire.refusals import CircuitOpenError, FencePassedError, TooEarlyError, WireCutError
from bot.chat.wire.retries import is_network_error, with_retries
from bot.chat.wire.trace import Wire
from bot.chat.wire.watch import PostWatch

__all__ = [
    "CircuitOpenError",
    "FencePassedError",
    "PostWatch",
    "TooEarlyError",
    "Wire",
    "WireCutError",
    "is_network_error",
    "with_retries",
]
