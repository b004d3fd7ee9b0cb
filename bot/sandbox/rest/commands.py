"""Registering the application's commands, for all servers or for one."""

from __future__ import annotations

from bot.sandbox import refusals
from bot.sandbox.rest.call import Call, Reply, Route

_ALL = "/applications/{application_id}/commands"
_OF_GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"


def _guild_of(call: Call) -> int | None:
    if call.number("application_id") != call.world.application_id:
        raise refusals.Refusal(404, 10002, "Unknown Application")
    return call.guild().id if "guild_id" in call.ids else None


def _list(call: Call) -> Reply:
    return 200, call.world.commands.of(_guild_of(call))


def _replace(call: Call) -> Reply:
    return 200, call.world.commands.replace(call.body or (), _guild_of(call))


def _add(call: Call) -> Reply:
    return 201, call.world.commands.add(call.body, _guild_of(call))


def _remove(call: Call) -> Reply:
    if not call.world.commands.remove(call.ids["command_id"], _guild_of(call)):
        raise refusals.Refusal(404, 10063, "Unknown application command")
    return 204, None


ROUTES = tuple(
    route
    for template in (_ALL, _OF_GUILD)
    for route in (
        Route(method="GET", template=template, handler=_list),
        Route(method="PUT", template=template, handler=_replace, form="commands"),
        Route(method="POST", template=template, handler=_add, form="command"),
        Route(method="DELETE", template=template + "/{command_id}", handler=_remove),
    )
)
