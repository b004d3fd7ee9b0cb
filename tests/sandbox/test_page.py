"""The page: its view of the sandbox, and the viewer's actions."""

from __future__ import annotations

import asyncio
import base64
import html
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from typing import Any

import aiohttp
import pytest

from bot.sandbox import Channel, Guild, Member, Sandbox
from bot.sandbox.page.form import draw_form
from bot.sandbox.page.view import drawing_of
from tests.sandbox.conftest import Rest, SmallBot, Start, text_display
from tests.sandbox.modal_bot import modal_bot
from tests.sandbox.news_bot import news_bot

V2 = 1 << 15
HOSTILE = '<script>alert(1)</script> [x](https://a.example/"onmouseover="x) <img src=x onerror=x> `</code><b>`'


class Browser:
    """Asks for the page as a browser would, as one person in one channel."""

    def __init__(self, sandbox: Sandbox, session: aiohttp.ClientSession, person: Member, channel: Channel) -> None:
        self.base = sandbox.api_base
        self.session = session
        self.who = {"as": str(person.id), "in": str(channel.id)}

    async def state(self) -> dict[str, Any]:
        """What the page shows."""
        async with self.session.get(self.base + "/page/state", params=self.who) as answer:
            shown: dict[str, Any] = await answer.json()
            return shown

    async def act(self, **wish: Any) -> tuple[int, dict[str, Any]]:
        """Do something."""
        async with self.session.post(self.base + "/page/act", json=self.who | wish) as answer:
            return answer.status, await answer.json()

    async def last(self) -> dict[str, Any]:
        """The last message that is shown."""
        messages: list[dict[str, Any]] = (await self.state())["messages"]
        return messages[-1]


@pytest.fixture
async def browser(sandbox: Sandbox, member: Member, channel: Channel) -> AsyncIterator[Browser]:
    """A browser in which one is a member."""
    async with aiohttp.ClientSession() as session:
        yield Browser(sandbox, session, member, channel)


@pytest.fixture
async def bot(channel: Channel, start: Start) -> SmallBot:
    """A bot that answers, in a server."""
    assert channel.takes_messages
    return await start(news_bot())


class Tags(HTMLParser):
    """Collects tags and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note them."""
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


@pytest.mark.parametrize("path", ["/", "/page.css", "/page.js"])
async def test_the_page_allows_nothing_from_elsewhere(browser: Browser, path: str) -> None:
    """Its policy names only itself, and pictures."""
    async with browser.session.get(browser.base + path) as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert (answer.status, policy.startswith("default-src 'none'; script-src 'self'")) == (200, True)


async def test_the_page_names_no_other_address(browser: Browser) -> None:
    """No font, script or style comes from outside."""
    for path in ("/", "/page.css", "/page.js"):
        async with browser.session.get(browser.base + path) as answer:
            assert "//" not in (await answer.text()).replace("// ", "")


async def test_another_sites_name_is_refused(browser: Browser) -> None:
    """A name that was bent to this address reaches nothing."""
    async with browser.session.get(browser.base + "/page/state", headers={"Host": "evil.example"}) as answer:
        assert answer.status == 403


async def test_a_form_of_another_site_is_refused(browser: Browser) -> None:
    """Only JSON acts, which no foreign form can send."""
    async with browser.session.post(browser.base + "/page/act", data=b"{}") as answer:
        assert answer.status == 415


