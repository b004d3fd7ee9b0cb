"""What a message does: its text, its links, and whom it pings."""

from __future__ import annotations

import time
from typing import Any

import pytest

from bot.sandbox import Channel, Guild
from bot.sandbox.content.markdown import parse
from bot.sandbox.content.reading import plain
from tests.sandbox.conftest import Rest, text_display

V2 = 1 << 15


def read(text: str) -> str:
    """A text as a reader sees it."""
    return plain(text, lambda kind, snowflake: f"@{kind}{snowflake}")


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("[a](https://a.example)", ["https://a.example"]),
        ("[a](<https://a.example>)", ["https://a.example"]),
        ('[a](https://a.example "title")', ["https://a.example"]),
        ("[**a** [b]](https://a.example)", ["https://a.example"]),
        ("see https://a.example/b, or", ["https://a.example/b"]),
        ("(https://a.example/b)", ["https://a.example/b"]),
        ("https://a.example/(b)", ["https://a.example/(b)"]),
        ("HTTPS://A.example", ["HTTPS://A.example"]),
        ("**https://a.example/**", ["https://a.example/"]),
        ("# https://a.example", ["https://a.example"]),
        ("<https://a.example>", ["https://a.example"]),
        (r"\[a](https://a.example)", ["https://a.example"]),
        (r"[a\](https://a.example)", ["https://a.example"]),
        ("[a](javascript:x)", []),
        ("[a](discord://x/y)", ["discord://x/y"]),
        ("https:\u200b//a.example", []),
        (r"https\://a.example", []),
        ("`https://a.example`", []),
        ("```\nhttps://a.example\n```", []),
        ("xhttps://a.example", ["https://a.example"]),
        ("a.example", []),
    ],
)
async def test_links_are_what_a_client_makes_clickable(
    channel: Channel, rest: Rest, text: str, links: list[str]
) -> None:
    """Escapes, code and broken schemes make none."""
    await rest.post(channel, content=text)
    assert channel.messages[0].links == links


async def test_link_buttons_and_embeds_count_as_links(channel: Channel, rest: Rest) -> None:
    """Wherever a reader can click."""
    button = {"type": 2, "style": 5, "label": "Go", "url": "https://b.example"}
    await rest.post(
        channel, embeds=[{"title": "x", "url": "https://a.example"}], components=[{"type": 1, "components": [button]}]
    )
    assert channel.messages[0].links == ["https://a.example", "https://b.example"]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("**bold** _it_ ~~gone~~ ||hidden||", "bold it gone hidden"),
        ("## [Lamps](https://a.example)", "Lamps"),
        ("-# small", "small"),
        ("- one\n- two", "• one\n• two"),
        ("> said", "> said"),
        (r"\*plain\* snake_case_name", "*plain* snake_case_name"),
        ("<t:1637000000:D>", "15 November 2021"),
        ("<t:1637000000:R>", "15 November 2021 18:13 UTC"),
        ("<t:99999999999999999:R>", "Invalid Date"),
        ("`a*b*`", "a*b*"),
        ("<:lamp:123>", ":lamp:"),
        ("</news search:123>", "/news search"),
        ("***both***", "both"),
    ],
)
def test_text_is_what_a_reader_sees(text: str, seen: str) -> None:
    """Markup is gone, moments are dates."""
    assert read(text) == seen


@pytest.mark.parametrize("text", ["*", "**_", "[", "[](", "`", "``` ", "||", "<", "](", "_a", "~~x", "> # "])
def test_hostile_markup_is_read_in_time(text: str) -> None:
    """No title exhausts the parser, in depth or in time."""
    started = time.perf_counter()
    assert parse(text * (4000 // len(text)))
    assert time.perf_counter() - started < 2


async def test_components_are_read_in_order(channel: Channel, rest: Rest) -> None:
    """Buttons, pictures and selects have their signs."""
    picture = {"media": {"url": "https://a.example/a.png"}, "description": "A lamp"}
    buttons = [{"type": 2, "style": 2, "label": one, "custom_id": one} for one in ("Save", "Share")]
    select = {"type": 3, "custom_id": "s", "placeholder": "A story", "options": [{"label": "x", "value": "x"}]}
    container = {
        "type": 17,
        "components": [
            text_display("one"),
            {"type": 12, "items": [picture]},
            {"type": 14},
            {"type": 1, "components": buttons},
            {"type": 1, "components": [select]},
        ],
    }
    await rest.post(channel, flags=V2, components=[container])
    assert channel.messages[0].text == "one\n[picture: A lamp]\n[Save] [Share]\n[▾ A story]"


@pytest.mark.parametrize(
    ("text", "allowed", "pinged"),
    [
        ("<@{user}>", None, ("user",)),
        ("<@!{user}>", None, ("user",)),
        (r"\<@{user}>", None, ("user",)),
        ("<@{user}>", {"parse": []}, ()),
        ("<@{user}>", {"parse": [], "users": ["{user}"]}, ("user",)),
        ("<@&{role}>", None, ("role",)),
        ("<@&{role}>", {"parse": []}, ()),
        ("<@&{role}>", {"roles": ["{role}"]}, ("role",)),
        ("<@&{closed}>", {"parse": ["roles"]}, ()),
        ("@everyone", {"parse": ["everyone"]}, ()),
        ("@\u200beveryone <@\u200b{user}>", None, ()),
    ],
)
async def test_mentions_are_whom_discord_pings(
    guild: Guild, channel: Channel, rest: Rest, text: str, allowed: Any, pinged: tuple[str, ...]
) -> None:
    """By the raw text, the allowed mentions, and the bot's permissions."""
    ids = {
        "user": guild.add_member("Mo").id,
        "role": guild.add_role("Fans", mentionable=True).id,
        "closed": guild.add_role("Closed").id,
    }
    named = None if allowed is None else {key: [one.format(**ids) for one in value] for key, value in allowed.items()}
    body = {"flags": V2, "components": [text_display(text.format(**ids))]}
    await rest.post(channel, **body, **({} if named is None else {"allowed_mentions": named}))
    mentions = channel.messages[0].mentions
    expected = {ids[one] for one in pinged}
    assert ({*mentions.users, *mentions.roles}, mentions.everyone) == (expected, False)


async def test_everyone_is_pinged_by_a_bot_that_may(guild: Guild, channel: Channel, rest: Rest) -> None:
    """With the permission, and nothing said against it."""
    guild.set_bot_permissions(mention_everyone=True)
    await rest.post(channel, content="@here")
    assert channel.messages[0].mentions.everyone


async def test_a_shown_mention_need_not_ping(channel: Channel, rest: Rest) -> None:
    """Shown mentions are distinct from pings."""
    await rest.post(channel, content="<@1> <#2> </a:3>", allowed_mentions={"parse": []})
    mentions = channel.messages[0].mentions
    assert (bool(mentions), mentions.shown) == (False, ("<@1>", "<#2>", "</a>"))
