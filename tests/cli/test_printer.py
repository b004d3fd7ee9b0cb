"""What a standard stream gets: a terminal, a file, a program that stops reading."""

from __future__ import annotations

import io
import json
import os
import pty
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path

import pytest
from hypothesis import given

from bot.cli.ingest import run_ingest
from bot.cli.output.line import Line
from bot.cli.output.printer import Printer
from bot.cli.session import Session
from bot.news.message.draft import Draft, Paragraph, Text
from tests.support.hostile_text import nasty_text

LONG = Line(text=" ".join(f"word{number}" for number in range(60)), kind="heading")


@contextmanager
def terminal() -> Iterator[tuple[TextIOWrapper, int]]:
    """A stream that is a terminal, and the file descriptor at its other end."""
    watcher, shown = pty.openpty()
    with os.fdopen(shown, "w", encoding="utf-8") as stream:
        yield stream, watcher
    os.close(watcher)


def printed_on_a_terminal(environ: dict[str, str], line: Line) -> str:
    """What a terminal gets."""
    with terminal() as (stream, watcher):
        Printer(stream, environ).show(line)
        return os.read(watcher, 65_536).decode("utf-8").replace("\r\n", "\n")


def printed_to_a_file(record: object, *, encoding: str = "utf-8") -> str:
    """What a file gets of a JSON document."""
    stream = TextIOWrapper(io.BytesIO(), encoding=encoding)
    Printer(stream, {}).show_json(record)
    stream.seek(0)
    return stream.read()


def test_a_terminal_gets_colour_and_lines_of_its_width(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bold, and no line is wider than 40 columns."""
    monkeypatch.setenv("COLUMNS", "40")
    rows = printed_on_a_terminal({"TERM": "xterm"}, LONG).splitlines()

    assert all(row.startswith("\x1b[1m") for row in rows)
    assert max(len(row) - len("\x1b[1m\x1b[0m") for row in rows) <= 40


def test_a_wide_terminal_gets_lines_that_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """At most 100 columns."""
    monkeypatch.setenv("COLUMNS", "300")
    assert max(map(len, printed_on_a_terminal({"NO_COLOR": "1"}, LONG).splitlines())) <= 100


@pytest.mark.parametrize("environ", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_that_wants_no_colour_gets_none(environ: dict[str, str]) -> None:
    """Any value of NO_COLOR, and a terminal that knows no escape sequences."""
    assert "\x1b" not in printed_on_a_terminal(environ, LONG)


def test_a_file_gets_whole_lines_without_colour() -> None:
    """So that another program finds them."""
    stream = io.StringIO()
    Printer(stream, {"TERM": "xterm"}).show(LONG)

    assert stream.getvalue() == LONG.text + "\n"


def test_columns_sets_the_width_of_a_file_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is how a pager's width is given."""
    monkeypatch.setenv("COLUMNS", "40")
    stream = io.StringIO()
    Printer(stream, os.environ).show(LONG)

    assert max(map(len, stream.getvalue().splitlines())) <= 40


def test_a_draft_ends_with_a_line_break() -> None:
    """The shell's prompt begins a line."""
    stream = io.StringIO()
    Printer(stream, {}).show_draft(Draft(blocks=(Paragraph(runs=(Text(text="a"),)),)))

    assert stream.getvalue() == "a\n"


@given(nasty_text)
def test_json_means_the_same_and_never_controls_a_terminal(words: str) -> None:
    """What a terminal may obey is escaped, also an unpaired surrogate, which no encoding can write."""
    written = printed_to_a_file({"title": words})

    assert json.loads(written) == {"title": words}
    assert not set(written) & {"\x1b", "\x7f", "\x9b", "\u202e", "\u2028"}


def test_json_is_ascii_where_the_stream_can_write_no_more() -> None:
    """The document stays valid."""
    assert json.loads(printed_to_a_file({"title": "Straße"}, encoding="ascii")) == {"title": "Straße"}


def test_text_that_the_encoding_lacks_is_escaped() -> None:
    """A title in another script does not end the command."""
    stream = TextIOWrapper(io.BytesIO(), encoding="ascii")
    Printer(stream, {}).show(Line(text="Straße"))
    stream.seek(0)

    assert stream.read() == "Stra\\xdfe\n"


def test_a_reader_that_has_gone_is_no_error() -> None:
    """`newsdesk search … | head` ends quietly, and later output goes nowhere."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w", encoding="utf-8") as stream:
        printer = Printer(stream, {})
        printer.show(LONG)
        printer.show(LONG)


def test_an_import_that_is_watched_shows_its_progress(
    tmp_path: Path, seeds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bar on standard error, up to 100%."""
    monkeypatch.setenv("NEWSDESK_DATABASE", str(tmp_path / "news.sqlite3"))
    out = io.StringIO()
    with terminal() as (stream, watcher):
        session = Session(config_path=None, out=Printer(out, {}), err=Printer(stream, {}))
        status = run_ingest(session, [seeds], full=False, as_json=False)
        shown = os.read(watcher, 65_536).decode("utf-8")

    assert (status, "100%" in shown) == (0, True)
    assert "5 added" in out.getvalue()
