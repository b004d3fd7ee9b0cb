"""Between discord.py and the socket: check every HTTP request, and learn from every response.

discord.py repeats requests, and that can't be switched off; `aiohttp.TraceConfig` sees each of them. So the fence, our
rate limiter, the waits that Discord asked for, the count of invalid requests and the timeout are all in the trace
(`trace`), and discord.py is used unmodified.
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
