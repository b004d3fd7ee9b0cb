"""Registering the application's commands, globally or for one guild."""

from __future__ import annotations

from http import HTTPStatus

from bot.sandbox import api_errors
from bot.sandbox.rest.route import Call, Reply, Route

_ALL = "/applications/{application_id}/commands"
_OF_GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"


def _guild_of(call: Call) -> int | None:
    if call.number("application_id") != call.world.application_id:
        raise api_errors.ApiError(HTTPStatus.NOT_FOUND, 10002, "Unknown Application")
    return call.guild().id if "guild_id" in call.ids else None


def _list(call: Call) -> Reply:
    return HTTPStatus.OK, call.world.commands.of(_guild_of(call))


def _replace(call: Call) -> Reply:
    return HTTPStatus.OK, call.world.commands.replace(call.body or (), _guild_of(call))


def _add(call: Call) -> Reply:
    return HTTPStatus.CREATED, call.world.commands.add(call.body, _guild_of(call))


def _remove(call: Call) -> Reply:
    if not call.world.commands.remove(call.ids["command_id"], _guild_of(call)):
        raise api_errors.ApiError(HTTPStatus.NOT_FOUND, 10063, "Unknown application command")
    return HTTPStatus.NO_CONTENT, None


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
