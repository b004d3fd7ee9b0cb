"""Bodies of requests, built at any size, and a sandbox that takes them without a bot."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest

from bot.sandbox import Sandbox
from bot.sandbox.application.interactions import AUTOCOMPLETE, COMMAND
from bot.sandbox.wire import Json
from tests.sandbox.conftest import Rest
from tests.support.data import find_data

V2 = 1 << 15


Make = Callable[[int], Any]


@pytest.fixture(params=["description and rules", "rules alone"])
async def sandbox(request: pytest.FixtureRequest) -> AsyncIterator[Sandbox]:
    """A sandbox with the description (where there is one), and one without."""
    description = find_data("discord", "openapi.json") if request.param != "rules alone" else None
    async with Sandbox(limits=False, description=description) as sandbox:
        yield sandbox


class Desk:
    """Sends each kind of body to its route."""

    def __init__(self, sandbox: Sandbox, rest: Rest) -> None:
        self.sandbox = sandbox
        self._rest = rest
        guild = sandbox.add_guild("Town Square")
        self._channel = guild.add_channel("news")
        self._forum = guild.add_channel("posts", "forum")
        self._member = guild.add_member("Mo")

    async def send(self, form: str, body: Any) -> tuple[int, Any]:
        """The status and the answer."""
        application = self.sandbox.application_id
        if form in ("answer", "modal", "choices", "callback"):
            kind = AUTOCOMPLETE if form == "choices" else COMMAND
            data = {"id": "1", "name": "news", "type": 1}
            interaction = self.sandbox._world.interactions.send(kind, self._member, self._channel, data)
            number = {"answer": 4, "modal": 9, "choices": 8}.get(form)
            path = f"/interactions/{interaction.id}/{interaction.token}/callback"
            return await self._rest("POST", path, {"type": number, "data": body} if number else body)
        method, path = {
            "message": ("POST", f"/channels/{self._channel.id}/messages"),
            "forum": ("POST", f"/channels/{self._forum.id}/threads"),
            "commands": ("PUT", f"/applications/{application}/commands"),
            "command": ("POST", f"/applications/{application}/commands"),
        }[form]
        return await self._rest(method, path, body)


@pytest.fixture
async def desk(sandbox: Sandbox) -> AsyncIterator[Desk]:
    """A sender of bodies."""
    async with aiohttp.ClientSession() as session:
        yield Desk(sandbox, Rest(sandbox, session))


def words(count: int) -> str:
    """A text of that many UTF-16 units, as many as possible in pairs."""
    return "😀" * (count // 2) + "x" * (count % 2)


def v2(*components: Json) -> Json:
    """A message of components."""
    return {"flags": V2, "components": list(components)}


def row(*components: Json) -> Json:
    """An action row."""
    return {"type": 1, "components": list(components)}


def button(**more: Any) -> Json:
    """A button."""
    return {"type": 2, "style": 2, "label": "Go", "custom_id": "go"} | more


def select(**more: Any) -> Json:
    """A string select with one option."""
    return {"type": 3, "custom_id": "pick", "options": [{"label": "One", "value": "1"}]} | more


def option(number: int = 0, **more: Any) -> Json:
    """A select's option."""
    return {"label": "One", "value": f"v{number}"} | more


def section(*texts: Json, **more: Any) -> Json:
    """A section with a thumbnail."""
    return {"type": 9, "components": list(texts), "accessory": thumbnail()} | more


def thumbnail(**more: Any) -> Json:
    """A thumbnail."""
    return {"type": 11, "media": {"url": "https://pictures.example/a.png"}} | more


def gallery(count: int, **more: Any) -> Json:
    """A media gallery."""
    return {"type": 12, "items": [{"media": {"url": "https://pictures.example/a.png"}} | more for _ in range(count)]}


def command(**more: Any) -> Json:
    """A slash command."""
    return {"type": 1, "name": "news", "description": "News"} | more


def text_option(name: str = "query", **more: Any) -> Json:
    """A text option of a command."""
    return {"type": 3, "name": name, "description": "What"} | more


def big_command(characters: int) -> Json:
    """A command of that many characters in all, in choices."""
    left = characters - len("newsNews") - 4 * len("o1What")
    choices: list[list[Json]] = [[], [], [], []]
    for number in range(100):
        size = min(100, left - 3)
        if size < 1:
            break
        choices[number // 25].append({"name": f"{number:03}", "value": "x" * size})
        left -= 3 + size
    return command(options=[text_option(f"o{n}", choices=choices[n]) for n in range(4)])


def form(**more: Any) -> Json:
    """A modal with one text input."""
    return {"title": "New", "custom_id": "form", "components": [label()]} | more


def label(**more: Any) -> Json:
    """A labelled text input."""
    return {"type": 18, "label": "Name", "component": {"type": 4, "custom_id": "name", "style": 1}} | more


def container(*components: Json, **more: Any) -> Json:
    """A container."""
    return {"type": 17, "components": list(components)} | more


def subcommand(*options: Json, name: str = "search") -> Json:
    """A subcommand."""
    return {"type": 1, "name": name, "description": "Search", "options": list(options)}


def group(*options: Json, name: str = "more") -> Json:
    """A group of subcommands."""
    return {"type": 2, "name": name, "description": "More", "options": list(options)}


def menu(**more: Any) -> Json:
    """A message menu."""
    return {"type": 3, "name": "Find"} | more


def _in_label(make: Make) -> Make:
    return lambda n: form(components=[label(component=make(n))])


def radios(number: int, **more: Any) -> Json:
    """A radio group, whose first option has `more`."""
    return {"type": 21, "custom_id": "pick", "options": [option(i) | (more if i == 0 else {}) for i in range(number)]}


def boxes(number: int, **more: Any) -> Json:
    """A checkbox group, whose first option has `more`."""
    return radios(number, **more) | {"type": 22}


def _both_default(group: Json) -> Json:
    return group | {"options": [one | {"default": True} for one in group["options"]]}


def things(**more: Any) -> Json:
    """A channel select."""
    return {"type": 8, "custom_id": "pick"} | more


def files(**more: Any) -> Json:
    """A file upload."""
    return {"type": 19, "custom_id": "pick"} | more


def text_input(**more: Any) -> Json:
    """A modal's text input inside a label."""
    return form(components=[label(component={"type": 4, "custom_id": "name", "style": 1} | more)])


def link_to(url: str) -> Json:
    """A message with a link button."""
    return v2(row({"type": 2, "style": 5, "label": "Go", "url": url}))


def embeds(**more: Any) -> Json:
    """A message with one embed."""
    return {"embeds": [{"title": "Lamps"} | more]}


def field(**more: Any) -> Json:
    """An embed's field."""
    return {"name": "By", "value": "Mo"} | more


def long_embeds(total: int) -> Json:
    """Two embeds with that many characters together."""
    return {"embeds": [{"description": "x" * 4000}, {"description": "x" * (total - 4000)}]}
