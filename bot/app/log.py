"""Set up logging: structlog for our own lines, the standard library's logging for all others, one handler, no secrets.

Redaction works on the finished line, after arguments, context and traceback are in it, so nothing gets past it in
another form. It hides the given secrets, anything that looks like a bot token, and the tokens of interactions: anyone
who reads one of those in a log can answer as the bot for 15 minutes. discord.py logs both addresses and events that
contain them at DEBUG.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import traceback
from contextlib import suppress
from types import TracebackType
from typing import IO, Final, Literal, TextIO

import structlog
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger
from typing_extensions import override

from bot.app.log_lines import LineQueue, LineWriter

LogFormat = Literal["console", "json"]

HIDDEN: Final = "[hidden]"

# A bot token: its user's id, a time and a signature, in base64url, separated by dots.
_BOT_CREDENTIAL: Final = r"(?<![\w-])[\w-]{23,32}\.[\w-]{6,7}\.[\w-]{27,50}(?![\w-])"
# The token of an interaction or a webhook, in an address or a payload (whose quotes JSON may have escaped).
_IN_ADDRESS: Final = r"(?P<address>/(?:webhooks|interactions)/\d+/)[\w-]{16,}"
_IN_PAYLOAD: Final = r"""(?P<payload>token\\?["']\s*:\s*\\?["'])[^"'\\]+"""

# aiosqlite logs every statement with its arguments at DEBUG: members' text, and the key that signs the buttons.
_AT_LEAST: Final = {"aiosqlite": logging.INFO, "apscheduler": logging.WARNING, "watchfiles": logging.WARNING}

_FIRST_WORDS: Final = 40
_MINUTE_S: Final = 60.0
_MOST_LINES_KNOWN: Final = 1_000

# Text from outside must not be able to fake a line, colour a terminal or reverse its direction.
_CONTROLS: Final = (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_ESCAPES: Final = {code: chr(code).encode("unicode_escape").decode() for code in _CONTROLS}
_ESCAPES_IN_TRACEBACKS: Final = {code: text for code, text in _ESCAPES.items() if chr(code) not in "\n\t"}


class Redactor:
    """Hides secrets in text."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        """Prepare the pattern of what to hide.

        Args:
            secrets: Texts that must never be logged; empty ones are ignored.
        """
        written = {
            form for secret in secrets if secret for form in (secret, repr(secret)[1:-1], json.dumps(secret)[1:-1])
        }
        literal = [re.escape(form) for form in sorted(written, key=len, reverse=True)]
        self._pattern = re.compile("|".join([*literal, _BOT_CREDENTIAL, _IN_ADDRESS, _IN_PAYLOAD]))

    def __call__(self, text: str) -> str:
        """Replace every secret in `text` with `HIDDEN`."""
        return self._pattern.sub(lambda found: (found["address"] or found["payload"] or "") + HIDDEN, text)


class OnceAMinute(logging.Filter):
    """Passes a line of one logger, told apart by its first words, once a minute: asyncio repeats some each second."""

    def __init__(self) -> None:
        super().__init__()
        self._passed: dict[str, float] = {}

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        start = record.getMessage()[:_FIRST_WORDS]
        if abs(record.created - self._passed.get(start, 0.0)) < _MINUTE_S:
            return False
        if len(self._passed) >= _MOST_LINES_KNOWN:
            self._passed.clear()
        self._passed[start] = record.created
        return True


class RedactingHandler(logging.Handler):
    """The only handler of the root logger: every line passes the redactor before it is written.

    Attributes:
        lines: Where the lines go: a queue before a thread, a file descriptor, or a stream without one.
    """

    def __init__(self, lines: LineQueue | LineWriter | TextIO | None, redact: Redactor) -> None:
        super().__init__()
        self.lines = lines
        self._redact = redact

    @override
    def format(self, record: logging.LogRecord) -> str:
        return self._redact(super().format(record))

    @override
    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record)
        except Exception as error:  # noqa: BLE001 - a log line must not fail the code that logs
            # Without the message and its arguments, which may hold a secret.
            line = f"Could not write a log line of {record.name}: {type(error).__name__}"
        match self.lines:
            case LineQueue() as lines:
                lines.add(_encoded(line))
            case LineWriter() as lines:
                lines.write(_encoded(line))
            case None:
                pass
            case stream:
                with suppress(Exception):
                    stream.write(line + "\n")
                    stream.flush()

    @override
    def close(self) -> None:
        if isinstance(self.lines, LineQueue):
            self.lines.close()
        super().close()


def _encoded(line: str) -> bytes:
    return (line + "\n").encode(errors="backslashreplace")


def lost_lines() -> tuple[int, str]:
    """Count the log lines that could not be written, and say why they can't; empty if they are written again."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, RedactingHandler) and isinstance(handler.lines, LineQueue | LineWriter):
            return handler.lines.dropped, handler.lines.trouble
    return 0, ""


def set_up_logging(
    level: str,
    log_format: LogFormat,
    secrets: tuple[str, ...] = (),
    *,
    stream: TextIO | None = None,
    in_background: bool = False,
) -> None:
    """Send every log line of this process to one stream; a later call replaces an earlier one.

    Args:
        level: DEBUG, INFO, WARNING or ERROR; less important lines are dropped.
        log_format: Lines for people, in colour on a terminal, or one JSON object per line for machines.
        secrets: Texts that must not be in any line.
        stream: Where to write; None means standard error.
        in_background: Write in a thread, so that a reader that has stopped can't stop the process.
    """
    stream = sys.stderr if stream is None else stream
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,  # a logger created at import follows a later call
    )
    handler = RedactingHandler(_lines(stream, in_background=in_background), Redactor(secrets))
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_renderers(log_format, stream)],
        )
    )
    root = logging.getLogger()
    for earlier in [known for known in root.handlers if isinstance(known, RedactingHandler)]:
        root.removeHandler(earlier)
        earlier.close()
    root.addHandler(handler)
    root.setLevel(level)
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_uncaught
    _ASYNCIO.addFilter(_ONCE_A_MINUTE)  # a second time changes nothing
    for name, least in _AT_LEAST.items():
        logging.getLogger(name).setLevel(max(least, root.level))


