"""What a person does on the page, done as the member whom they play."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from bot.sandbox import options
from bot.sandbox.answer import Answer
from bot.sandbox.channel import Channel
from bot.sandbox.commands import CHAT_INPUT
from bot.sandbox.components import SELECTS, STRING_SELECT, walk
from bot.sandbox.errors import SandboxError
from bot.sandbox.member import Member
from bot.sandbox.message import Upload
from bot.sandbox.page.view import find_message
from bot.sandbox.wire import Json
from bot.sandbox.world import World


async def act(world: World, wish: Json) -> Json:
    """Do what the page asks for.

    Args:
        world: What exists.
        wish: `do` (run, complete, press, choose, menu, submit, say), `as` and `in` (ids of the person and the
            channel), and what that takes.

    Returns:
        What the page shows at once: choices, or a form.

    Raises:
        SandboxError: A member couldn't do it, or the bot did not answer.
    """
    person, channel = world.people.get(_number(wish, "as")), world.channels.get(_number(wish, "in"))
    if person is None or channel is None:
        raise SandboxError("That person or channel is gone")
    match wish.get("do"):
        case "say":
            await person.say(channel, _text(wish, "text"))
            return {}
        case "complete":
            return await _complete(world, person, channel, wish)
        case "submit":
            return await _submit(world, person, wish)
        case "run":
            command = _text(wish, "command")
            given = _values(world, person, channel, command, wish.get("options") or {})
            answer = await person.run(channel, command, **given)
        case "menu":
            message = find_message(world, person, channel, _number(wish, "message"))
            answer = await person.menu(channel, _text(wish, "command"), message)
        case "press":
            message = find_message(world, person, channel, _number(wish, "message"))
            answer = await person.press(message, custom_id=_text(wish, "custom_id"))
        case "choose":
            answer = await _choose(world, person, channel, wish)
        case _:
            raise SandboxError("The page asked for something unknown")
    return _form(answer)


async def _complete(world: World, person: Member, channel: Channel, wish: Json) -> Json:
    command, focused = _text(wish, "command"), _text(wish, "focused")
    others = {name: value for name, value in (wish.get("options") or {}).items() if name != focused}
    given = _values(world, person, channel, command, others)
    choices = await person.complete(channel, command, focused=focused, value=_text(wish, "value"), **given)
    return {"choices": [{"name": one.name, "value": one.value} for one in choices]}


async def _choose(world: World, person: Member, channel: Channel, wish: Json) -> Answer:
    message = find_message(world, person, channel, _number(wish, "message"))
    custom_id = _text(wish, "custom_id")
    select = next((one for one in walk(message.raw["components"]) if one.get("custom_id") == custom_id), {})
    values = [str(one) for one in wish.get("values") or ()]
    chosen = _objects(world, select, values)
    return await person.choose(message, chosen, custom_id=custom_id)


async def _submit(world: World, person: Member, wish: Json) -> Json:
    interaction = world.interactions.find(_text(wish, "token"))
    answer = Answer(interaction) if interaction else None
    form = answer.modal if answer else None
    if answer is None or form is None:
        raise SandboxError("That form is gone")
    fields = dict(wish.get("fields") or {})
    for one in form.inputs().values():
        if one["type"] in SELECTS and one["custom_id"] in fields:
            fields[one["custom_id"]] = _objects(world, one, list(fields[one["custom_id"]]))
    return _form(await person.submit(answer, **fields))


def _form(answer: Answer) -> Json:
    if answer.modal is None:
        return {}
    return {
        "form": {"token": answer.interaction.token, "title": answer.modal.title, "rows": answer.modal.raw["components"]}
    }


def _objects(world: World, select: Json, values: list[str]) -> list[Any]:
    return values if select.get("type") == STRING_SELECT else [_object(world, value) for value in values]


def _object(world: World, value: str) -> Any:
    number = int(value) if value.isdigit() else 0
    roles = {key: role for guild in world.guilds.values() for key, role in guild.roles.items()}
    found = world.channels.get(number) or world.people.get(number) or roles.get(number)
    if found is None:
        raise SandboxError(f"There is no channel, person or role {value!r}")
    return found


def _values(world: World, person: Member, channel: Channel, command: str, given: Json) -> Json:
    """The options' words as the values that the command takes."""
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
                content = base64.b64decode(value["content"], validate=True)
                kind_of_file = value.get("type") or "application/octet-stream"
                return Upload(filename=str(value["name"]), content=content, content_type=str(kind_of_file))
            case _:
                return value
    except (ValueError, TypeError, KeyError, binascii.Error) as error:
        raise SandboxError(f"Option {name!r} doesn't take this: {value!r}") from error


def _text(wish: Json, key: str) -> str:
    return str(wish.get(key) or "")


def _number(wish: Json, key: str) -> int:
    text = _text(wish, key)
    return int(text) if text.isdigit() else 0
