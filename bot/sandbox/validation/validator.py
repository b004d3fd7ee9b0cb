"""Validates requests and responses against Discord's rules, and lists the deviations."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bot.sandbox import api_errors
from bot.sandbox.api_errors import Problem
from bot.sandbox.state.platform import Deviation
from bot.sandbox.validation import callbacks, commands, messages
from bot.sandbox.validation.constraints import count, length, one_of, problem, required
from bot.sandbox.validation.openapi import Description, load_description
from bot.sandbox.world import World

if TYPE_CHECKING:
    from bot.sandbox.rest.route import Call, Route

_MOST_LISTED: Final = 100


class Validator:
    """Finds what Discord would refuse: by its documented limits, and by its OpenAPI description if that is given."""

    def __init__(self, world: World, description: Path | None) -> None:
        self._world = world
        self._description: Description | None = load_description(description) if description else None

    @property
    def checking(self) -> str:
        """A sentence that says what is validated, for people."""
        if self._description is None:
            return "Requests are validated against Discord's documented limits (without its OpenAPI description)."
        return "Requests and responses are validated against Discord's OpenAPI description and its documented limits."

    def deviate(self, method: str, path: str, where: str, why: str) -> None:
        """Record a deviation."""
        self._world.deviations.append(Deviation(method=method, path=path, where=where, why=why))

    def check_request(self, route: Route, path: str, call: Call) -> list[Problem]:
        """Find the invalid fields of a request; each is recorded as a deviation.

        Raises:
            ApiError: A file is too large (40005); also recorded as a deviation.
        """
        found = list(self._rules(route, call))
        if self._description is not None:
            places = {problem.path for problem in found}
            found += [one for one in self._by_description(self._description, route, call) if one.path not in places]
        for one in found:
            self.deviate(route.method, path, one.where, one.message)
        for upload in call.uploads.values():
            if len(upload.content) > messages.MOST_FILE_BYTES:
                self.deviate(route.method, path, upload.filename, "the limit is 10 MiB a file")
                raise api_errors.file_too_large()
        return found

    def check_response(self, route: Route, path: str, status: int, answer: Any) -> None:
        """Record where the sandbox's own response differs from Discord's."""
        if self._description is None:
            return
        if not self._description.knows(route.method, route.template):
            if status < HTTPStatus.BAD_REQUEST:
                self.deviate(route.method, path, "(path)", "the description has no such operation")
            return
        for one in self._description.response_problems(route.method, route.template, status, answer):
            self.deviate(route.method, path, f"response: {one.where}", one.message)

    def _by_description(self, description: Description, route: Route, call: Call) -> Iterator[Problem]:
        yield from description.request_problems(route.method, route.template, call.body)
        yield from description.query_problems(route.method, route.template, call.query)

    def _rules(self, route: Route, call: Call) -> Iterator[Problem]:
        existing = route.existing(call) if route.existing else 0
        files = [upload.filename for upload in call.uploads.values()]
        match route.form:
            case "message":
                yield from messages.problems((), call.body, files=files)
            case "message-edit":
                yield from messages.problems(
                    (), call.body, existing_flags=existing, files=files, settable=messages.EDITED_FLAGS
                )
            case "follow-up":
                yield from messages.problems((), call.body, files=files, settable=messages.ANSWER_FLAGS)
            case "callback":
                yield from callbacks.problems(call.body, existing_flags=existing, files=files)
            case "commands":
                yield from commands.bulk(call.body)
            case "command":
                yield from commands.single((), call.body)
            case "thread":
                yield from _thread(call, files)
            case "message-thread":
                yield from _thread_name(call.body)
            case "message-list":
                yield from _message_list(call)


def _thread(call: Call, files: list[str]) -> Iterator[Problem]:
    body = call.body if isinstance(call.body, dict) else {}
    yield from _thread_name(body)
    channel = call.world.channels.get(call.number("channel_id"))
    if channel is not None and channel.kind == "forum":
        if not isinstance(body.get("message"), dict):
            yield from required(("message",), None)
        yield from messages.problems(("message",), body.get("message"), files=files)
        yield from count(("applied_tags",), body.get("applied_tags") or [], 5)


def _thread_name(body: Any) -> Iterator[Problem]:
    given = body if isinstance(body, dict) else {}
    yield from required(("name",), given.get("name"))
    yield from length(("name",), given.get("name"), 100, 1)
    archived_after = given.get("auto_archive_duration")
    if archived_after is not None:
        yield from one_of(("auto_archive_duration",), archived_after, (60, 1440, 4320, 10080))


def _message_list(call: Call) -> Iterator[Problem]:
    for name in ("before", "after", "around"):
        if not call.query.get(name, "0").isdigit():
            yield problem((name,), "NUMBER_TYPE_COERCE", f'Value "{call.query[name]}" is not snowflake.')
    limit = call.query.get("limit", "50")
    if not (limit.isdigit() and 1 <= int(limit) <= _MOST_LISTED):
        yield problem(("limit",), "NUMBER_TYPE_RANGE", f"int value should be between 1 and {_MOST_LISTED}.")
