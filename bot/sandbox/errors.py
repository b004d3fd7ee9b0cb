"""What a person or a test did wrong in the sandbox, told as the Discord client would tell it."""

from __future__ import annotations

from bot.errors import NewsdeskError


class SandboxError(NewsdeskError):
    """A member tried what the Discord client wouldn't let them do, or the bot did not answer in time."""
