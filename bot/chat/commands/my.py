"""`/my data`: what is kept of a member, and its removal."""

from __future__ import annotations

from discord import app_commands

from bot.chat.answering.answers import answers
from bot.chat.answering.context import Context
from bot.chat.answering.groups import MY
from bot.chat.door import READ
from bot.news.message.draft import Draft
from bot.render.admin import draft_member_data, draft_member_forgotten


@MY.command(name="data", description="Show what the bot keeps of you, or delete it")
@app_commands.describe(delete="Delete it; schedules and logs stay, without your id")
@answers(READ)
async def data(context: Context, delete: bool = False) -> Draft:
    """Show or delete what is kept of the member, in every server."""
    store, member = context.store, context.user_id
    if delete:
        schedules, entries = await store.schedules.forget_member(member)
        acts = await store.desks.forget_editor(member)
        return draft_member_forgotten(schedules, acts, entries, await store.suggestions.forget_suggester(member))
    return draft_member_data(
        await store.schedules.saved_by(member),
        await store.desks.count_acts(member),
        await store.log.entries_of(member),
        await store.suggestions.count_suggestions(member),
    )
