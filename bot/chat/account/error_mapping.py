"""Map errors of Discord, the network and our own wire to outcomes of a request."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import discord
import structlog

from bot.chat.wire import CircuitOpenError, FencePassedError, PostWatch, TooEarlyError, is_network_error
from bot.news.message.messenger import Cause, Outcome, Refused, Unclear

log = structlog.get_logger(__name__)

# Discord's own codes (its documentation, "JSON error codes"); what isn't named here is `refused`.
_BY_CODE: Final[dict[int, Cause]] = {
    10003: "channel_gone",
    10004: "channel_gone",  # the server
    10008: "message_gone",
    50006: "invalid_form",  # an empty message
    50035: "invalid_form",
    160005: "no_permission",  # a locked thread
}

_LONGEST_DETAIL: Final = 300


def outcome_of(error: Exception, watch: PostWatch) -> Outcome:
    """Return the outcome of a post that raised.

    It is a refusal only if no request of the post can have created the message: after a request without an answer, a
    refusal of the next one says nothing about it. The exception is 10008: Discord knows the nonce, so
    the message existed.
    """
    refusal = refusal_of(error)
    if watch.may_be_posted and refusal.cause != "message_gone":
        return Unclear(detail=refusal.detail)
    return refusal


def refusal_of(error: Exception) -> Refused:
    """Return why a request failed."""
    match error:
        case TooEarlyError():
            return _later("rate_limited", str(error), error.retry_after_s)
        case CircuitOpenError():
            return _later("circuit_open", error.why, error.retry_after_s)
        case FencePassedError():
            return _later("unreachable", str(error), 0.0)
        case discord.HTTPException():
            return _of_answer(error)
        case _:
            if not is_network_error(error):  # a session that was closed at the end, or a bug: retried, and logged
                log.error("a request failed unexpectedly", exc_info=error)
            return _later("unreachable", _said(error), None)


def _of_answer(error: discord.HTTPException) -> Refused:
    detail = f"{error.status}, {error.code}: {error.text or error.response.reason}"[:_LONGEST_DETAIL]
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _later("unreachable", detail, None)
    if error.status == HTTPStatus.TOO_MANY_REQUESTS:
        return _later("rate_limited", detail, None)
    if error.status == HTTPStatus.UNAUTHORIZED:
        return Refused(cause="token_refused", detail=detail)
    usual: Cause = "no_permission" if error.status == HTTPStatus.FORBIDDEN else "refused"
    return Refused(cause=_BY_CODE.get(error.code, usual), detail=detail)


def _later(cause: Cause, detail: str, retry_after_s: float | None) -> Refused:
    return Refused(cause=cause, detail=detail, retry_after_s=retry_after_s, can_retry=True)


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:_LONGEST_DETAIL]
