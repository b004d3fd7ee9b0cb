"""Every limit of Discord's: just inside it is taken, just outside it is refused, and the list says where."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conftest import text_display
from tests.sandbox.forms import (
    Desk,
    Make,
    _both_default,
    boxes,
    button,
    command,
    desk,
    embeds,
    files,
    form,
    gallery,
    label,
    radios,
    row,
    sandbox,
    section,
    select,
    text_option,
    things,
    v2,
)
from tests.sandbox.limits import LIMITS
from tests.sandbox.refused_forms import REFUSED

__all__ = ["desk", "sandbox"]


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
