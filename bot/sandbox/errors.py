"""The error for an action that the Discord client wouldn't allow."""

from __future__ import annotations

from bot.errors import NewsdeskError


class SandboxError(NewsdeskError):
    """The Discord client wouldn't allow a member's action, or the bot did not answer in time."""
