"""Why a request is refused, and the status that says so."""

from __future__ import annotations

from enum import StrEnum
from http import HTTPStatus
from typing import Final


class Refusal(StrEnum):
    """A reason, as metrics name it."""

    PATH = "path"
    METHOD = "method"
    HEADERS = "headers"
    TIME = "time"
    BUSY = "busy"
    SIZE = "size"
    SLOW = "slow"
    CUT_OFF = "cut_off"
    SIGNATURE = "signature"
    BODY = "body"
    REPLAY = "replay"
    NOT_READY = "not_ready"


STATUS: Final = {
    Refusal.PATH: HTTPStatus.NOT_FOUND,
    Refusal.METHOD: HTTPStatus.METHOD_NOT_ALLOWED,
    Refusal.HEADERS: HTTPStatus.UNAUTHORIZED,
    Refusal.TIME: HTTPStatus.UNAUTHORIZED,
    Refusal.BUSY: HTTPStatus.SERVICE_UNAVAILABLE,
    Refusal.SIZE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Refusal.SLOW: HTTPStatus.REQUEST_TIMEOUT,
    Refusal.CUT_OFF: HTTPStatus.BAD_REQUEST,
    Refusal.SIGNATURE: HTTPStatus.UNAUTHORIZED,
    Refusal.BODY: HTTPStatus.BAD_REQUEST,
    Refusal.REPLAY: HTTPStatus.UNAUTHORIZED,
    Refusal.NOT_READY: HTTPStatus.SERVICE_UNAVAILABLE,
}
