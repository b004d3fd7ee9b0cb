"""Interactions: what a member does with the bot, and the bot's answers to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.sandbox import posting, refusals
from bot.sandbox.message import EPHEMERAL, LOADING, SandboxMessage
from bot.sandbox.posting import Uploads
from bot.sandbox.wire import Json

if TYPE_CHECKING:
    from bot.sandbox.channel import Channel
    from bot.sandbox.member import Member
    from bot.sandbox.world import World

COMMAND: Final = 2
COMPONENT: Final = 3
AUTOCOMPLETE: Final = 4
MODAL_SUBMIT: Final = 5

ANSWER: Final = 4
DEFERRED: Final = 5
DEFERRED_UPDATE: Final = 6
UPDATE: Final = 7
CHOICES: Final = 8
MODAL: Final = 9

FIRST_ANSWER_S: Final = 3.0
"""Discord's limit for the first answer."""
TOKEN_S: Final = 900.0
"""How long an interaction's token lives."""
_FILE_LIMIT: Final = 10 * 1024 * 1024


class Interaction:
    """One interaction and what became of it.

    Attributes:
        kind: COMMAND, COMPONENT, AUTOCOMPLETE or MODAL_SUBMIT.
        source: The message whose component was used.
        answered: The type of the first answer; None until there is one.
        original: The message behind `@original`.
        settled: Whether a deferred answer was followed by a real one.
        refused: Why the last try to answer was refused, for messages about silence.
    """

    def __init__(
        self, *, interaction_id: int, token: str, kind: int, member: Member, channel: Channel, created: float
    ) -> None:
        self.id = interaction_id
        self.token = token
        self.kind = kind
        self.member = member
        self.channel = channel
        self.created = created
        self.command_name: str | None = None
        self.source: SandboxMessage | None = None
        self.answered: int | None = None
        self.original: SandboxMessage | None = None
        self.followups: list[SandboxMessage] = []
        self.choices: list[Json] = []
        self.modal: Json | None = None
        self.settled = False
        self.refused = ""

    @property
    def is_update(self) -> bool:
        """Whether the answer changed the message whose component was used."""
        return self.answered in (DEFERRED_UPDATE, UPDATE)

    def message(self, message_id: int) -> SandboxMessage | None:
        """A message of this interaction's by its id."""
        mine = [*self.followups, *([self.original] if self.original else [])]
        return next((one for one in mine if one.id == message_id and not one.deleted), None)


