"""Answer errors: a sentence for the member, and the cause for the log."""

from __future__ import annotations

import logging
import secrets
from typing import Final

import discord
import structlog
from discord import app_commands

from bot.chat.answering.answers import has_expired, is_too_late, send
from bot.errors import BadInputError, ForbiddenError, NewsdeskError, StoreError
from bot.render.admin import draft_error

log = structlog.get_logger(__name__)

_AUTOCOMPLETE_LOG: Final = "discord.app_commands.tree"
"""The logger to which discord.py writes errors of autocomplete, with a traceback."""


async def answer_error(interaction: discord.Interaction, error: Exception) -> None:
    """Answer with what went wrong and how to fix it; a bug of ours gets a number that is also in the log."""
    cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    if is_too_late(cause):
        log.info("answer came too late", command=_command_of(interaction), error=str(cause))
        return
    answer = draft_error(_for_member(interaction, cause))
    if has_expired(interaction):
        log.info("an error came too late to be answered", command=_command_of(interaction), error=str(cause))
        return
    try:
        await send(interaction, answer)
    except Exception as failure:  # noqa: BLE001 - of Discord, the network or our own wire: nobody else can answer
        log.warning("could not answer an error", command=_command_of(interaction), error=str(failure))


def _for_member(interaction: discord.Interaction, cause: Exception) -> NewsdeskError:
    match cause:
        case StoreError():
            log.warning("a command met a store that can't be used", command=_command_of(interaction), error=str(cause))
            return NewsdeskError("I can't save or read that at the moment.", cure="Try again in a few minutes.")
        case NewsdeskError():
            return cause
        case app_commands.CheckFailure():
            return ForbiddenError("You can't use this here.", cure="Ask an admin of the server.")
        case app_commands.TransformerError():
            return BadInputError("One of the options can't be read.", cure="Choose it from the list and try again.")
        case _:
            number = secrets.token_hex(4)
            log.error("a command failed", command=_command_of(interaction), number=number, exc_info=cause)
            return NewsdeskError(
                f"Something broke on our side (error {number}).",
                cure="Try again in a minute. If it keeps happening, give that number to the bot's operator.",
            )


def _command_of(interaction: discord.Interaction) -> str:
    command = interaction.command
    return command.qualified_name if command is not None else "a button"


def ignore_late_autocomplete() -> None:
    """Keep late autocomplete answers out of discord.py's log: the member typed on, and nothing is broken."""
    logging.getLogger(_AUTOCOMPLETE_LOG).addFilter(_is_of_interest)


def _is_of_interest(record: logging.LogRecord) -> bool:
    return record.exc_info is None or not is_too_late(record.exc_info[1])
