"""The button *See an example* of the greeting and of an empty preview."""

from __future__ import annotations

from bot.chat.answering.answers import answers
from bot.chat.answering.context import Context
from bot.chat.door import READ
from bot.errors import BadInputError
from bot.news.message.draft import Draft
from bot.render.joining import draft_example_head
from bot.threads import compute
from bot.usecases.example import draft_example


@answers(READ)
async def show_example(context: Context, _args: tuple[str, ...]) -> tuple[Draft, ...]:
    """Show an edition of the seeds that come with the bot."""
    now = context.now()
    drafts = await compute(lambda: draft_example(now=now))
    if not drafts:
        raise BadInputError("This bot came without example articles.", cure="Use /schedule preview instead.")
    return (draft_example_head(), *drafts)
