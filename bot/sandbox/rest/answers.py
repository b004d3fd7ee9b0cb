"""Answering interactions: the first answer, `@original`, and follow-ups."""

from __future__ import annotations

from bot.sandbox import interactions, posting, refusals
from bot.sandbox.interactions import Interaction
from bot.sandbox.message import LOADING, SandboxMessage
from bot.sandbox.rest.call import Call, Limit, Reply, Route
from bot.sandbox.wire import Json

_HOOK = "/webhooks/{webhook_id}/{webhook_token}"
_ORIGINAL = _HOOK + "/messages/@original"
_MESSAGE = _HOOK + "/messages/{message_id}"


def _first(call: Call) -> Reply:
    desk = call.world.interactions
    interaction = desk.awaiting(call.number("interaction_id"), call.ids["interaction_token"])
    kind, data = int(call.body["type"]), call.body.get("data") or {}
    _check_fits(interaction, kind, data, call)
    message = desk.answer(interaction, kind, data, call.uploads)
    if call.query.get("with_response") not in ("1", "true", "True"):
        return 204, None
    return 200, _callback(interaction, kind, message)


def _check_fits(interaction: Interaction, kind: int, data: Json, call: Call) -> None:
    completing = interaction.kind == interactions.AUTOCOMPLETE
    updating = kind in (interactions.UPDATE, interactions.DEFERRED_UPDATE)
    unfit = (
        completing != (kind == interactions.CHOICES)
        or (updating and interaction.source is None)
        or (kind == interactions.MODAL and interaction.kind == interactions.MODAL_SUBMIT)
    )
    if unfit:
        raise refusals.invalid_field(
            "type", code="INTERACTION_APPLICATION_COMMAND_CALLBACK_INVALID", message="This answer doesn't fit."
        )
    sends = ("content", "embeds", "components", "attachments", "poll")
    if kind == interactions.ANSWER and not call.uploads and not any(data.get(key) for key in sends):
        raise refusals.empty_message()


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


def _behind(call: Call) -> Interaction:
    if call.number("webhook_id") != call.world.application_id:
        raise refusals.unknown_webhook()
    return call.world.interactions.behind(call.ids["webhook_token"])


def _named(call: Call, interaction: Interaction) -> SandboxMessage:
    wanted = call.ids.get("message_id")
    message = interaction.original if wanted is None else interaction.message(call.number("message_id"))
    if message is None or message.deleted:
        raise refusals.unknown_message()
    return message


def _get(call: Call) -> Reply:
    return 200, _named(call, _behind(call)).raw


def _edit(call: Call) -> Reply:
    interaction = _behind(call)
    message = _named(call, interaction)
    posting.edit(message, call.body or {}, call.uploads)
    call.world.interactions.settle(interaction)
    return 200, message.raw


def _delete(call: Call) -> Reply:
    interaction = _behind(call)
    posting.delete(_named(call, interaction))
    call.world.interactions.settle(interaction)
    return 204, None


def _follow_up(call: Call) -> Reply:
    interaction, body = _behind(call), call.body or {}
    if not call.uploads and not any(body.get(key) for key in ("content", "embeds", "components", "poll")):
        raise refusals.empty_message()
    message = call.world.interactions.follow_up(interaction, body, call.uploads)
    return 200, message.raw


def _source_flags(call: Call) -> int:
    interaction = call.world.interactions.find(call.ids["interaction_token"])
    return interaction.source.flags if interaction and interaction.source else 0


def _existing_flags(call: Call) -> int:
    try:
        return _named(call, _behind(call)).flags
    except refusals.Refusal:
        return 0


_FOLLOWING = Limit(requests=5, per_s=2.0)

ROUTES = (
    Route(
        method="POST",
        template="/interactions/{interaction_id}/{interaction_token}/callback",
        handler=_first,
        limit=None,
        with_token=True,
        form="callback",
        existing=_source_flags,
    ),
    Route(method="POST", template=_HOOK, handler=_follow_up, limit=_FOLLOWING, with_token=True, form="message"),
    *(
        Route(
            method=method,
            template=template,
            handler=handler,
            limit=_FOLLOWING,
            with_token=True,
            form="message-edit" if method == "PATCH" else "",
            existing=_existing_flags if method == "PATCH" else None,
        )
        for template in (_ORIGINAL, _MESSAGE)
        for method, handler in (("GET", _get), ("PATCH", _edit), ("DELETE", _delete))
    ),
)
