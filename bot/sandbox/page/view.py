"""The state that the page shows: guilds, channels, people, commands, and one channel as one person sees it."""

from __future__ import annotations

from bot.sandbox.application.commands import CHAT_INPUT, MESSAGE_MENU, leaves
from bot.sandbox.errors import SandboxError
from bot.sandbox.page.drawing import Drawing
from bot.sandbox.state.channel import KINDS, Channel, can_view
from bot.sandbox.state.message import SandboxMessage
from bot.sandbox.state.snowflakes import moment_of
from bot.sandbox.state.users import Account
from bot.sandbox.wire import Json
from bot.sandbox.world import World

_SHOWN = 60
_OPTION_KEYS = ("name", "type", "description", "required", "autocomplete", "choices", "min_value", "max_value")


def state(world: World, checking: str, *, person: str, place: str) -> Json:
    """Build the page's state.

    Args:
        world: The sandbox's state.
        checking: What is validated, in words.
        person: The id of the person that the viewer acts as; by default the first one.
        place: The id of the open channel; by default the person's first one.
    """
    people = [one for one in world.people.values() if _places(world, one)]
    if not people:
        return {"people": [], "guilds": [], "version": world.changes.version}
    viewer = next((one for one in people if str(one.id) == person), people[0])
    places = _places(world, viewer)
    channel = next((one for one in [*places, world.direct_channel(viewer)] if str(one.id) == place), places[0])
    return {
        "version": world.changes.version,
        "now": world.clock.now().timestamp(),
        "checking": checking,
        "deviations": [f"{one.method} {one.path} {one.where}: {one.why}" for one in world.deviations[-20:]],
        "people": [{"id": str(one.id), "name": one.name, "note": _title(world, one, channel)} for one in people],
        "viewer": str(viewer.id),
        "place": str(channel.id),
        "title": channel.name if channel.guild else "Newsdesk",
        "topic": channel.topic or ("" if channel.guild else "Direct messages"),
        "guilds": _guilds(world, viewer),
        "direct": str(world.direct_channel(viewer).id),
        "messages": _messages(world, channel, viewer),
        "commands": _commands(world, channel, viewer),
        "menus": [one["name"] for one in world.commands.offered(channel, viewer.id, kind=MESSAGE_MENU)],
        "offers": {
            "channels": _channel_names(world, channel),
            "roles": _role_names(channel),
            "people": _member_names(world, channel),
        },
    }


def find_message(world: World, viewer: Account, channel: Channel, message_id: int) -> SandboxMessage:
    """Find a message that the viewer sees.

    Raises:
        SandboxError: There is no such message.
    """
    for message in _visible(world, channel, viewer):
        if message.id == message_id:
            return message
    raise SandboxError("No such message")


def drawing_of(world: World, channel: Channel) -> Drawing:
    """Create the renderer for a channel's messages and the forms that are opened in it."""
    kinds = {str(one.id): KINDS[one.kind] for one in (world.channels_of(channel.guild) if channel.guild else ())}
    roles, people = _role_names(channel), _member_names(world, channel)
    return Drawing(channel.name_of, _channel_names(world, channel), roles, people, kinds)


def _places(world: World, person: Account) -> list[Channel]:
    every = [one for one in world.channels.values() if one.guild is not None and person.id in one.guild.memberships]
    return [one for one in every if can_view(one, person.id)]


def _title(world: World, person: Account, channel: Channel) -> str:
    if channel.guild is None or person.id not in channel.guild.memberships:
        return ""
    if channel.allows(person.id, "manage_guild"):
        return "admin"
    return "owner" if person is world.owner else "member"


def _guilds(world: World, viewer: Account) -> list[Json]:
    places = _places(world, viewer)
    return [
        {
            "name": guild.name,
            "channels": [
                {
                    "id": str(one.id),
                    "name": one.name,
                    "kind": one.kind,
                    "under": str(one.parent.id) if one.parent else None,
                }
                for one in _in_order([place for place in places if place.guild is guild])
            ],
        }
        for guild in world.guilds.values()
        if viewer.id in guild.memberships
    ]


def _in_order(places: list[Channel]) -> list[Channel]:
    ordered = []
    for place in places:
        if not place.is_thread:
            ordered += [place, *(one for one in places if one.parent is place)]
    return ordered


def _visible(world: World, channel: Channel, viewer: Account) -> list[SandboxMessage]:
    mine = world.interactions.private_messages(viewer.id, channel.id)
    return sorted([*channel.messages, *mine], key=lambda message: message.id)


def _messages(world: World, channel: Channel, viewer: Account) -> list[Json]:
    drawing = drawing_of(world, channel)
    return [
        {
            "id": str(message.id),
            "author": message.author.name,
            "bot": message.author.is_bot,
            "at": moment_of(message.id).timestamp(),
            "edited": message.edited,
            "private": message.ephemeral,
            "published": message.crossposted,
            "silent": message.silent,
            "used": world.interactions.used_for(message),
            "html": drawing.message(message),
        }
        for message in _visible(world, channel, viewer)[-_SHOWN:]
    ]


def _commands(world: World, channel: Channel, viewer: Account) -> list[Json]:
    found = []
    for command in world.commands.offered(channel, viewer.id, kind=CHAT_INPUT):
        for name, leaf in leaves(command):
            options = [{key: one[key] for key in _OPTION_KEYS if key in one} for one in leaf.get("options") or ()]
            found.append({"name": name, "description": leaf["description"], "options": options})
    return sorted(found, key=lambda one: str(one["name"]))


def _channel_names(world: World, channel: Channel) -> Json:
    return {str(one.id): f"#{one.name}" for one in (world.channels_of(channel.guild) if channel.guild else ())}


def _role_names(channel: Channel) -> Json:
    return {str(one.id): f"@{one.name.lstrip('@')}" for one in (channel.guild.roles.values() if channel.guild else ())}


def _member_names(world: World, channel: Channel) -> Json:
    members = channel.guild.memberships if channel.guild else ()
    return {str(one): world.people[one].name for one in members if one in world.people}
