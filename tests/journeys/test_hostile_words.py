"""Hostile names and words, as the running bot shows them: no mention, no link of theirs, no refused request."""

from __future__ import annotations

from typing import Any, Final

import pytest

from bot.sandbox import Answer
from tests.support.hostile_text import HOSTILE
from tests.support.running_bot import Town

SAMPLE: Final = (HOSTILE[0], HOSTILE[3], HOSTILE[6], HOSTILE[11], HOSTILE[27])
"""Mentions, links in several forms, and lines that begin blocks."""

SUGGESTED: Final = "https://example.com/ferry-strike-ends-today"


async def shown_with(town: Town, words: str) -> list[Answer]:
    """What editors read after they have used these words for whatever they can."""
    guild, channel, run = town.guild, town.channel, town.admin.run
    role = guild.add_role(words[:100])
    name = f"Weekly {words}"[:60]
    options: dict[str, Any] = {"channel": channel, "day": "monday", "topics": words, "time": "10:00"}
    created = await run(channel, "schedule create", name=name, **options)
    named = f"Daily {words}"[:60]
    edited = await run(channel, "schedule edit", name=name, new_name=named, mention_role=role, mute=f"no {words}"[:300])
    applied = await town.admin.press(edited, "Apply")
    desk = await run(channel, "schedule desk", name=named, channel=guild.add_channel("desk"))
    return [
        created,
        edited,
        applied,
        desk,
        await run(channel, "schedule topic-role", name=named, topic=words[:100], role=role),
        await run(channel, "schedule list"),
        await run(channel, "schedule history", name=named),
        await run(channel, "admin editors add", role=role),
        await run(channel, "admin editors list"),
        await run(channel, "content hide", article="ford", reason=words[:200]),
        await run(channel, "news suggest", url=SUGGESTED),
        await run(channel, "admin log"),
        await run(channel, "setup"),
    ]


@pytest.mark.parametrize("words", SAMPLE)
async def test_hostile_words_are_only_text_wherever_they_are_shown(town: Town, words: str) -> None:
    """In answers that name schedules, topics, roles and reasons; the town checks each request, too."""
    answers = await shown_with(town, words)
    messages = [answer.message for answer in answers if answer.message is not None]

    assert "Updated Daily" in answers[2].text
    assert len(messages) == len(answers) - 1
    assert [message.text for message in messages if message.mentions] == []
    assert [link for answer in answers for link in answer.links] == [SUGGESTED]