class Interactions:
    """Hands interactions to the bot and takes its answers."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._by_token: dict[str, Interaction] = {}
        self._by_id: dict[int, Interaction] = {}

    def send(
        self, kind: int, member: Member, channel: Channel, data: Json, source: SandboxMessage | None = None
    ) -> Interaction:
        """Dispatch INTERACTION_CREATE."""
        world = self._world
        interaction = Interaction(
            interaction_id=world.ids.new(),
            token=f"sandbox-{world.random.getrandbits(160):040x}",
            kind=kind,
            member=member,
            channel=channel,
            created=world.clock.uptime(),
        )
        interaction.source = source
        interaction.command_name = _full_name(data)
        self._by_token[interaction.token] = self._by_id[interaction.id] = interaction
        payload = self._payload(interaction, data)
        world.dispatch("INTERACTION_CREATE", lambda: payload, guild=channel.guild.id if channel.guild else None)
        return interaction

    def private_messages(self, member_id: int, channel_id: int) -> list[SandboxMessage]:
        """What only this member sees in a channel, oldest first."""
        mine = [one for one in self._by_token.values() if one.member.id == member_id and one.channel.id == channel_id]
        every = [message for one in mine for message in (one.original, *one.followups) if message is not None]
        return list({one.id: one for one in every if one.ephemeral and not one.deleted}.values())

    def used_for(self, message: SandboxMessage) -> str | None:
        """Who used which command to get this answer; None for a message that answers no command."""
        metadata = message.raw.get("interaction_metadata")
        found = self._by_id.get(int(metadata["id"])) if metadata else None
        return None if found is None else f"{found.member.name} used /{found.command_name}"

    def expired(self, interaction: Interaction) -> bool:
        """Whether the 3 seconds for the first answer are over without one."""
        return interaction.answered is None and self._world.clock.uptime() - interaction.created > FIRST_ANSWER_S

    def find(self, token: str) -> Interaction | None:
        """The interaction of a token, whatever became of it."""
        return self._by_token.get(token)

    def awaiting(self, interaction_id: int, token: str) -> Interaction:
        """The interaction that a first answer names.

        Raises:
            Refusal: It is unknown or too old (10062), or has its first answer (40060).
        """
        interaction = self._by_token.get(token)
        if interaction is None or interaction.id != interaction_id:
            raise refusals.unknown_interaction()
        if interaction.answered is not None:
            raise refusals.already_acknowledged()
        if self.expired(interaction):
            interaction.refused = "its first answer came after 3 s (10062)"
            raise refusals.unknown_interaction()
        return interaction

    def behind(self, token: str) -> Interaction:
        """The interaction whose webhook a token opens.

        Raises:
            Refusal: The token is unknown or unanswered (10015), or older than 15 minutes (50027).
        """
        interaction = self._by_token.get(token)
        if interaction is None or interaction.answered is None:
            raise refusals.unknown_webhook()
        if self._world.clock.uptime() - interaction.created > TOKEN_S:
            raise refusals.invalid_webhook_token()
        return interaction

    def answer(self, interaction: Interaction, kind: int, data: Json, uploads: Uploads) -> SandboxMessage | None:
        """Take the first answer; the message that it made or changed comes back."""
        interaction.answered = kind
        if kind == ANSWER:
            interaction.original = self._post(interaction, data, uploads)
        elif kind == DEFERRED:
            interaction.original = self._post(interaction, data, uploads, flags=LOADING)
        elif kind == UPDATE and interaction.source is not None:
            interaction.original = interaction.source
            posting.edit(interaction.source, data, uploads)
        elif kind == DEFERRED_UPDATE:
            interaction.original = interaction.source
        elif kind == CHOICES:
            interaction.choices = list(data.get("choices") or ())
        elif kind == MODAL:
            interaction.modal = data
        interaction.settled = kind not in (DEFERRED, DEFERRED_UPDATE)
        self._world.changes.notify()
        return interaction.original

    def follow_up(self, interaction: Interaction, body: Json, uploads: Uploads) -> SandboxMessage:
        """Take a follow-up; the first one after a deferred answer becomes that answer, as at Discord."""
        original = interaction.original
        if original is not None and original.flags & LOADING:
            posting.edit(original, body, uploads)
            message = original
        else:
            message = self._post(interaction, body, uploads)
            interaction.followups.append(message)
        self.settle(interaction)
        return message

    def settle(self, interaction: Interaction) -> None:
        """The deferred answer has been followed by a real one."""
        interaction.settled = True
        self._world.changes.notify()

    def _post(self, interaction: Interaction, body: Json, uploads: Uploads, *, flags: int = 0) -> SandboxMessage:
        world = self._world
        more: Json = {
            "webhook_id": str(world.application_id),
            "application_id": str(world.application_id),
            "type": 20 if interaction.kind == COMMAND else 19 if interaction.source else 0,
        }
        if interaction.kind == COMMAND:
            more["interaction_metadata"] = {
                "id": str(interaction.id),
                "type": COMMAND,
                "user": interaction.member.user.to_json(),
                "authorizing_integration_owners": _owners(interaction.channel),
            }
        private = bool((body.get("flags") or 0) & EPHEMERAL)
        return posting.create(interaction.channel, world.bot, body, uploads, flags=flags, private=private, **more)

    def _payload(self, interaction: Interaction, data: Json) -> Json:
        world, channel, member = self._world, interaction.channel, interaction.member
        guild = channel.guild
        payload: Json = {
            "id": str(interaction.id),
            "application_id": str(world.application_id),
            "type": interaction.kind,
            "token": interaction.token,
            "version": 1,
            "data": data,
            "channel_id": str(channel.id),
            "channel": channel.to_json() | {"permissions": str(channel.permissions_of(member.id))},
            "app_permissions": str(channel.permissions_of(world.bot.id)),
            "locale": member.locale,
            "entitlements": [],
            "authorizing_integration_owners": _owners(channel),
            "context": 0 if guild else 1,
            "attachment_size_limit": _FILE_LIMIT,
        }
        if guild is None:
            payload["user"] = member.user.to_json()
        else:
            payload |= {
                "guild_id": str(guild.id),
                "guild": {"id": str(guild.id), "locale": guild.locale, "features": []},
                "guild_locale": guild.locale,
                "member": guild.member_json(member.id, channel),
            }
        if interaction.source is not None:
            payload["message"] = interaction.source.raw
        return payload


def _full_name(data: Json) -> str | None:
    if "name" not in data:
        return None
    words, below = [str(data["name"])], data.get("options") or ()
    while below and below[0]["type"] in (1, 2):
        words.append(below[0]["name"])
        below = below[0].get("options") or ()
    return " ".join(words)


def _owners(channel: Channel) -> Json:
    return {"0": str(channel.guild.id) if channel.guild else "0"}
