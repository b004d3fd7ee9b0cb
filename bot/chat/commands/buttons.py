"""Handle buttons, selects and forms: one dynamic item reads every custom id, verifies it, and calls its handler.

Nothing about a message's components is kept in memory, so buttons work after a restart.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Self, assert_never

import discord
from typing_extensions import override

from bot.chat.answering.context import context_of
from bot.chat.commands import (
    admin,
    content,
    delivery,
    desk,
    digest,
    joining,
    related,
    schedule,
    search,
    settings,
    setup,
    suggest,
)
from bot.chat.error_answers import answer_error
from bot.chat.posting.custom_ids import TEMPLATE, Expired, Forged, SignedAction, read_id
from bot.chat.posting.forms import read_submission
from bot.errors import BadInputError, ForbiddenError
from bot.news.message import actions
from bot.news.message.form import Submission

Handler = Callable[[discord.Interaction, tuple[str, ...]], Awaitable[None]]

HANDLERS: Final[Mapping[str, Handler]] = {
    actions.COVERAGE: related.show_coverage,
    actions.COVERAGE_CHOICE: related.show_chosen_coverage,
    actions.EDITION_WHY: digest.show_reasons,
    actions.EXAMPLE: joining.show_example,
    actions.SEARCH_PAGE: search.turn_page,
    actions.SEARCH_AS_TYPED: search.search_as_typed,
    actions.SETUP: setup.open_setup,
    actions.SETUP_CHANGE: setup.open_change,
    actions.SETUP_CHECK: setup.check_again,
    actions.SETUP_WAIT: setup.wait,
    actions.SHARE: related.share,
    actions.SUGGESTION_NAME: suggest.show_name,
    actions.SUGGESTION_REFUSE: suggest.refuse,
    actions.SUGGESTION_TAKE: suggest.take,
    actions.CONTENT_IMPORT: content.import_previewed,
    actions.CONTENT_ROLL_BACK: content.roll_back_previewed,
    actions.SETTINGS_APPLY: settings.apply,
    actions.ADMIN_LOG: admin.turn_log,
    actions.SCHEDULE_EDIT_APPLY: schedule.apply_edit,
    actions.SCHEDULE_EDIT_CANCEL: schedule.cancel_edit,
    actions.SCHEDULE_LIST: schedule.turn_list,
    actions.SCHEDULE_SEND_NOW: digest.send_previewed,
    actions.SCHEDULES_RESUME: schedule.resume_after_return,
    actions.DESK_STORY: desk.show_story,
    actions.DESK_APPROVE: desk.approve,
    actions.DESK_HOLD: desk.hold,
    actions.DESK_SEND: desk.send,
    actions.DESK_DROP: desk.drop,
    actions.DESK_UP: desk.move_up,
    actions.DESK_SWAP: desk.swap,
    actions.DESK_NOTE: desk.open_note,
    actions.DESK_HEADLINE: desk.open_headline,
    actions.DELIVERY_SEND_AGAIN: delivery.send_again,
    actions.DELIVERY_SEND_UNREAD: delivery.send_unread,
    actions.DELIVERY_IS_THERE: delivery.mark_posted,
    actions.DELIVERY_SKIP: delivery.skip,
}

FormHandler = Callable[[discord.Interaction, tuple[str, ...], Submission], Awaitable[None]]

FORM_HANDLERS: Final[Mapping[str, FormHandler]] = {
    actions.SETUP_FORM: setup.submit_setup,
    actions.DESK_NOTE_FORM: desk.submit_note,
    actions.DESK_HEADLINE_FORM: desk.submit_headline,
}
"""What is done with a form that a member sent."""


class SignedItem(discord.ui.DynamicItem[discord.ui.Item[Any]], template=TEMPLATE):
    """A button or select with one of our custom ids, in any message."""

    @classmethod
    @override
    async def from_custom_id(
        cls, _interaction: discord.Interaction, item: discord.ui.Item[Any], _match: re.Match[str]
    ) -> Self:
        return cls(item)

    @override
    async def callback(self, interaction: discord.Interaction) -> Any:
        try:
            signed = _verify(interaction, self.custom_id)
            await HANDLERS[signed.action](interaction, signed.args)
        except Exception as error:  # noqa: BLE001 - discord.py would only log it, and the member would see nothing
            await answer_error(interaction, error)


async def on_interaction(interaction: discord.Interaction) -> None:
    """Handle a form that was sent; discord.py finds only those that it has kept since they were opened."""
    custom_id = str(dict(interaction.data or {}).get("custom_id"))
    if interaction.type is not discord.InteractionType.modal_submit or not TEMPLATE.fullmatch(custom_id):
        return
    try:
        signed = _verify(interaction, custom_id)
        await FORM_HANDLERS[signed.action](interaction, signed.args, read_submission(dict(interaction.data or {})))
    except Exception as error:  # noqa: BLE001 - as in `SignedItem.callback`
        await answer_error(interaction, error)


def _verify(interaction: discord.Interaction, custom_id: str) -> SignedAction:
    services = context_of(interaction).services
    read = read_id(
        custom_id,
        services.keys,
        user_id=interaction.user.id,
        guild_id=interaction.guild_id,
        now=services.clock.now(),
    )
    match read:
        case SignedAction():
            return read
        case Expired():
            raise BadInputError(f"This {_item(interaction)} has expired.", cure="Use the command again.")
        case Forged():
            raise ForbiddenError(
                f"This {_item(interaction)} belongs to another member's answer.", cure="Use the command yourself."
            )
        case _:
            assert_never(read)


def _item(interaction: discord.Interaction) -> str:
    return "form" if interaction.type is discord.InteractionType.modal_submit else "button"
