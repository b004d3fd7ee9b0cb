"""Accounts: the bot's own, and those of the people in the sandbox."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sandbox.wire import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A Discord user."""

    id: int
    name: str
    is_bot: bool = False

    def to_json(self) -> Json:
        """Discord's user object."""
        user: Json = {
            "id": str(self.id),
            "username": self.name.lower().replace(" ", "_"),
            "avatar": None,
            "discriminator": "0001" if self.is_bot else "0",
            "public_flags": 0,
            "flags": 0,
            "global_name": None if self.is_bot else self.name,
            "primary_guild": None,
        }
        if self.is_bot:
            user["bot"] = True
            user["username"] = self.name
        return user


class Account:
    """A person's user with the settings of their client.

    Attributes:
        locale: The language of their client.
        takes_direct_messages: Whether the bot may send them direct messages.
    """

    def __init__(self, user: User, locale: str) -> None:
        self.user = user
        self.locale = locale
        self.takes_direct_messages = True

    @property
    def id(self) -> int:
        """The user's id."""
        return self.user.id

    @property
    def name(self) -> str:
        """The display name."""
        return self.user.name
