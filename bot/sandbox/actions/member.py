"""A person's actions: post messages, run commands, use components, and read direct messages."""

# ruff: noqa: ASYNC109 - how long a test waits for the bot is its own choice, in real seconds

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from bot.sandbox.actions import inputs, modal_fields, options
from bot.sandbox.actions.answer import Answer, Choice, wait_for_answer
from bot.sandbox.actions.options import Resolved
from bot.sandbox.application import commands, interactions, posting
from bot.sandbox.errors import SandboxError
from bot.sandbox.state.channel import Channel
from bot.sandbox.state.message import SandboxMessage
from bot.sandbox.state.upload import Upload
from bot.sandbox.state.users import Account, User
from bot.sandbox.wire import Json
from bot.sandbox.world import World

_TIMEOUT_S: Final = 5.0


class Member(Account):
    """A person, who may be a member of several guilds.

    Every method that waits for the bot takes `timeout` in real seconds and raises SandboxError if the Discord client
    wouldn't allow the action, or if the bot does not answer.
    """

    def __init__(self, world: World, name: str, *, locale: str = "en-US") -> None:
        super().__init__(User(id=world.ids.new(), name=name), locale)
        self.world = world
        world.people[self.id] = self
        world.users[self.id] = self.user

    def __repr__(self) -> str:
        return f"<Member {self.name}>"

    @property
    def mention(self) -> str:
        """The markdown that mentions this person."""
        return f"<@{self.id}>"

    @property
    def direct_channel(self) -> Channel:
        """The direct messages with the bot."""
        return self.world.direct_channel(self)

    @property
    def direct_messages(self) -> list[SandboxMessage]:
        """The direct messages from the bot, oldest first."""
        return [one for one in self.direct_channel.messages if one.author.is_bot]

    def block_dms(self, blocked: bool = True) -> None:  # noqa: FBT001, FBT002 - the name says it
        """Block direct messages from the bot (50007), or allow them again."""
        self.takes_direct_messages = not blocked

    async def run(
        self,
        channel: Channel,
        command: str,
        /,
        *,
        timeout: float = _TIMEOUT_S,
        force: bool = False,
        **given: Any,
    ) -> Answer:
        """Run a slash command.

        Args:
            channel: The channel that is open.
            command: Its full name without the slash, e.g. `news search`.
            timeout: Real seconds to wait for the answer.
            force: Send it even if the member lacks its default permissions.
            given: Values by option name: str, int, float, bool, or a Channel, Member, Role or Upload.
        """
        self._open(channel)
        root = self.world.commands.find(
            channel, self.id, command.split(maxsplit=1)[0], commands.CHAT_INPUT, force=force
        )
        leaf, steps = options.leaf_of(root, command)
        resolved = Resolved(channel, self)
        values = options.nested(steps, options.fill(leaf, given, resolved))
        data = _command_data(root) | ({"options": values} if values else {}) | resolved.to_json()
        return await self._send(interactions.COMMAND, channel, data, timeout)

    async def complete(
        self,
        channel: Channel,
        command: str,
        /,
        *,
        focused: str,
        value: str = "",
        timeout: float = _TIMEOUT_S,
        force: bool = False,
        **others: Any,
    ) -> list[Choice]:
        """Type into an option, and return the autocomplete choices.

        Args:
            channel: The channel that is open.
            command: The command's full name.
            focused: The option that is being typed.
            value: The text typed so far.
            timeout: Real seconds.
            force: Send it even if the client would not show the command.
            others: Options that are already filled in.
        """
        self._open(channel)
        root = self.world.commands.find(
            channel, self.id, command.split(maxsplit=1)[0], commands.CHAT_INPUT, force=force
        )
        leaf, steps = options.leaf_of(root, command)
        typed = focused.replace("-", "_")
        option = next((one for one in leaf.get("options") or () if one["name"].replace("-", "_") == typed), None)
        if option is None or not option.get("autocomplete"):
            raise SandboxError(f"/{command} has no autocomplete for {focused!r}")
        resolved = Resolved(channel, self)
        filled = options.fill(leaf, {**others, focused: value}, resolved, focused=option["name"])
        data = _command_data(root) | {"options": options.nested(steps, filled)} | resolved.to_json()
        answer = await self._send(interactions.AUTOCOMPLETE, channel, data, timeout)
        return [Choice(name=one["name"], value=one["value"]) for one in answer.interaction.choices]

    async def press(
        self,
        where: SandboxMessage | Answer,
        label: str | None = None,
        *,
        nth: int = 0,
        custom_id: str | None = None,
        timeout: float = _TIMEOUT_S,
    ) -> Answer:
        """Press a button: the one with `custom_id`, else the `nth` (from 0) of those labelled `label`."""
        message = inputs.message_of(where)
        button = inputs.find_button(message, label, custom_id, nth)
        data = {"component_type": button["type"], "custom_id": button["custom_id"], "id": button["id"]}
        return await self._send(interactions.COMPONENT, self._channel_of(message), data, timeout, message)

    async def choose(
        self,
        where: SandboxMessage | Answer,
        values: Iterable[Any],
        *,
        nth: int = 0,
        custom_id: str | None = None,
        timeout: float = _TIMEOUT_S,
    ) -> Answer:
        """Choose values in the `nth` select, or in the one with `custom_id`.

        Args:
            where: The message or answer.
            values: Labels or values of a string select's options, or Channels, Roles and Members.
            nth: The select's position, from 0.
            custom_id: The select's custom id.
            timeout: Real seconds.
        """
        message = inputs.message_of(where)
        select = inputs.find_select(message, nth, custom_id)
        channel = self._channel_of(message)
        resolved = Resolved(channel, self)
        data: Json = {"component_type": select["type"], "custom_id": select["custom_id"], "id": select["id"]}
        data["values"] = inputs.chosen(select, values, resolved)
        return await self._send(interactions.COMPONENT, channel, data | resolved.to_json(), timeout, message)

    async def menu(
        self,
        channel: Channel,
        command: str,
        message: SandboxMessage,
        *,
        timeout: float = _TIMEOUT_S,
        force: bool = False,
    ) -> Answer:
        """Use a message's context menu."""
        self._open(channel)
        root = self.world.commands.find(channel, self.id, command, commands.MESSAGE_MENU, force=force)
        target = str(message.id)
        data = _command_data(root) | {"target_id": target, "resolved": {"messages": {target: message.raw}}}
        return await self._send(interactions.COMMAND, channel, data, timeout)

    async def submit(self, answer: Answer, /, *, timeout: float = _TIMEOUT_S, **fields: Any) -> Answer:
        """Fill in and submit the modal that an answer opened.

        Args:
            answer: The answer that opened it.
            timeout: Real seconds.
            fields: Values by custom id or label (in labels, spaces may be written `_`); a field that is left out is
                sent as the modal prefilled it, and None, "" or [] empties it. A text takes a str, a checkbox a bool, a
                radio group an option's label or value, selects and checkbox groups a list of them, or Channels, Roles
                and Members, and a file upload a list of Uploads.
        """
        if answer.modal is None:
            raise SandboxError("The answer opened no modal")
        before = answer.interaction
        resolved = Resolved(before.channel, self)
        data: Json = {"custom_id": answer.modal.custom_id}
        data["components"] = modal_fields.filled(answer.modal, fields, resolved, self.world.find)
        return await self._send(
            interactions.MODAL_SUBMIT, before.channel, data | resolved.to_json(), timeout, before.source
        )

    async def say(
        self, channel: Channel, text: str, *, embeds: Iterable[Json] = (), files: Iterable[Upload] = ()
    ) -> SandboxMessage:
        """Post a message."""
        self._open(channel)
        if not channel.takes_messages or not channel.may_post(self.id):
            raise SandboxError(f"{self.name} can't post in #{channel.name}")
        body: Json = {"content": text, "embeds": list(embeds)}
        return posting.create(channel, self.user, body, dict(enumerate(files)))

    def delete(self, message: SandboxMessage) -> None:
        """Delete a message, as a moderator."""
        posting.delete(message)

    async def wait_for_direct_messages(self, count: int, timeout: float = _TIMEOUT_S) -> list[SandboxMessage]:
        """Wait until there are `count` direct messages from the bot, and return all."""
        if not await self.world.changes.until(lambda: len(self.direct_messages) >= count, timeout):
            raise SandboxError(
                f"{self.name} has {len(self.direct_messages)} direct messages after {timeout} s, not {count}"
            )
        return self.direct_messages

    def _channel_of(self, message: SandboxMessage) -> Channel:
        channel = self.world.channels.get(message.channel.id)
        if channel is None:
            raise SandboxError("The message's channel was deleted")
        return channel

    def _open(self, channel: Channel) -> None:
        if channel.guild is not None:
            channel.guild.require_member(self)
        if not channel.allows(self.id, "view_channel"):
            raise SandboxError(f"{self.name} can't see #{channel.name}")

    async def _send(
        self, kind: int, channel: Channel, data: Json, timeout_s: float, source: SandboxMessage | None = None
    ) -> Answer:
        self._open(channel)
        interaction = self.world.interactions.send(kind, self, channel, data, source)
        return await wait_for_answer(interaction, timeout_s)


def _command_data(root: Json) -> Json:
    data = {"id": root["id"], "name": root["name"], "type": root["type"]}
    return data | ({"guild_id": root["guild_id"]} if "guild_id" in root else {})
