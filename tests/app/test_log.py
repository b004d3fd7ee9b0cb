"""Logs: every line in one place, no secret in any, nothing faked by foreign text."""

from __future__ import annotations

import io
import json
import logging
import sys
import warnings
from collections.abc import Iterator

import discord
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.app.log import HIDDEN, LogFormat, RedactingHandler, Redactor, set_up_logging

# As Discord makes them, and nobody's.
TOKEN = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs-abcd"
OTHER_TOKEN = "MTA4NjIyNDgzNDcxOTI1MjQ5.G12FMQ.AnCjm1XVW7vRze4b7Cq4se7kKWs-efgh"
INTERACTION = "aW50ZXJhY3Rpb246MTIzNDU2Nzg5MDEyMzQ1Njc4OTpzZWNyZXQ"

FORMATS: tuple[LogFormat, ...] = ("console", "json")


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """Logging is the whole process's: what a test sets up is taken back."""
    root = logging.getLogger()
    handlers, level, hook = root.handlers[:], root.level, sys.excepthook
    yield
    sys.excepthook = hook
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.fixture
def out() -> io.StringIO:
    """What is written to the log."""
    return io.StringIO()


def refuse(text: str, *, private: str = "") -> None:
    """A failure whose cause and message both hold `text`; `private` is only a variable's value."""
    try:
        {"private": private}[text]
    except KeyError as error:
        raise ValueError(f"refused: {text}") from error


@pytest.mark.parametrize("log_format", FORMATS)
def test_a_line_of_ours_has_its_event_its_level_and_its_facts(log_format: LogFormat, out: io.StringIO) -> None:
    """In both formats."""
    set_up_logging("INFO", log_format, stream=out)

    structlog.get_logger("bot.usecases.ingest").warning("a seed is refused", path="a.txt")

    assert all(part in out.getvalue() for part in ("a seed is refused", "warning", "a.txt", "bot.usecases.ingest"))


def test_a_json_line_is_one_object_with_its_moment_in_utc(out: io.StringIO) -> None:
    """A machine reads line by line."""
    set_up_logging("INFO", "json", stream=out)

    structlog.get_logger("bot").info("two\nlines", count=2)

    (line,) = out.getvalue().splitlines()
    told = json.loads(line)
    assert (told["event"], told["count"], told["timestamp"][-1]) == ("two\nlines", 2, "Z")


@pytest.mark.parametrize("log_format", FORMATS)
def test_a_line_of_a_library_is_written_like_ours(log_format: LogFormat, out: io.StringIO) -> None:
    """discord.py logs with the standard library; its lines carry our context as well."""
    set_up_logging("INFO", log_format, stream=out)
    structlog.contextvars.bind_contextvars(server=42)

    logging.getLogger("discord.gateway").info("Shard ID %s has connected", 7)

    assert all(part in out.getvalue() for part in ("Shard ID 7 has connected", "discord.gateway", "server", "42"))


def test_what_is_below_the_level_is_left_out(out: io.StringIO) -> None:
    """Ours and others' alike."""
    set_up_logging("WARNING", "console", stream=out)

    structlog.get_logger("bot").info("quiet")
    logging.getLogger("discord").info("quiet")

    assert out.getvalue() == ""


def test_a_second_set_up_replaces_the_first(out: io.StringIO) -> None:
    """No line is written twice, none goes to the old place."""
    before = io.StringIO()
    set_up_logging("INFO", "console", stream=before)
    set_up_logging("INFO", "console", stream=out)

    structlog.get_logger("bot").info("once")

    assert (before.getvalue(), out.getvalue().count("once")) == ("", 1)


def test_a_warning_of_python_becomes_a_line(out: io.StringIO) -> None:
    """A deprecation is seen where everything else is seen."""
    set_up_logging("INFO", "console", stream=out)

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("the old way", DeprecationWarning, stacklevel=1)

    assert "the old way" in out.getvalue()


@pytest.mark.parametrize("log_format", FORMATS)
def test_the_token_is_in_no_line_whatever_way_it_takes(log_format: LogFormat, out: io.StringIO) -> None:
    """As event, fact, argument, nested value, context, extra, in a traceback with its cause, in a stack."""
    set_up_logging("DEBUG", log_format, ("correct horse battery", TOKEN), stream=out)
    structlog.contextvars.bind_contextvars(session=TOKEN)
    ours, theirs = structlog.get_logger("bot"), logging.getLogger("some.library")

    ours.info(f"starting with {TOKEN}", given=TOKEN, nested={"headers": [f"Bot {TOKEN}"]})
    ours.info("positional %s", TOKEN, stack_info=True)
    theirs.debug("sent %r", {"Authorization": f"Bot {TOKEN}", "d": b"correct horse battery"})
    try:
        refuse(TOKEN)
    except ValueError:
        ours.exception("it failed")
        theirs.exception("it failed")

    assert "correct horse" not in out.getvalue()
    assert TOKEN not in out.getvalue()
    assert out.getvalue().count(HIDDEN) >= 10


@pytest.mark.parametrize("log_format", FORMATS)
async def test_discord_py_logs_no_token_at_debug(log_format: LogFormat, out: io.StringIO) -> None:
    """Unmodified, and sent to an address where nobody listens: its DEBUG lines and the traceback of the end."""
    set_up_logging("DEBUG", log_format, (TOKEN,), stream=out)
    client = discord.Client(intents=discord.Intents.none(), proxy="http://127.0.0.1:9")

    try:
        await client.start(TOKEN)
    except OSError:
        logging.getLogger("discord.client").exception("could not start with %s", TOKEN)
    finally:
        await client.close()

    assert "logging in using static token" in out.getvalue()
    assert TOKEN not in out.getvalue()


