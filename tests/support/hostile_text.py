"""What people put into headlines to make a bot say something else, and a way to make up more of it."""

from __future__ import annotations

import random
from typing import Final

from hypothesis import strategies as st

HOSTILE: Final = (
    "@everyone @here <@1> <@!2> <@&3> <#4> </news search:5> <id:customize>",
    "<t:0:R> <t:1700000000> <:smile:6> <a:wave:7> :fire: :+1:",
    "](https://evil.example) x",
    "a](https://evil.example) [b](https://evil.example/2)",
    "[x](https://evil.example)",
    "[[x]](<https://evil.example>)",
    "x] [y](https://evil.example 'title')",
    "\\](https://evil.example) \\\\[x](https://evil.example)",
    "https://evil.example/bare",
    "HTTPS://EVIL.EXAMPLE steam://run/1 discord://-/channels/1 ftp://x",
    "<https://evil.example> <mailto:x@evil.example> <+1555123>",
    "discord.gg/evil discord.com/invite/evil www.evil.example",
    "||spoiler|| **bold** *it* _it_ __under__ ~~gone~~ `code` ```block``` ***",
    "# heading",
    "-# small",
    "- item",
    "* item",
    "1. item",
    "2) item",
    "> quote",
    ">>> quote",
    "   # heading after spaces",
    "`` ` ``",
    "ends with a backslash\\",
    "ends with a colon https:",
    "\\\\\\",
    "```\n# in a block\n```",
    "line\n# heading\n- item\n> quote",
    "\x1b]8;;https://evil.example\x07click\x1b]8;;\x07 \x1b[2J \x9b31m",
    "\u202egnp.exe \u200b@\u200beveryone",
    "Z" + "a\u0301\u0308" * 60,
    "\U0001f600" * 400,
    "\ud800 unpaired",
    "*" * 1000,
    "<@&1>" * 200,
    "",
    " ",
)

_PIECES: Final = (
    *"\\`*_~|[]()<>@#:/-+.!&'\" 1aé",
    *(
        "https",
        "://",
        "evil.example",
        "@everyone",
        "<@&",
        "1>",
        "<t:",
        ":R>",
        "](",
        "**",
        "__",
        "||",
        "```",
        "discord.gg/",
    ),
    *("\u200b", "\u200d", "\u0301", "\U0001f600", "\n", "\x1b[0m", "\u202e"),
)

nasty_text: Final = st.sampled_from(HOSTILE) | st.lists(st.sampled_from(_PIECES), max_size=40).map("".join)
"""Known attacks, and everything that can be made of their pieces."""


def many_hostile_texts(count: int) -> tuple[str, ...]:
    """Return `HOSTILE` and as many texts made of their pieces as are missing to `count`, the same ones each time."""
    source = random.Random("hostile")  # noqa: S311 - the same ones each time
    texts = dict.fromkeys(HOSTILE)
    while len(texts) < count:
        texts["".join(source.choices(_PIECES, k=source.randint(1, 40)))] = None
    return tuple(texts)
