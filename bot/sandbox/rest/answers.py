"""Responding to interactions: the initial response, `@original`, and follow-ups."""

from __future__ import annotations

from http import HTTPStatus

from bot.sandbox import api_errors
from bot.sandbox.application import interactions, posting
from bot.sandbox.application.interactions import Interaction
from bot.sandbox.rest.route import Call, Limit, Reply, Route
from bot.sandbox.state.message import LOADING, SandboxMessage
from bot.sandbox.state.platform import Deviation
from bot.sandbox.wire import Json

_HOOK = "/webhooks/{webhook_id}/{webhook_token}"
_ORIGINAL = _HOOK + "/messages/@original"
_MESSAGE = _HOOK + "/messages/{message_id}"


def _respond(call: Call) -> Reply:
    world_interactions = call.world.interactions
    interaction = world_interactions.awaiting(call.number("interaction_id"), call.ids["interaction_token"])
    kind, data = int(call.body["type"]), call.body.get("data") or {}
    _check_fits(interaction, kind, data, call)
    message = world_interactions.answer(interaction, kind, data, call.uploads)
    if call.query.get("with_response") not in ("1", "true", "True"):
        return HTTPStatus.NO_CONTENT, None
    return HTTPStatus.OK, _callback(interaction, kind, message)


def _check_fits(interaction: Interaction, kind: int, data: Json, call: Call) -> None:
    completing = interaction.kind == interactions.AUTOCOMPLETE
    updating = kind in (interactions.UPDATE, interactions.DEFERRED_UPDATE)
    unfit = (
        completing != (kind == interactions.CHOICES)
        or (updating and interaction.source is None)
        or (kind == interactions.MODAL and interaction.kind == interactions.MODAL_SUBMIT)
    )
    if unfit:
        why = f"a response of type {kind} doesn't fit an interaction of type {interaction.kind}"
        call.world.deviations.append(Deviation(method="POST", path="(callback)", where="type", why=why))
        raise api_errors.invalid_field(
            "type",
            code="INTERACTION_APPLICATION_COMMAND_CALLBACK_INVALID",
            message="This response type doesn't fit the interaction.",
        )
    sends = ("content", "embeds", "components", "attachments", "poll")
    if kind == interactions.ANSWER and not call.uploads and not any(data.get(key) for key in sends):
        raise api_errors.empty_message()


def _callback(interaction: Interaction, kind: int, message: SandboxMessage | None) -> Json:
    seen: Json = {"id": str(interaction.id), "type": interaction.kind}
    answer: Json = {"interaction": seen}
    if message is not None:
        seen["response_message_id"] = str(message.id)
        seen["response_message_loading"] = bool(message.flags & LOADING)
        seen["response_message_ephemeral"] = message.ephemeral
        if kind in (interactions.ANSWER, interactions.UPDATE):
            answer["resource"] = {"type": kind, "message": message.raw}
        elif kind == interactions.DEFERRED:
            answer["resource"] = {"type": interactions.ANSWER, "message": message.raw}
    return answer


def _interaction_of(call: Call) -> Interaction:
    if call.number("webhook_id") != call.world.application_id:
        raise api_errors.unknown_webhook()
    return call.world.interactions.of_webhook(call.ids["webhook_token"])


def _message_of(call: Call, interaction: Interaction) -> SandboxMessage:
    wanted = call.ids.get("message_id")
    message = interaction.original if wanted is None else interaction.message(call.number("message_id"))
    if message is None or message.deleted:
        raise api_errors.unknown_message()
    return message


def _get(call: Call) -> Reply:
    return HTTPStatus.OK, _message_of(call, _interaction_of(call)).raw


def _edit(call: Call) -> Reply:
    interaction = _interaction_of(call)
    message = _message_of(call, interaction)
    posting.edit(message, call.body or {}, call.uploads)
    call.world.interactions.mark_complete(interaction)
    return HTTPStatus.OK, message.raw


def _delete(call: Call) -> Reply:
    interaction = _interaction_of(call)
    posting.delete(_message_of(call, interaction))
    call.world.interactions.mark_complete(interaction)
    return HTTPStatus.NO_CONTENT, None


def _follow_up(call: Call) -> Reply:
    interaction, body = _interaction_of(call), call.body or {}
    if not call.uploads and not any(body.get(key) for key in ("content", "embeds", "components", "poll")):
        raise api_errors.empty_message()
    message = call.world.interactions.follow_up(interaction, body, call.uploads)
    return HTTPStatus.OK, message.raw


def _source_flags(call: Call) -> int:
    interaction = call.world.interactions.find(call.ids["interaction_token"])
    return interaction.source.flags if interaction and interaction.source else 0


def _existing_flags(call: Call) -> int:
    try:
        return _message_of(call, _interaction_of(call)).flags
    except api_errors.ApiError:
        return 0


_WEBHOOK_LIMIT = Limit(requests=5, per_s=2.0)

ROUTES = (
    Route(
        method="POST",
        template="/interactions/{interaction_id}/{interaction_token}/callback",
        handler=_respond,
        limit=None,
        with_token=True,
        form="callback",
        existing=_source_flags,
    ),
    Route(method="POST", template=_HOOK, handler=_follow_up, limit=_WEBHOOK_LIMIT, with_token=True, form="follow-up"),
    *(
        Route(
            method=method,
            template=template,
            handler=handler,
            limit=_WEBHOOK_LIMIT,
            with_token=True,
            form="message-edit" if method == "PATCH" else "",
            existing=_existing_flags if method == "PATCH" else None,
        )
        for template in (_ORIGINAL, _MESSAGE)
        for method, handler in (("GET", _get), ("PATCH", _edit), ("DELETE", _delete))
    ),
)
