"""Discord's error responses (docs, Opcodes and Status Codes, JSON): status, code, message, and invalid fields."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus

from bot.sandbox.wire import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """An invalid field of a request's body.

    Attributes:
        path: The keys and indexes from the body's root.
        code: Discord's name for the problem, e.g. `BASE_TYPE_MAX_LENGTH`.
        message: Discord's message.
    """

    path: tuple[str | int, ...]
    code: str
    message: str

    @property
    def where(self) -> str:
        """The path as one word, e.g. `embeds.0.title`."""
        return ".".join(str(step) for step in self.path) or "(body)"


class ApiError(Exception):
    """Ends a handler with one of Discord's error responses."""

    def __init__(self, status: HTTPStatus, code: int, message: str, problems: Iterable[Problem] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.problems = tuple(problems)

    def body(self) -> Json:
        """The response's JSON."""
        answer: Json = {"message": self.message, "code": self.code}
        if self.problems:
            answer["errors"] = _nested(self.problems)
        return answer


def _nested(problems: Iterable[Problem]) -> Json:
    errors: Json = {}
    for problem in problems:
        node = errors
        for step in problem.path:
            node = node.setdefault(str(step), {})
        node.setdefault("_errors", []).append({"code": problem.code, "message": problem.message})
    return errors


def invalid_form(problems: Iterable[Problem]) -> ApiError:
    """50035, with each invalid field."""
    return ApiError(HTTPStatus.BAD_REQUEST, 50035, "Invalid Form Body", problems)


def invalid_field(*path: str | int, code: str, message: str) -> ApiError:
    """50035 with one invalid field."""
    return invalid_form([Problem(path=path, code=code, message=message)])


def unauthorized() -> ApiError:
    """401: the token is wrong."""
    return ApiError(HTTPStatus.UNAUTHORIZED, 0, "401: Unauthorized")


def not_found() -> ApiError:
    """404: there is no such route."""
    return ApiError(HTTPStatus.NOT_FOUND, 0, "404: Not Found")


def unknown_channel() -> ApiError:
    """10003."""
    return ApiError(HTTPStatus.NOT_FOUND, 10003, "Unknown Channel")


def unknown_guild() -> ApiError:
    """10004."""
    return ApiError(HTTPStatus.NOT_FOUND, 10004, "Unknown Guild")


def unknown_member() -> ApiError:
    """10007."""
    return ApiError(HTTPStatus.NOT_FOUND, 10007, "Unknown Member")


def unknown_message() -> ApiError:
    """10008."""
    return ApiError(HTTPStatus.NOT_FOUND, 10008, "Unknown Message")


def unknown_user() -> ApiError:
    """10013."""
    return ApiError(HTTPStatus.NOT_FOUND, 10013, "Unknown User")


def unknown_webhook() -> ApiError:
    """10015."""
    return ApiError(HTTPStatus.NOT_FOUND, 10015, "Unknown Webhook")


def unknown_interaction() -> ApiError:
    """10062: no such interaction, or it expired after 3 seconds."""
    return ApiError(HTTPStatus.NOT_FOUND, 10062, "Unknown interaction")


def already_crossposted() -> ApiError:
    """40033."""
    return ApiError(HTTPStatus.BAD_REQUEST, 40033, "This message has already been crossposted.")


def already_acknowledged() -> ApiError:
    """40060: the interaction has its initial response."""
    return ApiError(HTTPStatus.BAD_REQUEST, 40060, "Interaction has already been acknowledged.")


def missing_access() -> ApiError:
    """50001."""
    return ApiError(HTTPStatus.FORBIDDEN, 50001, "Missing Access")


def other_users_message() -> ApiError:
    """50005."""
    return ApiError(HTTPStatus.FORBIDDEN, 50005, "Cannot edit a message authored by another user")


def empty_message() -> ApiError:
    """50006."""
    return ApiError(HTTPStatus.BAD_REQUEST, 50006, "Cannot send an empty message")


def closed_direct_messages() -> ApiError:
    """50007."""
    return ApiError(HTTPStatus.FORBIDDEN, 50007, "Cannot send messages to this user")


def not_a_text_channel() -> ApiError:
    """50008."""
    return ApiError(HTTPStatus.BAD_REQUEST, 50008, "Cannot send messages in a non-text channel")


def missing_permissions() -> ApiError:
    """50013."""
    return ApiError(HTTPStatus.FORBIDDEN, 50013, "Missing Permissions")


def wrong_channel_type() -> ApiError:
    """50024."""
    return ApiError(HTTPStatus.BAD_REQUEST, 50024, "Cannot execute action on this channel type")


def invalid_webhook_token() -> ApiError:
    """50027: the interaction's token expired after 15 minutes."""
    return ApiError(HTTPStatus.UNAUTHORIZED, 50027, "Invalid Webhook Token")


def invalid_json() -> ApiError:
    """50109."""
    return ApiError(HTTPStatus.BAD_REQUEST, 50109, "The request body contains invalid JSON.")


def archived_thread() -> ApiError:
    """50083."""
    return ApiError(HTTPStatus.BAD_REQUEST, 50083, "Thread is archived")


def unknown_tag() -> ApiError:
    """10087."""
    return ApiError(HTTPStatus.NOT_FOUND, 10087, "Unknown tag")


def tag_required() -> ApiError:
    """40067: the forum has the flag REQUIRE_TAG."""
    return ApiError(HTTPStatus.BAD_REQUEST, 40067, "A tag is required to create a forum post in this channel")


def file_too_large() -> ApiError:
    """40005."""
    return ApiError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, 40005, "Request entity too large")
