"""Presses on buttons and choices in selects: one dynamic item reads every custom id, checks it, and hands it on.

Nothing about a message's components is kept in memory, so buttons work after a restart.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Self

import discord

from bot.chat.account.custom_ids import TEMPLATE, Expired, Forged, SignedAction, read_id
from bot.chat.commands import delivery, digest, related, search
from bot.chat.commands.context import desk_of
from bot.chat.commands.errors import tell_error
from bot.errors import BadInputError, ForbiddenError
from bot.news.message import actions

Handler = Callable[[discord.Interaction, tuple[str, ...]], Awaitable[None]]

HANDLERS: Final[Mapping[str, Handler]] = {
    actions.COVERAGE: related.show_coverage,
    actions.COVERAGE_CHOICE: related.show_chosen_coverage,
    actions.EDITION_WHY: digest.show_reasons,
    actions.SEARCH_PAGE: search.turn_page,
    actions.SHARE: related.share,
    actions.SCHEDULE_SEND_NOW: digest.send_previewed,
    actions.DELIVERY_SEND_AGAIN: delivery.settle_send_again,
    actions.DELIVERY_IS_THERE: delivery.settle_is_there,
    actions.DELIVERY_SKIP: delivery.settle_skip,
}


class Press(discord.ui.DynamicItem[discord.ui.Item[Any]], template=TEMPLATE):
    """A button or a select of ours, whatever message it stands in."""

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction, item: discord.ui.Item[Any], _match: re.Match[str]
    ) -> Self:
        """See `discord.ui.DynamicItem`."""
        return cls(item)

    async def callback(self, interaction: discord.Interaction) -> Any:
        """Check who pressed, then do what the custom id asks for; what goes wrong is told to the member."""
        try:
            pressed = _read(interaction, self.custom_id)
            await HANDLERS[pressed.action](interaction, pressed.args)
        except Exception as error:  # noqa: BLE001 - the last stop: discord.py would only log it, the member saw nothing
            await tell_error(interaction, error)


def _read(interaction: discord.Interaction, custom_id: str) -> SignedAction:
    desk = desk_of(interaction)
    read = read_id(
        custom_id, desk.keys, user_id=interaction.user.id, guild_id=interaction.guild_id, now=desk.clock.now()
    )
    match read:
        case SignedAction():
            return read
        case Expired():
            raise BadInputError("This button's day is over.", cure="Ask again with the command.")
        case Forged():
            raise ForbiddenError(
                "This button belongs to somebody else's answer.", cure="Ask with a command of your own."
            )