@pytest.mark.parametrize(
    "body",
    [
        {"content": HOSTILE},
        {"flags": V2, "components": [text_display(HOSTILE)]},
        {
            "embeds": [
                {
                    "title": HOSTILE,
                    "description": HOSTILE,
                    "footer": {"text": HOSTILE},
                    "fields": [{"name": HOSTILE, "value": HOSTILE}],
                }
            ]
        },
        {
            "content": "x",
            "components": [
                {"type": 1, "components": [{"type": 2, "style": 2, "label": HOSTILE[:80], "custom_id": HOSTILE[:100]}]}
            ],
        },
        {
            "flags": V2,
            "components": [
                {"type": 12, "items": [{"media": {"url": "https://a.example/a.png"}, "description": HOSTILE}]}
            ],
        },
        {
            "content": "x",
            "components": [
                {
                    "type": 1,
                    "components": [
                        {
                            "type": 3,
                            "custom_id": "s",
                            "placeholder": HOSTILE,
                            "options": [{"label": HOSTILE[:100], "value": HOSTILE[:100]}],
                        }
                    ],
                }
            ],
        },
    ],
)
async def test_hostile_words_stay_words(browser: Browser, channel: Channel, rest: Rest, body: dict[str, Any]) -> None:
    """Nothing in a message becomes a tag or a handler of the page."""
    await rest.post(channel, **body)
    tags = Tags()
    tags.feed((await browser.last())["html"])
    assert not tags.tags & {"script", "b"}
    assert not {name for name in tags.attributes if name.startswith("on")}


async def test_a_script_address_is_no_link(browser: Browser, channel: Channel, rest: Rest) -> None:
    """Only web addresses can be followed."""
    await rest.post(channel, content="[x](discord://x/y) https://a.example")
    assert (await browser.last())["html"].count("href=") == 1


async def test_a_member_sees_a_channel_in_order(browser: Browser, channel: Channel, rest: Rest) -> None:
    """Author and words."""
    await browser.act(do="say", text="hello")
    await rest.post(channel, content="hi")
    assert [one["author"] for one in (await browser.state())["messages"]] == ["Mo", "Newsdesk"]


async def test_a_closed_channel_is_not_shown(browser: Browser, guild: Guild) -> None:
    """What a member can't see isn't on their page."""
    guild.add_channel("board").set_permissions(everyone={"view_channel": False})
    names = [one["name"] for one in (await browser.state())["guilds"][0]["channels"]]
    assert names == ["news"]


@pytest.mark.usefixtures("bot")
async def test_a_command_is_offered_with_its_options(browser: Browser) -> None:
    """Subcommands by their full names, without those for admins."""
    commands = {one["name"]: one for one in (await browser.state())["commands"]}
    assert ("admin" in commands, commands["news search"]["options"][0]["required"]) == (False, True)


@pytest.mark.usefixtures("bot")
async def test_a_private_answer_is_shown_to_its_member_alone(
    browser: Browser, sandbox: Sandbox, admin: Member, channel: Channel
) -> None:
    """And says which command it answers."""
    await browser.act(do="run", command="news search", options={"query": "lamps", "count": "2"})
    shown = await browser.last()
    others = Browser(sandbox, browser.session, admin, channel)
    assert (shown["private"], shown["used"], "lamps/None/2" in shown["html"]) == (True, "Mo used /news search", True)
    assert (await others.state())["messages"] == []


@pytest.mark.usefixtures("bot")
async def test_a_button_and_a_select_work_on_the_page(browser: Browser) -> None:
    """By the ids that the HTML carries."""
    await browser.act(do="run", command="news panel")
    message = (await browser.last())["id"]
    assert (await browser.act(do="choose", message=message, custom_id="pick", values=["2"]))[0] == 200
    await browser.act(do="press", message=message, custom_id="full")
    assert "all of it" in (await browser.last())["html"]


@pytest.mark.usefixtures("bot")
async def test_completions_reach_the_page(browser: Browser) -> None:
    """Names and values."""
    _, answer = await browser.act(do="complete", command="news search", focused="topic", value="fa", options={})
    assert answer["choices"][0] == {"name": "Fashion", "value": "fashion"}


@pytest.mark.usefixtures("bot")
async def test_a_form_is_opened_and_sent(browser: Browser) -> None:
    """A modal comes as its rows."""
    _, answer = await browser.act(do="run", command="news form")
    await browser.act(do="submit", token=answer["form"]["token"], fields={"name": "Weekly"})
    assert "called Weekly" in (await browser.last())["html"]


