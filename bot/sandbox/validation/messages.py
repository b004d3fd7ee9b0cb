"""The rules for a message's body, for every route that takes one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from bot.sandbox.content import components as parts
from bot.sandbox.state.message import EPHEMERAL, IS_VOICE_MESSAGE, SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS
from bot.sandbox.validation import components
from bot.sandbox.validation.constraints import (
    Path,
    Problems,
    count,
    entries,
    length,
    objects,
    one_of,
    problem,
    required,
    url,
)
from bot.sandbox.wire import Json, utf16_length

MOST_CONTENT: Final = 2000
MOST_EMBED_TEXT: Final = 6000
MOST_FILE_BYTES: Final = 10 * 1024 * 1024
MOST_FILES: Final = 10
MOST_NONCE: Final = 25
# The flags that may be set, by docs: Create Message; Edit Message; Receiving and Responding, Messages.
POSTED_FLAGS: Final = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | IS_VOICE_MESSAGE | parts.IS_COMPONENTS_V2
EDITED_FLAGS: Final = SUPPRESS_EMBEDS | parts.IS_COMPONENTS_V2
ANSWER_FLAGS: Final = POSTED_FLAGS | EPHEMERAL
_LEGACY: Final = ("content", "embeds", "poll", "sticker_ids", "stickers")


def problems(
    path: Path, body: Any, *, existing_flags: int = 0, files: Iterable[str] = (), settable: int = POSTED_FLAGS
) -> Problems:
    """Find the invalid fields of a message.

    Args:
        path: Its place in the request's body.
        body: The message.
        existing_flags: Of an edit: the message's present flags.
        files: The names of the files that were uploaded with it.
        settable: The flags that may be set, in bits.
    """
    if body is None:
        return
    if not isinstance(body, dict):
        yield problem(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
        return
    flags = body.get("flags")
    every_flag = existing_flags | (flags if isinstance(flags, int) else 0)
    if isinstance(flags, int) and flags & ~(settable | existing_flags):
        yield problem((*path, "flags"), "MESSAGE_FLAGS_NOT_SETTABLE", f"Flags {flags & ~settable} can't be set here")
    v2 = bool(every_flag & parts.IS_COMPONENTS_V2)
    yield from length((*path, "content"), body.get("content"), MOST_CONTENT)
    yield from _nonce((*path, "nonce"), body.get("nonce"))
    yield from _embeds((*path, "embeds"), body.get("embeds"))
    yield from _attachments((*path, "attachments"), body.get("attachments"), list(files))
    yield from _allowed_mentions((*path, "allowed_mentions"), body.get("allowed_mentions"))
    yield from components.problems(
        (*path, "components"), body.get("components"), v2=v2, files=set(files) | _named_files(body)
    )
    if v2:
        yield from _only_components(path, body, fresh=not existing_flags)


def _only_components(path: Path, body: Json, *, fresh: bool) -> Problems:
    for key in _LEGACY:
        if body.get(key):
            yield problem(
                (*path, key),
                "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
            )
    if fresh and not body.get("components"):
        yield from required((*path, "components"), None)


def _nonce(path: Path, nonce: Any) -> Problems:
    if not isinstance(nonce, int):
        yield from length(path, nonce, MOST_NONCE)


def _embeds(path: Path, embeds: Any) -> Problems:
    every: list[tuple[Path, Json]] = []
    yield from objects(path, embeds, every)
    yield from count(path, every, 10)
    total = 0
    for place, embed in every:
        yield from _embed(place, embed)
        total += sum(utf16_length(text) for text in _embed_texts(embed) if isinstance(text, str))
    if total > MOST_EMBED_TEXT:
        yield problem(path, "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {MOST_EMBED_TEXT}")


def _embed(path: Path, embed: Json) -> Problems:
    yield from length((*path, "title"), embed.get("title"), 256)
    yield from length((*path, "description"), embed.get("description"), 4096)
    yield from length((*path, "footer", "text"), _inside(embed, "footer").get("text"), 2048)
    yield from length((*path, "author", "name"), _inside(embed, "author").get("name"), 256)
    fields = entries((*path, "fields"), embed.get("fields"))
    yield from count((*path, "fields"), fields, 25)
    for place, field in fields:
        for key, most in (("name", 256), ("value", 1024)):
            yield from required((*place, key), field.get(key))
            yield from length((*place, key), field.get(key), most)
    if embed.get("url"):
        yield from url((*path, "url"), embed["url"], 2048, "http", "https")
    for key in ("image", "thumbnail"):
        if _inside(embed, key).get("url"):
            yield from url((*path, key, "url"), embed[key]["url"], 2048, "http", "https", "attachment")


def _embed_texts(embed: Json) -> list[Any]:
    texts = [embed.get("title"), embed.get("description")]
    texts += [_inside(embed, "footer").get("text"), _inside(embed, "author").get("name")]
    for _, field in entries((), embed.get("fields")):
        texts += [field.get("name"), field.get("value")]
    return texts


def _inside(embed: Json, key: str) -> Json:
    inner = embed.get(key)
    return inner if isinstance(inner, dict) else {}


def _attachments(path: Path, attachments: Any, files: list[str]) -> Problems:
    named: list[tuple[Path, Json]] = []
    yield from objects(path, attachments, named)
    yield from count(path, named if len(named) > len(files) else files, MOST_FILES)
    for place, one in named:
        yield from length((*place, "description"), one.get("description"), 1024)
        yield from length((*place, "filename"), one.get("filename"), 1024, 1)


def _named_files(body: Json) -> set[str]:
    return {str(one.get("filename")) for _, one in entries((), body.get("attachments"))}


def _allowed_mentions(path: Path, allowed: Any) -> Problems:
    if allowed is None:
        return
    if not isinstance(allowed, dict):
        yield problem(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
        return
    parse = allowed.get("parse") or []
    for number, kind in enumerate(parse):
        yield from one_of((*path, "parse", number), kind, ("roles", "users", "everyone"))
    for key in ("users", "roles"):
        ids = allowed.get(key) or []
        yield from count((*path, key), ids, 100)
        if ids and key in parse:
            yield problem(
                (*path, "parse"),
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                f"parse:['{key}'] and {key}: [ids...] are mutually exclusive.",
            )
