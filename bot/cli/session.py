"""One invocation of the command line: the configuration file it names, and the two streams it prints to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.cli.output.printer import Printer


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """The context of an invocation: where its configuration is, and where it prints.

    Attributes:
        config_path: The file of `--config`; None for the default one.
        out: For answers.
        err: For progress, problems of an import and errors, so that `--json` can be piped.
    """

    config_path: Path | None
    out: Printer
    err: Printer
