"""Print to a standard stream: wrapped and coloured on a terminal, plain text to a file or another program."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping
from io import TextIOWrapper
from typing import Final, TextIO

from bot.cli.output.line import Line, write_lines
from bot.news.message.draft import Draft
from bot.render.format.terminal import to_text

_WIDEST: Final = 100
"""Columns: longer lines are hard to read."""

_DRAFT_WIDTH: Final = 80
"""Columns of a message where the output has no width of its own: its separators need one."""

# What JSON allows in a string and a terminal may obey: C1 controls, direction marks, line separators; and unpaired
# surrogates, which no encoding can write. Escaped, they mean the same to a program.
_UNSAFE: Final = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class Printer:
    """One of the two standard streams.

    Attributes:
        stream: The stream itself.
        is_terminal: Whether a person watches it.
    """

    def __init__(self, stream: TextIO, environ: Mapping[str, str], *, is_for_errors: bool = False) -> None:
        """Look at the stream once.

        Args:
            stream: Where to write. Characters that its encoding lacks are written as escapes.
            environ: The environment: COLUMNS sets the width even where the stream is not a terminal, any value of
                NO_COLOR switches colour off, as does TERM=dumb.
            is_for_errors: COLUMNS has no effect: it is the width of a pager, and a log keeps an error on one line.
        """
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
        self.stream = stream
        self.is_terminal = stream.isatty()
        is_sized = self.is_terminal or (not is_for_errors and environ.get("COLUMNS", "").isdecimal())
        self._width = min(_WIDEST, shutil.get_terminal_size().columns) if is_sized else None
        self._in_color = self.is_terminal and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"

    def show(self, *lines: Line) -> None:
        """Print lines."""
        self._write(write_lines(lines, width=self._width, in_color=self._in_color))

    def show_draft(self, draft: Draft) -> None:
        """Print a message as plain text."""
        self._write(to_text(draft, self._width or _DRAFT_WIDTH) + "\n")

    def show_json(self, record: object) -> None:
        """Print a JSON document; any character that a terminal may obey is escaped."""
        is_unicode = "utf" in (self.stream.encoding or "").lower()
        text = json.dumps(record, ensure_ascii=not is_unicode, indent=2)
        self._write(_UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n")

    def _write(self, text: str) -> None:
        """Write and flush; once the reader has gone (`| head`), the rest goes nowhere and the command still ends."""
        try:
            self.stream.write(text)
            self.stream.flush()
        except BrokenPipeError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.stream.fileno())
            os.close(nowhere)
