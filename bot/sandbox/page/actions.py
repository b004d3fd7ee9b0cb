"""The page's actions, taken as the member whom the viewer plays."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from bot.sandbox.actions import options
from bot.sandbox.actions.answer import Answer
from bot.sandbox.actions.member import Member
from bot.sandbox.application.commands import CHAT_INPUT
from bot.sandbox.content.components import FILE_UPLOAD, SELECTS, STRING_SELECT, walk
from bot.sandbox.errors import SandboxError
from bot.sandbox.page.form import draw_form
from bot.sandbox.page.view import drawing_of, find_message
from bot.sandbox.state.channel import Channel
from bot.sandbox.state.upload import Upload
from bot.sandbox.wire import Json
from bot.sandbox.world import World


async def act(world: World, request: Json) -> Json:
    """Take an action of the page.

    Args:
        world: The sandbox's state.
        request: `do` (run, complete, press, choose, menu, submit, say), `as` and `in` (ids of the person and the
            channel), and the action's parameters.

    Returns:
        Autocomplete choices or a modal for the page to show; else nothing.

    Raises:
        SandboxError: The client wouldn't allow the action, or the bot did not answer.
    """
    person, channel = world.people.get(_number(request, "as")), world.channels.get(_number(request, "in"))
    if not isinstance(person, Member) or channel is None:
        raise SandboxError("No such person or channel")
    match request.get("do"):
        case "say":
            await person.say(channel, _text(request, "text"))
            return {}
        case "complete":
            return await _complete(world, person, channel, request)
        case "submit":
            answer = await _submit(world, person, request)
        case "run":
            command = _text(request, "command")
            given = _values(world, person, channel, command, request.get("options") or {})
            answer = await person.run(channel, command, **given)
        case "menu":
            message = find_message(world, person, channel, _number(request, "message"))
            answer = await person.menu(channel, _text(request, "command"), message)
        case "press":
            message = find_message(world, person, channel, _number(request, "message"))
            answer = await person.press(message, custom_id=_text(request, "custom_id"))
        case "choose":
            answer = await _choose(world, person, channel, request)
        case _:
            raise SandboxError("Unknown action")
    return _form(world, answer)


async def _complete(world: World, person: Member, channel: Channel, request: Json) -> Json:
    command, focused = _text(request, "command"), _text(request, "focused")
    others = {name: value for name, value in (request.get("options") or {}).items() if name != focused}
    given = _values(world, person, channel, command, others)
    choices = await person.complete(channel, command, focused=focused, value=_text(request, "value"), **given)
    return {"choices": [{"name": one.name, "value": one.value} for one in choices]}


async def _choose(world: World, person: Member, channel: Channel, request: Json) -> Answer:
    message = find_message(world, person, channel, _number(request, "message"))
    custom_id = _text(request, "custom_id")
    select = next((one for one in walk(message.raw["components"]) if one.get("custom_id") == custom_id), {})
    values = [str(one) for one in request.get("values") or ()]
    chosen = _objects(world, select, values)
    return await person.choose(message, chosen, custom_id=custom_id)


async def _submit(world: World, person: Member, request: Json) -> Answer:
    interaction = world.interactions.find(_text(request, "token"))
    opened = Answer(interaction) if interaction else None
    if opened is None or opened.modal is None:
        raise SandboxError("No such modal")
    fields = dict(request.get("fields") or {})
    for one in opened.modal.inputs().values():
        name = one["custom_id"]
        if one["type"] in SELECTS and name in fields:
            fields[name] = _objects(world, one, list(fields[name]))
        elif one["type"] == FILE_UPLOAD and name in fields:
            fields[name] = [_file(name, value) for value in fields[name]]
    return await person.submit(opened, **fields)


def _form(world: World, answer: Answer) -> Json:
    if answer.modal is None:
        return {}
    drawn = draw_form(drawing_of(world, answer.interaction.channel), answer.modal.raw["components"])
    return {"form": {"token": answer.interaction.token, "title": answer.modal.title, "html": drawn}}


def _objects(world: World, select: Json, values: list[str]) -> list[Any]:
    return values if select.get("type") == STRING_SELECT else [_object(world, value) for value in values]


def _object(world: World, value: str) -> Any:
    found = world.find(int(value) if value.isdigit() else 0)
    if found is None:
        raise SandboxError(f"No channel, person or role has the id {value!r}")
    return found


def _values(world: World, person: Member, channel: Channel, command: str, given: Json) -> Json:
    """Convert the texts of options to the values that the command takes."""
    root = world.commands.find(channel, person.id, command.partition(" ")[0], CHAT_INPUT, force=False)
    leaf, _ = options.leaf_of(root, command)
    kinds = {one["name"]: int(one["type"]) for one in leaf.get("options") or ()}
    return {
        name: _value(world, kinds.get(name, 0), name, value) for name, value in given.items() if value not in ("", None)
    }


def _value(world: World, kind: int, name: str, value: Any) -> Any:
    try:
        match kind:
            case options.INTEGER:
                return int(value)
            case options.NUMBER:
                return float(value)
            case options.BOOLEAN:
                return value in (True, "true")
            case options.CHANNEL | options.ROLE | options.USER | options.MENTIONABLE:
                return _object(world, str(value))
            case options.ATTACHMENT:
                return _file(name, value)
            case _:
                return value
    except (ValueError, TypeError) as error:
        raise SandboxError(f"Option {name!r} doesn't take {value!r}") from error


def _file(name: str, value: Any) -> Upload:
    """Read a file that the page sends as base64."""
    try:
        content = base64.b64decode(value["content"], validate=True)
        kind = str(value.get("type") or "application/octet-stream")
        return Upload(filename=str(value["name"]), content=content, content_type=kind)
    except (AttributeError, TypeError, KeyError, binascii.Error) as error:
        raise SandboxError(f"{name!r} doesn't take {value!r}") from error


def _text(request: Json, key: str) -> str:
    return str(request.get(key) or "")


def _number(request: Json, key: str) -> int:
    text = _text(request, key)
    return int(text) if text.isdigit() else 0
