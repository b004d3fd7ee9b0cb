"""The context of a command: the bot's services, and the interaction with its member, server and rights."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, cast
from zoneinfo import ZoneInfo

import discord

from bot.chat.account.client import NewsClient
from bot.chat.account.rights import find_access, is_owner
from bot.chat.account.servers import PATIENT_S
from bot.chat.admission import Admission
from bot.chat.once import Once
from bot.chat.quota import Quotas
from bot.chat.wire.download import Download, download
from bot.clock import Clock
from bot.errors import BadInputError, ForbiddenError, UnknownScheduleError
from bot.news.article import ShelfId, shelves_seen_by
from bot.news.checkup.runtime import RuntimeStatus
from bot.news.content import ImportLimits, ImportReport, Reading
from bot.news.delivery import ScheduleId
from bot.news.servers.access import Access, access_of
from bot.news.servers.log import Deed
from bot.store.port import Store
from bot.usecases.ingest import ImportTurns, Staging, Uploads
from bot.usecases.schedule import PendingChanges, ShownEdit, ShownSettings, pending_edits, pending_settings
from bot.usecases.story import Stories

TOKEN_LIFE_S: Final = 15 * 60.0
"""An interaction's token is valid for 15 minutes (Discord's documentation, Receiving and Responding)."""

_ARRIVED_S: Final = "newsdesk_arrived_s"

_LACKING: Final = {
    Access.MANAGER: ("You need the Manage Server permission for this.", "Ask an admin of the server for it."),
    Access.EDITOR: (
        "You need the Manage Server permission, or an editor role of this server, for this.",
        "Ask an admin of the server for it.",
    ),
}
_NOT_THE_OWNER: Final = ("Only the bot's owner can do this.", "To add your own articles, use /content import.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What every command works with, built once at the start and carried by the client.

    Attributes:
        keys: The HMAC keys of custom ids, the current one first.
        zone: The time zone of dates that a member types.
        runtime: Returns the current status of the running parts.
        stories: Stories under their ids.
        wake_sender: Wakes the sender after something was planned; returns at once.
        refresh: Imports the operator's folders again; one report each.
        holds: Returns True while it isn't known what a schedule's channel shows.
        reading: Returns how far the operator's folders are read; None once they are.
        download: Writes an attachment to a file.
        import_turns: Lets a bounded number of imports run.
        staging: The uploads that were shown and wait for their *Import*.
        pending_settings: The files of settings that wait for their *Apply*.
        pending_edits: The edits of schedules that wait for theirs.
        shared: The private answers that their members have shared.
        admission: Lets a bounded number of commands run.
    """

    store: Store
    stories: Stories
    clock: Clock
    keys: tuple[bytes, ...]
    zone: ZoneInfo
    runtime: Callable[[], RuntimeStatus]
    wake_sender: Callable[[], None]
    refresh: Callable[[], Awaitable[tuple[ImportReport, ...]]]
    reading: Callable[[], Reading | None]
    holds: Callable[[ScheduleId], bool]
    quotas: Quotas
    import_limits: ImportLimits = field(default_factory=ImportLimits)
    download: Download = download
    import_turns: ImportTurns = field(default_factory=ImportTurns)
    staging: Staging = field(default_factory=Staging)
    pending_settings: PendingChanges[ShownSettings] = field(default_factory=pending_settings)
    pending_edits: PendingChanges[ShownEdit] = field(default_factory=pending_edits)
    shared: Once = field(default_factory=Once)
    admission: Admission = field(default_factory=Admission)

    @property
    def uploads(self) -> Uploads:
        """Imports of members' uploads."""
        return Uploads(
            store=self.store.articles,
            turns=self.import_turns,
            staging=self.staging,
            clock=self.clock,
            limits=self.import_limits,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One interaction with the services that answer it."""

    interaction: discord.Interaction
    services: Services

    @property
    def store(self) -> Store:
        """All ports of the database."""
        return self.services.store

    @property
    def user_id(self) -> int:
        """The member or user."""
        return self.interaction.user.id

    @property
    def guild_id(self) -> int | None:
        """The server; None in a direct message."""
        return self.interaction.guild_id

    @property
    def shelves(self) -> tuple[ShelfId, ...]:
        """The shelves that the member sees here."""
        return shelves_seen_by(self.guild_id)

    def now(self) -> datetime:
        """The current moment."""
        return self.services.clock.now()

    def deed(self, guild_id: int | None = None) -> Deed:
        """Say who acts now, for the log of a server: this one's, or that of `guild_id` in a direct message."""
        server = self.require_server() if guild_id is None else guild_id
        return Deed(id=self.interaction.id, guild_id=server, member_id=self.user_id, at=self.now())

    def note_arrival(self) -> None:
        """Note when the interaction arrived, by the uptime: its own moment is Discord's time."""
        self.interaction.extras.setdefault(_ARRIVED_S, self.services.clock.uptime())

    @property
    def age_s(self) -> float:
        """Seconds since the interaction arrived; 0 if that wasn't noted."""
        now = self.services.clock.uptime()
        return now - float(self.interaction.extras.get(_ARRIVED_S, now))

    def require_server(self) -> int:
        """Return the server's id.

        Raises:
            ForbiddenError: the interaction came from a direct message, or from a server that did not add the bot.
        """
        if self.guild_id is None:
            raise ForbiddenError("This only works in a server.", cure="Try again in a channel of your server.")
        if not self.interaction.is_guild_integration():
            raise ForbiddenError("This only works in a server that has added me.", cure="Ask an admin to add me.")
        return self.guild_id

    def require_seen(self) -> int:
        """Return the server's id to a member who may see the channel that the interaction came from.

        Raises:
            ForbiddenError: the member may not, or the interaction came from a direct message.
        """
        guild_id = self.require_server()
        if not self.interaction.permissions.view_channel:
            raise ForbiddenError("You can't see this channel.", cure="Try again in a channel that you can see.")
        return guild_id

    async def find_server(self, *, within_s: float = PATIENT_S) -> discord.Guild | None:
        """Find the server with its channels and roles; None in a direct message, or if it can't be seen in time."""
        if self.guild_id is None:
            return None
        return await cast("NewsClient", self.interaction.client).servers.find(self.guild_id, within_s=within_s)

    async def forums(self) -> frozenset[int]:
        """Find the ids of the server's forums; none if it can't be seen now."""
        guild = await self.find_server()
        return frozenset() if guild is None else frozenset(forum.id for forum in guild.forums)

    async def require_visible_server(self) -> discord.Guild:
        """Return the server with its channels and roles.

        Raises:
            BadInputError: it can't be seen now, and an empty list would say that everything was deleted.
        """
        guild = await self.find_server()
        if guild is None:
            raise BadInputError(
                "I can't see this server's channels and roles at the moment.", cure="Try again in a minute."
            )
        return guild

    async def require(self, least: Access) -> int:
        """Return the server's id to a member with at least this access there.

        Only the door calls this, for every interaction: a server's settings can open admin commands to anyone, and a
        role can be taken away between an answer and the press of its button.

        Raises:
            ForbiddenError: the member lacks it, or the interaction came from a direct message.
        """
        guild_id = self.require_server()
        _require(await self._access() >= least, _LACKING[least])
        return guild_id

    async def _access(self) -> Access:
        """Compute the access of the member, in the server that the interaction came from."""
        return access_of(
            manages=self.interaction.permissions.manage_guild,
            roles=_roles_of(self.interaction.user),
            editor_roles=await self.store.editors.editor_roles(self.require_server()),
        )

    def require_ready_to_send(self, schedule: ScheduleId) -> None:
        """Return if the archive is complete and the channel is read back; an edition can't be taken back.

        Raises:
            BadInputError: the operator's folders or the channel are still being read.
        """
        if self.services.holds(schedule):
            raise BadInputError("I'm still reading what its channel shows.", cure="Try again in a minute.")
        reading = self.services.reading()
        if reading is not None and not reading.stopped_by:
            raise BadInputError(f"{reading.text} An edition would lack the others.", cure="Try again in a minute.")

    def require_post(self) -> None:
        """Go on where the member and the bot may both post in this channel.

        Discord would post an answer whatever the bot's permissions are, so a server that keeps the bot out of a channel
        would be overruled by a member.

        Raises:
            ForbiddenError: the member can use commands here, but not send messages, or the bot can't; or this is a
                direct message.
        """
        if self.guild_id is None:
            cure = "Use the command in a channel of a server, and share it there."
            raise ForbiddenError("This only works in a server.", cure=cure)
        is_thread = isinstance(self.interaction.channel, discord.Thread)
        for who, allowed in (("You", self.interaction.permissions), ("I", self.interaction.app_permissions)):
            if not (allowed.send_messages_in_threads if is_thread else allowed.send_messages):
                raise ForbiddenError(f"{who} can't send messages in this channel.", cure="Share it in another channel.")

    async def require_of(self, guild_id: int, least: Access) -> None:
        """Go on for members with at least this access in that server only, in direct messages too.

        Raises:
            ForbiddenError: the user lacks it, or Discord doesn't say.
            UnknownScheduleError: the interaction came from another server.
        """
        if self.guild_id is not None:
            if await self.require(least) != guild_id:
                raise UnknownScheduleError("This belongs to another server.", cure="Use it there.")
            return
        client, clock, editors = self.interaction.client, self.services.clock, self.store.editors
        found = await find_access(client, clock, editors, guild_id=guild_id, user_id=self.user_id)
        _require(None if found is None else found >= least, _LACKING[least])

    async def is_owner(self) -> bool:
        """Ask Discord whether this is the application's owner or an active member of its team; unknown is no."""
        return bool(await is_owner(self.interaction.client, self.services.clock, self.user_id))

    async def require_owner(self) -> None:
        """Go on for the bot's owner only.

        Raises:
            ForbiddenError: for anyone else, or Discord doesn't say.
        """
        _require(await is_owner(self.interaction.client, self.services.clock, self.user_id), _NOT_THE_OWNER)


def _roles_of(member: discord.User | discord.Member) -> list[int]:
    """Return the ids of a member's roles as the interaction names them.

    discord.py's own list has only those that the gateway has described, which is none without a gateway.
    """
    return list(member._roles) if isinstance(member, discord.Member) else []  # noqa: SLF001 - nothing public has them


def _require(answer: bool | None, refusal: tuple[str, str]) -> None:
    if answer is None:
        raise ForbiddenError("Discord didn't say whether you may do this.", cure="Try again in a minute.")
    if not answer:
        message, cure = refusal
        raise ForbiddenError(message, cure=cure)


def context_of(interaction: discord.Interaction) -> Context:
    """Return the context of an interaction, with the services of the client that received it."""
    services = cast("NewsClient", interaction.client).services
    if not isinstance(services, Services):
        raise TypeError("the client has no services for the commands")
    return Context(interaction=interaction, services=services)
