"""How Discord says no: a status, a code, a sentence, and for a bad form the place of each problem."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.sandbox.wire import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong with a request's body.

    Attributes:
        path: Where: the keys and indexes from the body's root.
        code: Discord's name for the problem, e.g. `BASE_TYPE_MAX_LENGTH`.
        message: Discord's sentence.
    """

    path: tuple[str | int, ...]
    code: str
    message: str

    @property
    def where(self) -> str:
        """The path as one word, e.g. `embeds.0.title`."""
        return ".".join(str(step) for step in self.path) or "(body)"


class Refusal(Exception):  # noqa: N818 - it is an answer on its way, not an error of this program
    """Ends a handler with one of Discord's error answers."""

    def __init__(self, status: int, code: int, message: str, problems: Iterable[Problem] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.problems = tuple(problems)

    def body(self) -> Json:
        """The answer's JSON."""
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


def invalid_form(problems: Iterable[Problem]) -> Refusal:
    """50035, with the place of each problem."""
    return Refusal(400, 50035, "Invalid Form Body", problems)


def invalid_field(*path: str | int, code: str, message: str) -> Refusal:
    """50035 with one problem."""
    return invalid_form([Problem(path=path, code=code, message=message)])


def unauthorized() -> Refusal:
    """The token is wrong."""
    return Refusal(401, 0, "401: Unauthorized")


def not_found() -> Refusal:
    """No such route."""
    return Refusal(404, 0, "404: Not Found")


def unknown_channel() -> Refusal:
    """10003."""
    return Refusal(404, 10003, "Unknown Channel")


def unknown_guild() -> Refusal:
    """10004."""
    return Refusal(404, 10004, "Unknown Guild")


def unknown_member() -> Refusal:
    """10007."""
    return Refusal(404, 10007, "Unknown Member")


def unknown_message() -> Refusal:
    """10008."""
    return Refusal(404, 10008, "Unknown Message")


def unknown_user() -> Refusal:
    """10013."""
    return Refusal(404, 10013, "Unknown User")


def unknown_webhook() -> Refusal:
    """10015."""
    return Refusal(404, 10015, "Unknown Webhook")


def unknown_interaction() -> Refusal:
    """10062: no such interaction, or its 3 seconds are over."""
    return Refusal(404, 10062, "Unknown interaction")


def already_crossposted() -> Refusal:
    """40033."""
    return Refusal(400, 40033, "This message has already been crossposted.")


def already_acknowledged() -> Refusal:
    """40060: the interaction has its first answer."""
    return Refusal(400, 40060, "Interaction has already been acknowledged.")


def missing_access() -> Refusal:
    """50001."""
    return Refusal(403, 50001, "Missing Access")


def foreign_message() -> Refusal:
    """50005."""
    return Refusal(403, 50005, "Cannot edit a message authored by another user")


def empty_message() -> Refusal:
    """50006."""
    return Refusal(400, 50006, "Cannot send an empty message")


def closed_direct_messages() -> Refusal:
    """50007."""
    return Refusal(403, 50007, "Cannot send messages to this user")


def not_a_text_channel() -> Refusal:
    """50008."""
    return Refusal(400, 50008, "Cannot send messages in a non-text channel")


def missing_permissions() -> Refusal:
    """50013."""
    return Refusal(403, 50013, "Missing Permissions")


def wrong_channel_type() -> Refusal:
    """50024."""
    return Refusal(400, 50024, "Cannot execute action on this channel type")


def invalid_webhook_token() -> Refusal:
    """50027: the interaction's 15 minutes are over."""
    return Refusal(401, 50027, "Invalid Webhook Token")


def invalid_json() -> Refusal:
    """50109."""
    return Refusal(400, 50109, "The request body contains invalid JSON.")


def archived_thread() -> Refusal:
    """50083."""
    return Refusal(400, 50083, "Thread is archived")


def file_too_large() -> Refusal:
    """40005."""
    return Refusal(413, 40005, "Request entity too large")