async def test_a_modal_is_drawn_with_its_defaults_and_submitted(
    browser: Browser, channel: Channel, start: Start
) -> None:
    """Each kind of field comes with what the page needs to read it."""
    assert channel.takes_messages
    await start(modal_bot())
    _, answer = await browser.act(do="run", command="form", options={"kind": "choices"})
    drawn = answer["form"]["html"]
    assert [drawn.count(part) for part in ('data-kind="21"', "checked", "selected", 'type="radio"')] == [2, 3, 1, 4]
    fields = {"days": ["fri"], "stories": "3", "topics": [], "silent": False, "colour": None}
    await browser.act(do="submit", token=answer["form"]["token"], fields=fields)
    assert "(['fri'], '3', [], False, None)" in html.unescape((await browser.last())["html"])


async def test_files_and_things_are_submitted_from_the_page(
    browser: Browser, channel: Channel, start: Start, guild: Guild
) -> None:
    """Things by their ids, files as base64; a channel select offers only its types."""
    guild.add_channel("talk", "voice")
    await start(modal_bot())
    _, answer = await browser.act(do="run", command="form", options={"kind": "things"})
    assert ("#news" in answer["form"]["html"], "#talk" in answer["form"]["html"]) == (True, False)
    file = {"name": "seed.txt", "type": "text/plain", "content": base64.b64encode(b"words").decode()}
    fields = {"channel": [str(channel.id)], "editors": [], "role": [], "anyone": [], "files": [file, file]}
    await browser.act(do="submit", token=answer["form"]["token"], fields=fields)
    assert "['words', 'words']" in html.unescape((await browser.last())["html"])


async def test_hostile_words_in_a_modal_stay_words(sandbox: Sandbox, channel: Channel) -> None:
    """Labels, descriptions, options, hints and values of a modal become neither tags nor handlers."""
    options = [{"label": HOSTILE, "value": HOSTILE, "description": HOSTILE}]
    inputs: list[dict[str, Any]] = [
        {"type": 3, "options": options, "placeholder": HOSTILE},
        {"type": 4, "style": 1, "value": HOSTILE, "placeholder": HOSTILE},
        {"type": 4, "style": 2, "value": HOSTILE},
        {"type": 19},
        {"type": 21, "options": options},
        {"type": 22, "options": options},
        {"type": 23},
    ]
    rows = [
        {"type": 18, "label": HOSTILE, "description": HOSTILE, "component": one | {"custom_id": HOSTILE, "id": 1}}
        for one in inputs
    ]
    old = {"type": 1, "components": [inputs[1] | {"label": HOSTILE, "custom_id": HOSTILE, "id": 1}]}
    tags = Tags()
    tags.feed(draw_form(drawing_of(sandbox._world, channel), [text_display(HOSTILE), *rows, old]))
    assert not tags.tags & {"script", "img"}
    assert not {name for name in tags.attributes if name.startswith("on")}


@pytest.mark.usefixtures("bot")
async def test_a_file_that_is_none_is_refused(browser: Browser, channel: Channel) -> None:
    """With the option's name."""
    options = {"file": {"name": "x"}, "where": str(channel.id)}
    status, answer = await browser.act(do="run", command="news upload", options=options)
    assert (status, "'file' doesn't take" in answer["error"]) == (422, True)


@pytest.mark.usefixtures("bot")
async def test_a_file_is_uploaded_from_the_page(browser: Browser, channel: Channel) -> None:
    """As base64 in JSON."""
    file = {"name": "seed.txt", "type": "text/plain", "content": base64.b64encode(b"words").decode()}
    await browser.act(do="run", command="news upload", options={"file": file, "where": str(channel.id)})
    assert channel.messages[0].files[0].content == b"WORDS"


async def test_a_mistake_is_explained(browser: Browser) -> None:
    """The page shows the client's sentence."""
    status, answer = await browser.act(do="run", command="nothing", options={})
    assert (status, "No command 'nothing'" in answer["error"]) == (422, True)


async def test_changes_are_sent_at_once(browser: Browser, channel: Channel, rest: Rest) -> None:
    """The page need not ask again and again."""
    async with browser.session.get(browser.base + "/page/events") as events:
        first = await events.content.readuntil(b"\n\n")
        await rest.post(channel, content="x")
        assert await asyncio.wait_for(events.content.readuntil(b"\n\n"), 2) != first
