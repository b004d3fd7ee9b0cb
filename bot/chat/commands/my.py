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
@app_commands.describe(delete="Delete it; schedules stay, without your id")
@answers(READ)
async def data(context: Context, delete: bool = False) -> Draft:
    """Show or delete what is kept of the member, in every server."""
    schedules, desks, member = context.store.schedules, context.store.desks, context.user_id
    if delete:
        return draft_member_forgotten(await schedules.forget_member(member), await desks.forget_editor(member))
    return draft_member_data(await schedules.saved_by(member), await desks.count_acts(member))