_ASYNCIO: Final = logging.getLogger("asyncio")
_ONCE_A_MINUTE: Final = OnceAMinute()


def _lines(stream: TextIO | None, *, in_background: bool) -> LineQueue | LineWriter | TextIO | None:
    try:
        descriptor = -1 if stream is None else stream.fileno()
    except (OSError, ValueError):
        return stream
    if descriptor < 0:
        return None  # the process was started without a standard error
    writer = LineWriter(descriptor, on_recovery=_report_lost)
    return LineQueue(writer, on_recovery=_report_lost) if in_background else writer


def _report_lost(count: int) -> None:
    logging.getLogger(__name__).warning("log lines were dropped: %d", count)


def _log_uncaught(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
    """Log the error that ends the process: Python would print its message unredacted."""
    if isinstance(error, KeyboardInterrupt):
        sys.__excepthook__(kind, error, where)
    else:
        logging.getLogger("bot").critical("stopped by an unexpected error", exc_info=(kind, error, where))


_SHARED: Final[list[Processor]] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]


def _renderers(log_format: LogFormat, stream: TextIO | None) -> list[Processor]:
    if log_format == "json":
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    colors = stream is not None and stream.isatty() and "NO_COLOR" not in os.environ
    return [
        _escape_event,
        structlog.dev.ConsoleRenderer(colors=colors, repr_native_str=True, exception_formatter=_write_traceback),
    ]


def _escape_event(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Escape the event: the renderer quotes only the facts, and a library's event may hold text from outside."""
    event["event"] = str(event["event"]).translate(_ESCAPES)
    return event


def _write_traceback(out: IO[str], error: ExcInfo) -> None:
    """Write a traceback as Python does, without the values of variables: they hold members' text and our secrets."""
    text = "".join(traceback.format_exception(*error)).rstrip()
    out.write("\n" + text.translate(_ESCAPES_IN_TRACEBACKS))
