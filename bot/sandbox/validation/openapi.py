"""Validation against Discord's OpenAPI description, with unknown keys refused.

The description allows unknown keys; `_strict` forbids them in every object. Keys that discord.py sends and Discord
accepts without describing them are added first (docs/platform.md, The description).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bot.sandbox.api_errors import Problem
from bot.sandbox.wire import Json

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator, ValidationError

_HOME: Final = "urn:discord"
_BOOLEAN: Final[Json] = {"type": ["boolean", "null"]}
_INTEGER: Final[Json] = {"type": ["integer", "null"]}
_EXTRAS: Final[Mapping[str, Json]] = {
    "ApplicationCommandUpdateRequest": {"nsfw": _BOOLEAN},
    "ApplicationCommandCreateRequest": {"nsfw": _BOOLEAN},
    "RichEmbed": {"flags": _INTEGER},
    "MessageEditRequestPartial": {"tts": _BOOLEAN},
    "IncomingWebhookUpdateRequestPartial": {"tts": _BOOLEAN},
    "IncomingWebhookUpdateForInteractionCallbackRequestPartial": {"tts": _BOOLEAN},
    "BaseCreateMessageCreateRequest": {"tts": _BOOLEAN},
    "CreateForumThreadRequest": {"type": _INTEGER},
    # Described with a whole response's number, but a field's error has a name: docs, Reference, Error Messages.
    "InnerErrors": {"_errors": {"type": "array", "items": {"$ref": "#/components/schemas/FieldError"}}},
    # A key that Discord sends without describing it; discord.py relies on it.
    "CreatedThreadResponse": {"message": {"$ref": "#/components/schemas/MessageResponse"}},
}
_FIELD_ERROR: Final[Json] = {
    "type": "object",
    "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
    "required": ["code", "message"],
}
# Discord also accepts ids as numbers; discord.py sends such in attachments, allowed mentions and recipients.
_SENT_SNOWFLAKE: Final[Json] = {"type": ["integer", "string"], "pattern": "^(0|[1-9][0-9]*)$", "minimum": 0}
_SENT_QUERY: Final = frozenset({"use_nested_fields"})
"""Query parameters that discord.py sends, with each post in a forum, without being described."""
_FLAGS: Final = {"true": True, "false": False, "True": True, "False": False, "1": True, "0": False}


@cache
def load_description(path: Path) -> Description:
    """Load the description from a file, once in a process."""
    return Description(json.loads(path.read_text(encoding="utf-8")))


class Description:
    """Validates requests and responses; a schema is compiled when its operation is first used."""

    def __init__(self, document: Json) -> None:
        from jsonschema_rs import Registry  # noqa: PLC0415 - for tests only: the bot runs without it

        schemas = document["components"]["schemas"]
        schemas["FieldError"] = _FIELD_ERROR
        for name, extra in _EXTRAS.items():
            if name in schemas:
                schemas[name]["properties"] |= extra
        self._paths: Json = document["paths"]
        self._answers: Json = document["components"]["responses"]
        self._schemas: Json = schemas
        strict = {name: _strict(schema) for name, schema in schemas.items()}
        self._answering = Registry([(_HOME, {"components": {"schemas": strict}})])
        self._requesting = Registry([(_HOME, {"components": {"schemas": strict | {"SnowflakeType": _SENT_SNOWFLAKE}}})])
        self._validators: dict[tuple[str, ...], Draft202012Validator] = {}

    def knows(self, method: str, template: str) -> bool:
        """Whether the description has the operation."""
        return method.lower() in self._paths.get(template, {})

    def request_problems(self, method: str, template: str, body: Any) -> Iterator[Problem]:
        """Find where a body differs from the description."""
        content = self._operation(method, template).get("requestBody", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema")
        if schema is None:
            if body not in (None, {}, ""):
                yield Problem(path=(), code="DESCRIPTION", message="this operation takes no body")
        elif body is not None:
            yield from self._problems(("body", method, template), schema, body)

    def query_problems(self, method: str, template: str, query: Mapping[str, str]) -> Iterator[Problem]:
        """Find where a query differs from the description."""
        known = {
            one["name"]: one["schema"]
            for one in self._operation(method, template).get("parameters", ())
            if one.get("in") == "query"
        }
        for name, text in query.items():
            if name in _SENT_QUERY:
                continue
            if name not in known:
                yield Problem(path=("query", name), code="DESCRIPTION", message="unknown parameter")
                continue
            for found in self._problems(("query", method, template, name), known[name], self._read(known[name], text)):
                yield Problem(path=("query", name), code=found.code, message=found.message)

    def response_problems(self, method: str, template: str, status: int, answer: Any) -> Iterator[Problem]:
        """Find where a response differs from the description."""
        answers = self._operation(method, template).get("responses", {})
        described = answers.get(str(status)) or answers.get(f"{status // 100}XX")
        if described is None:
            yield Problem(path=(), code="DESCRIPTION", message=f"status {status} is not described")
            return
        if "$ref" in described:
            described = self._answers[described["$ref"].rpartition("/")[2]]
        schema = described.get("content", {}).get("application/json", {}).get("schema")
        if schema is not None:
            yield from self._problems(("answer", method, template, str(status)), schema, answer)
        elif answer is not None:
            yield Problem(path=(), code="DESCRIPTION", message="this response has no body")

    def _operation(self, method: str, template: str) -> Json:
        return self._paths.get(template, {}).get(method.lower()) or {}

    def _problems(self, key: tuple[str, ...], schema: Json, value: Any) -> Iterator[Problem]:
        if key not in self._validators:
            self._validators[key] = self._compiled(schema, answer=key[0] == "answer")
        validator = self._validators[key]
        if validator.is_valid(value):
            return
        for error in validator.iter_errors(value):
            leaf = _deepest(error)
            yield Problem(path=tuple(leaf.instance_path), code="DESCRIPTION", message=leaf.message[:300])

    def _compiled(self, schema: Json, *, answer: bool) -> Draft202012Validator:
        from jsonschema_rs import Draft202012Validator  # noqa: PLC0415 - as above

        registry = self._answering if answer else self._requesting
        return Draft202012Validator(_strict(schema), registry=registry)

    def _read(self, schema: Json, text: str) -> Any:
        named = schema.get("$ref", "").rpartition("/")[2]
        kinds = self._schemas.get(named, schema).get("type", [])
        kinds = [kinds] if isinstance(kinds, str) else kinds
        if "boolean" in kinds:
            return _FLAGS.get(text, text)
        if "integer" in kinds and text.lstrip("-").isdigit():
            return int(text)
        return text


def _strict(schema: Any) -> Any:
    """Copy a schema so that its objects refuse unknown keys and its references are absolute."""
    if isinstance(schema, list):
        return [_strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if (
        "allOf" in schema
        and all("properties" in one or "$ref" in one for one in schema["allOf"])
        and schema.get("type") == "object"
    ):
        return {key: _referring(value) for key, value in schema.items()} | {"unevaluatedProperties": False}
    closed = {key: _strict(value) for key, value in schema.items()}
    if isinstance(closed.get("$ref"), str) and closed["$ref"].startswith("#"):
        closed["$ref"] = _HOME + closed["$ref"]
    if "properties" in schema and "additionalProperties" not in schema:
        closed["additionalProperties"] = False
    return closed


def _referring(schema: Any) -> Any:
    """Copy a part of an `allOf` with absolute references, allowing unknown keys at its top level."""
    if isinstance(schema, list):
        return [_referring(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    copy = {key: _strict(value) if key == "properties" else _referring(value) for key, value in schema.items()}
    if copy.get("$ref") == "#/components/schemas/Error":
        return {
            "properties": {"code": {"type": "integer"}, "message": {"type": "string"}},
            "required": ["code", "message"],
        }
    if isinstance(copy.get("$ref"), str) and copy["$ref"].startswith("#"):
        copy["$ref"] = _HOME + copy["$ref"]
    return copy


def _deepest(error: ValidationError) -> ValidationError:
    """Find the deepest error of a union: it belongs to the variant that was meant."""
    branches = getattr(error.kind, "context", None)
    if not branches:
        return error
    leaves = [_deepest(inner) for branch in branches for inner in branch]
    return max(leaves, key=lambda leaf: (len(leaf.instance_path), leaf.kind.name != "enum"), default=error)
