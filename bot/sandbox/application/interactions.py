"""Interactions: commands, components, completions and forms that members send, and the bot's responses."""

from __future__ import annotations

from typing import Final

from bot.sandbox import api_errors
from bot.sandbox.application import posting
from bot.sandbox.application.posting import Uploads
from bot.sandbox.content import components as parts
from bot.sandbox.state.channel import Channel
from bot.sandbox.state.message import EPHEMERAL, LOADING, SandboxMessage
from bot.sandbox.state.platform import Platform
from bot.sandbox.state.users import Account
from bot.sandbox.wire import Json

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

# docs, Receiving and Responding to Interactions: an initial response within 3 seconds; tokens are valid for 15 minutes.
FIRST_ANSWER_S: Final = 3.0
TOKEN_S: Final = 900.0
_FILE_LIMIT: Final = 10 * 1024 * 1024


class Interaction:
    """An interaction and the responses to it.

    Attributes:
        kind: COMMAND, COMPONENT, AUTOCOMPLETE or MODAL_SUBMIT.
        source: The message whose component was used.
        by_user: Whether the person installed the app for themselves.
        answered: The type of the initial response; None until there is one.
        original: The message that `@original` refers to.
        complete: Whether the response is complete: it was not deferred, or was edited since.
        refused: Why the last response, or the interaction itself, was refused; for error messages.
    """

    def __init__(
        self, *, interaction_id: int, token: str, kind: int, member: Account, channel: Channel, created: float
    ) -> None:
        self.id = interaction_id
        self.token = token
        self.kind = kind
        self.member = member
        self.channel = channel
        self.created = created
        self.command_name: str | None = None
        self.source: SandboxMessage | None = None
        self.by_user = False
        self.answered: int | None = None
        self.original: SandboxMessage | None = None
        self.followups: list[SandboxMessage] = []
        self.choices: list[Json] = []
        self.modal: Json | None = None
        self.complete = False
        self.refused = ""

    @property
    def is_update(self) -> bool:
        """Whether the answer changed the message whose component was used."""
        return self.answered in (DEFERRED_UPDATE, UPDATE)

    @property
    def age_s(self) -> float:
        """Seconds since it was sent."""
        return self.channel.platform.clock.uptime() - self.created

    @property
    def expired(self) -> bool:
        """Whether the 3 seconds for the initial response passed without one."""
        return self.answered is None and self.age_s > FIRST_ANSWER_S

    def note_refusal(self, why: str) -> None:
        """Note why it did not reach the application."""
        self.refused = why
        self.channel.platform.changes.notify()

    def message(self, message_id: int) -> SandboxMessage | None:
        """A message of this interaction, by its id."""
        mine = [*self.followups, *([self.original] if self.original else [])]
        return next((one for one in mine if one.id == message_id and not one.deleted), None)


