"""A Discord on this machine: REST v10, gateway, a web page, and a validator. It shares no code with the bot.

Start at `sandbox.Sandbox`. `world` holds all state, from `state/` and `application/`; people act through `actions/`;
the bot's requests arrive in `rest/` and its connections in `gateway/`; `validation/` finds what real Discord would
refuse; `content/` reads a posted message: its text, its links and its mentions.
"""

from __future__ import annotations

from bot.sandbox.actions.answer import Answer, Choice, Modal
from bot.sandbox.actions.guild import Guild
from bot.sandbox.actions.member import Member
from bot.sandbox.content.reading import Mentions
from bot.sandbox.errors import SandboxError
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.state.channel import Channel
from bot.sandbox.state.guild import Role
from bot.sandbox.state.message import SandboxMessage
from bot.sandbox.state.platform import Deviation, RequestSeen
from bot.sandbox.state.upload import Upload

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