def test_a_token_that_nobody_handed_in_is_hidden_as_well(out: io.StringIO) -> None:
    """The one before, or another bot's, pasted into a wrong field."""
    set_up_logging("INFO", "console", stream=out)

    structlog.get_logger("bot").info("a seed's title", title=f"my token is {OTHER_TOKEN}!")

    assert OTHER_TOKEN not in out.getvalue()
    assert f"my token is {HIDDEN}!" in out.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        f"POST https://discord.com/api/v10/interactions/123456789/{INTERACTION}/callback with ...",
        f"PATCH https://discord.com/api/v10/webhooks/123456789/{INTERACTION}/messages/@original",
        f"WebSocket Event: {{'t': 'INTERACTION_CREATE', 'd': {{'token': '{INTERACTION}', 'id': 1}}}}",
        f'Received {{"token": "{INTERACTION}"}}',
        f'{{"event": "Received {{\\"token\\": \\"{INTERACTION}\\"}}"}}',
    ],
)
def test_the_token_of_an_interaction_is_hidden(text: str) -> None:
    """Anyone who has it can answer as the bot for 15 minutes; the rest of the line stays readable."""
    hidden = Redactor(())(text)

    assert hidden == text.replace(INTERACTION, HIDDEN)


@pytest.mark.parametrize(
    "text",
    [
        "https://www.theverge.com/2021/6/3/22466487/apple-wwdc-2021-keynote-date-time-how-to-watch",
        "bot.chat.account.client.supervisor.restart_after_a_disconnect_of_the_gateway",
        "2021-06-03T12:00:00.000000+00:00 sha256:c491b083016e13b6938ab9c63c5bb9961f23201dd198ae93",
        "the token is missing: give it as NEWSDESK_TOKEN",
    ],
)
def test_what_is_not_a_secret_stays_as_it_is(text: str) -> None:
    """A log that hides addresses and names helps nobody."""
    assert Redactor(("", TOKEN))(text) == text


@given(before=st.text(), secret=st.from_regex("[A-Z0-9]{1,80}", fullmatch=True), after=st.text())
def test_a_secret_handed_in_is_never_in_what_is_written(before: str, secret: str, after: str) -> None:
    """Whatever text is around it."""
    assert secret not in Redactor((secret,))(f"{before}{secret}{after}")


def test_foreign_text_can_not_fake_a_line_or_colour_the_terminal(out: io.StringIO) -> None:
    """A line break, an escape sequence and a right-to-left override are shown, not obeyed: in facts and events."""
    set_up_logging("INFO", "console", stream=out)

    structlog.get_logger("bot").info("a\n\x1b[31m\u202eb", title="c\x1b[31m\u202ed", name="e\nf")

    (line,) = out.getvalue().splitlines()
    assert all(shown in line for shown in (r"a\n\x1b[31m\u202eb", r"c\x1b[31m\u202ed", r"e\nf"))


def test_a_traceback_shows_foreign_text_escaped_and_no_variables(out: io.StringIO) -> None:
    """Its own lines stay lines."""
    set_up_logging("INFO", "console", stream=out)

    try:
        refuse("\x1b[31mred", private="quite" + "private")
    except ValueError:
        structlog.get_logger("bot").exception("refused")

    assert "\n  File " in out.getvalue()
    assert r"refused: \x1b[31mred" in out.getvalue()
    assert "quiteprivate" not in out.getvalue()


def test_an_error_that_ends_the_process_is_logged_without_the_token(
    out: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    """Python would print it as it is."""
    set_up_logging("INFO", "console", (TOKEN,), stream=out)

    try:
        refuse(TOKEN)
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)

    assert f"ValueError: refused: {HIDDEN}" in out.getvalue()
    assert TOKEN not in out.getvalue() + capsys.readouterr().err


def test_ctrl_c_is_not_an_error_to_log(out: io.StringIO, capsys: pytest.CaptureFixture[str]) -> None:
    """A person knows what they pressed."""
    set_up_logging("INFO", "console", stream=out)

    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)

    assert (out.getvalue(), "KeyboardInterrupt" in capsys.readouterr().err) == ("", True)


def test_statements_and_their_arguments_are_never_logged(out: io.StringIO) -> None:
    """At DEBUG aiosqlite would log them: people's words, and the key of the buttons."""
    set_up_logging("DEBUG", "console", stream=out)

    logging.getLogger("aiosqlite").debug("executing %s", ("the key",))

    assert out.getvalue() == ""


def test_a_line_that_can_not_be_written_shows_no_arguments(out: io.StringIO) -> None:
    """Logging's own answer to a broken line prints its arguments."""
    set_up_logging("INFO", "console", (TOKEN,), stream=out)

    (handler,) = (known for known in logging.getLogger().handlers if isinstance(known, RedactingHandler))
    handler.handle(logging.LogRecord("some.library", logging.INFO, "", 1, "%d tokens", (TOKEN,), None))

    told = out.getvalue()
    assert "Could not write a log line of some.library: TypeError" in told
    assert TOKEN not in told


def test_without_a_stream_the_log_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output belongs to what a command answers."""
    set_up_logging("INFO", "console")

    structlog.get_logger("bot").info("here")

    captured = capsys.readouterr()
    assert (captured.out, "here" in captured.err) == ("", True)
    assert any(isinstance(handler, RedactingHandler) for handler in logging.getLogger().handlers)