class Interactions:
    """Sends interactions to the bot and takes its responses."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._by_token: dict[str, Interaction] = {}
        self._by_id: dict[int, Interaction] = {}

    def send(
        self,
        kind: int,
        member: Account,
        channel: Channel,
        data: Json,
        source: SandboxMessage | None = None,
        *,
        by_user: bool = False,
    ) -> Interaction:
        """Send an interaction: to the application's endpoint if it has set one, else as INTERACTION_CREATE.

        Args:
            kind: COMMAND, COMPONENT, AUTOCOMPLETE or MODAL_SUBMIT.
            member: The person who acts.
            channel: The channel that is open.
            data: What was used, and how.
            source: The message whose component was used.
            by_user: The person installed the app for themselves; the channel's guild didn't add it.
        """
        platform = self._platform
        interaction = Interaction(
            interaction_id=platform.ids.new(),
            token=f"sandbox-{platform.random.getrandbits(160):040x}",
            kind=kind,
            member=member,
            channel=channel,
            created=platform.clock.uptime(),
        )
        interaction.source, interaction.by_user = source, by_user
        interaction.command_name = _full_name(data)
        self._by_token[interaction.token] = self._by_id[interaction.id] = interaction
        payload = self._payload(interaction, data)
        if platform.webhooks is not None and platform.webhooks.interactions_url is not None:
            platform.webhooks.deliver(payload, interaction.note_refusal)
            return interaction
        guild = channel.guild.id if channel.guild and not by_user else None
        platform.dispatch("INTERACTION_CREATE", lambda: payload, guild=guild)
        return interaction

    def private_messages(self, member_id: int, channel_id: int) -> list[SandboxMessage]:
        """The ephemeral messages that a member sees in a channel, oldest first."""
        mine = [one for one in self._by_token.values() if one.member.id == member_id and one.channel.id == channel_id]
        every = [message for one in mine for message in (one.original, *one.followups) if message is not None]
        return list({one.id: one for one in every if one.ephemeral and not one.deleted}.values())

    def used_for(self, message: SandboxMessage) -> str | None:
        """The line above an answer, e.g. `Mo used /help`; None for a message that is not a command's answer."""
        metadata = message.raw.get("interaction_metadata")
        found = self._by_id.get(int(metadata["id"])) if metadata else None
        return None if found is None else f"{found.member.name} used /{found.command_name}"

    def find(self, token: str) -> Interaction | None:
        """The interaction with this token, answered or not."""
        return self._by_token.get(token)

    def awaiting(self, interaction_id: int, token: str) -> Interaction:
        """Find the interaction of an initial response.

        Raises:
            ApiError: It is unknown or expired (10062), or already acknowledged (40060).
        """
        interaction = self._by_token.get(token)
        if interaction is None or interaction.id != interaction_id:
            raise api_errors.unknown_interaction()
        if interaction.answered is not None:
            raise api_errors.already_acknowledged()
        if interaction.expired:
            interaction.refused = "the initial response came after 3 s (10062)"
            raise api_errors.unknown_interaction()
        return interaction

    def of_webhook(self, token: str) -> Interaction:
        """Find the interaction whose webhook a token authorizes.

        Raises:
            ApiError: The token is unknown or unanswered (10015), or older than 15 minutes (50027).
        """
        interaction = self._by_token.get(token)
        if interaction is None or interaction.answered is None:
            raise api_errors.unknown_webhook()
        if interaction.age_s > TOKEN_S:
            raise api_errors.invalid_webhook_token()
        return interaction

    def answer(self, interaction: Interaction, kind: int, data: Json, uploads: Uploads) -> SandboxMessage | None:
        """Take the initial response, and return the message that it created or edited."""
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
            interaction.modal = data | {"components": parts.numbered(data["components"])}
        interaction.complete = kind not in (DEFERRED, DEFERRED_UPDATE)
        self._platform.changes.notify()
        return interaction.original

    def follow_up(self, interaction: Interaction, body: Json, uploads: Uploads) -> SandboxMessage:
        """Take a follow-up; the first one after a deferred response edits that response, as at Discord."""
        original = interaction.original
        if original is not None and original.flags & LOADING:
            posting.edit(original, body, uploads)
            message = original
        else:
            message = self._post(interaction, body, uploads)
            interaction.followups.append(message)
        self.mark_complete(interaction)
        return message

    def mark_complete(self, interaction: Interaction) -> None:
        """Note that the deferred response was edited."""
        interaction.complete = True
        self._platform.changes.notify()

    def _post(self, interaction: Interaction, body: Json, uploads: Uploads, *, flags: int = 0) -> SandboxMessage:
        platform = self._platform
        more: Json = {
            "webhook_id": str(platform.application_id),
            "application_id": str(platform.application_id),
            "type": 20 if interaction.kind == COMMAND else 19 if interaction.source else 0,
        }
        if interaction.kind == COMMAND:
            more["interaction_metadata"] = {
                "id": str(interaction.id),
                "type": COMMAND,
                "user": interaction.member.user.to_json(),
                "authorizing_integration_owners": _owners(interaction),
            }
        private = bool((body.get("flags") or 0) & EPHEMERAL)
        return posting.create(interaction.channel, platform.bot, body, uploads, flags=flags, private=private, **more)

    def _payload(self, interaction: Interaction, data: Json) -> Json:
        platform, channel, member = self._platform, interaction.channel, interaction.member
        guild = channel.guild
        payload: Json = {
            "id": str(interaction.id),
            "application_id": str(platform.application_id),
            "type": interaction.kind,
            "token": interaction.token,
            "version": 1,
            "data": data,
            "channel_id": str(channel.id),
            "channel": channel.to_json() | {"permissions": str(channel.permissions_of(member.id))},
            "app_permissions": str(channel.permissions_of(platform.bot.id)),
            "locale": member.locale,
            "entitlements": [],
            "authorizing_integration_owners": _owners(interaction),
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
                "member": guild.member_json(member.id) | {"permissions": str(channel.permissions_of(member.id))},
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


def _owners(interaction: Interaction) -> Json:
    if interaction.by_user:
        return {"1": str(interaction.member.id)}
    guild = interaction.channel.guild
    return {"0": str(guild.id) if guild else "0"}
