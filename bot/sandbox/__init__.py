"""A Discord on this machine: REST v10, gateway, a page, and an examiner. It shares no code with the bot.

Begin at `sandbox.Sandbox`. What exists lives in `world`, people act through `member`, the bot's requests arrive in
`rest/` and its connections in `gateway/`; `examiner/` says what real Discord would refuse; `reading` says what a
posted message does: its text, its links, whom it pings.
"""

from __future__ import annotations

from bot.sandbox.answer import Answer, Choice, Modal
from bot.sandbox.channel import Channel
from bot.sandbox.errors import SandboxError
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.guild import Guild, Role
from bot.sandbox.member import Member
from bot.sandbox.message import SandboxMessage, Upload
from bot.sandbox.reading import Mentions
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.world import Deviation, RequestSeen

__all__ = [
    "Answer",
    "Channel",
    "Choice",
    "Deviation",
    "Fault",
    "Faults",
    "Guild",
    "Member",
    "Mentions",
    "Modal",
    "RequestSeen",
    "Role",
    "Sandbox",
    "SandboxError",
    "SandboxMessage",
    "Upload",
]
