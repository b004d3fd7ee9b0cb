"""Every limit of Discord's: just inside it is taken, just outside it is refused, and the list says where."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest

from bot.sandbox import Sandbox
from bot.sandbox.application.interactions import AUTOCOMPLETE, COMMAND
from bot.sandbox.wire import Json
from tests.sandbox.conftest import Rest, text_display
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


# Name, form, limit, what makes a body of that size, and the place where one more is refused.
LIMITS: list[tuple[str, str, int, Make, str]] = [
    ("content", "message", 2000, lambda n: {"content": words(n)}, "content"),
    ("content of an answer", "answer", 2000, lambda n: {"content": words(n)}, "data.content"),
    ("embeds", "message", 10, lambda n: {"embeds": [{"title": "x"}] * n}, "embeds"),
    ("text of all embeds", "message", 6000, long_embeds, "embeds"),
    ("embed title", "message", 256, lambda n: embeds(title=words(n)), "embeds.0.title"),
    ("embed description", "message", 4096, lambda n: embeds(description=words(n)), "embeds.0.description"),
    ("embed fields", "message", 25, lambda n: embeds(fields=[field()] * n), "embeds.0.fields"),
    ("embed field name", "message", 256, lambda n: embeds(fields=[field(name=words(n))]), "embeds.0.fields.0.name"),
    ("embed field value", "message", 1024, lambda n: embeds(fields=[field(value=words(n))]), "embeds.0.fields.0.value"),
    ("embed footer", "message", 2048, lambda n: embeds(footer={"text": words(n)}), "embeds.0.footer.text"),
    ("embed author", "message", 256, lambda n: embeds(author={"name": words(n)}), "embeds.0.author.name"),
    ("components", "message", 40, lambda n: v2(*[text_display("x")] * n), "components"),
    (
        "nested components",
        "message",
        39,
        lambda n: v2({"type": 17, "components": [text_display("x")] * n}),
        "components",
    ),
    ("a text display", "message", 4000, lambda n: v2(text_display(words(n))), "components.0.content"),
    (
        "all text displays",
        "message",
        2000,
        lambda n: v2(text_display("x" * 2000), text_display(words(n))),
        "components",
    ),
    ("section texts", "message", 3, lambda n: v2(section(*[text_display("x")] * n)), "components.0.components"),
    ("gallery items", "message", 10, lambda n: v2(gallery(n)), "components.0.items"),
    (
        "gallery alt text",
        "message",
        1024,
        lambda n: v2(gallery(1, description=words(n))),
        "components.0.items.0.description",
    ),
    (
        "thumbnail alt text",
        "message",
        1024,
        lambda n: v2(section(text_display("x"), accessory=thumbnail(description=words(n)))),
        "components.0.accessory.description",
    ),
    (
        "buttons in a row",
        "message",
        5,
        lambda n: v2(row(*[button(custom_id=f"b{i}") for i in range(n)])),
        "components.0.components",
    ),
    (
        "rows of a classic message",
        "message",
        5,
        lambda n: {"components": [row(button(custom_id=f"b{i}")) for i in range(n)]},
        "components",
    ),
    ("custom id", "message", 100, lambda n: v2(row(button(custom_id=words(n)))), "components.0.components.0.custom_id"),
    ("button label", "message", 80, lambda n: v2(row(button(label=words(n)))), "components.0.components.0.label"),
    (
        "button address",
        "message",
        512,
        lambda n: v2(row({"type": 2, "style": 5, "label": "Go", "url": "https://a.example/" + "x" * (n - 18)})),
        "components.0.components.0.url",
    ),
    (
        "select options",
        "message",
        25,
        lambda n: v2(row(select(options=[option(i) for i in range(n)]))),
        "components.0.components.0.options",
    ),
    (
        "select option label",
        "message",
        100,
        lambda n: v2(row(select(options=[option(label=words(n))]))),
        "components.0.components.0.options.0.label",
    ),
    (
        "select placeholder",
        "message",
        150,
        lambda n: v2(row(select(placeholder=words(n)))),
        "components.0.components.0.placeholder",
    ),
    ("nonce", "message", 25, lambda n: {"content": "x", "nonce": "n" * n}, "nonce"),
    (
        "choices of a completion",
        "choices",
        25,
        lambda n: {"choices": [{"name": f"{i}", "value": f"{i}"} for i in range(n)]},
        "data.choices",
    ),
    (
        "completion name",
        "choices",
        100,
        lambda n: {"choices": [{"name": words(n), "value": "x"}]},
        "data.choices.0.name",
    ),
    (
        "completion value",
        "choices",
        100,
        lambda n: {"choices": [{"name": "x", "value": words(n)}]},
        "data.choices.0.value",
    ),
    ("command name", "commands", 32, lambda n: [command(name="n" * n)], "0.name"),
    ("command description", "commands", 100, lambda n: [command(description=words(n))], "0.description"),
    (
        "command options",
        "commands",
        25,
        lambda n: [command(options=[text_option(f"o{i}") for i in range(n)])],
        "0.options",
    ),
    (
        "option choices",
        "commands",
        25,
        lambda n: [command(options=[text_option(choices=[{"name": f"{i}", "value": f"{i}"} for i in range(n)])])],
        "0.options.0.choices",
    ),
    ("characters of a command", "commands", 8000, lambda n: [big_command(n)], "0"),
    ("slash commands", "commands", 100, lambda n: [command(name=f"c{i}") for i in range(n)], "(body)"),
    ("message menus", "commands", 15, lambda n: [{"type": 3, "name": f"M {i}"} for i in range(n)], "(body)"),
    ("user menus", "commands", 15, lambda n: [{"type": 2, "name": f"U {i}"} for i in range(n)], "(body)"),
    ("modal title", "modal", 45, lambda n: form(title=words(n)), "data.title"),
    (
        "modal rows",
        "modal",
        5,
        lambda n: form(components=[label(component={"type": 4, "custom_id": f"c{i}", "style": 1}) for i in range(n)]),
        "data.components",
    ),
    ("modal label", "modal", 45, lambda n: form(components=[label(label=words(n))]), "data.components.0.label"),
    ("forum post's name", "forum", 100, lambda n: {"name": words(n), "message": {"content": "x"}}, "name"),
    (
        "forum post's content",
        "forum",
        2000,
        lambda n: {"name": "x", "message": {"content": words(n)}},
        "message.content",
    ),
    (
        "attachments",
        "message",
        10,
        lambda n: {"content": "x", "attachments": [{"id": i, "filename": "a"} for i in range(n)]},
        "attachments",
    ),
    (
        "attachment's alt text",
        "message",
        1024,
        lambda n: {"content": "x", "attachments": [{"id": 0, "description": words(n)}]},
        "attachments.0.description",
    ),
    (
        "attachment's name",
        "message",
        1024,
        lambda n: {"content": "x", "attachments": [{"id": 0, "filename": "a" * n}]},
        "attachments.0.filename",
    ),
    (
        "allowed users",
        "message",
        100,
        lambda n: {"content": "x", "allowed_mentions": {"parse": [], "users": [str(i) for i in range(n)]}},
        "allowed_mentions.users",
    ),
    (
        "accent color",
        "message",
        0xFFFFFF,
        lambda n: v2(container(text_display("x"), accent_color=n)),
        "components.0.accent_color",
    ),
    (
        "a text in a section",
        "message",
        4000,
        lambda n: v2(section(text_display(words(n)))),
        "components.0.components.0.content",
    ),
    (
        "a text in a container",
        "message",
        4000,
        lambda n: v2(container(text_display(words(n)))),
        "components.0.components.0.content",
    ),
    (
        "a select's custom id",
        "message",
        100,
        lambda n: v2(row(select(custom_id=words(n)))),
        "components.0.components.0.custom_id",
    ),
    (
        "least chosen",
        "message",
        25,
        lambda n: v2(row(select(min_values=n, max_values=25))),
        "components.0.components.0.min_values",
    ),
    ("most chosen", "message", 25, lambda n: v2(row(select(max_values=n))), "components.0.components.0.max_values"),
    (
        "option description",
        "message",
        100,
        lambda n: v2(row(select(options=[option(description=words(n))]))),
        "components.0.components.0.options.0.description",
    ),
    ("menu name", "commands", 32, lambda n: [menu(name=words(n))], "0.name"),
    (
        "a name's translation",
        "commands",
        32,
        lambda n: [command(name_localizations={"de": "n" * n})],
        "0.name_localizations.de",
    ),
    (
        "a subcommand's option",
        "commands",
        32,
        lambda n: [command(options=[subcommand(text_option("n" * n))])],
        "0.options.0.options.0.name",
    ),
    (
        "a group's options",
        "commands",
        25,
        lambda n: [command(options=[group(*[subcommand(name=f"s{i}") for i in range(n)])])],
        "0.options.0.options",
    ),
    (
        "a choice's name",
        "commands",
        100,
        lambda n: [command(options=[text_option(choices=[{"name": words(n), "value": "x"}])])],
        "0.options.0.choices.0.name",
    ),
    (
        "a form's text",
        "modal",
        4000,
        lambda n: form(components=[text_display(words(n)), label()]),
        "data.components.0.content",
    ),
    (
        "a form's description",
        "modal",
        100,
        lambda n: form(components=[label(description=words(n))]),
        "data.components.0.description",
    ),
    (
        "a form's select",
        "modal",
        150,
        lambda n: form(components=[label(component=select(placeholder=words(n)))]),
        "data.components.0.component.placeholder",
    ),
    (
        "an input's custom id",
        "modal",
        100,
        lambda n: text_input(custom_id=words(n)),
        "data.components.0.component.custom_id",
    ),
    (
        "an input's hint",
        "modal",
        100,
        lambda n: text_input(placeholder=words(n)),
        "data.components.0.component.placeholder",
    ),
    ("an input's value", "modal", 4000, lambda n: text_input(value=words(n)), "data.components.0.component.value"),
    (
        "an input's least length",
        "modal",
        4000,
        lambda n: text_input(min_length=n),
        "data.components.0.component.min_length",
    ),
    (
        "an input's greatest length",
        "modal",
        4000,
        lambda n: text_input(max_length=n),
        "data.components.0.component.max_length",
    ),
    (
        "an old input's label",
        "modal",
        45,
        lambda n: form(components=[row({"type": 4, "custom_id": "x", "style": 1, "label": words(n)})]),
        "data.components.0.components.0.label",
    ),
    (
        "inputs in a row",
        "modal",
        1,
        lambda n: form(
            components=[row(*[{"type": 4, "custom_id": f"x{i}", "style": 1, "label": "x"} for i in range(n)])]
        ),
        "data.components.0.components",
    ),
    *(
        (name, "modal", most, _in_label(make), f"data.components.0.component.{place}")
        for name, most, make, place in (
            ("a modal's options", 25, lambda n: select(options=[option(i) for i in range(n)]), "options"),
            ("a modal select's values", 25, lambda n: select(max_values=n), "max_values"),
            ("a modal select's least values", 25, lambda n: select(min_values=n, max_values=25), "min_values"),
            (
                "a channel select's defaults",
                2,
                lambda n: things(max_values=2, default_values=[{"id": f"{i}", "type": "channel"} for i in range(n)]),
                "default_values",
            ),
            ("a radio group's options", 10, radios, "options"),
            ("a radio's label", 100, lambda n: radios(2, label=words(n)), "options.0.label"),
            ("a radio's description", 100, lambda n: radios(2, description=words(n)), "options.0.description"),
            ("a radio group's custom id", 100, lambda n: radios(2) | {"custom_id": words(n)}, "custom_id"),
            ("a checkbox group's options", 10, boxes, "options"),
            ("a checkbox group's values", 10, lambda n: boxes(10) | {"max_values": n}, "max_values"),
            ("a box's description", 100, lambda n: boxes(2, description=words(n)), "options.0.description"),
            ("a checkbox's custom id", 100, lambda n: {"type": 23, "custom_id": words(n)}, "custom_id"),
            ("files of an upload", 10, lambda n: files(max_values=n), "max_values"),
            ("least files of an upload", 10, lambda n: files(min_values=n, max_values=10), "min_values"),
        )
    ),
]


@pytest.mark.parametrize(("kind", "most", "make"), [pytest.param(*one[1:4], id=one[0]) for one in LIMITS])
async def test_a_form_at_its_limit_is_taken(desk: Desk, kind: str, most: int, make: Make) -> None:
    """Nothing that Discord takes is refused."""
    status, answer = await desk.send(kind, make(most))
    assert (status < 300, desk.sandbox.deviations) == (True, []), answer


@pytest.mark.parametrize(("kind", "most", "make", "where"), [pytest.param(*one[1:], id=one[0]) for one in LIMITS])
async def test_a_form_past_its_limit_is_refused_with_its_place(
    desk: Desk, kind: str, most: int, make: Make, where: str
) -> None:
    """One more is a 50035, and a deviation that names the place."""
    status, answer = await desk.send(kind, make(most + 1))
    assert (status, answer["code"]) == (400, 50035)
    assert where in [one.where for one in desk.sandbox.deviations]


# Name, form, body, place.
REFUSED: list[tuple[str, str, Any, str]] = [
    ("content beside components", "message", v2(text_display("x")) | {"content": "y"}, "content"),
    ("an embed beside components", "message", v2(text_display("x")) | {"embeds": [{"title": "y"}]}, "embeds"),
    (
        "a poll beside components",
        "message",
        v2(text_display("x")) | {"poll": {"question": {"text": "?"}, "answers": [{"poll_media": {"text": "a"}}]}},
        "poll",
    ),
    ("a sticker beside components", "message", v2(text_display("x")) | {"sticker_ids": ["1"]}, "sticker_ids"),
    ("components v2 without components", "message", {"flags": V2}, "components"),
    ("components v2 without their flag", "message", {"components": [text_display("x")]}, "components.0.type"),
    ("an empty text display", "message", v2(text_display("")), "components.0.content"),
    ("an empty row", "message", v2(row()), "components.0.components"),
    ("an empty gallery", "message", v2(gallery(0)), "components.0.items"),
    ("an empty section", "message", v2(section()), "components.0.components"),
    (
        "a section without accessory",
        "message",
        v2({"type": 9, "components": [text_display("x")]}),
        "components.0.accessory",
    ),
    (
        "a container in a container",
        "message",
        v2({"type": 17, "components": [{"type": 17, "components": []}]}),
        "components.0.components.0.type",
    ),
    ("a text in a row", "message", v2(row(text_display("x"))), "components.0.components.0.type"),
    ("a button beside a select", "message", v2(row(select(), button())), "components.0.components"),
    ("the same custom id twice", "message", v2(row(button(), button())), "components.0.components.0.custom_id"),
    (
        "a button without custom id",
        "message",
        v2(row({"type": 2, "style": 2, "label": "x"})),
        "components.0.components.0.custom_id",
    ),
    (
        "a link button without address",
        "message",
        v2(row({"type": 2, "style": 5, "label": "x"})),
        "components.0.components.0.url",
    ),
    (
        "a link button with custom id",
        "message",
        v2(row(button(style=5, url="https://a.example"))),
        "components.0.components.0.custom_id",
    ),
    ("a button with an address", "message", v2(row(button(url="https://a.example"))), "components.0.components.0.url"),
    (
        "a button without label",
        "message",
        v2(row({"type": 2, "style": 2, "custom_id": "x"})),
        "components.0.components.0",
    ),
    (
        "a script address",
        "message",
        v2(row({"type": 2, "style": 5, "label": "x", "url": "javascript://a/b"})),
        "components.0.components.0.url",
    ),
    (
        "a picture without scheme",
        "message",
        v2(section(text_display("x"), accessory=thumbnail(media={"url": "a.png"}))),
        "components.0.accessory.media.url",
    ),
    (
        "a file that was not uploaded",
        "message",
        v2({"type": 13, "file": {"url": "attachment://a.txt"}}),
        "components.0.file.url",
    ),
    ("an empty alt text", "message", v2(gallery(1, description="")), "components.0.items.0.description"),
    (
        "the same option value twice",
        "message",
        v2(row(select(options=[option(), option()]))),
        "components.0.components.0.options.0.value",
    ),
    ("a select without options", "message", v2(row(select(options=[]))), "components.0.components.0.options"),
    (
        "more chosen than can be",
        "message",
        v2(row(select(min_values=3, max_values=2))),
        "components.0.components.0.min_values",
    ),
    (
        "users allowed twice over",
        "message",
        {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
        "allowed_mentions.parse",
    ),
    (
        "an unknown kind of mention",
        "message",
        {"content": "x", "allowed_mentions": {"parse": ["all"]}},
        "allowed_mentions.parse.0",
    ),
    ("an embed field without value", "message", embeds(fields=[{"name": "x", "value": ""}]), "embeds.0.fields.0.value"),
    ("content that is not a text", "message", {"content": 5}, "content"),
    ("embeds that are not a list", "message", {"embeds": "x"}, "embeds"),
    ("a component that is not an object", "message", v2("x"), "components.0"),  # type: ignore[arg-type]
    ("a command in capitals", "commands", [command(name="News")], "0.name"),
    ("a command with a space", "commands", [command(name="my news")], "0.name"),
    (
        "a localized command in capitals",
        "commands",
        [command(name_localizations={"de": "News"})],
        "0.name_localizations.de",
    ),
    (
        "a localized option with a space",
        "commands",
        [command(options=[text_option(name_localizations={"de": "ein wort"})])],
        "0.options.0.name_localizations.de",
    ),
    ("an ephemeral message in a channel", "message", {"content": "x", "flags": 1 << 6}, "flags"),
    ("a message that is published at once", "message", {"content": "x", "flags": 1}, "flags"),
    ("an answer that is loading", "answer", {"content": "x", "flags": 1 << 7}, "data.flags"),
    ("a command without description", "commands", [{"type": 1, "name": "news"}], "0.description"),
    ("a menu with description", "commands", [{"type": 3, "name": "Find", "description": "x"}], "0.description"),
    ("the same command twice", "commands", [command(), command()], "0.name"),
    ("the same option twice", "commands", [command(options=[text_option(), text_option()])], "0.options.0.name"),
    (
        "required after optional",
        "commands",
        [command(options=[text_option("a"), text_option("b", required=True)])],
        "0.options.1.required",
    ),
    (
        "choices and completion",
        "commands",
        [command(options=[text_option(autocomplete=True, choices=[{"name": "a", "value": "a"}])])],
        "0.options.0.autocomplete",
    ),
    (
        "a subcommand beside an option",
        "commands",
        [command(options=[text_option(), {"type": 1, "name": "b", "description": "b"}])],
        "0.options",
    ),
    ("an option in capitals", "commands", [command(options=[text_option("Query")])], "0.options.0.name"),
    ("an unknown answer", "choices", {"choices": [{"name": "", "value": "x"}]}, "data.choices.0.name"),
    ("a modal without rows", "modal", form(components=[]), "data.components"),
    (
        "a modal input without label",
        "modal",
        form(components=[row({"type": 4, "custom_id": "x", "style": 1})]),
        "data.components.0.components.0.label",
    ),
    ("a forum post without message", "forum", {"name": "x"}, "message"),
    ("a forum post without name", "forum", {"name": "", "message": {"content": "x"}}, "name"),
    ("a message that is a list", "message", [1], "(body)"),
    ("mentions that are not an object", "message", {"content": "x", "allowed_mentions": "none"}, "allowed_mentions"),
    ("attachments that are not a list", "message", {"content": "x", "attachments": "a"}, "attachments"),
    ("an embed with a path", "message", embeds(url="/a"), "embeds.0.url"),
    ("an embed with an ftp picture", "message", embeds(image={"url": "ftp://a.example/a"}), "embeds.0.image.url"),
    (
        "the same component id twice",
        "message",
        v2(text_display("x") | {"id": 7}, text_display("y") | {"id": 7}),
        "components.0.id",
    ),
    ("a button as a section's text", "message", v2(section(button())), "components.0.components.0.type"),
    (
        "a text as a section's accessory",
        "message",
        v2(section(text_display("x"), accessory=text_display("y"))),
        "components.0.accessory.type",
    ),
    ("an empty container", "message", v2(container()), "components.0.components"),
    ("a text display without text", "message", v2({"type": 10}), "components.0.content"),
    (
        "a gallery of data",
        "message",
        v2({"type": 12, "items": [{"media": {"url": "data:image/png;base64,AA"}}]}),
        "components.0.items.0.media.url",
    ),
    (
        "a thumbnail without picture",
        "message",
        v2(section(text_display("x"), accessory={"type": 11})),
        "components.0.accessory.media",
    ),
    ("an unknown button style", "message", v2(row(button(style=9))), "components.0.components.0.style"),
    ("an unknown spacing", "message", v2({"type": 14, "spacing": 3}), "components.0.spacing"),
    ("a select without custom id", "message", v2(row({"type": 5})), "components.0.components.0.custom_id"),
    (
        "an option without label",
        "message",
        v2(row(select(options=[{"value": "x"}]))),
        "components.0.components.0.options.0.label",
    ),
    (
        "fewer than none chosen",
        "message",
        v2(row(select(min_values=-1))),
        "components.0.components.0.min_values",
    ),
    ("a number that is a word", "message", v2(row(select(max_values="all"))), "components.0.components.0.max_values"),
    ("an address without host", "message", link_to("https:///a"), "components.0.components.0.url"),
    ("an address with a space", "message", link_to("https://a.example/b c"), "components.0.components.0.url"),
    ("an address that is broken", "message", link_to("https://[a"), "components.0.components.0.url"),
    ("a command that is a word", "command", "news", "(body)"),
    ("a command among words", "commands", ["news"], "0"),
    ("an unknown type of command", "commands", [command(type=9)], "0.type"),
    ("a menu without name", "commands", [{"type": 3}], "0.name"),
    ("an unknown type of option", "commands", [command(options=[text_option(type=99)])], "0.options.0.type"),
    ("a group in a group", "commands", [command(options=[group(group(name="deeper"))])], "0.options.0.options.0.type"),
    (
        "a subcommand in a subcommand",
        "commands",
        [command(options=[subcommand(subcommand(name="deeper"))])],
        "0.options.0.options.0.type",
    ),
    (
        "a choice without name",
        "commands",
        [command(options=[text_option(choices=[{"value": "x"}])])],
        "0.options.0.choices.0.name",
    ),
    (
        "a choice without value",
        "commands",
        [command(options=[text_option(choices=[{"name": "x"}])])],
        "0.options.0.choices.0.value",
    ),
    (
        "a word for a number",
        "commands",
        [command(options=[text_option(type=4, choices=[{"name": "x", "value": "x"}])])],
        "0.options.0.choices.0.value",
    ),
    ("a callback that is a list", "callback", [4], "(body)"),
    ("an unknown callback", "callback", {"type": 99}, "type"),
    ("a form without data", "callback", {"type": 9}, "data"),
    ("a form without title", "modal", {"custom_id": "x", "components": [label()]}, "data.title"),
    ("a container in a form", "modal", form(components=[container(text_display("x"))]), "data.components.0.type"),
    (
        "a form's label without words",
        "modal",
        form(components=[{"type": 18, "component": label()["component"]}]),
        "data.components.0.label",
    ),
    (
        "a form's label without input",
        "modal",
        form(components=[{"type": 18, "label": "x"}]),
        "data.components.0.component",
    ),
    (
        "an input without custom id",
        "modal",
        form(components=[label(component={"type": 4, "style": 1})]),
        "data.components.0.component.custom_id",
    ),
    ("an input of unknown style", "modal", text_input(style=3), "data.components.0.component.style"),
    (
        "an old input without custom id",
        "modal",
        form(components=[row({"type": 4, "style": 1, "label": "x"})]),
        "data.components.0.components.0.custom_id",
    ),
    ("a modal in a message", "message", v2(label()), "components.0.type"),
    ("a radio group in a message", "message", v2(row(radios(2))), "components.0.components.0.type"),
    (
        "one custom id twice in a modal",
        "modal",
        form(components=[label(), label()]),
        "data.components.0.component.custom_id",
    ),
    ("a button in a modal", "modal", form(components=[row(button())]), "data.components.0.components.0.type"),
    *(
        (name, "modal", form(components=[label(component=inner)]), f"data.components.0.component.{place}")
        for name, inner, place in (
            ("a button in a label", button(), "type"),
            ("a required select of none", select(min_values=0), "min_values"),
            ("a required upload of none", files(min_values=0), "min_values"),
            ("a required group of none", boxes(2) | {"min_values": 0, "required": True}, "min_values"),
            ("a disabled select in a modal", select(disabled=True), "disabled"),
            ("a modal select of more than it allows", select(min_values=3, max_values=2), "min_values"),
            (
                "two defaults where one is allowed",
                select(options=[option(1, default=True), option(2, default=True)]),
                "options.1.default",
            ),
            ("a radio group of one", radios(1), "options"),
            ("two radios by default", _both_default(radios(2)), "options.1.default"),
            ("a radio without value", radios(2, value=None), "options.0.value"),
            ("a value twice in a radio group", radios(2, value="v1"), "options.0.value"),
            ("a checkbox group of none", boxes(0), "options"),
            (
                "two boxes by default where one is allowed",
                _both_default(boxes(2)) | {"max_values": 1},
                "options.1.default",
            ),
            ("a checkbox without custom id", {"type": 23}, "custom_id"),
            ("an upload without custom id", {"type": 19}, "custom_id"),
            (
                "a role as a channel by default",
                things(default_values=[{"id": "1", "type": "role"}]),
                "default_values.0.type",
            ),
            (
                "fewer defaults than the least",
                things(min_values=2, max_values=3, default_values=[{"id": "1", "type": "channel"}]),
                "default_values",
            ),
        )
    ),
]


@pytest.mark.parametrize(("kind", "body", "where"), [pytest.param(*one[1:], id=one[0]) for one in REFUSED])
async def test_a_form_against_a_rule_is_refused(desk: Desk, kind: str, body: Any, where: str) -> None:
    """What has no number is a rule all the same."""
    status, answer = await desk.send(kind, body)
    assert (status, answer["code"]) == (400, 50035)
    assert where in [one.where for one in desk.sandbox.deviations]


TAKEN: list[tuple[str, str, Any]] = [
    ("a plain message", "message", {"content": "x", "tts": False, "nonce": "n", "enforce_nonce": True}),
    ("a message without mentions", "message", {"content": "x", "allowed_mentions": {"parse": []}}),
    ("one role allowed by number", "message", {"content": "x", "allowed_mentions": {"parse": [], "roles": [1]}}),
    ("an embed of discord.py", "message", {"embeds": [{"type": "rich", "title": "x", "flags": 0}]}),
    (
        "an embed with pictures",
        "message",
        embeds(
            image={"url": "https://a.example/a.png"},
            thumbnail={"url": "https://a.example/a.png"},
            author={"name": "A", "icon_url": "https://a.example/a.png"},
            footer={"text": "f"},
            timestamp="2024-01-01T00:00:00+00:00",
            color=5,
        ),
    ),
    (
        "a rich message",
        "message",
        v2(
            {
                "type": 17,
                "accent_color": 0xFF,
                "components": [section(text_display("x")), {"type": 14}, gallery(2), row(button()), row(select())],
            }
        ),
    ),
    ("a section with a button", "message", v2(section(text_display("x"), accessory=button()))),
    ("a select of channels", "message", v2(row({"type": 8, "custom_id": "c", "channel_types": [0, 5]}))),
    ("a link with brackets", "message", v2(row({"type": 2, "style": 5, "label": "x", "url": "https://a.example/(b)"}))),
    (
        "a button with emoji only",
        "message",
        v2(row({"type": 2, "style": 2, "custom_id": "x", "emoji": {"name": "🔖"}})),
    ),
    (
        "a group of subcommands",
        "commands",
        [
            command(
                nsfw=False,
                options=[
                    {
                        "type": 2,
                        "name": "a",
                        "description": "a",
                        "options": [
                            {"type": 1, "name": "b", "description": "b", "options": [text_option(required=True)]}
                        ],
                    }
                ],
            )
        ],
    ),
    ("a name in another script", "commands", [command(name="новости")]),
    ("a name with Devanagari signs", "commands", [command(name="हिन्दी")]),
    ("a name with Thai signs", "commands", [command(name="ข่าวที่นี่")]),
    ("a localized name with Devanagari signs", "commands", [command(name_localizations={"hi": "समाचार"})]),
    ("a message without embeds of links", "message", {"content": "x", "flags": 1 << 2}),
    ("a silent message", "message", {"content": "x", "flags": 1 << 12}),
    ("an ephemeral answer", "answer", {"content": "x", "flags": 1 << 6}),
    ("a modal with a select", "modal", form(components=[label(component=select())])),
    (
        "a modal with a text and a radio group",
        "modal",
        form(components=[text_display("x"), label(component=radios(2))]),
    ),
    *(
        (name, "modal", form(components=[label(component=inner)]))
        for name, inner in (
            ("a select that may stay empty", select(min_values=0, required=False)),
            ("an upload that may stay empty", files(min_values=0, max_values=10, required=False)),
            ("a group that may stay empty", boxes(3) | {"min_values": 0, "max_values": 3, "required": False}),
            ("every box by default", _both_default(boxes(3))),
            ("a checkbox by default", {"type": 23, "custom_id": "pick", "default": True}),
            ("a select that isn't disabled", select(disabled=False)),
            (
                "a mentionable select with defaults",
                things(type=7, max_values=2, default_values=[{"id": "1", "type": "role"}, {"id": "2", "type": "user"}]),
            ),
        )
    ),
    ("numbers as choices", "choices", {"choices": [{"name": "One", "value": 1}]}),
    (
        "a forum post of discord.py",
        "forum",
        {"name": "x", "type": 11, "auto_archive_duration": 1440, "message": {"content": "x", "tts": False}},
    ),
]


@pytest.mark.parametrize(("kind", "body"), [pytest.param(*one[1:], id=one[0]) for one in TAKEN])
async def test_a_valid_form_is_taken(desk: Desk, kind: str, body: Any) -> None:
    """The validator is not stricter than Discord."""
    status, answer = await desk.send(kind, body)
    assert (status < 300, desk.sandbox.deviations) == (True, []), answer
