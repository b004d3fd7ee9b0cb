"""What goes wrong reaches the member as a sentence, and the log with its cause."""

from __future__ import annotations

import logging
import secrets
from typing import Final

import discord
import structlog
from discord import app_commands

from bot.chat.commands.answers import is_too_late, send
from bot.errors import BadInputError, ForbiddenError, NewsdeskError
from bot.render.admin import draft_error

log = structlog.get_logger(__name__)

_COMPLETIONS: Final = "discord.app_commands.tree"
"""Where discord.py writes down, with a traceback, what a completion met on its way to a member."""


async def tell_error(interaction: discord.Interaction, error: Exception) -> None:
    """Answer with what went wrong and what to do; a fault of ours with a number that is found again in the log."""
    cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    if is_too_late(cause):
        log.info("answer came too late", command=_command_of(interaction), error=str(cause))
        return
    try:
        await send(interaction, draft_error(_for_a_person(interaction, cause)))
    except discord.HTTPException as failure:
        log.warning("could not tell a member of an error", command=_command_of(interaction), error=str(failure))


def _for_a_person(interaction: discord.Interaction, cause: Exception) -> NewsdeskError:
    match cause:
        case NewsdeskError():
            return cause
        case app_commands.CheckFailure():
            return ForbiddenError("You may not use this here.", cure="Ask an admin of the server.")
        case app_commands.TransformerError():
            return BadInputError("One of the options can't be read.", cure="Choose it from the list and try again.")
        case _:
            number = secrets.token_hex(4)
            log.error("a command failed", command=_command_of(interaction), number=number, exc_info=cause)
            return NewsdeskError(
                f"Something broke on our side (number {number}).",
                cure="Try again in a minute; if it stays, give the number to whoever runs this bot.",
            )


def _command_of(interaction: discord.Interaction) -> str:
    command = interaction.command
    return command.qualified_name if command is not None else "a button"


def pass_over_late_completions() -> None:
    """Keep completions that came too late out of discord.py's log: somebody typed on, nothing is broken."""
    logging.getLogger(_COMPLETIONS).addFilter(_is_of_interest)


def _is_of_interest(record: logging.LogRecord) -> bool:
    return record.exc_info is None or not is_too_late(record.exc_info[1])
