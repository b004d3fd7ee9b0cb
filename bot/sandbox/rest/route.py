"""A REST request, the route that handles it, and the router."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, TypeAlias

from bot.sandbox import api_errors
from bot.sandbox.state.channel import Channel, can_view
from bot.sandbox.state.guild import GuildState
from bot.sandbox.state.message import SandboxMessage
from bot.sandbox.state.upload import Upload
from bot.sandbox.world import World

Reply: TypeAlias = tuple[HTTPStatus, Any]
"""A status and the response's JSON; None for an empty response."""


@dataclass(slots=True, kw_only=True)
class Call:
    """A request whose body has been parsed and validated.

    Attributes:
        ids: The values of the path's placeholders.
        query: The query's parameters.
        body: The parsed JSON (of a multipart request, its `payload_json`).
        uploads: The files, by the number in `files[n]`.
    """

    world: World
    ids: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    uploads: Mapping[int, Upload] = field(default_factory=dict)

    def number(self, name: str) -> int:
        """A placeholder's snowflake; 0, which is never an id, if it is not a number."""
        text = self.ids[name]
        return int(text) if text.isdigit() else 0

    def channel(self) -> Channel:
        """Find the path's channel.

        Raises:
            ApiError: It doesn't exist (10003), or the bot can't see it (50001).
        """
        channel = self.world.channels.get(self.number("channel_id"))
        if channel is None:
            raise api_errors.unknown_channel()
        if not can_view(channel, self.world.bot.id):
            raise api_errors.missing_access()
        return channel

    def message(self, channel: Channel) -> SandboxMessage:
        """Find the path's message.

        Raises:
            ApiError: It doesn't exist (10008).
        """
        message = channel.by_id.get(self.number("message_id"))
        if message is None:
            raise api_errors.unknown_message()
        return message

    def guild(self) -> GuildState:
        """Find the path's guild.

        Raises:
            ApiError: It doesn't exist (10004), or the bot isn't in it (50001).
        """
        guild = self.world.guilds.get(self.number("guild_id"))
        if guild is None:
            raise api_errors.unknown_guild()
        if not guild.has_bot:
            raise api_errors.missing_access()
        return guild

    def require(self, channel: Channel, *names: str) -> None:
        """Check that the bot has these permissions in the channel.

        Raises:
            ApiError: It doesn't have all of them (50013).
        """
        if not channel.allows(self.world.bot.id, *names):
            raise api_errors.missing_permissions()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A bucket's size: `requests` in `per_s` seconds. Discord's own numbers change; these are usual ones."""

    requests: int
    per_s: float


USUAL: Final = Limit(requests=50, per_s=1.0)

Handler: TypeAlias = Callable[[Call], Reply]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A method and a path with its handler.

    Attributes:
        template: The path, with the placeholders' names of Discord's description.
        limit: The bucket's size; None for a route without a limit.
        with_token: Whether the path's own token authorizes it instead of the bot's. Such a route is not bound to
            the global limit: docs, Rate Limits, Global Rate Limit.
        form: The rules for the body: `validation.validator`.
        existing: Finds the flags of the message that is being edited.
    """

    method: str
    template: str
    handler: Handler
    limit: Limit | None = USUAL
    with_token: bool = False
    form: str = ""
    existing: Callable[[Call], int] | None = None


class Routes:
    """Finds the route of a request."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._by_shape: dict[tuple[str, int], list[tuple[tuple[str, ...], Route]]] = {}
        for route in routes:
            steps = tuple(route.template.strip("/").split("/"))
            self._by_shape.setdefault((route.method, len(steps)), []).append((steps, route))

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """Find the first matching route and its placeholders' values; list literal paths before general ones."""
        steps = path.strip("/").split("/")
        for wanted, route in self._by_shape.get((method, len(steps)), ()):
            ids: dict[str, str] = {}
            for want, have in zip(wanted, steps, strict=True):
                if want[0] == "{":
                    ids[want[1:-1]] = have
                elif want != have:
                    break
            else:
                return route, ids
        return None
