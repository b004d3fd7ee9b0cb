"""The requests of a login: the bot's user, its application, and the gateway's address."""

from __future__ import annotations

from http import HTTPStatus

from bot.sandbox import api_errors
from bot.sandbox.rest.route import Call, Reply, Route
from bot.sandbox.state.platform import IDENTIFIES_A_DAY
from bot.sandbox.wire import Json
from bot.sandbox.world import World


def _me(call: Call) -> Reply:
    return HTTPStatus.OK, call.world.bot.to_json() | {
        "mfa_enabled": True,
        "locale": "en-US",
        "premium_type": 0,
        "email": None,
        "verified": True,
    }


def _user(call: Call) -> Reply:
    wanted = call.number("user_id")
    if wanted == call.world.bot.id:
        return HTTPStatus.OK, call.world.bot.to_json()
    person = call.world.people.get(wanted)
    if person is None:
        raise api_errors.unknown_user()
    return HTTPStatus.OK, person.user.to_json()


def application_json(world: World) -> Json:
    """Discord's application object, as the application's own bot gets it."""
    webhooks = world.webhooks
    return {
        "id": str(world.application_id),
        "name": world.bot.name,
        "icon": None,
        "description": "",
        "type": None,
        "bot": world.bot.to_json(),
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64 if webhooks is None else webhooks.verify_key,
        "flags": 0,
        "flags_new": "0",
        "redirect_uris": [],
        "interactions_endpoint_url": None if webhooks is None else webhooks.interactions_url,
        "role_connections_verification_url": None,
        "owner": world.owner.user.to_json(),
        "approximate_guild_count": len(world.guilds),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": ["bot", "applications.commands"],
    }


def _application(call: Call) -> Reply:
    return HTTPStatus.OK, application_json(call.world)


def _gateway(call: Call) -> Reply:
    return HTTPStatus.OK, {"url": call.world.gateway_address}


def _gateway_for_bots(call: Call) -> Reply:
    left = call.world.identifies_left()
    limit = {"total": IDENTIFIES_A_DAY, "remaining": left, "reset_after": 86_400_000, "max_concurrency": 1}
    return HTTPStatus.OK, {"url": call.world.gateway_address, "shards": 1, "session_start_limit": limit}


ROUTES = (
    Route(method="GET", template="/users/@me", handler=_me),
    Route(method="GET", template="/users/{user_id}", handler=_user),
    Route(method="GET", template="/oauth2/applications/@me", handler=_application),
    Route(method="GET", template="/applications/@me", handler=_application),
    Route(method="GET", template="/gateway", handler=_gateway, with_token=True),
    Route(method="GET", template="/gateway/bot", handler=_gateway_for_bots),
)
