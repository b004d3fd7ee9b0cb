"""Guilds, their channels, roles and members."""

from __future__ import annotations

from http import HTTPStatus

from bot.sandbox import api_errors
from bot.sandbox.gateway.intents import GUILD_MEMBERS
from bot.sandbox.rest.route import Call, Reply, Route
from bot.sandbox.state.guild import GuildState
from bot.sandbox.state.permissions import BITS
from bot.sandbox.wire import Json

_GUILD = "/guilds/{guild_id}"
_BOT_ADD = 28
_NOT_LOGGED = (
    *("application_commands", "auto_moderation_rules", "guild_scheduled_events", "integrations", "threads", "webhooks"),
)


def _get(call: Call) -> Reply:
    guild = call.guild()
    shape = guild.to_json()
    if call.query.get("with_counts") in ("true", "1", "True"):
        shape |= {"approximate_member_count": len(guild.memberships), "approximate_presence_count": 1}
    return HTTPStatus.OK, shape


def _channels(call: Call) -> Reply:
    return HTTPStatus.OK, [channel.to_json() for channel in call.world.channels_of(call.guild())]


def _roles(call: Call) -> Reply:
    return HTTPStatus.OK, [role.to_json() for role in call.guild().roles.values()]


def _members(call: Call) -> Reply:
    guild = call.guild()
    if not call.world.privileged_intents & GUILD_MEMBERS:
        raise api_errors.missing_access()
    after, limit = int(call.query.get("after", "0")), int(call.query.get("limit", "1"))
    found = sorted(user for user in guild.memberships if user > after)[:limit]
    return HTTPStatus.OK, [guild.member_json(user) for user in found]


def _member(call: Call) -> Reply:
    guild, user = call.guild(), call.number("user_id")
    if user not in guild.memberships:
        raise api_errors.unknown_member()
    return HTTPStatus.OK, guild.member_json(user)


def _audit_log(call: Call) -> Reply:
    """The entry of the bot's own arrival; no other is asked for."""
    guild, bot = call.guild(), call.world.bot.id
    if not guild.permissions_of(bot) & BITS["view_audit_log"]:
        raise api_errors.missing_permissions()
    entries: list[Json] = []
    users: list[Json] = []
    if guild.invited_by is not None and call.query.get("action_type") == str(_BOT_ADD):
        entry = {"id": str(call.world.ids.new()), "target_id": str(bot), "action_type": _BOT_ADD}
        entries = [entry | {"user_id": str(guild.invited_by)}]
        users = [call.world.users[guild.invited_by].to_json(), call.world.bot.to_json()]
    return HTTPStatus.OK, {"audit_log_entries": entries, "users": users, **{name: [] for name in _NOT_LOGGED}}


def _own_guilds(call: Call) -> Reply:
    """The guilds that the bot is in, as partial objects, by id."""
    after, limit = int(call.query.get("after", "0")), int(call.query.get("limit", "200"))
    world = call.world
    found = sorted(guild_id for guild_id, guild in world.guilds.items() if guild.has_bot and guild_id > after)[:limit]
    return HTTPStatus.OK, [_partial(world.guilds[each], world.bot.id) for each in found]


def _partial(guild: GuildState, bot: int) -> Json:
    return {
        "id": str(guild.id),
        "name": guild.name,
        "icon": None,
        "banner": None,
        "owner": False,
        "permissions": str(guild.permissions_of(bot)),
        "features": [],
    }


def _leave(call: Call) -> Reply:
    call.guild().remove_bot()
    return HTTPStatus.NO_CONTENT, None


ROUTES = (
    Route(method="GET", template=_GUILD, handler=_get),
    Route(method="GET", template=_GUILD + "/channels", handler=_channels),
    Route(method="GET", template=_GUILD + "/roles", handler=_roles),
    Route(method="GET", template=_GUILD + "/members", handler=_members),
    Route(method="GET", template=_GUILD + "/audit-logs", handler=_audit_log),
    Route(method="GET", template=_GUILD + "/members/{user_id}", handler=_member),
    Route(method="GET", template="/users/@me/guilds", handler=_own_guilds),
    Route(method="DELETE", template="/users/@me/guilds/{guild_id}", handler=_leave),
)
