"""A short REST session for callers outside the running bot: a login and a few reads, no gateway."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import discord

from bot.chat.account.error_mapping import refusal_of
from bot.chat.account.permissions import ChannelPermissions
from bot.chat.wire import Wire
from bot.chat.wire.limiter import Limiter
from bot.clock import Clock
from bot.errors import NewsdeskError, TokenRefusedError
from bot.news.checkup.channel import PermissionCheck
from bot.news.checkup.endpoint import AppEndpoint

REQUESTS_PER_S: Final = 2.0
"""Discord allows 50 for a token (docs/platform.md, Limits), and the bot that runs beside this takes up to 48."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """The application that a token belongs to, with the name of its bot."""

    id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordSession:
    """A logged-in REST session.

    Attributes:
        application: The application that the token belongs to.
        permissions: Reads the bot's permissions in channels.
        endpoint: Where Discord sends the application's interactions.
        offset_s: Returns Discord's clock minus ours in seconds; None before the first answer.
    """

    application: Application
    permissions: PermissionCheck
    endpoint: AppEndpoint
    offset_s: Callable[[], float | None]


@asynccontextmanager
async def open_session(token: str, clock: Clock) -> AsyncIterator[DiscordSession]:
    """Log in, and close the session at the end.

    Raises:
        TokenRefusedError: Discord refused the token.
        NewsdeskError: Discord can't be reached, or the login failed.
    """
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    wire = Wire(clock, limiter=Limiter(clock, per_s=REQUESTS_PER_S, burst=1))
    client = discord.Client(intents=discord.Intents(guilds=True), http_trace=wire.trace_config, max_messages=None)
    try:
        await _log_in(client, token)
        yield DiscordSession(
            application=_application(client),
            permissions=ChannelPermissions(client, clock),
            endpoint=_endpoint(client),
            offset_s=wire.discord_offset_s,
        )
    finally:
        await client.close()


async def _log_in(client: discord.Client, token: str) -> None:
    try:
        await client.login(token)
    except discord.LoginFailure as error:
        raise TokenRefusedError(
            "Discord refuses the token.",
            cure="Reset it in the Developer Portal under Bot, and put the new one into the configuration.",
        ) from error
    except Exception as error:
        raise NewsdeskError(f"Discord can't be reached ({refusal_of(error).detail}).") from error


def _application(client: discord.Client) -> Application:
    if client.application_id is None or client.user is None:
        raise RuntimeError("not logged in")
    return Application(id=client.application_id, name=client.user.name)


def _endpoint(client: discord.Client) -> AppEndpoint:
    known = client.application
    if known is None:
        raise RuntimeError("not logged in")
    return AppEndpoint(public_key=known.verify_key, url=known.interactions_endpoint_url)
