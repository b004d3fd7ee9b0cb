"""Draw the greeting of a server that the bot has joined."""

from __future__ import annotations

from typing import Final

from bot.news.message import actions
from bot.news.message.draft import Button, ButtonRow, Draft
from bot.news.servers.joining import JoinedServer, greeting_key
from bot.render.format.clip import clip_written
from bot.render.format.lines import line
from bot.text.clean import clean

_LONGEST_NAME: Final = 100


def draft_greeting(server: JoinedServer, *, is_direct: bool) -> Draft:
    """Draw the greeting: three lines and two buttons; in a direct message no channel could be chosen, so one."""
    key = greeting_key(server.guild_id)
    where = clip_written(clean(server.name), _LONGEST_NAME) or "your server"
    begin = f"use /setup in a channel of {where}" if is_direct else "press Set up"
    lines = (
        "Hello! I post an edition of the best new stories on the days that you choose.",
        f"To begin, {begin}: one form, and you see the edition before it is posted. It needs Manage Server.",
        "Everyone can search the news with /news search. /help lists all commands.",
    )
    set_up = Button(action=actions.SETUP, args=(key,), label="Set up", style="primary")
    example = Button(action=actions.EXAMPLE, args=(key,), label="See an example")
    buttons = (example,) if is_direct else (set_up, example)
    return Draft(blocks=(*map(line, lines), ButtonRow(buttons=buttons)), key=key)


def draft_example_head() -> Draft:
    """Draw the message above the example edition."""
    return Draft(blocks=(line("An example, of five articles that come with the bot. Only you see it."),))
