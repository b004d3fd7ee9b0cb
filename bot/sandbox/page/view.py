"""What the page shows: servers, channels, people, commands, and one channel as one person sees it."""

from __future__ import annotations

from bot.sandbox.channel import Channel, can_view
from bot.sandbox.commands import CHAT_INPUT, MESSAGE_MENU, leaves
from bot.sandbox.errors import SandboxError
from bot.sandbox.member import Member
from bot.sandbox.message import SandboxMessage
from bot.sandbox.page.drawing import Drawing
from bot.sandbox.snowflakes import moment_of
from bot.sandbox.wire import Json
from bot.sandbox.world import World

_SHOWN = 60
_OPTION_KEYS = ("name", "type", "description", "required", "autocomplete", "choices", "min_value", "max_value")


def state(world: World, checking: str, *, person: str, place: str) -> Json:
    """Everything that the page shows.

    Args:
        world: What exists.
        checking: What the examiner checks, in words.
        person: The id of whom the viewer acts as; the first person where it is nobody's.
        place: The id of the channel that is open; the person's first one where it is none.
    """
    people = [one for one in world.people.values() if _places(world, one)]
    if not people:
        return {"people": [], "guilds": [], "version": world.changes.version}
    viewer = next((one for one in people if str(one.id) == person), people[0])
    places = _places(world, viewer)
    channel = next((one for one in [*places, viewer.direct_channel] if str(one.id) == place), places[0])
    return {
        "version": world.changes.version,
        "now": world.clock.now().timestamp(),
        "checking": checking,
        "deviations": [f"{one.method} {one.path} {one.where}: {one.why}" for one in world.deviations[-20:]],
        "people": [{"id": str(one.id), "name": one.name, "note": _note(one, channel)} for one in people],
        "viewer": str(viewer.id),
        "place": str(channel.id),
        "title": channel.name if channel.guild else "Newsdesk",
        "topic": channel.topic or ("" if channel.guild else "Direct messages"),
        "guilds": _guilds(world, viewer),
        "direct": str(viewer.direct_channel.id),
        "messages": _messages(world, channel, viewer),
        "commands": _commands(channel, viewer),
        "menus": [one["name"] for one in world.commands.offered(channel, viewer.id, kind=MESSAGE_MENU)],
        "offers": {
            "channels": _named_channels(channel),
            "roles": _named_roles(channel),
            "people": _named_people(channel),
        },
    }


def find_message(world: World, viewer: Member, channel: Channel, message_id: int) -> SandboxMessage:
    """A message that the viewer sees.

    Raises:
        SandboxError: There is none.
    """
    for message in _visible(world, channel, viewer):
        if message.id == message_id:
            return message
    raise SandboxError("That message is gone")


def drawing_of(channel: Channel) -> Drawing:
    """What draws the messages of a channel."""
    return Drawing(channel.name_of, _named_channels(channel), _named_roles(channel), _named_people(channel))


def _places(world: World, person: Member) -> list[Channel]:
    every = [one for one in world.channels.values() if one.guild is not None and person.id in one.guild.memberships]
    return [one for one in every if can_view(one, person.id)]


def _note(person: Member, channel: Channel) -> str:
    if channel.guild is None or person.id not in channel.guild.memberships:
        return ""
    if channel.allows(person.id, "manage_guild"):
        return "admin"
    return "owner" if person is person.world.owner else "member"


def _guilds(world: World, viewer: Member) -> list[Json]:
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


def _visible(world: World, channel: Channel, viewer: Member) -> list[SandboxMessage]:
    mine = world.interactions.private_messages(viewer.id, channel.id)
    return sorted([*channel.messages, *mine], key=lambda message: message.id)


def _messages(world: World, channel: Channel, viewer: Member) -> list[Json]:
    drawing = drawing_of(channel)
    return [
        {
            "id": str(message.id),
            "author": message.author.name,
            "bot": message.author.is_bot,
            "at": moment_of(message.id).timestamp(),
            "edited": message.edited,
            "private": message.ephemeral,
            "published": message.crossposted,
            "used": world.interactions.used_for(message),
            "html": drawing.message(message),
        }
        for message in _visible(world, channel, viewer)[-_SHOWN:]
    ]


def _commands(channel: Channel, viewer: Member) -> list[Json]:
    found = []
    for command in channel.world.commands.offered(channel, viewer.id, kind=CHAT_INPUT):
        for name, leaf in leaves(command):
            options = [{key: one[key] for key in _OPTION_KEYS if key in one} for one in leaf.get("options") or ()]
            found.append({"name": name, "description": leaf["description"], "options": options})
    return sorted(found, key=lambda one: str(one["name"]))


def _named_channels(channel: Channel) -> Json:
    return {str(one.id): f"#{one.name}" for one in (channel.guild.channels if channel.guild else ())}


def _named_roles(channel: Channel) -> Json:
    return {str(one.id): f"@{one.name.lstrip('@')}" for one in (channel.guild.roles.values() if channel.guild else ())}


def _named_people(channel: Channel) -> Json:
    return {str(one.id): one.name for one in (channel.guild.members if channel.guild else ())}
