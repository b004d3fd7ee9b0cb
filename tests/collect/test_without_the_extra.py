"""The bot doesn't know of the collector: without the extra it starts, and the collector says what is missing."""

from __future__ import annotations

import pytest

from tests.support.command_line import Run, run_python

EXTRA = ("fastfeedparser", "lxml", "protego", "selectolax")


@pytest.mark.parametrize(
    "imported",
    [
        "import bot.cli.main, bot.app.start, bot.cli.operation.run, bot.app.doctor, bot.checkup.server",
        "from bot.cli.main import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass",
        "from bot.cli.main import main\ntry:\n    main(['search', '--help'])\nexcept SystemExit:\n    pass",
    ],
)
def test_bot_and_help_import_nothing_of_the_collector(imported: str) -> None:
    """Neither its code nor its libraries."""
    look = f"[n for n in sys.modules if n.split('.')[0] in {EXTRA!r} or n.startswith('bot.collect')]"
    said = run_python("-c", f"{imported}\nimport sys\nfound = {look}\nsys.exit(repr(found) if found else 0)")

    assert (said.status, said.err) == (0, "")


@pytest.mark.parametrize("library", EXTRA)
def test_missing_extra_is_named_with_what_to_install(library: str) -> None:
    """Not a traceback."""
    code = f"import sys\nsys.modules[{library!r}] = None\nfrom bot.cli.main import main\nmain(['feeds', 'list'])"
    said = run_python("-c", code)

    assert said.status == 1
    assert said.err == f"newsdesk: {library} is not installed. Install the extra: pip install 'newsdesk[collect]'.\n"


def test_commands_of_the_collector_are_in_the_help(newsdesk: Run) -> None:
    """They can be found before the extra is installed."""
    said = newsdesk("--help").out

    assert all(command in said for command in ("collect", "feeds", "seed", "migrate"))
