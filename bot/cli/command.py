"""How commands are typed: usage lines, words for wrong input, and the options that several commands share."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

if TYPE_CHECKING:
    from bot.cli.session import Session


class Command(TyperCommand):
    """A command whose usage line names its arguments as docs/commands.md does: WORDS, not {WORDS}."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Name options and arguments, without the braces around what is required."""
        return [piece.replace("{", "").replace("}", "") for piece in super().collect_usage_pieces(ctx)]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments; what can't be used is refused in our words, not in those of the library beneath."""
        try:
            return super().parse_args(ctx, args)
        except typer.BadParameter as error:
            error.message = _reworded(error)
            raise


def _reworded(error: typer.BadParameter) -> str:
    message = error.message.removeprefix("Value error, ")
    if not message.startswith("Input should be"):
        return message
    least, most = getattr(error.param, "min", None), getattr(error.param, "max", None)
    return "expected a whole number" + (f" from {least} to {most}." if None not in {least, most} else ".")


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON; docs/commands.md describes its shape.")]


def session_of(context: typer.Context) -> Session:
    """Open the session of an invocation."""
    from bot.cli.output.printer import Printer
    from bot.cli.session import Session

    return Session(
        config_path=context.obj,
        out=Printer(sys.stdout, os.environ),
        err=Printer(sys.stderr, os.environ, is_for_errors=True),
    )
